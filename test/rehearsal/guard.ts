import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as send } from 'node:http';
import { startHttpServer } from '../../shared/local/http-server.ts';
import { callsOf, signerOf } from './calls.ts';
import type { Call, Iam } from './iam.ts';

/**
 * Stands before the services on this machine as IAM does on AWS: a request that its signer has no permission for is
 * denied, every other one is passed on as it is. Functions sign with their name as the id of their access key. And it
 * does what networks do: it can lose an answer or a request, and let something else happen in between.
 */

const DENIED = { __type: 'AccessDeniedException', message: 'The rehearsal denies it.' };
const FAILED = { __type: 'InternalServerError', message: 'The rehearsal lost it.' };

/** What befalls the next call of somebody that does something, e.g. `dynamodb:PutItem on Orders.Arn`. */
interface Fault {
  readonly who: string;
  readonly what: string;
  /** Done before the call is passed on. */
  readonly meanwhile?: () => Promise<unknown>;
  readonly isLost?: 'the answer' | 'the request';
}

export interface Guard {
  readonly endpoint: string;
  decree(fault: Fault): void;
  /** What was decreed and did not happen. */
  readonly open: readonly Fault[];
  stop(): Promise<void>;
}

interface Options {
  /** Where each service is. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** The identity that mail of a domain is sent in the name of. */
  readonly identities: ReadonlyMap<string, string>;
  /** Called after every write to a table that was done. */
  onWritten(principal: string, call: Call, body: string): void;
}

export async function startGuard(iam: Iam, { endpoints, identities, onWritten }: Options): Promise<Guard> {
  const open: Fault[] = [];
  /** By the id that the SDK gives to all tries of a call. */
  const lost = new Map<string, Fault>();
  const server = await startHttpServer(async (request, response) => {
    const body = await bodyOf(request);
    const text = body.toString('utf8');
    const [principal, service] = signerOf(request);
    const calls = callsOf(service, request, text, identities);
    if (!calls.every((call) => iam.allows(principal, call))) return deny(service, response);
    const endpoint = endpoints[service];
    if (endpoint === undefined) throw new Error(`there is no service ${service}`);
    const id = String(request.headers['amz-sdk-invocation-id']);
    if (lost.has(id)) return fail(response);
    const place = open.findIndex(({ who, what }) => who === principal && calls.some((call) => nameOf(call) === what));
    const [fault] = place < 0 ? [] : open.splice(place, 1);
    await fault?.meanwhile?.();
    if (fault?.isLost) lost.set(id, fault);
    if (fault?.isLost === 'the request') return fail(response);
    const answer = await forward(request, body, endpoint);
    if (fault?.isLost) return fail(response);
    const [call] = calls;
    // S3 answers 404 to who may list the bucket, and 403 to everybody else.
    if (service === 's3' && answer.status === 404 && call) {
      const bucket = call.resource.split('/')[0] ?? '';
      if (!iam.allows(principal, { action: 's3:ListBucket', resource: bucket, context: {} }))
        return deny(service, response);
    }
    if (answer.status === 200) for (const each of calls) onWritten(principal, each, text);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    decree: (fault) => open.push(fault),
    open,
    stop: () => server.close(),
  };
}

function nameOf({ action, resource }: Call): string {
  return `${action} on ${resource}`;
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

function fail(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(FAILED));
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
