import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { listedPages } from '../../bin/site/pages.ts';
import { freePort } from '../../shared/local/engine.ts';
import { fencesOf, GUIDES, isInstalled, LANGUAGES, runPage } from '../support/snippets.ts';
import { System } from '../support/system.ts';

/**
 * Every guide, as one `npm start` serves it, read from top to bottom with each command and program run as it is printed:
 * one after the other in the order of the navigation, as a newcomer reads them. Each leaves what it found.
 */

const QUICK_START = 'docs/quick-start.md';
const data = mkdtempSync(join(tmpdir(), 'airtime-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

it.each(GUIDES.filter((page) => page !== QUICK_START))(
  '%s works as printed',
  async (page) => {
    const text = await served(page);
    expect(fencesOf(page, text).map(({ code }) => code)).toEqual(fencesOf(page).map(({ code }) => code));
    const before = await standing();
    await runPage(page, system, { text });
    expect(await standing()).toEqual(before);
  },
  300_000,
);

interface Key {
  readonly status: string;
  readonly created_by: { readonly type: string };
}

interface Wallet {
  readonly currency: string;
  readonly balance: number;
  readonly low_balance_threshold: number | null;
}

/** What a guide that comes later needs, or has a limited number of. */
async function standing() {
  const key = system.local.testKey;
  const read = async (path: string) => (await system.api(path, { key, method: 'GET' })).json;
  const [{ wallets }, endpoints, keys, account] = await Promise.all(
    ['/wallet', '/webhooks/endpoints', '/keys', '/account'].map((path) => read(`/api/v1${path}`)),
  );
  return {
    isFrozen: account.frozen,
    endpoints: endpoints.data.map(({ id }: { id: string }) => id).toSorted(),
    // Keys of an operator, such as the one that ends a freeze, stay.
    keys: keys.data.filter((each: Key) => each.status === 'active' && each.created_by.type === 'key').length,
    wallets: wallets.map((each: Wallet) => [each.currency, each.balance > 100, each.low_balance_threshold]),
  };
}

/** The page as Markdown, by which the same text is served. */
async function served(page: string): Promise<string> {
  const { slug } = listedPages.find(({ source }) => source === page) ?? {};
  const response = await fetch(`${system.local.baseUrl}/docs/${slug}.md`);
  expect(response.status).toBe(200);
  return response.text();
}

/** A network that loses the first answer of each order, after the order was accepted. */
async function lossyNetwork(): Promise<{ readonly server: Server; readonly baseUrl: string; readonly lost: string[] }> {
  const lost: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { authorization = '' } = request.headers;
    const headers = { authorization, 'content-type': 'application/json', connection: 'close' };
    const answer = await fetch(system.local.baseUrl + request.url, { method: 'POST', headers, body });
    const { agent_reference: reference } = JSON.parse(body.toString('utf8'));
    if (lost.includes(reference)) {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      return;
    }
    lost.push(reference);
    request.socket.destroy();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost };
}

it('the quick start sends one order in every language that is installed here, though its first answer is lost', async () => {
  const languages = [...new Set(fencesOf(QUICK_START).map(({ language }) => language))];
  const known = languages.filter((language) => language in LANGUAGES);
  expect(known).toEqual(['sh', 'python', 'js', 'php', 'java', 'csharp', 'go']);
  const { server, baseUrl, lost } = await lossyNetwork();
  const printed = await runPage(QUICK_START, { data, local: { ...system.local, baseUrl } });
  server.close();
  expect(printed).toHaveLength(known.filter(isInstalled).length);
  expect(lost).toHaveLength(printed.length);
  for (const text of printed) expect(text).toContain('success');
}, 300_000);

it('the receiver of the guide of webhooks takes our events once each, and nothing unsigned', async () => {
  const [verify, receiver] = fencesOf('docs/webhooks.md').filter(({ language }) => language === 'js');
  const port = await freePort();
  writeFileSync(join(data, 'verify.mjs'), verify?.code ?? '');
  writeFileSync(join(data, 'receiver.mjs'), receiver?.code.replace('9000', String(port)) ?? '');
  const url = `http://localhost:${port}/airtime-events`;
  const key = system.local.testKey;
  const { json: endpoint } = await system.api('/api/v1/webhooks/endpoints', { key, body: { url } });
  const child = spawn(process.execPath, ['receiver.mjs'], {
    cwd: data,
    env: { ...process.env, WEBHOOK_SECRET: endpoint.secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const post = () => fetch(url, { method: 'POST', body: '{}', headers: { connection: 'close' } });
    let unsigned = await post().catch(() => undefined);
    for (let tries = 0; !unsigned && tries < 100; tries += 1) {
      await sleep(50);
      unsigned = await post().catch(() => undefined);
    }
    expect(unsigned?.status).toBe(401);
    const path = `/api/v1/webhooks/endpoints/${endpoint.id}/test`;
    const { json: sample } = await system.api(path, { key, body: { type: 'order.reversed' } });
    expect(sample.status).toBe('delivered');
    const again = await system.api(`/api/v1/webhooks/deliveries/${sample.id}/resend`, { key, method: 'POST' });
    expect(again.json.status).toBe('delivered');
    expect(printed).toBe('order.reversed reversed\n');
  } finally {
    child.kill();
  }
}, 300_000);

it.each([
  ['a request that is refused', '```sh\ncurl "$AIRTIME_URL/api/v1/nothing"\n```\n', 'a.md:1 did not work'],
  ['a program that fails', 'a\n\n```js\nthrow new Error("b");\n```\n', 'a.md:3 did not work'],
  ['another answer', '```sh\necho "{}"\n```\n\n```json\n{ "id": "c" }\n```\n', 'a.md:5 is not what was answered'],
])('a page with %s is found', async (_what, text, found) => {
  const page = join(data, 'a.md');
  writeFileSync(page, text);
  await expect(runPage(page, system)).rejects.toThrow(found);
});
