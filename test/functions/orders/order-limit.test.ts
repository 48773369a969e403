import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { withLimit } from '../../../shared/domain/terms.ts';
import { SECOND } from '../../../shared/domain/time.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { readTail } from '../../../shared/store/ledger.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { OPERATOR } from '../../support/origin.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What happens to orders beyond the limit: nothing is accepted, and nothing that was accepted is denied. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  // No process begins with tokens, and each waits for them whatever else this machine does.
  Object.assign(world, { random: () => 0, within: (_ms: number, work: Promise<unknown>) => work });
  merchant = await aMerchant(world, { USD: 10_000, KES: 100_000 });
  await sell(
    world,
    airtimeUsd,
    aProduct({ id: 254_001, network: 'Safaricom', country: 'KE', currency: 'KES', stepMinor: 100 }),
  );
  const value = { quota: 3, windowSeconds: 30 };
  await changeTerms(world, { merchantId: merchant.id, mode: 'live' }, OPERATOR, (terms) =>
    withLimit(terms, 'live', { name: 'orders', value }),
  );
});

afterAll(stopEngine);

const order = (reference: string, { mode = 'live' as Mode, amount = 1, product = 100 } = {}) =>
  call(granted(world, routes.createOrder.access), createOrder, {
    headers: { ...merchant.headers(mode), prefer: 'respond-async' },
    body: { product_id: product, target: '0772279099', amount, agent_reference: reference },
  });
const airtime = (reference: string) =>
  call(granted(world, routes.sendAirtime.access), sendAirtime, {
    headers: merchant.headers(),
    body: { ExternalReference: reference, Amount: 10, PhoneNumber: '254712345678' },
  });

/** As long as no order can be read. */
function unreadable<T>(ask: () => Promise<T>): Promise<T> {
  const { send } = world.db;
  const broken = (command: { input: unknown }) =>
    JSON.stringify(command.input).includes(`"${world.table('orders')}"`)
      ? Promise.reject(new Error('a bug'))
      : (send as (command: unknown) => Promise<unknown>).call(world.db, command);
  Object.assign(world, { db: { send: broken } });
  return ask();
}

async function useUp() {
  for (const reference of ['one', 'two', 'three']) expect((await order(reference)).status).toBe(202);
}

describe('an order beyond the limit', () => {
  it('is refused as problem details, with the headers that say when to come again', async () => {
    await useUp();
    const reply = await order('four');
    expect(reply.json).toEqual({
      type: 'https://api.example/docs/errors#rate_limited',
      title: 'Rate limit reached',
      status: 429,
      detail: 'The limit orders is reached: 3 at once, and as many in 30 seconds.',
      code: 'rate_limited',
      fix: 'This request accepted nothing. Send it again, under the same reference if any, when Retry-After says.',
      retryable: true,
      request_id: expect.stringMatching(/^req_/),
    });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '10',
      'ratelimit-policy': '"orders";q=3;w=30',
      ratelimit: '"orders";r=0;t=10',
    });
  });

  it('is not accepted: it takes neither its reference nor money, and is accepted when it comes again', async () => {
    await useUp();
    const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
    const before = await readTail(world, wallet);
    expect((await order('four')).status).toBe(429);
    expect(await readOrder(world, { ...wallet, agentReference: 'four' })).toBeUndefined();
    expect(await readTail(world, wallet)).toEqual(before);
    world.advance(10 * SECOND);
    expect((await order('four')).status).toBe(202);
  });

  it('may have its reference accepted by another request of the same moment, and finds that order under it', async () => {
    for (const reference of ['one', 'two']) await order(reference);
    const replies = await Promise.all([order('four'), order('four'), order('four')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 429, 429]);
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.json.fix).toMatch(/^This request accepted nothing\..* under the same reference/);
    const again = await order('four');
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([202, 'true']);
  });

  it("by PesaWay's protocol gets its code, and counts against the same limit", async () => {
    await useUp();
    const reply = await airtime('four');
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([429, '429.001', '10']);
  });

  it('of a test key has a limit of its own', async () => {
    await useUp();
    for (let n = 0; n < 9; n += 1) await order(`test-${n}`, { mode: 'test' });
    const reply = await order('four', { mode: 'test' });
    expect([reply.status, reply.headers['ratelimit-policy']]).toEqual([202, '"orders";q=200;w=10']);
  });
});

describe('a replay beyond the limit', () => {
  it('is answered with its order, at once, and says so', async () => {
    await useUp();
    const reply = await call(world, createOrder, {
      headers: merchant.headers(),
      body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'one' },
    });
    expect([reply.status, reply.json.agent_reference, reply.headers['idempotent-replayed']]).toEqual([
      202,
      'one',
      'true',
    ]);
    expect(reply.headers.ratelimit).toMatch(/^"orders";r=0;/);
    expect((await airtime('one')).json.code).toBe('409.001');
  });

  it('with other content is refused for that', async () => {
    await useUp();
    expect((await order('one', { amount: 2 })).json.code).toBe('reference_reused');
  });

  it('of an order that was refused for lack of funds is refused as before', async () => {
    await order('one', { amount: 60 });
    expect((await order('dear', { amount: 60 })).json.code).toBe('insufficient_funds');
    await order('three');
    expect((await order('four')).status).toBe(429);
    const reply = await order('dear', { amount: 60 });
    expect([reply.json.code, reply.headers['idempotent-replayed']]).toEqual(['insufficient_funds', 'true']);
  });
});

it('a request that is malformed takes nothing of the limit', async () => {
  for (let n = 0; n < 5; n += 1) expect((await order('not a reference')).status).toBe(400);
  await useUp();
});

describe('an answer has the headers of its limit', () => {
  it.each([
    [
      'is short of money',
      () => order('first', { amount: 60 }).then(() => order('dear', { amount: 60 })),
      'insufficient_funds',
    ],
    ['names another product', () => order('one', { product: 999 }), 'product_not_found'],
    ['is refused as a failure of ours', () => unreadable(() => order('one')), 'internal_error'],
  ])('also where it %s after it was counted', async (_what, ask, code) => {
    const reply = await ask();
    expect(reply.json.code).toBe(code);
    const ratelimit = expect.stringMatching(/^"orders";r=[12];t=30$/);
    expect(reply.headers).toMatchObject({ 'ratelimit-policy': '"orders";q=3;w=30', ratelimit });
  });

  it('and none where it was refused before', async () => {
    expect((await order('not a reference')).headers).not.toHaveProperty('ratelimit');
  });

  it('and no time to come again, beyond the limit, where it is refused for something else', async () => {
    await useUp();
    const reply = await order('one', { amount: 2 });
    expect([reply.json.code, reply.headers.ratelimit]).toEqual([
      'reference_reused',
      expect.stringMatching(/^"orders";r=0;/),
    ]);
    expect(reply.headers).not.toHaveProperty('retry-after');
  });
});
