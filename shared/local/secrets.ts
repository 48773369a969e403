import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpServer } from './http-server.ts';

interface Options {
  /** Keeps a text that replaced another. */
  readonly save?: (name: string, text: string) => void;
}

/**
 * Secrets Manager on this machine, as far as we use it: GetSecretValue and PutSecretValue, on loopback. As there, the
 * first text under a token stays, and another under the same token is refused.
 */
export async function startSecrets(
  initial: Readonly<Record<string, string>>,
  { save }: Options = {},
): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const values = new Map(Object.entries(initial));
  const tokens = new Map<string, string>();
  const put = (name: string, text: string, token: string) => {
    const known = tokens.get(`${name}#${token}`);
    if (known !== undefined) return known === text;
    save?.(name, text);
    tokens.set(`${name}#${token}`, text);
    values.set(name, text);
    return true;
  };
  const server = await startHttpServer(async (request, response) => {
    const { SecretId: name, SecretString: text, ClientRequestToken: token } = await readJson(request);
    const value = typeof name === 'string' ? values.get(name) : undefined;
    if (value === undefined) return refuse(response, 'ResourceNotFoundException', `no secret ${name}`);
    if (String(request.headers['x-amz-target']).endsWith('.PutSecretValue')) {
      if (!put(name, text, token)) return refuse(response, 'ResourceExistsException', `another text under ${token}`);
      return answer(response, { ARN: name, Name: name, VersionId: token });
    }
    answer(response, { ARN: name, Name: name, SecretString: value });
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
}

async function readJson(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
}

function answer(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, type: string, message: string): void {
  answer(response, { __type: type, message }, 400);
}
