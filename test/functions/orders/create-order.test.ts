import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { REFUSALS } from '../../../shared/manifest/refusals.ts';
import { listWallet, readTail } from '../../../shared/store/ledger.ts';
import type { Reply } from '../../support/call.ts';
import { call } from '../../support/call.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

const seed = {
  product_id: 100,
  target: '0772279099',
  amount: 5,
  agent_reference: 'ord_2026-05-07_12345',
  custom_sms: 'Your monthly comms allowance from ACME.',
};

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ dispatches: true });
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

function post(body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return call(world, createOrder, { headers: { ...merchant.headers(), ...headers }, body });
}

async function balance(): Promise<number | undefined> {
  const tail = await readTail(world, { merchantId: merchant.id, mode: 'live', currency: 'USD' });
  return tail?.balanceAfterMinor;
}

describe('an order', () => {
  it('of the first document, as printed, is delivered, debited once and answered with how it ended', async () => {
    const reply = await post(seed);
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      agent_reference: 'ord_2026-05-07_12345',
      status: 'success',
      final: true,
      msisdn: '+263772279099',
      network: 'Econet',
      amount: 5,
      currency: 'USD',
      failure: null,
    });
    expect(reply.json.provider_ref).toBeTruthy();
    expect(await balance()).toBe(9_500);
    expect(world.upstream.sends).toMatchObject([{ amountMinor: 500, customSms: seed.custom_sms }]);
  });

  it('that the provider rejects is answered 201 as refunded, with the reason and the money back', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'invalid_target', evidence: '217' }];
    const reply = await post(seed);
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({ status: 'refunded', final: true, failure: { code: 'invalid_target' } });
    expect(await balance()).toBe(10_000);
  });

  it('whose outcome is unclear is answered 201 as unknown, keeps the money and says when it is queried next', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: 'timed out' }];
    const reply = await post(seed);
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({ status: 'unknown', final: false, failure: null });
    expect(reply.json.next_check_at > world.now()).toBe(true);
    expect(await balance()).toBe(9_500);
  });

  it('still pending after the wait is answered 202', async () => {
    world = await testWorld({ dispatches: false });
    merchant = await aMerchant(world);
    await sell(world);
    const startedAt = Date.parse(world.now());
    const reply = await post(seed);
    expect([reply.status, reply.json.status]).toEqual([202, 'pending']);
    expect(Date.parse(world.now()) - startedAt).toBeGreaterThanOrEqual(25_000);
  });

  it.each([
    ['respond-async', 0],
    ['wait=3', 3_000],
    ['respond-async, wait=10', 0],
    ['wait=600', 25_000],
    ['wait=soon', 25_000],
  ])('with Prefer: %s waits %i ms at most', async (prefer, waited) => {
    world = await testWorld({ dispatches: false });
    merchant = await aMerchant(world);
    await sell(world);
    const startedAt = Date.parse(world.now());
    const reply = await post(seed, { prefer });
    expect(reply.status).toBe(202);
    expect(Date.parse(world.now()) - startedAt).toBe(waited);
  });

  it('repeated with the same content is the same order: 200, marked, not sent again', async () => {
    const first = await post(seed);
    const again = await post({ ...seed, target: '+263 77 227 9099', amount: '5.00' });
    expect(again.status).toBe(200);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    expect(world.upstream.vends).toHaveLength(1);
    expect(await balance()).toBe(9_500);
  });

  it.each([
    ['product_id', { product_id: 101 }],
    ['target', { target: '0772279098' }],
    ['amount', { amount: 6 }],
    ['custom_sms', { custom_sms: 'Other words.' }],
    ['custom_sms', { custom_sms: undefined }],
  ])('under a used reference with another %s is refused and names it', async (param, change) => {
    await sell(world, airtimeUsd, aProduct({ id: 101, name: 'Econet USD', network: 'Econet' }));
    await post(seed);
    const reply = await post({ ...seed, ...change });
    expect([reply.status, reply.json.code, reply.json.param]).toEqual([422, 'reference_reused', param]);
    expect(await balance()).toBe(9_500);
  });

  it('can be repeated after its product was withdrawn', async () => {
    const first = await post(seed);
    await sell(world, aProduct({ id: 7 }));
    world.memo.clear();
    const again = await post(seed);
    expect([again.status, again.headers['idempotent-replayed'], again.text]).toEqual([200, 'true', first.text]);
    expect((await post({ ...seed, agent_reference: 'other' })).json.code).toBe('product_unavailable');
  });

  it('the wallet cannot pay is refused for good under its reference, also after a deposit, and shows as failed', async () => {
    const poor = await aMerchant(world, { USD: 499 });
    const reply = await call(world, createOrder, { headers: poor.headers(), body: seed });
    expect([reply.status, reply.json.code]).toEqual([402, 'insufficient_funds']);
    merchant = poor;
    const { adjustWallet } = await import('../../../shared/flows/wallet/adjust-wallet.ts');
    const wallet = { merchantId: poor.id, mode: 'live', currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor: 10_000, reason: 'Deposit', by: 'test' });
    const again = await post(seed);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([402, 'true']);
    const params = { agent_reference: seed.agent_reference };
    const shown = await call(world, getOrder, { headers: poor.headers(), params });
    expect(shown.json).toMatchObject({ status: 'failed', final: true, failure: { code: 'insufficient_funds' } });
    expect((await listWallet(world, wallet, { limit: 10 })).entries.map((entry) => entry.kind)).toEqual([
      'adjustment',
      'adjustment',
    ]);
    expect(world.upstream.sends).toHaveLength(0);
  });

  it('with a test key goes to the sandbox and play money, never to the live provider', async () => {
    const reply = await call(world, createOrder, { headers: merchant.headers('test'), body: seed });
    expect(reply.json).toMatchObject({ status: 'success', mode: 'test' });
    expect(world.upstream.sends).toHaveLength(0);
    expect(await balance()).toBe(10_000);
  });

  it('of one merchant and mode never meets the same reference of another', async () => {
    const other = await aMerchant(world);
    const mine = await post(seed);
    const theirs = await call(world, createOrder, { headers: other.headers(), body: { ...seed, amount: 7 } });
    const test = await call(world, createOrder, { headers: merchant.headers('test'), body: { ...seed, amount: 9 } });
    expect([mine, theirs, test].map((reply) => reply.status)).toEqual([201, 201, 201]);
    expect(new Set([mine, theirs, test].map((reply) => reply.json.id)).size).toBe(3);
  });
});

it.each<[string, Record<string, unknown>]>([
  ['with null for an optional field', { custom_sms: null }],
  ['with an empty optional text', { custom_sms: '' }],
  ['with the product as a text', { product_id: '100' }],
  ['with the amount as a text', { amount: '5.00' }],
  [
    'with marks that a chat put around and into the number',
    { target: '\u202a+263\u200b 0772\u2011279\u2013099\u202c' },
  ],
])('%s is the same order as without', async (_what, change) => {
  const plain = { ...seed, custom_sms: undefined };
  const first = await post(plain);
  const second = await post({ ...plain, ...change });
  expect([first.status, second.status, second.json.id]).toEqual([201, 200, first.json.id]);
  expect(await balance()).toBe(9_500);
});

describe('a request that is refused for its form', () => {
  const cases: [string, Record<string, unknown>, string, string][] = [
    ['no target', { target: undefined }, 'invalid_request', 'target'],
    ['a target that is a number', { target: 772279099 }, 'invalid_request', 'target'],
    ['an unknown field', { agent_referense: 'x' }, 'invalid_request', 'agent_referense'],
    ['a reference of 65 characters', { agent_reference: 'x'.repeat(65) }, 'invalid_request', 'agent_reference'],
    ['a reference with a slash', { agent_reference: 'a/b' }, 'invalid_request', 'agent_reference'],
    ['an SMS of 136 characters', { custom_sms: 'x'.repeat(136) }, 'invalid_request', 'custom_sms'],
    ['a currency', { currency: 'USD' }, 'invalid_request', 'currency'],
    ['an amount that is null', { amount: null }, 'invalid_request', 'amount'],
    ['an unknown product', { product_id: 999 }, 'product_not_found', 'product_id'],
    ['a negative amount', { amount: -5 }, 'invalid_amount', 'amount'],
    ['no amount at all', { amount: 0 }, 'invalid_amount', 'amount'],
    ['an amount in words', { amount: '5,50' }, 'invalid_amount', 'amount'],
    ['too many decimals', { amount: 5.555 }, 'invalid_amount', 'amount'],
    ['more than the product takes', { amount: 300.01 }, 'invalid_amount', 'amount'],
    ['less than the product takes', { amount: 0.09 }, 'invalid_amount', 'amount'],
    ['a landline', { target: '0242700000' }, 'invalid_target', 'target'],
    ['a number of another country', { target: '+254712345678' }, 'invalid_target', 'target'],
    ['a number that is too short', { target: '077227909' }, 'invalid_target', 'target'],
    ['letters', { target: 'my phone' }, 'invalid_target', 'target'],
  ];

  it('lists a target and an amount that both do not fit the product', async () => {
    const reply = await post({ ...seed, target: 'hello', amount: 0.001 });
    expect([reply.status, reply.json.code, reply.json.param]).toEqual([422, 'invalid_target', 'target']);
    const { detail, fix } = reply.json;
    expect(reply.json.errors).toEqual([
      { param: 'target', detail, fix },
      { param: 'amount', detail: expect.any(String), fix: expect.any(String) },
    ]);
    expect((await post({ ...seed, target: 'hello' })).json).not.toHaveProperty('errors');
  });

  it.each(cases)(
    '(%s) names the field and the fix and leaves the reference free',
    async (_name, change, code, param) => {
      const reply = await post({ ...seed, ...change });
      const refusal = REFUSALS[code as keyof typeof REFUSALS];
      expect(reply.status).toBe(refusal.status);
      expect(reply.headers['content-type']).toBe('application/problem+json');
      expect(reply.json).toMatchObject({ code, param, fix: refusal.fix, retryable: refusal.retryable });
      expect(reply.json.detail).not.toBe('');
      expect((await post(seed)).status).toBe(201);
      expect(await balance()).toBe(9_500);
    },
  );

  it('has more digits than can be read exactly', async () => {
    const body = JSON.stringify(seed).replace('"amount":5', '"amount":5.0000000000000001');
    const reply = await post(body);
    expect([reply.status, reply.json.code, reply.json.param]).toEqual([400, 'invalid_request', 'amount']);
  });

  it.each(['', '{', 'null', '[]', '"x"', '5'])('is not one JSON object: %s', async (body) => {
    expect((await post(body)).status).toBe(400);
  });

  it('is larger than an order can be', async () => {
    expect((await post({ ...seed, custom_sms: 'x'.repeat(20_000) })).status).toBe(413);
  });
});

it.each(['0772279099', '772279099', '263772279099', '+263 77 227 9099', '00263772279099', '+263 (0)77 227-9099'])(
  'the spelling %s of a number is one and the same target',
  async (target) => {
    expect((await post({ ...seed, target })).json.msisdn).toBe('+263772279099');
  },
);

it('a product of one network refuses a number of another, where numbers cannot move', async () => {
  await sell(world, aProduct({ id: 101, name: 'Econet USD', network: 'Econet' }));
  const reply = await post({ ...seed, product_id: 101, target: '0712279099' });
  expect([reply.json.code, reply.json.param]).toEqual(['invalid_target', 'target']);
});

it('accepting an order costs two reads, one query for hints and one transaction of two items', async () => {
  await world.close();
  // Whose calls are those of accepting alone.
  const quiet = await testWorld({ dispatches: false });
  const rich = await aMerchant(quiet);
  await sell(quiet);
  // A process that has tokens for its orders, as nine in ten have. Its first order reads what is left of them.
  Object.assign(quiet, { random: () => 0.99 });
  const headers = { ...rich.headers(), prefer: 'respond-async' };
  await call(quiet, createOrder, { headers, body: { ...seed, agent_reference: 'warm' } });
  quiet.calls.length = 0;
  const reply = await call(quiet, createOrder, { headers, body: { ...seed, agent_reference: 'counted' } });
  expect(reply.status).toBe(202);
  expect(quiet.calls.toSorted()).toEqual(['GetCommand', 'GetCommand', 'QueryCommand', 'TransactWriteCommand']);
});

it('settling a success is one write and touches no wallet', async () => {
  await world.close();
  const quiet = await testWorld({ dispatches: false });
  const rich = await aMerchant(quiet);
  await sell(quiet);
  const headers = { ...rich.headers(), prefer: 'respond-async' };
  // The first success of an hour is remembered with its provider's health.
  await call(quiet, createOrder, { headers, body: { ...seed, agent_reference: 'first' } });
  await quiet.dispatchAll();
  quiet.messages.length = 0;
  quiet.advance(3_000);
  await call(quiet, createOrder, { headers, body: seed });
  quiet.calls.length = 0;
  await quiet.dispatchAll();
  // The order and its provider's health are read; the claim and the settlement are written.
  expect(quiet.calls).toEqual(['GetCommand', 'GetCommand', 'PutCommand', 'PutCommand']);
});
