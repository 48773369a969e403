import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import type { Outcome } from '../../shared/domain/order.ts';
import { call } from '../support/call.ts';
import { aCampaign, pay } from '../support/campaigns.ts';
import { UnitCounter } from '../support/count-units.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** What each stage of an order, a top-up and a payout costs in DynamoDB units. These figures bind later changes. */

let world: TestWorld;
let merchant: TestMerchant;
let units: UnitCounter;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world);
  await sell(world);
  await place('warm-up');
  await world.dispatchAll();
  await world.dispatchAll();
  units = new UnitCounter(world);
});

afterAll(stopEngine);

/** As the adapter reports the answer to the sample request. */
const REPLY =
  '{"ReplyCode":2,"ReplyMsg":"Recharge to 0772279099 of 5.00 was successful.","WalletBalance":9451.2,"Amount":5.0,' +
  '"Discount":0.25,"InitialBalance":1.02,"FinalBalance":6.02,"Window":"2026-06-06T00:00:00","Data":0,"SMS":0,' +
  '"AgentReference":"ord-0mo1x2a3b4c5d6e7f8g9","RechargeID":"12345678"}';
const SUCCESS: Outcome = { kind: 'success', receipt: { providerRef: '12345678', costMinor: 475 }, evidence: REPLY };
const REFUSED: Outcome = { kind: 'rejected', failure: 'invalid_target', evidence: REPLY };

async function place(reference: string) {
  const body = {
    product_id: 100,
    target: '0772279099',
    amount: 5,
    agent_reference: reference,
    custom_sms: 'Your monthly comms allowance from ACME.',
  };
  return call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
}

const listen = () =>
  call(world, createEndpoint, { headers: merchant.headers(), body: { url: 'https://merchant.example/hook' } });

/** The write units of each stage, from the request to the published event. */
async function stagesOf(request: () => Promise<unknown>) {
  const accepted = (await units.during(request)).write;
  const settled = (await units.during(() => world.dispatchAll())).write;
  return { accepted, settled, published: (await units.during(() => world.dispatchAll())).write };
}

it('an order', async () => {
  world.upstream.script = [SUCCESS];
  expect(await stagesOf(() => place('ord_2026-05-07_12345'))).toEqual({ accepted: 6, settled: 3, published: 3 });
});

it('an order with a webhook', async () => {
  await listen();
  world.upstream.script = [SUCCESS];
  expect(await stagesOf(() => place('ord_2026-05-07_12345'))).toEqual({ accepted: 6, settled: 3, published: 6 });
});

it('a refund with a webhook', async () => {
  await listen();
  world.upstream.script = [REFUSED];
  expect(await stagesOf(() => place('ord_2026-05-07_12345'))).toEqual({ accepted: 6, settled: 7, published: 6 });
});

it('a payout of a campaign, with webhooks of its order and of itself', async () => {
  await listen();
  world.upstream.script = [SUCCESS];
  const campaign = await aCampaign(world, merchant.id);
  const request = () => pay(world, campaign, { respondent_id: 'respondent-0001', target: '0772279099' });
  expect(await stagesOf(request)).toEqual({ accepted: 11, settled: 4, published: 13 });
});
