import type { IncomingMessage, ServerResponse } from 'node:http';

/** What answers below the path of people. */
export type People = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Cognito on this machine. It is loaded when the first person comes, or the first token: a start without people does
 * not wait for it. Its files are `people-keys.json` and `people.json`.
 */
export function servePeople(options: { origin: string; fileOf: (name: string) => string }): People {
  let issuer: Promise<People> | undefined;
  return async (request, response) => {
    issuer ??= import('./issuer.ts').then(({ startIssuer }) => startIssuer(options));
    await (await issuer)(request, response);
  };
}
