import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import * as tls from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import type { Http, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { selfSigned } from '../support/certificate.ts';

/**
 * The claim that money hangs on is `sent: false`: it lets an order be sent again. It may be made only where no byte of
 * the request can have left us, and everything that may have arrived must be `sent: true`.
 */

const http = nodeHttp();
const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening<S extends Server>(server: S): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push({ server, sockets });
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** A plain server, with how often it was asked and connected to. */
async function serving(listener: RequestListener) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  const { port, sockets } = await listening(server);
  return { url: `http://127.0.0.1:${port}/`, seen, sockets };
}

const silent = () => {};
const GET = { method: 'GET', timeoutMs: 2_000 } as const;

async function failureOf(request: Partial<HttpRequest> & { url: string }, via: Http = http): Promise<HttpFailure> {
  try {
    const answer = await via({ ...GET, ...request });
    throw new Error(`answered ${answer.status}`);
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
}

describe('an exchange', () => {
  it('sends method, headers and body as they are, and gives back status, headers and body', async () => {
    const { url } = await serving(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.writeHead(418, { 'x-sent': 'so', 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify({ method: request.method, asked: request.headers['x-asked'], body }));
    });
    const answer = await http({
      method: 'POST',
      url,
      headers: { 'x-asked': 'it' },
      body: 'ZiG für dich',
      timeoutMs: 2_000,
    });
    expect(answer).toMatchObject({ status: 418, headers: { 'x-sent': 'so', 'set-cookie': 'a=1,b=2' } });
    expect(JSON.parse(answer.body)).toEqual({ method: 'POST', asked: 'it', body: 'ZiG für dich' });
  });

  it('has a connection of its own, closed after it: none can be stale', async () => {
    const { url, sockets, seen } = await serving((_request, response) => response.end('ok'));
    for (let n = 0; n < 3; n += 1) await http({ ...GET, url });
    expect(sockets.size).toBe(3);
    expect(seen.map((request) => request.headers.connection)).toEqual(['close', 'close', 'close']);
  });

  it.each([301, 302, 307, 308])('follows no redirect: a %i is an answer', async (status) => {
    const { url, seen } = await serving((_request, response) => response.writeHead(status, { location: '/' }).end());
    expect((await http({ ...GET, url })).status).toBe(status);
    expect(seen).toHaveLength(1);
  });

  it.each([429, 500, 503])('repeats nothing: a %i is an answer', async (status) => {
    const { url, seen } = await serving((_request, response) =>
      response.writeHead(status, { 'retry-after': '0' }).end(),
    );
    expect((await http({ ...GET, url })).status).toBe(status);
    expect(seen).toHaveLength(1);
  });

  it('takes an answer of one mebibyte, and gives up on a larger one', async () => {
    const answers = (size: number) => serving((_request, response) => response.end('x'.repeat(size)));
    const largest = await answers(1024 * 1024);
    expect((await http({ ...GET, url: largest.url })).body).toHaveLength(1024 * 1024);
    const larger = await answers(1024 * 1024 + 1);
    expect(await failureOf({ url: larger.url })).toMatchObject({ sent: true, message: 'the answer is too large' });
  });
});

describe('nothing was sent', () => {
  it('when the connection is refused', async () => {
    const { port } = await listening(createSocketServer());
    await new Promise((resolve) => open.splice(0)[0]?.server.close(resolve));
    expect(await failureOf({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ sent: false });
  });

  it('when the name cannot be looked up', async () => {
    // A label that is too long fails on this machine, without asking anybody.
    expect(await failureOf({ url: `http://${'a'.repeat(64)}.invalid/` })).toMatchObject({ sent: false });
  });

  it.each([
    ['a URL that is none', { url: 'nonsense' }],
    ['another protocol', { url: 'ftp://127.0.0.1/' }],
    ['a header that cannot be written', { url: 'http://127.0.0.1:9/', headers: { authorization: 'a\r\nb: c' } }],
  ])('when it cannot be: %s', async (_name, request) => {
    expect(await failureOf(request)).toMatchObject({ sent: false });
  });

  it('when the deadline passes before the TLS connection is established', async () => {
    const received: Buffer[] = [];
    const { port } = await listening(createSocketServer((socket) => socket.on('data', (data) => received.push(data))));
    const failure = await failureOf({ url: `https://127.0.0.1:${port}/secret-path`, timeoutMs: 60 });
    expect(failure).toMatchObject({ sent: false, message: 'no answer within 60 ms' });
    expect(Buffer.concat(received).includes('secret-path')).toBe(false);
  });

  it('when the server does not speak TLS', async () => {
    const { port } = await listening(createSocketServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await failureOf({ url: `https://127.0.0.1:${port}/` })).toMatchObject({ sent: false });
  });
});

describe('it may have been sent', () => {
  it('when the deadline passes without an answer', async () => {
    const { url, seen } = await serving(silent);
    const startedAt = performance.now();
    expect(await failureOf({ url, timeoutMs: 60 })).toMatchObject({ sent: true, message: 'no answer within 60 ms' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(seen).toHaveLength(1);
  });

  it('when the deadline passes in the middle of an answer that keeps coming', async () => {
    const { url } = await serving((_request, response) => {
      const drip = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(drip));
    });
    expect(await failureOf({ url, timeoutMs: 80 })).toMatchObject({ sent: true, message: 'no answer within 80 ms' });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['before an answer', (response) => response.socket?.destroy()],
    ['by a reset', (response) => response.socket?.resetAndDestroy()],
    [
      'in the middle of an answer with a length',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.socket?.destroy());
      },
    ],
    ['in the middle of an answer in chunks', (response) => response.write('half', () => response.socket?.destroy())],
  ])('when the connection is cut %s, and it is not repeated', async (_name, cut) => {
    const { url, seen } = await serving((_request, response) => cut(response));
    expect(await failureOf({ method: 'POST', body: '{}', url })).toMatchObject({ sent: true });
    expect(seen).toHaveLength(1);
  });

  it('when the answer is not HTTP', async () => {
    const { port } = await listening(createSocketServer((socket) => socket.end('hello\r\n\r\n')));
    expect(await failureOf({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ sent: true });
  });

  it('when the other side wants another protocol', async () => {
    const { url } = await serving((_request, response) => {
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    });
    expect(await failureOf({ url, timeoutMs: 100 })).toMatchObject({ sent: true });
  });
});

describe('over TLS', () => {
  const trusted = tls.getCACertificates('default');
  afterAll(() => tls.setDefaultCACertificates(trusted));

  async function servingSecurely(listener: RequestListener) {
    const { key, certificate } = selfSigned('127.0.0.1');
    const seen: IncomingMessage[] = [];
    const server = createSecureServer({ key, cert: certificate }, (request, response) => {
      seen.push(request);
      listener(request, response);
    });
    const { port } = await listening(server);
    return { url: `https://127.0.0.1:${port}/`, seen, certificate };
  }

  it('nothing is sent to a server without a valid certificate', async () => {
    const { url, seen } = await servingSecurely((_request, response) => response.end('ok'));
    expect(await failureOf({ method: 'POST', body: 'password', url })).toMatchObject({ sent: false });
    expect(seen).toHaveLength(0);
  });

  it('a server with a valid certificate is called, and what it does not answer was sent', async () => {
    const { url, seen, certificate } = await servingSecurely((request, response) => {
      if (request.method === 'GET') response.end('ok');
    });
    tls.setDefaultCACertificates([...trusted, certificate]);
    expect((await http({ ...GET, url })).body).toBe('ok');
    expect(await failureOf({ method: 'POST', body: '{}', url, timeoutMs: 150 })).toMatchObject({ sent: true });
    expect(seen).toHaveLength(2);
  });
});

describe('in local mode', () => {
  const local = nodeHttp({ loopbackOnly: true });

  it.each([
    'https://ssl.hot.co.zw/api/v3/identity/login',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://localhost@example.com/',
    'http://0.0.0.0:9/',
  ])('%s is not reached', async (url) => {
    const failure = await failureOf({ url }, local);
    expect(failure).toMatchObject({ sent: false });
    expect(failure.message).toMatch(/^local mode does not reach /);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])('%s is', async (host) => {
    const { port } = await listening(createServer((_request, response) => response.end('here')));
    // No more than that it is tried: not every machine listens on both kinds of address.
    const message = await local({ ...GET, url: `http://${host}:${port}/` }).then(
      (answer) => answer.body,
      (error: Error) => error.message,
    );
    expect(message).not.toMatch(/local mode/);
  });
});
