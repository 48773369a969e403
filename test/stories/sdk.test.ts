import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { smoke } from '../../bin/smoke.ts';
import type { Fetch, WebhookEvent } from '../../sdk/typescript/src/airtime.ts';
import { Airtime, verifyWebhook } from '../../sdk/typescript/src/airtime.ts';
import { airtimeCommand } from '../support/command-line.ts';
import { childEnvironment, System } from '../support/system.ts';

/** A merchant's program and its terminal, with the SDK, against `npm start`. */

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const data = mkdtempSync(join(tmpdir(), 'airtime-'));
const home = mkdtempSync(join(tmpdir(), 'airtime-'));
const received: Received[] = [];
let system: System;
let server: Server;
let hook: string;
let airtime: Airtime;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  system = await System.start(data);
  airtime = new Airtime({ apiKey: system.local.testKey, baseUrl: system.local.baseUrl });
}, 300_000);

afterAll(async () => {
  await system.stop();
  server.close();
  for (const folder of [data, home]) rmSync(folder, { recursive: true, force: true });
});

const order = { product_id: 100, target: '0772279099', amount: 1 };
const referenceOf = ({ body }: Received) => JSON.parse(body).data.object.agent_reference;

async function until<Value>(find: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not happen');
}

describe('a program', () => {
  it('orders, and reads what came of it', async () => {
    const placed = await airtime.orders.send(order);
    expect(placed).toMatchObject({ status: 'success', final: true, mode: 'test', currency: 'USD' });
    expect(await airtime.orders.get(placed.agent_reference)).toMatchObject({
      id: placed.id,
      timeline: expect.anything(),
    });
    const { wallets } = await airtime.wallet.get();
    expect(wallets.map(({ currency }) => currency)).toContain('USD');
  });

  it('whose connection is cut after the order was accepted has one order, and one debit', async () => {
    let cuts = 2;
    const cutting: Fetch = async (url, options) => {
      const answer = await fetch(url, options);
      if (cuts === 0) return answer;
      cuts -= 1;
      throw new TypeError('fetch failed');
    };
    const { testKey: apiKey, baseUrl } = system.local;
    const unlucky = new Airtime({ apiKey, baseUrl, fetch: cutting });
    const placed = await unlucky.orders.send({ ...order, amount: 1.25 });
    expect(cuts).toBe(0);
    const entries = await airtime.wallet.ledger({ currency: 'USD' }).take(50);
    expect(entries.filter(({ order_id }) => order_id === placed.id)).toEqual([
      expect.objectContaining({ amount: -1.25 }),
    ]);
    expect((await airtime.orders.list().take(50)).filter(({ amount }) => amount === 1.25)).toHaveLength(1);
  });

  it('that loses all answers finds its order by the reference in the error', async () => {
    const { testKey: apiKey, baseUrl } = system.local;
    const losing: Fetch = async (url, options) => {
      await fetch(url, options);
      throw new TypeError('fetch failed');
    };
    const unlucky = new Airtime({ apiKey, baseUrl, fetch: losing, retries: 0 });
    const error = await unlucky.orders.send(order).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'connection_failed', unclear: true });
    expect(await airtime.orders.get(error.reference)).toMatchObject({ status: 'success' });
  });

  it('reads lists over pages, and stops where it likes', async () => {
    for (const amount of [2, 3, 4]) await airtime.orders.send({ ...order, amount, agent_reference: `page-${amount}` });
    const seen: string[] = [];
    for await (const { agent_reference } of airtime.orders.list({ limit: 1 })) {
      seen.push(agent_reference);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['page-4', 'page-3', 'page-2']);
    expect((await airtime.orders.list({ limit: 2 }).first()).data).toHaveLength(2);
    const csv = [];
    for await (const part of airtime.wallet.exportLedger({ currency: 'USD' })) csv.push(part);
    expect(csv.join('')).toContain('page-4');
  });

  it('is refused with a code, the field and what to do', async () => {
    const error = await airtime.orders.send({ ...order, amount: -1 }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'invalid_amount',
      status: 422,
      param: 'amount',
      retryable: false,
      unclear: false,
    });
    expect([error.fix.length > 0, error.requestId]).toEqual([true, expect.stringMatching(/^req_/)]);
    const stranger = new Airtime({ apiKey: 'atk_test_x', baseUrl: system.local.baseUrl });
    await expect(stranger.wallet.get()).rejects.toMatchObject({ code: 'unauthenticated', status: 401 });
  });

  it('waits for an outcome that is unclear at first', async () => {
    const { agent_reference, status } = await airtime.orders.send({ ...order, target: '0772279011' });
    expect(status).toBe('unknown');
    const waiting = airtime.orders.waitForFinal(agent_reference, { timeoutMs: 20_000 });
    await airtime.test.advance(agent_reference, { to: 'final' });
    expect(await waiting).toMatchObject({ status: 'success', final: true });
  });

  it('runs out of money, and knows that this is decided', async () => {
    const { balance } = await airtime.test.setBalance({ currency: 'USD', balance: 0.5 });
    expect(balance).toBe(0.5);
    await expect(airtime.orders.send(order)).rejects.toMatchObject({ code: 'insufficient_funds', unclear: false });
    await airtime.test.setBalance({ currency: 'USD', balance: 1000 });
  });

  it('verifies what its endpoint gets, and not what somebody else sends', async () => {
    const { secret, id } = await airtime.webhooks.endpoints.create({ url: hook, events: ['order.success'] });
    await airtime.orders.send({ ...order, agent_reference: 'delivered' });
    const { body, headers } = await until(() => received.find((each) => referenceOf(each) === 'delivered'));
    const event: WebhookEvent = await verifyWebhook(body, headers, secret);
    expect(event.type === 'order.success' && event.data.object.agent_reference).toBe('delivered');
    const plain = { 'x-airtime-signature': headers['x-airtime-signature'] };
    expect(await verifyWebhook(body, plain, secret, { allowPlain: true })).toEqual(event);
    await expect(verifyWebhook(`${body} `, headers, secret)).rejects.toMatchObject({ code: 'webhook_not_verified' });
    await airtime.webhooks.endpoints.delete(id);
  });

  it('pays a respondent once, without an API key', async () => {
    const made = await airtime.campaigns.create({ name: 'Survey', currency: 'USD', amount: '0.50', budget: 10 });
    const keyless = new Airtime({ baseUrl: system.local.baseUrl });
    const payout = { respondent_id: 'r1', target: '0772279099' };
    const first = await keyless.campaigns.pay(made.id, payout, { secret: made.secret });
    expect(await keyless.campaigns.pay(made.id, payout, { secret: made.secret })).toMatchObject({ id: first.id });
    expect(await airtime.campaigns.payouts(made.id).take(9)).toHaveLength(1);
    await expect(keyless.campaigns.pay(made.id, payout)).rejects.toMatchObject({ code: 'signature_invalid' });
  });

  it('sends a batch out of a file that was uploaded', async () => {
    const upload_id = await airtime.bulk.upload('target,amount\n0772279099,1\n0772279001,1\n');
    const { preview_id, valid } = await airtime.bulk.preview({ upload_id, currency: 'USD' });
    expect(valid).toBe(2);
    const batch = await airtime.bulk.send({ preview_id });
    expect(await airtime.bulk.send({ preview_id })).toMatchObject({ id: batch.id });
    const rows = await airtime.bulk.rows(batch.id).take(9);
    expect(rows).toHaveLength(2);
  });
});

describe('a terminal', () => {
  const main = 'sdk/typescript/src/cli/main.ts';
  const env = { ...childEnvironment, XDG_CONFIG_HOME: home };

  const cli = (...args: readonly string[]) => airtimeCommand(home, args);

  it('logs in, orders, and says how it went in its exit code', async () => {
    const { testKey, baseUrl } = system.local;
    const wrong = await airtimeCommand(home, ['login', '--base-url', baseUrl], { key: 'atk_test_wrong' });
    expect([wrong.code, wrong.notes]).toEqual([3, expect.stringContaining('unauthenticated')]);
    const child = spawn(process.execPath, [main, 'login', '--base-url', baseUrl], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.stdin.end(`${testKey}\n`);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect([said, said.includes(testKey)]).toEqual([expect.stringContaining('Stored the test key'), false]);
    expect(statSync(join(home, 'airtime', 'profiles.json')).mode & 0o777).toBe(0o600);
    const to = (target: string) => ['orders', 'send', '--product', '100', '--amount', '1', '--target', target];
    const sent = await cli(...to('0772279099'), '--reference', 'cli-1', '--json');
    expect([sent.code, JSON.parse(sent.out)]).toMatchObject([0, { agent_reference: 'cli-1', status: 'success' }]);
    const failed = await cli(...to('0772279001'));
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('Failed: invalid_target')]);
    expect((await cli(...to('0772279011'))).code).toBe(5);
    expect(await cli('orders', 'get', 'gone')).toMatchObject({
      code: 1,
      notes: expect.stringContaining('order_not_found'),
    });
    expect((await cli('orders', 'list', '--limit', '3')).out.trim().split('\n')).toHaveLength(3);
    expect((await cli('wallet')).out).toMatch(/^USD\s+\d/m);
  }, 300_000);

  it('previews a file, sends it, and shows its rows', async () => {
    const file = join(home, 'may.csv');
    writeFileSync(file, 'target,amount\n0772279099,1\nnobody,1\n');
    const preview = await cli('bulk', 'preview', file, '--currency', 'USD');
    expect([preview.code, preview.out]).toEqual([1, expect.stringContaining('1 rows would be sent, 1 would not')]);
    expect(await cli('bulk', 'send', file, '--currency', 'USD')).toMatchObject({ code: 1, out: '' });
    const words = ['bulk', 'send', file, '--currency', 'USD', '--reference', 'may', '--valid-rows', '--wait', '--json'];
    const sent = await cli(...words);
    expect([sent.code, JSON.parse(sent.out)]).toMatchObject([0, { status: 'completed', batch_reference: 'may' }]);
    const rows = await cli('bulk', 'status', JSON.parse(sent.out).id, '--csv');
    expect([rows.code, rows.out]).toEqual([0, expect.stringContaining('left_out')]);
    writeFileSync(file, 'target,amount\n0772279099,1\n0772279005,1\n');
    const partly = await cli('bulk', 'send', file, '--currency', 'USD', '--reference', 'june', '--wait');
    expect([partly.code, partly.out]).toEqual([1, expect.stringMatching(/^refunded +1$/m)]);
  }, 300_000);

  it('listens: what happens in test mode reaches a server on this machine, signed', async () => {
    const child = spawn(process.execPath, [main, 'webhooks', 'listen', '--forward-to', hook], { env });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const secret = await until(() => /whsec_\S+/.exec(out)?.[0]);
    await airtime.orders.send({ ...order, agent_reference: 'listened' });
    const { body, headers } = await until(() => received.find((each) => referenceOf(each) === 'listened'));
    expect(await verifyWebhook(body, headers, secret)).toMatchObject({ type: 'order.success' });
    await until(() => /^order\.success {2}evt_\S+ {2}200 {2}\d+ ms$/m.exec(out)?.[0]);
    const there = await airtime.webhooks.endpoints.list().take(9);
    const listener = there.find(({ listening }) => listening)?.id ?? '';
    const triggered = await cli('trigger', 'order.reversed', '--endpoint', listener);
    expect([triggered.code, triggered.out]).toEqual([0, expect.stringContaining('for the listener')]);
    await until(() => /^order\.reversed {2}evt_test_/m.exec(out)?.[0]);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    const left = await airtime.webhooks.endpoints.list().take(9);
    expect(left.filter(({ listening }) => listening)).toEqual([]);
  }, 300_000);
});

it('the terminal shows what was refused: a payout that was signed wrongly, an order that is not there, a wrong path', async () => {
  const { baseUrl, testKey } = system.local;
  await system.api('/api/v1/order', { key: testKey });
  const tail = () =>
    airtimeCommand(home, ['logs', 'tail', '--lines', '50'], {
      env: { AIRTIME_KEY: testKey, AIRTIME_URL: baseUrl },
      signal: AbortSignal.timeout(1_000),
    });
  const { code, out } = await until(async () => {
    const shown = await tail();
    return ['signature_invalid', 'order_not_found', 'route_not_found'].every((each) => shown.out.includes(each))
      ? shown
      : undefined;
  });
  expect([code, out.includes('/api/v1/order  route_not_found')]).toEqual([0, true]);
}, 300_000);

describe('the smoke test of a deployment', () => {
  const run = async (fetch?: Fetch) => {
    const lines: string[] = [];
    const { baseUrl: url, testKey: key } = system.local;
    const isSound = await smoke({ url, key, waitSeconds: 20, ...(fetch ? { fetch } : {}) }, (line) => lines.push(line));
    return { isSound, lines: lines.map((line) => line.split(' (')[0]) };
  };
  const changed =
    (path: RegExp, change: (text: string) => string): Fetch =>
    async (url, options) => {
      const answer = await fetch(url, options);
      if (!path.test(url)) return answer;
      return new Response(change(await answer.text()), answer);
    };

  it('orders, repeats, gets the webhook, checks the ledger, and leaves no endpoint behind', async () => {
    const { isSound, lines } = await run();
    expect([isSound, lines.map((line) => line?.slice(0, 15).trim())]).toEqual([
      true,
      ['ok     listener', 'ok     order', 'ok     replay', 'ok     webhook', 'ok     ledger', 'ok     app'],
    ]);
    const { json } = await system.api('/api/v1/webhooks/endpoints', { key: system.local.testKey });
    expect(json.data.filter((each: { listening?: boolean }) => each.listening)).toEqual([]);
  });

  it.each([
    ['an order that is not delivered', /orders/, (text: string) => text.replace('"success"', '"refunded"'), 'order'],
    ['a body that nobody signed', /deliveries/, (text: string) => text.replaceAll('success', 'succes5'), 'webhook'],
    ['an order that was debited twice', /ledger\?/, (text: string) => text.replaceAll('-0.5', '-1'), 'ledger'],
    ['a ledger that does not add up', /verify/, (text: string) => text.replace('true', 'false'), 'ledger'],
  ])('fails for %s', async (_what, path, change, step) => {
    const { isSound, lines } = await run(changed(path, change));
    expect(isSound).toBe(false);
    expect(lines.at(-1)).toContain(`FAILED ${step}`);
  });

  it('fails for a repeat that is another order', async () => {
    let orders = 0;
    const forgetting: Fetch = (url, options) => {
      const isOrder = options?.method === 'POST' && /orders$/.test(url);
      orders += isOrder ? 1 : 0;
      const body = isOrder ? options.body?.toString().replace('smoke_', `smoke_${orders}_`) : undefined;
      return fetch(url.replace('smoke_', 'smoke_1_'), body === undefined ? options : { ...options, body });
    };
    const { isSound, lines } = await run(forgetting);
    expect([isSound, lines.at(-1)]).toEqual([false, expect.stringContaining('FAILED replay')]);
  });
});
