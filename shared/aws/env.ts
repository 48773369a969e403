/** The environment variable, or a clear error: a function that lacks one was not given access to what it names. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
