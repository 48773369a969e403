import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as send } from 'node:http';
import { startHttpServer } from '../../shared/local/http-server.ts';
import { callsOf, signerOf } from './calls.ts';
import type { Iam } from './iam.ts';

/**
 * Stands before the services on this machine as IAM does on AWS: a request that its signer has no permission for is
 * denied, every other one is passed on as it is. Functions sign with their name as the id of their access key.
 */

const DENIED = { __type: 'AccessDeniedException', message: 'The rehearsal denies it.' };

export async function startGuard(iam: Iam, endpoints: Readonly<Record<string, string>>) {
  const server = await startHttpServer(async (request, response) => {
    const body = await bodyOf(request);
    const [principal, service] = signerOf(request);
    const calls = callsOf(service, request, body.toString('utf8'));
    if (!calls.every((call) => iam.allows(principal, call))) return deny(service, response);
    const endpoint = endpoints[service];
    if (endpoint === undefined) throw new Error(`there is no service ${service}`);
    const answer = await forward(request, body, endpoint);
    const [call] = calls;
    // S3 answers 404 to who may list the bucket, and 403 to everybody else.
    if (service === 's3' && answer.status === 404 && call) {
      const bucket = call.resource.split('/')[0] ?? '';
      if (!iam.allows(principal, { action: 's3:ListBucket', resource: bucket, context: {} }))
        return deny(service, response);
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
}

function deny(service: string, response: ServerResponse): void {
  const isXml = service === 's3';
  response.writeHead(isXml ? 403 : 400, { 'content-type': isXml ? 'application/xml' : 'application/x-amz-json-1.1' });
  response.end(
    isXml
      ? '<Error><Code>AccessDenied</Code><Message>The rehearsal denies it.</Message></Error>'
      : JSON.stringify(DENIED),
  );
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** With the headers as they are: what is signed names the guard as its host. */
function forward({ method, url, headers }: IncomingMessage, body: Buffer, endpoint: string): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sent = send({ hostname, port, path: url, method, headers }, (answer) => {
      bodyOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
