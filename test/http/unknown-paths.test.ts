import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { handler as notFound } from '../../functions/not-found.ts';
import { serveNotFound } from '../../shared/http/pipeline.ts';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { cpuMsOf } from '../support/cpu-time.ts';
import { invocation } from '../support/event.ts';

/** What a path that is no route can make us answer: never a redirect to another host, and never a 500. */

let gateway: Awaited<ReturnType<typeof startApiGateway>>;
beforeAll(async () => {
  gateway = await startApiGateway({ port: 0, routes: [], notFound: (event) => notFound(event, invocation()) });
});
afterAll(() => gateway.stop());

/** As bytes on the wire: a client library would normalise the path. */
function get(path: string): Promise<{ status: number; location: string | undefined; headers: object }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: gateway.port, path, agent: false }, (response) => {
      response.resume();
      const { statusCode: status = 0, headers } = response;
      response.on('end', () => resolve({ status, location: headers.location, headers }));
    });
    sent.on('error', reject).end();
  });
}

it.each([
  '/%5Cevil.example/',
  '/%5C%5Cevil.example/',
  '/%2F%2Fevil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '/%09/evil.example/',
  '/a%0d%0aset-cookie:x=1/',
  '/a%0A/',
  '/%00/',
  '/@evil.example%3F/',
  '/:80/',
  '/%E2%80%AE/',
])('%s is not found, and nobody is sent anywhere', async (path) => {
  const { status, location, headers } = await get(path);
  expect([status, location]).toEqual([404, undefined]);
  expect(headers).not.toHaveProperty('set-cookie');
});

it('a plain path with slashes too many is sent to the same host without them', async () => {
  expect(await get('/api/v1/nothing///')).toMatchObject({ status: 308, location: '/api/v1/nothing' });
  expect(await get('/')).toMatchObject({ status: 404 });
});

it.each([
  ['/api/v1/nothing/?limit=5&cursor=a%2Bb%3D', '/api/v1/nothing?limit=5&cursor=a%2Bb%3D'],
  ['/api/v1/nothing/?x=%0d%0aset-cookie:y=1&x=2', '/api/v1/nothing?x=%0D%0Aset-cookie%3Ay%3D1%2C2'],
  ['/api/v1/nothing/?', '/api/v1/nothing'],
])('%s keeps its query, encoded again', async (path, location) => {
  const reply = await get(path);
  expect(reply).toMatchObject({ status: 308, location });
  expect(reply.headers).not.toHaveProperty('set-cookie');
});

it('every answer tells browsers to guess, frame, load and run nothing, and to come by TLS', async () => {
  for (const path of ['/nothing', '/nothing/']) {
    expect((await get(path)).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  }
});

it('a path of a million slashes takes no longer than it is long', () => {
  const path = `${'/'.repeat(1_000_000)}x`;
  const request = { method: 'GET', params: {}, query: {}, headers: {}, body: '', requestId: 'req_1' };
  for (const each of [path, `${path}/`, `/a${'/'.repeat(1_000_000)}`]) {
    expect(cpuMsOf(() => serveNotFound({}, { ...request, path: each }))).toBeLessThan(700);
  }
});
