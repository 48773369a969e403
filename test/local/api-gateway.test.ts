import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { startApiGateway } from '../../shared/local/api-gateway.ts';

let gateway: { port: number; stop(): Promise<void> };
let base: string;
let events: APIGatewayProxyEventV2[];

function answering(name: string) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    events.push(event);
    return { statusCode: 201, headers: { 'x-function': name }, body: name };
  };
}

beforeAll(async () => {
  gateway = await startApiGateway({
    port: 0,
    routes: [
      { method: 'POST', path: '/things', handler: answering('create') },
      { method: 'GET', path: '/things/{thing_id}', handler: answering('get') },
      { method: 'GET', path: '/things/special', handler: answering('special') },
      { method: 'HEAD', path: '/things/{thing_id}', handler: answering('get') },
      {
        method: 'GET',
        path: '/broken',
        handler: async () => {
          throw new Error('the secret cause');
        },
      },
    ],
    notFound: answering('not-found'),
  });
  base = `http://127.0.0.1:${gateway.port}`;
});
beforeEach(() => {
  events = [];
});
afterAll(() => gateway.stop());

it('a request becomes an event of payload format 2.0', async () => {
  const response = await fetch(`${base}/things?a=1&b=x%20y`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Some-Header': 'Kept' },
    body: '{"name":"é"}',
  });
  expect([response.status, response.headers.get('x-function'), await response.text()]).toEqual([
    201,
    'create',
    'create',
  ]);
  expect(events).toEqual([
    expect.objectContaining({
      version: '2.0',
      routeKey: 'POST /things',
      rawPath: '/things',
      rawQueryString: 'a=1&b=x%20y',
      queryStringParameters: { a: '1', b: 'x y' },
      headers: expect.objectContaining({ 'content-type': 'application/json', 'x-some-header': 'Kept' }),
      body: '{"name":"é"}',
      isBase64Encoded: false,
      requestContext: expect.objectContaining({
        requestId: expect.stringMatching(/./),
        timeEpoch: expect.any(Number),
        routeKey: 'POST /things',
        stage: '$default',
        http: expect.objectContaining({ method: 'POST', path: '/things', protocol: 'HTTP/1.1' }),
      }),
    }),
  ]);
});

it('a path parameter arrives decoded; without query or body their fields are absent', async () => {
  await fetch(`${base}/things/a%20b%2Bc`);
  const [event] = events;
  expect(event?.pathParameters).toEqual({ thing_id: 'a b+c' });
  expect(event).not.toHaveProperty('queryStringParameters');
  expect(event).not.toHaveProperty('body');
});

it('a trailing slash is allowed', async () => {
  expect((await fetch(`${base}/things/1/`)).headers.get('x-function')).toBe('get');
  expect((await fetch(`${base}/things/`, { method: 'POST' })).headers.get('x-function')).toBe('create');
});

it('other paths, other methods and longer paths go to the function for unknown routes', async () => {
  const requests = [
    ['GET', '/'],
    ['GET', '/things'],
    ['DELETE', '/things/1'],
    ['GET', '/things/1/more'],
  ] as const;
  for (const [method, path] of requests) {
    expect((await fetch(base + path, { method })).headers.get('x-function')).toBe('not-found');
  }
  expect(events.map(({ routeKey }) => routeKey)).toEqual(['$default', '$default', '$default', '$default']);
});

it('a body that is not text arrives in base64', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0, 1]);
  await fetch(`${base}/things`, { method: 'POST', body: bytes });
  expect(events[0]?.isBase64Encoded).toBe(true);
  expect(Buffer.from(events[0]?.body ?? '', 'base64')).toEqual(bytes);
});

it('a body over 10 MB is refused before a function is called', async () => {
  const response = await fetch(`${base}/things`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
  expect(events).toEqual([]);
});

it('a function that throws is answered 500 without the cause', async () => {
  const logged = jest.spyOn(console, 'error').mockImplementation(() => {});
  const response = await fetch(`${base}/broken`);
  expect(logged).toHaveBeenCalled();
  logged.mockRestore();
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const text = await response.text();
  expect(text).not.toContain('secret cause');
  expect(JSON.parse(text)).toMatchObject({ code: 'internal_error', status: 500, retryable: true });
});

it('a literal segment takes precedence over a parameter', async () => {
  expect((await fetch(`${base}/things/special`)).headers.get('x-function')).toBe('special');
});

it('an encoded slash separates segments, invalid encoding is refused, repeated query names are joined', async () => {
  expect((await fetch(`${base}/things/a%2Fb`)).headers.get('x-function')).toBe('not-found');
  expect((await fetch(`${base}/things/%zz`)).status).toBe(400);
  events = [];
  await fetch(`${base}/things/1?a=1&a=2&__proto__=3`);
  expect(events[0]?.queryStringParameters?.a).toBe('1,2');
});

it('a port in use is reported in one sentence that names the port and the flag', async () => {
  const taken = createServer();
  await new Promise<void>((listening) => {
    taken.listen(0, '127.0.0.1', listening);
  });
  const { port } = taken.address() as AddressInfo;
  await expect(startApiGateway({ port, routes: [], notFound: answering('') })).rejects.toThrow(
    new RegExp(`${port}.*--port`),
  );
  taken.close();
});

it('HEAD is answered with the headers alone', async () => {
  const response = await fetch(`${base}/things/1`, { method: 'HEAD' });
  expect([response.status, response.headers.get('x-function'), await response.text()]).toEqual([201, 'get', '']);
  expect(events[0]?.requestContext.http.method).toBe('HEAD');
});
