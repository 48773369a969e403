import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/** A merchant's server and `npm start`, over HTTP: which events it receives, when, and how it gets those it missed. */

interface Heard {
  readonly at: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const data = mkdtempSync(join(tmpdir(), 'airtime-'));
let system: System;
let server: Server;
let url: string;
const heard: Heard[] = [];
let status = 200;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (status < 300) heard.push({ at: Date.now(), headers: request.headers as Record<string, string>, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  system = await System.start(data);
}, 300_000);

afterAll(async () => {
  await system.stop();
  server.close();
  rmSync(data, { recursive: true, force: true });
});

const seed = (reference: string) => ({ product_id: 100, target: '0772279099', amount: 1, agent_reference: reference });
const orderOf = ({ body }: Heard) => JSON.parse(body).data.object;

async function waitFor(reference: string): Promise<Heard | undefined> {
  for (let waited = 0; waited < 400; waited += 1) {
    const found = heard.find((each) => orderOf(each).agent_reference === reference);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return undefined;
}

let secret = '';
let endpointId = '';

it('an endpoint on this machine is taken, an address elsewhere is not', async () => {
  const made = await system.api('/api/v1/webhooks/endpoints', { body: { url } });
  expect(made.status).toBe(201);
  secret = made.json.secret;
  endpointId = made.json.id;
  const elsewhere = await system.api('/api/v1/webhooks/endpoints', { body: { url: 'https://merchant.example/' } });
  expect(elsewhere.json).toMatchObject({ status: 400, param: 'url' });
});

it('receives how an order ended within a second after it did', async () => {
  const delays: number[] = [];
  for (const reference of ['a', 'b', 'c', 'd', 'e']) {
    await system.api('/api/v1/orders', { body: seed(reference) });
    const event = await waitFor(reference);
    delays.push((event?.at ?? Number.POSITIVE_INFINITY) - Date.parse(event ? orderOf(event).finalized_at : ''));
  }
  expect(delays.toSorted((a, b) => a - b)[2]).toBeLessThanOrEqual(1000);
});

it("believes it by the first document's own verifier, run by Python over the bytes that came", async () => {
  const [event] = heard;
  const verifier = `
import os, sys, hmac, hashlib
WEBHOOK_SECRET = os.environ["WEBHOOK_SECRET"]
class request: body = sys.stdin.buffer.read(); headers = {"X-Airtime-Signature": os.environ["SIGNATURE"]}
raw = request.body
sig_header = request.headers["X-Airtime-Signature"]
expected = hmac.new(WEBHOOK_SECRET.encode(), raw, hashlib.sha256).hexdigest()
assert hmac.compare_digest(sig_header.replace("sha256=", ""), expected)
print("ours")`;
  const verify = (body: string) =>
    spawnSync('python3', ['-c', verifier], {
      input: body,
      encoding: 'utf8',
      env: { ...process.env, WEBHOOK_SECRET: secret, SIGNATURE: event?.headers['x-airtime-signature'] ?? '' },
    }).stdout.trim();
  expect(verify(event?.body ?? '')).toBe('ours');
  expect(verify(`${event?.body} `)).toBe('');
});

it('a test event says at once how it went', async () => {
  const { json } = await system.api(`/api/v1/webhooks/endpoints/${endpointId}/test`, { body: {} });
  expect(json).toMatchObject({ status: 'delivered', event_type: 'webhook.test', last_status: 200 });
});

it('what it did not take comes again, also after a restart, and is on record with each attempt', async () => {
  status = 500;
  await system.api('/api/v1/orders', { body: seed('missed') });
  // The first attempt is on record before the system stops: otherwise there is none to come again.
  const pending = `/api/v1/webhooks/deliveries?endpoint_id=${endpointId}&status=pending`;
  for (let waited = 0; waited < 100; waited += 1) {
    if ((await system.api(pending)).json.data.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await system.stop();
  status = 200;
  system = await System.start(data, { minutesLater: 10 });
  const event = await waitFor('missed');
  expect(event).toBeDefined();
  const { json } = await system.api(`/api/v1/webhooks/deliveries?endpoint_id=${endpointId}&limit=1`);
  const shown = await system.api(`/api/v1/webhooks/deliveries/${json.data[0].id}`);
  expect(shown.json).toMatchObject({ event_id: event?.headers['webhook-id'], status: 'delivered' });
  expect(shown.json.attempts.map((attempt: { status: number }) => attempt.status)).toEqual([500, 200]);
}, 300_000);

it('what it missed while it was disabled is sent when it asks for it', async () => {
  const path = `/api/v1/webhooks/endpoints/${endpointId}`;
  const since = new Date().toISOString();
  expect((await system.api(path, { method: 'PATCH', body: { enabled: false } })).json.enabled).toBe(false);
  await system.api('/api/v1/orders', { body: seed('while-disabled') });
  await system.api(path, { method: 'PATCH', body: { enabled: true } });
  for (let waited = 0; waited < 40; waited += 1) {
    const { json } = await system.api(`${path}/recover`, { body: { since } });
    if (json.recovered > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { json } = await system.api(`/api/v1/webhooks/deliveries?endpoint_id=${endpointId}&status=pending`);
  expect(json.data).toHaveLength(1);
  await system.stop();
  system = await System.start(data, { minutesLater: 20 });
  expect(await waitFor('while-disabled')).toBeDefined();
  expect((await system.api(path, { method: 'DELETE' })).json).toEqual({ id: endpointId, deleted: true });
}, 300_000);

it('the demo merchant receives its own events on the console', async () => {
  await system.api('/api/v1/orders', { body: seed('shown') });
  expect(await system.says(/webhook order\.success shown is success \(event 1\)/)).toBe(true);
  expect(system.local.webhookSecret).toMatch(/^whsec_/);
}, 300_000);
