import { requireEnv } from './env.ts';

/**
 * Takes the place of the SDK's search for credentials in every bundle: Lambda hands those of the function's role over
 * in the environment, valid for longer than it keeps a process. The local process and the operator's commands are not
 * bundled and search as usual.
 */
export function defaultProvider() {
  return async () => ({
    accessKeyId: requireEnv('AWS_ACCESS_KEY_ID'),
    secretAccessKey: requireEnv('AWS_SECRET_ACCESS_KEY'),
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });
}
