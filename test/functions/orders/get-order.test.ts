import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { FAILURES } from '../../../shared/domain/order.ts';
import { composeOrderId, instantOfOrderId } from '../../../shared/domain/order-id.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

const body = { product_id: 100, target: '0772279099', amount: 1 };

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

const post = (reference: string, sent: Record<string, string> = {}, change: Record<string, unknown> = {}) =>
  call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async', ...sent },
    body: { ...body, agent_reference: reference, ...change },
  });
const get = (agent_reference: string, headers = merchant.headers()) =>
  call(world, getOrder, { headers, params: { agent_reference } });

describe('an order', () => {
  it('is found by its reference and by its id, with two reads and one query, and no write', async () => {
    const { json } = await post('invoice-1');
    world.calls.length = 0;
    expect((await get(json.id)).json).toEqual((await get('invoice-1')).json);
    expect(world.calls.filter((name) => /Put|Update|Transact|Delete/.test(name))).toEqual([]);
    expect(world.calls.filter((name) => name === 'QueryCommand')).toHaveLength(1);
  });

  it('whose reference looks like the id of another is the one that is returned', async () => {
    const { json: first } = await post('invoice-1');
    world.advance(1_000);
    const { json: second } = await post(first.id);
    expect((await get(first.id)).json.id).toBe(second.id);
  });

  it('of another merchant or mode is not found by its id either', async () => {
    const { json } = await post('invoice-1');
    const other = await aMerchant(world);
    for (const headers of [other.headers(), merchant.headers('test')]) {
      expect(await get(json.id, headers)).toMatchObject({ status: 404, json: { code: 'order_not_found' } });
    }
  });

  it.each(['ord_zzzzzzzzzzzzzzzzzzzz', 'ord_00000000000000000000', 'ord_4k2v', `ord_${'a'.repeat(24)}`])(
    'is not found by an id that no order has: %s',
    async (id) => {
      expect((await get(id)).status).toBe(404);
    },
  );
});

it('the id of an order says when it was placed', () => {
  for (const at of ['2026-05-07T08:00:00.123Z', '1970-01-01T00:00:00.000Z', '2999-12-31T23:59:59.999Z']) {
    const id = composeOrderId(at, new Uint8Array(7));
    expect(id).toMatch(/^ord_[0-9a-z]{20}$/);
    expect(instantOfOrderId(id)).toBe(at);
  }
});

describe('the header Idempotency-Key', () => {
  it.each(['key-1', '"key-1"', ' key-1 '])('alone is the reference: %s', async (key) => {
    const first = await post('', { 'idempotency-key': key }, { agent_reference: undefined });
    const again = await post('', { 'idempotency-key': key }, { agent_reference: undefined });
    expect([first.status, first.json.agent_reference]).toEqual([202, 'key-1']);
    expect([again.json.id, again.headers['idempotent-replayed']]).toEqual([first.json.id, 'true']);
    expect((await post('key-1')).json.id).toBe(first.json.id);
  });

  it('with the same value as the reference changes nothing', async () => {
    expect((await post('same', { 'idempotency-key': 'same' })).json.agent_reference).toBe('same');
  });

  it('with another value than the reference is refused, and neither is used up', async () => {
    const reply = await post('one', { 'idempotency-key': 'other' });
    expect(reply).toMatchObject({ status: 400, json: { code: 'invalid_request', param: 'Idempotency-Key' } });
    expect([(await get('one')).status, (await get('other')).status]).toEqual([404, 404]);
  });

  it('is refused like a reference where it can be none', async () => {
    const reply = await post('', { 'idempotency-key': 'a/b' }, { agent_reference: undefined });
    expect(reply).toMatchObject({ status: 400, json: { param: 'agent_reference' } });
  });
});

it.each(['invalid_amount', 'out_of_stock', 'product_unavailable'] as const)(
  'an order that a provider rejects for %s says so',
  async (failure) => {
    world.upstream.script = [{ kind: 'rejected', failure, evidence: '' }];
    await post('invoice-1');
    await world.dispatchAll();
    const { status, failure: shown } = (await get('invoice-1')).json;
    expect([status, shown]).toEqual(['refunded', { code: failure, ...FAILURES[failure] }]);
  },
);
