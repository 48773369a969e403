import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { receiveCallback } from '../../../functions/orders/receive-callback.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import type { Outcome } from '../../../shared/domain/order.ts';
import { textOf } from '../../../shared/domain/order.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { hotrecharge } from '../../../shared/providers/hotrecharge.ts';
import { pesaway } from '../../../shared/providers/pesaway.ts';
import type { PrefundedBalance } from '../../../shared/providers/provider.ts';
import { readHealth, saveBalances, takeBalanceProbe } from '../../../shared/store/health.ts';
import { readTail } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { readOrder, readOrdersOf } from '../../../shared/store/orders.ts';
import { file, safaricom } from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';
import { repeats } from '../../support/length.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

const ROWS = repeats({ short: 500, long: 1_000 });

let world: TestWorld;
let merchant: TestMerchant;
let metrics: string[];

async function start(options: Parameters<typeof testWorld>[0] = {}): Promise<void> {
  world = await testWorld({ publicUrl: 'https://api.example', ...options });
  merchant = await aMerchant(world, { USD: 100_000 });
  await sell(world);
  metrics = [];
  Object.assign(world.log, { metric: (name: string) => metrics.push(name) });
}

beforeEach(() => start());
afterAll(stopEngine);

async function place(agentReference: string, changes: Record<string, unknown> = {}): Promise<OrderKey> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: agentReference, ...changes };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  return { merchantId: merchant.id, mode: 'live', agentReference };
}

async function order(key: OrderKey) {
  const found = await readOrder(world, key);
  if (!found) throw new Error('no order');
  return found;
}

async function balance(): Promise<number | undefined> {
  return (await readTail(world, { merchantId: merchant.id, mode: 'live', currency: 'USD' }))?.balanceAfterMinor;
}

async function pass(minutes: number, step = 2): Promise<void> {
  for (let swept = 0; swept < minutes; swept += step) {
    world.memo.clear();
    await world.sweep(step);
    await world.dispatchAll();
  }
}

const refusal = (reason: 'credentials' | 'suspended' | 'balance'): Outcome => ({
  kind: 'refuses_us',
  reason,
  evidence: `refused: ${reason}`,
});

/** HotRecharge, whose login is refused until the password is changed. */
function loggingIn() {
  const state = { isRefused: true, logins: 0, sends: [] as string[] };
  const provider = (now: () => string) => ({
    hotrecharge: hotrecharge({
      now,
      credentials: async () => ({ baseUrl: 'http://hot/api/v3', accessCode: 'a', accessPassword: 'p' }),
      http: async ({ url, body = '' }) => {
        const json = (status: number, said: unknown) => ({ status, headers: {}, body: JSON.stringify(said) });
        if (url.endsWith('/login')) {
          state.logins += 1;
          return state.isRefused ? json(401, { errors: ['Invalid login'] }) : json(200, { token: 't' });
        }
        if (url.includes('/account/balance')) return json(200, [{ accountTypeId: 3, balance: 1_000 }]);
        state.sends.push(JSON.parse(body).AgentReference);
        return json(200, { successful: true, rechargeId: 1 });
      },
    }),
  });
  return { state, provider };
}

describe('a login that is refused', () => {
  it('holds 15 of 15 orders and refunds none; with the new password each is sent, once', async () => {
    const { state, provider } = loggingIn();
    await start({ providers: provider });
    const keys: OrderKey[] = [];
    for (let n = 0; n < 15; n += 1) keys.push(await place(`r${n}`));
    await world.dispatchAll();
    for (const key of keys)
      expect(await order(key)).toMatchObject({ status: 'pending', heldSince: expect.any(String) });
    expect(await readHealth(world, 'hotrecharge')).toMatchObject({
      openSince: expect.any(String),
      reason: 'credentials',
    });
    expect(metrics).toContain(METRICS.providerRefusesUs);
    await pass(5 * 60, 20);
    for (const key of keys) expect((await order(key)).status).toBe('pending');
    expect(await balance()).toBe(100_000 - 15 * 500);
    metrics.length = 0;
    await reconcile(world);
    expect(metrics).toContain(METRICS.providerRefusesUs);
    state.isRefused = false;
    await pass(30);
    for (const key of keys) expect((await order(key)).status).toBe('success');
    expect(new Set(state.sends).size).toBe(15);
    expect(state.sends).toHaveLength(15);
  });

  it(`does not use up a batch of ${ROWS} rows: they wait, and go out once it is let in`, async () => {
    const { state, provider } = loggingIn();
    await start({ providers: provider });
    const made = await call(world, createBulk, {
      headers: merchant.headers(),
      body: { csv: file(ROWS, '0.5'), batch_reference: 'may' },
    });
    const counts = async () =>
      (await call(world, getBulk, { headers: merchant.headers(), params: { batch_id: made.json.id } })).json.counts;
    for (let rounds = 0; rounds < 60 && world.messages.length > 0; rounds += 1) await world.dispatchAll();
    expect(await counts()).toMatchObject({ refunded: 0 });
    // The chunks that were running became orders, which wait, and no row after them.
    const references = Array.from({ length: ROWS }, (_, n) => `may~${n + 2}`);
    const sent = await readOrdersOf(world, { merchantId: merchant.id, mode: 'live' }, references);
    expect(sent.size).toBeLessThanOrEqual(400);
    expect(new Set([...sent.values()].map(({ status }) => status))).toEqual(new Set(['pending']));
    expect(state.logins).toBeLessThan(100);
    await pass(30, 10);
    expect(await counts()).toMatchObject({ refunded: 0 });
    state.isRefused = false;
    await pass(20, 10);
    expect(await counts()).toMatchObject({ refunded: 0 });
    expect(state.sends.length).toBeGreaterThan(50);
    expect(new Set(state.sends).size).toBe(state.sends.length);
  }, 60_000);

  it('refunds after six hours, and not before', async () => {
    const { provider } = loggingIn();
    await start({ providers: provider });
    const key = await place('one');
    await world.dispatchAll();
    await pass(350, 10);
    await pass(8);
    expect((await order(key)).status).toBe('pending');
    await pass(8);
    expect(await order(key)).toMatchObject({ status: 'refunded', failure: 'provider_unavailable' });
  });
});

describe('a send that is refused because of us', () => {
  it('is sent again under a new provider reference, and is asked about under that', async () => {
    const key = await place('one');
    world.upstream.script = [refusal('suspended'), { kind: 'unclear', evidence: 'timed out' }];
    await dispatch(world, key);
    const { id } = await order(key);
    expect(await order(key)).toMatchObject({ status: 'pending', refusals: 1, heldSince: expect.any(String) });
    await pass(4);
    const [first, second] = world.upstream.sends.map(({ reference }) => reference);
    expect([first, second]).toEqual([id.replace('_', '-'), `${id.replace('_', '-')}-2`]);
    expect(second).toMatch(/^[A-Za-z0-9-]{1,50}$/);
    expect((await order(key)).attempts.map(({ reference }) => reference)).toEqual([first, second]);
    await pass(4);
    expect(new Set(world.upstream.queries.map(({ reference }) => reference))).toEqual(new Set([second]));
  });

  it('opens the breaker at once: the next order is held, and a success of before does not close it', async () => {
    const [one, two, three] = [await place('one'), await place('two'), await place('three')];
    let answer: (outcome: Outcome) => void = () => {};
    world.upstream.script = [() => new Promise<Outcome>((resolve) => (answer = resolve)), refusal('credentials')];
    const slow = dispatch(world, one);
    while (world.upstream.sends.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await dispatch(world, two);
    answer({ kind: 'success', receipt: {}, evidence: 'ok' });
    await slow;
    await dispatch(world, three);
    expect(world.upstream.sends).toHaveLength(2);
    expect(await order(three)).toMatchObject({ status: 'pending', heldSince: expect.any(String) });
    expect(await readHealth(world, 'hotrecharge')).toMatchObject({ reason: 'credentials' });
  });

  it('is not sent by a worker that had prepared it before under the refused reference', async () => {
    const key = await place('one');
    let goOn = () => {};
    const ready = world.upstream.prepare.bind(world.upstream);
    world.upstream.prepare = async (recharge) => {
      world.upstream.prepare = ready;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return ready(recharge);
    };
    const slow = dispatch(world, key);
    while (world.upstream.prepare !== ready) await new Promise((resolve) => setImmediate(resolve));
    world.upstream.script = [refusal('suspended')];
    await dispatch(world, key);
    goOn();
    await slow;
    expect(world.upstream.sends).toHaveLength(1);
    expect(await order(key)).toMatchObject({ status: 'pending', refusals: 1 });
  });

  it('counts once for two workers at once, and once where the answer of its write is lost', async () => {
    const key = await place('one');
    world.upstream.script = [refusal('suspended'), refusal('suspended')];
    await Promise.all([dispatch(world, key), dispatch(world, key)]);
    expect(await order(key)).toMatchObject({ refusals: 1 });
    await pass(4);
    const other = await place('two');
    world.upstream.script = [refusal('suspended')];
    world.fault = (command, input) => {
      const { Item } = input as { Item?: { refusals?: number; version?: number } };
      if (command !== 'PutCommand' || Item?.refusals !== 1) return undefined;
      world.fault = undefined;
      return 'after';
    };
    await dispatch(world, other);
    expect(await order(other)).toMatchObject({ status: 'pending', refusals: 1, version: 3 });
  });

  it.each([
    ['a success under its first reference counts, and stops the next send', 0, 'success', 'success'],
    ['a failure under its first reference says nothing new', 0, 'rejected', 'pending'],
  ] as const)('takes callbacks about every reference: %s', async (_what, _nth, kind, status) => {
    Object.assign(world.upstream, {
      readCallback: async ({ body }: { body: string }) => ({
        reference: body,
        finding:
          kind === 'success'
            ? { kind, receipt: { providerRef: 'late' }, evidence: 'callback' }
            : { kind, failure: 'network_refused', evidence: 'callback' },
      }),
    });
    const key = await place('one');
    world.upstream.script = [refusal('suspended')];
    await dispatch(world, key);
    const [sent] = world.upstream.sends;
    const [, , , , provider = '', token = ''] = (sent?.callbackUrl ?? '').split('/');
    const path = `/callbacks/${provider}/${token}`;
    const request = { method: 'POST', path, params: { provider, token }, query: {}, headers: {}, requestId: 'req_1' };
    const post = (body: string) => serveOpen(world, receiveCallback, { ...request, body });
    await post('ord-of-somebody-else');
    expect((await order(key)).status).toBe('pending');
    await Promise.all([post(sent?.reference ?? ''), post(sent?.reference ?? '')]);
    expect((await order(key)).status).toBe(status);
    await pass(6);
    expect((await order(key)).status).toBe('success');
    expect(world.upstream.sends).toHaveLength(kind === 'success' ? 1 : 2);
    expect(await balance()).toBe(99_500);
  });
});

it('an answer of PesaWay that nobody documents, as of an empty float, refunds nothing and opens the breaker', async () => {
  const answer = (status: number, said: unknown) => ({ status, headers: {}, body: JSON.stringify(said) });
  const account = { baseUrl: 'http://pesa', consumerKey: 'k', consumerSecret: 's', merchantCode: 'm' };
  const api = pesaway({
    now: () => world.now(),
    credentials: async () => account,
    http: async ({ url }) => {
      if (url.endsWith('/token/')) return answer(200, { access_token: 't' });
      if (!url.endsWith('/send-airtime/')) return answer(404, { code: '404.002', ResponseDescription: 'Not found' });
      return answer(402, { code: '402.001', ResponseDescription: 'Insufficient float balance' });
    },
  });
  await start({ providers: () => ({ pesaway: api }) });
  merchant = await aMerchant(world, { KES: 1_000_000 });
  await sell(world, { ...safaricom, provider: 'pesaway', providerProductId: 'ke' });
  const keys: OrderKey[] = [];
  for (let n = 0; n < 12; n += 1)
    keys.push(await place(`k${n}`, { product_id: safaricom.id, target: '+254712345678', amount: 50 }));
  await world.dispatchAll();
  const statuses = async () => Promise.all(keys.map(async (key) => (await order(key)).status));
  expect(new Set(await statuses())).toEqual(new Set(['unknown']));
  expect((await readHealth(world, 'pesaway', 0)).openSince).toBeDefined();
  await pass(5 * 60, 20);
  expect((await statuses()).every((status) => status === 'unknown' || status === 'pending')).toBe(true);
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'KES' } as const;
  expect((await readTail(world, wallet))?.balanceAfterMinor).toBe(1_000_000 - 12 * 5_000);
});

describe('our prepaid balance', () => {
  beforeEach(() => {
    Object.assign(world.upstream, { paysFrom: ({ currency }: { currency: string }) => currency });
  });

  const held = async (key: OrderKey) => (await order(key)).heldSince !== undefined;

  it('that is empty holds the orders it pays for, is read once a minute, and lets them go when it is filled', async () => {
    let reads = 0;
    let balanceMinor = 120;
    world.upstream.balances = async () => {
      reads += 1;
      return [{ account: 'USD', currency: 'USD', balanceMinor }];
    };
    const one = await place('one');
    world.upstream.script = [refusal('balance')];
    await dispatch(world, one);
    for (let n = 0; n < 10; n += 1) {
      world.advance(30_000);
      world.memo.clear();
      await dispatch(world, await place(`more${n}`));
    }
    expect(world.upstream.sends).toHaveLength(1);
    expect(reads).toBeLessThanOrEqual(5);
    expect(await held(one)).toBe(true);
    world.memo.clear();
    await dispatch(world, await place('small', { amount: 1 }));
    expect(world.upstream.sends).toHaveLength(2);
    balanceMinor = 50_000;
    await pass(6);
    expect((await order(one)).status).toBe('success');
    expect(world.upstream.vends).toHaveLength(12);
  });

  const notes = async (key: OrderKey) => (await order(key)).timeline.map(({ note }) => note);

  /** Nine orders that wait for our account, which was filled since. */
  async function nineWait(): Promise<OrderKey[]> {
    world.upstream.balances = async () => [{ account: 'USD', currency: 'USD', balanceMinor: 120 }];
    world.upstream.script = [refusal('balance')];
    const keys: OrderKey[] = [];
    for (let n = 0; n < 9; n += 1) keys.push(await place(`wait${n}`));
    world.messages.length = 0;
    for (const key of keys) await dispatch(world, key);
    expect(world.upstream.sends).toHaveLength(1);
    return keys;
  }

  /** The first to ask keeps all others waiting for the figure. */
  function fill(answer: () => Promise<PrefundedBalance[]>): void {
    world.advance(3 * MINUTE);
    world.memo.clear();
    world.upstream.balances = async () => {
      await world.sleep(5 * SECOND);
      return answer();
    };
  }

  it('that somebody reads is waited for: all orders that the new figure covers are sent in one run', async () => {
    const keys = await nineWait();
    fill(async () => [{ account: 'USD', currency: 'USD', balanceMinor: 50_000 }]);
    const { sleep } = world;
    // Each that waits moves the clock on: by all of its wait, they would have waited long enough at once.
    Object.assign(world, {
      async sleep(ms: number) {
        world.advance(ms / 20);
        await setTimeout(50);
      },
    });
    await reconcile(world);
    Object.assign(world, { sleep });
    await world.dispatchAll();
    for (const key of keys) expect((await order(key)).status).toBe('success');
  });

  it('that somebody else began to read and could not, or died over, is not waited for longer than that', async () => {
    const [one] = await nineWait();
    if (!one) throw new Error('no order');
    fill(async () => Promise.reject(new Error('no answer')));
    await Promise.all([dispatch(world, one), dispatch(world, await place('beside'))]);
    expect((await readHealth(world, 'hotrecharge', 0)).balancesReadSince).toBeUndefined();
    world.advance(65 * SECOND);
    expect(await takeBalanceProbe(world, 'hotrecharge')).toBe(true);
    const startedAt = Date.parse(world.now());
    await dispatch(world, await place('after'));
    expect(Date.parse(world.now()) - startedAt).toBeLessThanOrEqual(22 * SECOND);
    expect(world.upstream.sends).toHaveLength(1);
  });

  it('that is empty is not shown to merchants, nor is their provider called down', async () => {
    const [, two] = await nineWait();
    if (!two) throw new Error('no order');
    expect(await notes(two)).toEqual(['accepted', 'uncovered']);
    expect(textOf('uncovered')).not.toMatch(/provider|balance|fund/);
    await pass(8);
    expect(await notes(two)).toEqual(['accepted', 'uncovered']);
  });

  it('that is found empty once the provider is up again is noted as the new cause', async () => {
    const key = await place('one');
    world.upstream.script = [refusal('suspended')];
    world.upstream.balances = async () => Promise.reject(new Error('down'));
    await dispatch(world, key);
    world.upstream.balances = async () => [];
    await saveBalances(world, 'hotrecharge', [{ account: 'USD', balanceMinor: 120 }]);
    await pass(4);
    expect((await notes(key)).slice(2)).toEqual(['refuses_us', 'uncovered']);
  });

  it('that could not be read for five minutes holds nothing back', async () => {
    world.upstream.balances = async () => Promise.reject(new Error('no answer'));
    const one = await place('one');
    world.upstream.script = [refusal('balance')];
    await dispatch(world, one);
    world.memo.clear();
    await dispatch(world, await place('two'));
    expect(world.upstream.sends).toHaveLength(1);
    world.advance(5 * 60_000);
    world.memo.clear();
    await dispatch(world, await place('three'));
    expect(world.upstream.sends).toHaveLength(2);
  });

  it('is taken from the answer to a recharge while it is low', async () => {
    world.upstream.balances = async () => Promise.reject(new Error('no answer'));
    world.upstream.script = [
      { kind: 'success', receipt: {}, evidence: 'ok', balanceMinor: 9_999_900 },
      { kind: 'success', receipt: {}, evidence: 'ok', balanceMinor: 499 },
    ];
    await dispatch(world, await place('one'));
    expect((await readHealth(world, 'hotrecharge')).balances.size).toBe(0);
    await dispatch(world, await place('two'));
    expect((await readHealth(world, 'hotrecharge')).balances.get('USD')).toMatchObject({ balanceMinor: 499 });
    const three = await place('three');
    await dispatch(world, three);
    expect(await held(three)).toBe(true);
  });
});
