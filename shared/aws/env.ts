/** An environment variable, or a clear error: a function without it has no access to the resource it names. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
