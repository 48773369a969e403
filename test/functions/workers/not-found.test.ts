import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { readTail } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;
let metrics: string[];

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world, { USD: 10_000 });
  await sell(world);
  metrics = [];
  Object.assign(world.log, { metric: (name: string) => metrics.push(name) });
});

afterAll(stopEngine);

async function place(agentReference: string): Promise<OrderKey> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: agentReference };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  world.messages.length = 0;
  return { merchantId: merchant.id, mode: 'live', agentReference };
}

/** An order whose answer was lost, and which was delivered or not. */
async function inDoubt(agentReference: string, isDelivered = false): Promise<OrderKey> {
  const key = await place(agentReference);
  world.upstream.script = [
    async ({ reference }) => {
      if (isDelivered) world.upstream.vends.push(reference);
      return { kind: 'unclear', evidence: 'timed out' };
    },
  ];
  await dispatch(world, key);
  return key;
}

async function delivered(agentReference: string): Promise<OrderKey> {
  const key = await place(agentReference);
  await dispatch(world, key);
  return key;
}

const order = async (key: OrderKey) => (await readOrder(world, key)) ?? { status: 'gone' as const };

async function balance(): Promise<number | undefined> {
  return (await readTail(world, { merchantId: merchant.id, mode: 'live', currency: 'USD' }))?.balanceAfterMinor;
}

async function hours(count: number): Promise<void> {
  for (let hour = 0; hour < count; hour += 1) await world.sweep(60);
}

describe('"not found"', () => {
  it('refunds an order while a delivered one is found', async () => {
    await delivered('known');
    const key = await inDoubt('lost');
    await hours(3);
    expect(await order(key)).toMatchObject({ status: 'refunded', failure: 'not_delivered' });
    expect(await balance()).toBe(9_500);
  });

  it('about everything, as of a gateway that lost its route, refunds no delivered order: a person decides', async () => {
    await delivered('known');
    const key = await inDoubt('lost', true);
    world.upstream.finding = { kind: 'not_found', evidence: 'no Route matched with those values' };
    world.upstream.isUnrouted = true;
    await hours(30);
    expect(await order(key)).toMatchObject({ status: 'review', notFoundCount: 0 });
    expect(JSON.stringify(await order(key))).toMatch(/neither was ord_\w+, which was delivered: no Route matched/);
    expect(await balance()).toBe(9_000);
  });

  it('to another account than sent the order proves nothing', async () => {
    await delivered('known');
    const key = await inDoubt('lost', true);
    world.upstream.account = 'another';
    await delivered('known2');
    world.upstream.finding = { kind: 'not_found', evidence: 'never heard of it' };
    world.upstream.isUnrouted = true;
    await hours(30);
    expect(await order(key)).toMatchObject({ status: 'review', notFoundCount: 0 });
  });

  it.each<[string, () => Promise<void>]>([
    ['no delivery of the account is known', async () => undefined],
    [
      'the last delivery was more than 30 days ago',
      async () => {
        await delivered('old');
        world.advance(31 * 24 * 60 * 60_000);
      },
    ],
  ])('proves nothing where %s: the order goes to review in its time', async (_what, prepare) => {
    await prepare();
    const key = await inDoubt('lost');
    await hours(23);
    expect((await order(key)).status).toBe('unknown');
    await hours(7);
    expect((await order(key)).status).toBe('review');
  });

  it('costs one control query a run however many there are, and none where there is none', async () => {
    const known = await readOrder(world, await delivered('known'));
    const reference = known?.id.replace('_', '-');
    const controls = () => world.upstream.queries.filter((query) => query.reference === reference).length;
    await world.sweep(2);
    expect(controls()).toBe(0);
    for (let n = 0; n < 8; n += 1) await inDoubt(`lost${n}`);
    world.upstream.queries.length = 0;
    await world.sweep(2);
    expect(world.upstream.queries).toHaveLength(9);
    expect(controls()).toBe(1);
  });
});

describe('an order that was refunded as not found', () => {
  /** Refunded an hour after it was sent, and delivered after that. */
  async function deliveredLate(): Promise<OrderKey> {
    await delivered('known');
    const key = await inDoubt('lost');
    await hours(3);
    expect((await order(key)).status).toBe('refunded');
    const { reference } = world.upstream.sends.at(-1) ?? { reference: '' };
    world.upstream.vends.push(reference);
    world.upstream.queries.length = 0;
    metrics.length = 0;
    return key;
  }

  it('is queried once more after a day, and charged again where it was delivered', async () => {
    const key = await deliveredLate();
    await hours(21);
    expect(world.upstream.queries).toHaveLength(0);
    await hours(4);
    expect(await order(key)).toMatchObject({ status: 'success' });
    expect(metrics).toContain(METRICS.moneyAnomaly);
    expect(await balance()).toBe(9_000);
    const asked = world.upstream.queries.length;
    await hours(48);
    expect(world.upstream.queries).toHaveLength(asked);
  });

  it.each<[string, () => void]>([
    ['another account', () => Object.assign(world.upstream, { account: 'another' })],
    ['a gateway that lost its route', () => undefined],
  ])('believes no other account and no gateway: after a day with %s it is asked about again', async (_what, change) => {
    const key = await deliveredLate();
    change();
    world.upstream.isUnrouted = true;
    world.upstream.finding = { kind: 'not_found', evidence: 'never heard of it' };
    await hours(26);
    expect(await order(key)).toMatchObject({ status: 'refunded', recheckAt: expect.any(String) });
    expect(await balance()).toBe(9_500);
    Object.assign(world.upstream, { account: 'ours', isUnrouted: false, finding: undefined });
    await hours(3);
    expect(await order(key)).toMatchObject({ status: 'success' });
    expect(await balance()).toBe(9_000);
  });

  it('stays refunded where it was not, and is not in doubt meanwhile', async () => {
    await delivered('known');
    const key = await inDoubt('lost');
    await hours(3);
    const wallet = (await call(world, getWallet, { headers: merchant.headers() })).json;
    expect(JSON.stringify(wallet)).not.toContain('"in_doubt":5');
    await hours(30);
    expect(await order(key)).toMatchObject({ status: 'refunded' });
    expect(await order(key)).not.toHaveProperty('recheckAt');
    expect(await balance()).toBe(9_500);
  });

  it('is charged once by two reconcilers at once, and once where the answer is lost', async () => {
    const key = await deliveredLate();
    world.advance(25 * 60 * 60_000);
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'TransactWriteCommand' || isLost) return undefined;
      isLost = true;
      return 'after';
    };
    await Promise.all([reconcile(world), reconcile(world)]);
    expect(isLost).toBe(true);
    expect(await order(key)).toMatchObject({ status: 'success' });
    expect(await balance()).toBe(9_000);
  });

  it('is our loss where the wallet is empty by then, and is not queried for ever', async () => {
    const key = await deliveredLate();
    const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor: -9_500, reason: 'Withdrawn', by: 'test' });
    await hours(26);
    expect(await order(key)).toMatchObject({ status: 'refunded', lossMinor: 500 });
    expect(await order(key)).not.toHaveProperty('recheckAt');
    expect(metrics).toContain(METRICS.moneyAnomaly);
  });
});
