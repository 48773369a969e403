import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { serveSite } from '../../shared/local/site.ts';
import { API_PATHS, appHeaders, SITE_HEADERS } from '../../shared/manifest/site.ts';

/** One port for the API and the site: who answers a path, and that no path reaches a file beyond the site. */

const folder = mkdtempSync(join(tmpdir(), 'airtime-origin-'));
const site = join(folder, 'site');
const FILES = {
  'site/docs/index.html': 'first page',
  'site/docs/errors.html': 'errors',
  'site/docs/errors.md': '# errors',
  'site/docs/assets/site.1a2b.css': 'a{}',
  'site/docs/long.html': 'a long page. '.repeat(1_000),
  'site/404.html': 'not here',
  'site/.env': 'secret',
  'secret.html': 'secret',
  'dashboard/app/index.html': 'the dashboard',
  'dashboard/app/assets/main.1a2b.js': 'run()',
  'dashboard/secret.js': 'secret',
};
let prepared = 0;
let appPrepared = 0;
let gateway: Awaited<ReturnType<typeof startApiGateway>>;

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const api = async () => ({ statusCode: 404, headers: { 'content-type': 'application/problem+json' }, body: '{}' });
  const prepare = async () => {
    prepared += 1;
  };
  const app = {
    folder: join(folder, 'dashboard'),
    config: { issuer: 'https://issuer.example' },
    prepare: async () => {
      appPrepared += 1;
    },
  };
  gateway = await startApiGateway({ port: 0, routes: [], notFound: api, site: serveSite(site, prepare, app) });
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

/** As bytes on the wire: a client library would normalise the path. */
function send(path: string, method = 'GET') {
  return new Promise<{ status: number; type: string; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const sent = request({ port: gateway.port, path, method, agent: false }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, type: headers['content-type'] ?? '', body: Buffer.concat(chunks).toString(), headers });
      });
      sent.on('error', reject).end();
    },
  );
}

it.each([
  ['/docs', 'first page', 'text/html; charset=utf-8'],
  ['/docs?from=mail', 'first page', 'text/html; charset=utf-8'],
  ['/docs/errors', 'errors', 'text/html; charset=utf-8'],
  ['/docs/errors.md', '# errors', 'text/plain; charset=utf-8'],
  ['/docs/assets/site.1a2b.css', 'a{}', 'text/css; charset=utf-8'],
])('%s is a file of the site, with the headers of the manifest', async (path, body, type) => {
  const answer = await send(path);
  expect(answer).toMatchObject({ status: 200, body, type });
  expect(answer.headers).toMatchObject(SITE_HEADERS);
  expect(answer.headers['cache-control']).toBe(
    path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
  );
});

it.each([
  ['/docs/', '/docs'],
  ['/docs/errors/', '/docs/errors'],
])('%s leads to %s', async (path, location) => {
  expect(await send(path)).toMatchObject({ status: 302, headers: { location } });
});

it.each([
  '/app',
  '/app/',
  '/app/orders',
  '/app/orders/a.b%2Fc?status=success',
  '/app/../docs',
  '/app/%2e%2e/secret.js',
])('%s is the page of the dashboard, under its own policy and kept by nobody', async (path) => {
  const answer = await send(path);
  expect(answer).toMatchObject({ status: 200, body: 'the dashboard', type: 'text/html; charset=utf-8' });
  expect(answer.headers).toMatchObject({ ...appHeaders([]), 'cache-control': 'no-cache' });
});

it('the dashboard has settings, and assets that are kept; it is prepared before its page alone', async () => {
  const { headers, body } = await send('/app/config.json');
  expect([headers['cache-control'], JSON.parse(body)]).toEqual(['no-cache', { issuer: 'https://issuer.example' }]);
  const asset = await send('/app/assets/main.1a2b.js');
  expect([asset.body, asset.headers['cache-control']]).toEqual(['run()', 'public, max-age=31536000, immutable']);
  for (const path of ['/app/assets/gone.js', '/app/assets/../../secret.js'])
    expect((await send(path)).status).toBe(404);
  appPrepared = 0;
  await send('/app/assets/main.1a2b.js');
  await send('/app/orders');
  expect(appPrepared).toBe(1);
});

const HOSTILE = [
  '/../secret',
  '/docs/../../secret',
  '/docs/%2e%2e/%2e%2e/secret',
  '/docs/..%2f..%2fsecret',
  '/docs%2ferrors',
  '/docs/errors%00',
  '/docs/errors.html%00.css',
  '/.env',
  '/docs/%2eenv',
  '/docs//errors',
  '//evil.example/',
  '//evil.example',
  '/\\evil.example/',
  '/%5Cevil.example/',
  '/docs/..;/secret',
];

it.each([...HOSTILE, '/nothing', '/404', '/404.html', '/docs/assets', '/docs/assets/gone.1a2b.css', '/constructor'])(
  '%s is answered with the page for what is not there',
  async (path) => {
    const answer = await send(path);
    expect([answer.status, answer.body, answer.headers.location]).toEqual([404, 'not here', undefined]);
    expect(answer.headers).toMatchObject(SITE_HEADERS);
  },
);

it('HEAD has the headers alone, and nobody writes to the site', async () => {
  const head = await send('/docs/errors', 'HEAD');
  expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '6']);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect(await send('/docs', method)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  }
});

it.each(['br', 'gzip'])(
  'a page above a kilobyte is compressed with %s, and again once it has changed',
  async (encoding) => {
    const file = join(folder, 'site/docs/long.html');
    const decode = encoding === 'br' ? brotliDecompressSync : gunzipSync;
    const page = async () =>
      await fetch(`http://127.0.0.1:${gateway.port}/docs/long`, { headers: { 'accept-encoding': encoding } });
    const sent = await page();
    expect([sent.headers.get('content-encoding'), sent.headers.get('vary')]).toEqual([encoding, 'accept-encoding']);
    expect(Number(sent.headers.get('content-length'))).toBeLessThan(500);
    writeFileSync(file, 'another page. '.repeat(1_000));
    const site = serveSite(join(folder, 'site'));
    const first = await site('GET', '/docs/long', encoding);
    expect((await site('GET', '/docs/long', encoding)).body).toBe(first.body);
    expect(decode(first.body).toString()).toBe('another page. '.repeat(1_000));
    expect(await (await page()).text()).toBe('another page. '.repeat(1_000));
    writeFileSync(file, FILES['site/docs/long.html']);
    expect(decode((await site('GET', '/docs/long', encoding)).body).toString()).toBe(FILES['site/docs/long.html']);
  },
);

it('a small file, and any without Accept-Encoding, is as it is', async () => {
  const site = serveSite(join(folder, 'site'));
  expect((await site('GET', '/docs', 'gzip')).headers).not.toHaveProperty('content-encoding');
  const long = await site('GET', '/docs/long');
  expect([String(long.body), long.headers.vary]).toEqual([FILES['site/docs/long.html'], 'accept-encoding']);
});

it('what is below a path of the API is answered by the API, also where it is no route', async () => {
  for (const path of API_PATHS.map((each) => each.replace('*', 'nothing'))) {
    expect([path, (await send(path)).type]).toEqual([path, 'application/problem+json']);
  }
  expect((await send('/api/..%2fdocs')).type).toBe('application/problem+json');
  expect((await send('/apis')).body).toBe('not here');
});

it('the site is prepared before a page, and not again for each of its assets', async () => {
  prepared = 0;
  await send('/docs/assets/site.1a2b.css');
  expect(prepared).toBe(0);
  await send('/docs');
  expect(prepared).toBe(1);
});

it('without a built site the API is served all the same', async () => {
  const none = serveSite(join(folder, 'nothing'));
  expect(await none('GET', '/docs')).toMatchObject({ status: 404, body: expect.any(Buffer) });
});
