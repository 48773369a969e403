import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import type { Outcome } from '../../shared/domain/order.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from '../support/call.ts';
import { aCampaign, knock, pay } from '../support/campaigns.ts';
import type { CountedPut } from '../support/count-units.ts';
import { UnitCounter } from '../support/count-units.ts';
import { callBack } from '../support/topup-set-up.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** What each stage of an order, a top-up and a payout costs in DynamoDB units. These figures bind later changes. */

let world: TestWorld;
let merchant: TestMerchant;
let units: UnitCounter;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  // A process that has tokens for its orders: the write in ten that takes a block is counted in test/http/limits.test.ts.
  Object.assign(world, { random: () => 0.99 });
  merchant = await aMerchant(world);
  await sell(world);
  await place('warm-up');
  await world.dispatchAll();
  await world.dispatchAll();
  units = new UnitCounter(world);
});

afterAll(stopEngine);

/** As the adapter reports the answers to the sample request. */
const REPLY =
  '200 {"ReplyCode":2,"ReplyMsg":"Recharge to 0772279099 of 5.00 was successful.","WalletBalance":9451.2,"Amount":5,' +
  '"Discount":0.25,"InitialBalance":1.02,"FinalBalance":6.02,"Window":"2026-06-06T00:00:00","Data":0,"SMS":0,' +
  '"AgentReference":"ord-0mo1x2a3b4c5d6e7f8g9","RechargeID":"12345678"}';
const SUCCESS: Outcome = { kind: 'success', receipt: { providerRef: '12345678', costMinor: 475 }, evidence: REPLY };
const REFUSAL = '400 {"ReplyCode":217,"ReplyMessage":"Failed. Invalid mobile number."}';
const REFUSED: Outcome = { kind: 'rejected', failure: 'invalid_target', evidence: REFUSAL };

async function place(reference = 'ord_2026-05-07_12345', prefer = 'respond-async') {
  const body = {
    product_id: 100,
    target: '0772279099',
    amount: 5,
    agent_reference: reference,
    custom_sms: 'Your monthly comms allowance from ACME.',
  };
  return call(world, createOrder, { headers: { ...merchant.headers(), prefer }, body });
}

const listen = () =>
  call(world, createEndpoint, { headers: merchant.headers(), body: { url: 'https://merchant.example/hook' } });

/** The write units of each stage, from the request to the published event; what a webhook costs is one of its own. */
async function stagesOf(request: () => Promise<unknown>) {
  const accepted = (await units.during(request)).write;
  const settled = (await units.during(() => world.dispatchAll())).write;
  const before = deliveryUnits();
  const { write } = await units.during(() => world.dispatchAll());
  const webhooks = deliveryUnits() - before;
  return { accepted, settled, published: write - webhooks, webhooks };
}

const deliveryUnits = () => units.byTable.get('deliveries') ?? 0;

it('an order', async () => {
  world.upstream.script = [SUCCESS];
  expect(await stagesOf(() => place())).toEqual({ accepted: 6, settled: 2, published: 2, webhooks: 0 });
});

it('an order with a webhook', async () => {
  await listen();
  world.upstream.script = [SUCCESS];
  expect(await stagesOf(() => place())).toEqual({ accepted: 6, settled: 2, published: 2, webhooks: 2 });
});

it('a refund with a webhook', async () => {
  await listen();
  world.upstream.script = [REFUSED];
  expect(await stagesOf(() => place())).toEqual({ accepted: 6, settled: 5, published: 2, webhooks: 2 });
});

it('a payout of a campaign, with webhooks of its order and of itself', async () => {
  await listen();
  world.upstream.script = [SUCCESS];
  const campaign = await aCampaign(world, merchant.id);
  const request = () => pay(world, campaign, { respondent_id: 'respondent-0001', target: '0772279099' });
  expect(await stagesOf(request)).toEqual({ accepted: 11, settled: 2, published: 3, webhooks: 4 });
});

/** Its order has the key, too, and is over one KB from its outcome on. Signed, it has none. */
it('a payout that a key requests', async () => {
  world.upstream.script = [SUCCESS];
  const campaign = await aCampaign(world, merchant.id, { allow_api_key: true });
  const body = JSON.stringify({ respondent_id: 'respondent-0001', target: '0772279099' });
  const request = () => knock(world, campaign.id, merchant.headers(), body);
  expect(await stagesOf(request)).toEqual({ accepted: 9, settled: 3, published: 4, webhooks: 0 });
});

it('a top-up with a webhook, from its start to its credit', async () => {
  await listen();
  const body = { amount: 25, currency: 'USD', reference: 'r1', return_url: 'https://shop.example/paid?order=1234567' };
  const started = await units.during(() => call(world, startTopup, { headers: merchant.headers(), body }));
  world.gateway.finding = { kind: 'paid', amountMinor: 2500, currency: 'USD', evidence: 'SUCCESS' };
  const credited = await units.during(() => callBack(world.gateway.started[0]?.resultUrl, world));
  const published = await units.during(() => world.dispatchAll());
  expect([started.write, credited.write, published.write - deliveryUnits(), deliveryUnits()]).toEqual([4, 4, 2, 2]);
});

describe('no write of an airtime order is over one KB:', () => {
  const sizes = (of: (put: CountedPut) => boolean = () => true) =>
    units.puts.filter((put) => put.table === 'orders' && of(put)).map(({ bytes }) => bytes);

  it.each([
    ['a success', SUCCESS],
    ['a refusal', REFUSED],
  ])('%s, under the longest reference of a client library', async (_what, outcome) => {
    world.upstream.script = [outcome];
    await stagesOf(() => place('3f2504e0-4f89-41d3-9a0c-0305e82c3301'));
    expect(sizes()).toHaveLength(4);
    expect(Math.max(...sizes())).toBeLessThanOrEqual(1024);
  });

  it('a row of a batch without webhooks', async () => {
    world.upstream.script = [SUCCESS];
    const csv = 'target,amount,custom_sms\n0772279099,5,Your monthly comms allowance from ACME.';
    await call(world, createBulk, { headers: merchant.headers(), body: { csv } });
    while (world.messages.length > 0) await world.dispatchAll();
    expect(sizes()).toHaveLength(2);
    expect(Math.max(...sizes())).toBeLessThanOrEqual(1024);
  });

  it('a payout', async () => {
    world.upstream.script = [SUCCESS];
    const campaign = await aCampaign(world, merchant.id);
    await stagesOf(() => pay(world, campaign, { respondent_id: 'respondent-2026-0001', target: '0772279099' }));
    expect(sizes()).toHaveLength(4);
    expect(Math.max(...sizes())).toBeLessThanOrEqual(1024);
  });
});

it('evidence of a success is shortened, and of nothing else', async () => {
  world.upstream.script = [SUCCESS, { kind: 'rejected', failure: 'network_refused', evidence: REPLY }];
  for (const reference of ['good', 'bad']) {
    await place(reference);
    await world.dispatchAll();
  }
  const evidence = async (agentReference: string) =>
    (await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference }))?.attempts[0]?.evidence;
  expect(await evidence('good')).toBe(REPLY.slice(0, 60));
  expect(await evidence('bad')).toBe(REPLY);
});

it('the rows of a batch, made and settled, with all that their chunks cost', async () => {
  const rows = Array.from({ length: 200 }, (_, n) => `07722${79_000 + n},0.1,Thank you ${n}`);
  const body = { csv: ['target,amount,custom_sms', ...rows].join('\n'), batch_reference: 'salaries-2026-05' };
  world.upstream.script = rows.map(() => SUCCESS);
  const { write } = await units.during(async () => {
    expect((await call(world, createBulk, { headers: merchant.headers(), body })).status).toBe(202);
    while (world.messages.length > 0) await world.dispatchAll();
  });
  expect(world.upstream.vends).toHaveLength(rows.length + 1);
  // Put claimed (one, and one of its list), settled (one), an eighth for its chunk.
  // The clock of this world stands still, so its pace is measured by the bench only.
  expect((write - (units.byTable.get('health') ?? 0)) / rows.length).toBeLessThanOrEqual(3.25);
});
