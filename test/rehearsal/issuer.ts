import { startHttpServer } from '../../shared/local/http-server.ts';
import type { PeopleSettings } from '../../shared/manifest/people.ts';
import { TestIssuer } from '../support/people.ts';

export interface RehearsedPeople {
  /** What its template tells a function of the issuer, with the addresses of this one. */
  settings(text: string): string;
  token(subject: string): string;
  stop(): Promise<void>;
}

/** The issuer of people's tokens in place of Cognito, whose name and client are as the templates say. */
export async function startIssuer(said: string): Promise<RehearsedPeople> {
  const { issuer: iss, clientId: client_id }: PeopleSettings = JSON.parse(said);
  const issuer = new TestIssuer(() => new Date().toISOString());
  const server = await startHttpServer(async ({ url = '', headers }, response) => {
    const { authorization = '' } = headers;
    const answer = await issuer.people.http({ method: 'GET', url, headers: { authorization }, timeoutMs: 1_000 });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    settings: (text) =>
      JSON.stringify({ ...JSON.parse(text), keysUrl: `${origin}/jwks`, userinfoUrl: `${origin}/userinfo` }),
    token: (subject) => issuer.token(subject, { iss, client_id }),
    stop: () => server.close(),
  };
}
