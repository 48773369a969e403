import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { updateCampaign } from '../../../functions/campaigns/update-campaign.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import { HOUR, MINUTE, SECOND } from '../../../shared/domain/time.ts';
import type { DispatchMessage } from '../../../shared/flows/orders/enqueue-order.ts';
import { call } from '../../support/call.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';
import { createKey } from '../../support/create-key.ts';
import {
  anotherProcess,
  freeze,
  frozenBefore,
  letCachesEnd,
  place,
  shown,
  sweepUntilDone,
  unfreeze,
} from '../../support/freeze-set-up.ts';
import { bearing } from '../../support/key-set-up.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import { callBack } from '../../support/topup-set-up.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What a frozen merchant's orders, payouts and top-ups do, and what they do after it. */

let world: TestWorld;
let merchant: TestMerchant;

const SAFARICOM = { id: 254_001, network: 'Safaricom', country: 'KE', currency: 'KES' } as const;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world, { USD: 10_000, KES: 100_000 });
  await sell(world, airtimeUsd, aProduct({ ...SAFARICOM, minMinor: 500, maxMinor: 1_000_000, stepMinor: 100 }));
});
afterAll(stopEngine);

async function balance(): Promise<number> {
  const { wallets } = (await call(world, getWallet, { headers: merchant.headers() })).json;
  return wallets.find((each: { currency: string }) => each.currency === 'USD').balance;
}

describe('an order', () => {
  it('is refused, and what was accepted before is answered as ever, also in the form of PesaWay', async () => {
    const body = { ExternalReference: 'pesa', Amount: 10, PhoneNumber: '254712345678' };
    const airtime = (more = {}) =>
      call(world, sendAirtime, { headers: { ...merchant.headers(), 'x-region': 'ke' }, body: { ...body, ...more } });
    expect([(await place(world, merchant, 'one')).status, (await airtime()).status]).toEqual([202, 200]);
    await freeze(world, merchant);
    const again = await place(world, merchant, 'one');
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([202, 'true']);
    expect((await airtime()).json).toMatchObject({ code: '200.001', OriginatorReference: 'pesa' });
    const refused = await place(world, merchant, 'two');
    expect([refused.status, refused.json.code, refused.json.retryable]).toEqual([403, 'account_frozen', true]);
    expect((await airtime({ ExternalReference: 'new' })).json).toMatchObject({ code: '403.002' });
    // A refusal takes no reference.
    await unfreeze(world, merchant);
    expect((await place(world, merchant, 'two')).status).toBe(202);
  });

  it('that waits to be sent is held, and sent once when the freeze ends', async () => {
    await place(world, merchant, 'one');
    await freeze(world, merchant);
    letCachesEnd(world);
    await world.dispatchAll();
    await sweepUntilDone(world, 5);
    expect(world.upstream.sends).toEqual([]);
    const held = await shown(world, merchant, 'one');
    expect(held).toMatchObject({ status: 'pending', held_since: expect.any(String) });
    expect(held.timeline.map(({ note }: { note: string }) => note)).toEqual([
      'Accepted; the wallet was debited.',
      'The account is frozen; waiting until it is not.',
    ]);
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 5);
    expect(world.upstream.vends).toHaveLength(1);
    expect(await shown(world, merchant, 'one')).toMatchObject({ status: 'success' });
    expect(await balance()).toBe(95);
  });

  it('whose message was lost is held too, and sent once', async () => {
    await place(world, merchant, 'one');
    world.messages.splice(0);
    await freeze(world, merchant);
    await sweepUntilDone(world, 3);
    expect(world.upstream.sends).toEqual([]);
    expect(await shown(world, merchant, 'one')).toMatchObject({ status: 'pending', held_since: expect.any(String) });
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 3);
    expect(world.upstream.vends).toHaveLength(1);
  });

  it('that was enqueued again is held again, where the next freeze comes before it is sent', async () => {
    await place(world, merchant, 'one');
    await freeze(world, merchant);
    letCachesEnd(world);
    await world.dispatchAll();
    await unfreeze(world, merchant);
    await world.sweep();
    expect(world.messages).toHaveLength(1);
    await freeze(world, merchant);
    letCachesEnd(world);
    await sweepUntilDone(world, 3);
    expect(world.upstream.sends).toEqual([]);
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 3);
    expect(world.upstream.vends).toHaveLength(1);
  });

  it('is refunded six hours after it was placed, as one whose provider is down, and says why', async () => {
    await place(world, merchant, 'one');
    await freeze(world, merchant);
    letCachesEnd(world);
    await world.dispatchAll();
    world.advance(6 * HOUR - 10 * MINUTE);
    await sweepUntilDone(world, 1);
    expect(await shown(world, merchant, 'one')).toMatchObject({ status: 'pending' });
    world.advance(10 * MINUTE);
    await sweepUntilDone(world, 2);
    expect(await shown(world, merchant, 'one')).toMatchObject({
      status: 'refunded',
      failure: { code: 'account_frozen' },
    });
    expect(await balance()).toBe(100);
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 3);
    expect(world.upstream.sends).toEqual([]);
  });

  it('that was sent runs to its end: its status is queried, it is refunded, or charged again', async () => {
    world.upstream.script = [
      { kind: 'unclear', evidence: 'no answer' },
      { kind: 'rejected', failure: 'invalid_target', evidence: '' },
    ];
    await place(world, merchant, 'unclear');
    await world.dispatchAll();
    await place(world, merchant, 'rejected');
    const sending = world.dispatchAll();
    await freeze(world, merchant);
    await sending;
    letCachesEnd(world);
    world.upstream.finding = { kind: 'rejected', failure: 'network_refused', evidence: '' };
    await sweepUntilDone(world, 3);
    for (const reference of ['unclear', 'rejected']) {
      expect(await shown(world, merchant, reference)).toMatchObject({ status: 'refunded' });
    }
    expect(await balance()).toBe(100);
  });

  it('of another merchant, and of the other mode, is sent meanwhile', async () => {
    const other = await aMerchant(world);
    await freeze(world, merchant);
    letCachesEnd(world);
    await place(world, other, 'theirs');
    await world.dispatchAll();
    expect(world.upstream.vends).toHaveLength(1);
    const body = { product_id: 100, target: '0772000001', amount: 5, agent_reference: 'play' };
    const headers = { ...merchant.headers('test'), prefer: 'respond-async' };
    expect((await call(world, createOrder, { headers, body })).status).toBe(202);
  });
});

describe('every process', () => {
  it('knows of a freeze after five seconds, and of its end', async () => {
    const others = [anotherProcess(world), anotherProcess(world)] as const;
    const answers = async () =>
      Promise.all(others.map(async (process, n) => (await place(process, merchant, `o${n}-${world.now()}`)).status));
    expect(await answers()).toEqual([202, 202]);
    await freeze(world, merchant);
    world.advance(5 * SECOND);
    expect(await answers()).toEqual([403, 403]);
    await unfreeze(world, merchant);
    world.advance(5 * SECOND);
    expect(await answers()).toEqual([202, 202]);
  });

  it('of the dispatcher too, also where a message says that its merchant was not frozen', async () => {
    const dispatcher = anotherProcess(world);
    await place(world, merchant, 'first');
    await place(world, merchant, 'second');
    const [first, second] = world.messages.splice(0).map(({ message }) => message.body as DispatchMessage);
    if (!first || !second) throw new Error('two messages were sent');
    await dispatch(dispatcher, first);
    expect(world.upstream.vends).toHaveLength(1);
    await freeze(world, merchant);
    world.advance(5 * SECOND);
    await dispatch(dispatcher, second);
    expect(world.upstream.sends).toHaveLength(1);
  });

  it('also looks after it has waited, right before the claim', async () => {
    await place(world, merchant, 'one');
    const prepare = world.upstream.prepare.bind(world.upstream);
    world.upstream.prepare = async (recharge) => {
      await freeze(anotherProcess(world), merchant);
      world.advance(5 * SECOND);
      return prepare(recharge);
    };
    await world.dispatchAll();
    expect(world.upstream.sends).toEqual([]);
    expect(await shown(world, merchant, 'one')).toMatchObject({ status: 'pending', held_since: expect.any(String) });
  });
});

it('orders of many callers at the time of a freeze: none is sent five seconds later, and no cent is lost', async () => {
  const processes = [world, anotherProcess(world), anotherProcess(world)];
  const placing = Array.from({ length: 15 }, (_, n) => place(processes[n % 3] ?? world, merchant, `o${n}`));
  const freezing = freeze(world, merchant);
  const replies = await Promise.all(placing);
  await freezing;
  const accepted = replies.filter(({ status }) => status === 202);
  expect(replies.filter(({ json }) => json.code === 'account_frozen')).toHaveLength(15 - accepted.length);
  await world.dispatchAll();
  world.advance(5 * SECOND);
  const sent = world.upstream.sends.length;
  await sweepUntilDone(world, 3);
  expect(world.upstream.sends).toHaveLength(sent);
  expect(await balance()).toBe(100 - 5 * accepted.length);
  await unfreeze(world, merchant);
  await sweepUntilDone(world, 4);
  expect([...world.upstream.vendCounts().values()]).toEqual(accepted.map(() => 1));
  expect(await balance()).toBe(100 - 5 * accepted.length);
});

describe('a campaign', () => {
  it('pays nobody new, and goes on by itself', async () => {
    const campaign = await aCampaign(world, merchant.id);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
    await freeze(world, merchant);
    expect((await pay(world, campaign, respondent(1))).status).toBe(200);
    expect((await pay(world, campaign, respondent(2))).json.code).toBe('account_frozen');
    const headers = merchant.headers();
    const body = { name: 'Survey', currency: 'USD', budget: 10, amount: 1 };
    expect((await call(world, createCampaign, { headers, body })).json.code).toBe('account_frozen');
    letCachesEnd(world);
    await world.dispatchAll();
    expect(world.upstream.sends).toEqual([]);
    await unfreeze(world, merchant);
    expect((await pay(world, campaign, respondent(2))).status).toBe(201);
    await sweepUntilDone(world);
    expect(world.upstream.vends).toHaveLength(2);
  });
});

describe('a campaign of a frozen merchant', () => {
  const changeBy = (key: string, id: string, body: object) =>
    call(world, updateCampaign, { headers: bearing(key), params: { campaign_id: id }, body });

  it('is not widened or resumed, and is paused and narrowed, and stays so after the freeze', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const paused = await aCampaign(world, merchant.id, { paused: true });
    const change = (id: string, body: object) => changeBy(merchant.liveKey, id, body);
    await freeze(world, merchant);
    for (const [id, body] of [
      [campaign.id, { budget: 500 }],
      [campaign.id, { paused: true, amount: 2 }],
      [paused.id, { paused: false }],
    ] as const) {
      expect((await change(id, body)).json.code).toBe('account_frozen');
    }
    expect((await change(campaign.id, { budget: 50 })).json).toMatchObject({ budget: 50, paused: false });
    expect((await change(campaign.id, { paused: true })).json).toMatchObject({ budget: 50, paused: true });
    expect((await change(campaign.id, { paused: false })).json.code).toBe('account_frozen');
    await unfreeze(world, merchant);
    expect((await pay(world, campaign, respondent(1))).json.code).toBe('campaign_paused');
    expect((await change(campaign.id, { paused: false })).status).toBe(200);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  });

  it('is paused by several at once, also by a key that cannot spend, and where an answer is lost', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const scopes: readonly Scope[] = ['campaigns:write'];
    const { text } = await createKey(world, { merchantId: merchant.id, mode: 'live', name: 'narrow', scopes });
    await freeze(world, merchant);
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return 'after';
    };
    const pause = () => changeBy(text, campaign.id, { paused: true });
    const replies = await Promise.all([pause(), pause()]);
    expect(replies.map(({ status, json }) => [status, json.paused])).toEqual([
      [200, true],
      [200, true],
    ]);
  });
});

it('a payout that takes long to decide is not paid where its merchant was frozen meanwhile', async () => {
  const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
  expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  const slowly = frozenBefore(world, merchant, /#number#/, 5 * SECOND);
  expect((await pay(slowly, campaign, respondent(2))).json.code).toBe('account_frozen');
  expect(await balance()).toBe(99);
  await unfreeze(world, merchant);
  expect((await pay(world, campaign, respondent(2))).status).toBe(201);
});

describe('a top-up', () => {
  const start = (reference: string) =>
    call(world, startTopup, { headers: merchant.headers(), body: { amount: 25, currency: 'USD', reference } });

  it('is not started; one that was is shown again, and credited when it is paid', async () => {
    const started = await start('one');
    await freeze(world, merchant);
    const again = await start('one');
    expect([again.status, again.json.redirect_url]).toEqual([200, started.json.redirect_url]);
    expect((await start('two')).json.code).toBe('account_frozen');
    expect(world.gateway.started).toHaveLength(1);
    world.gateway.finding = { kind: 'paid', amountMinor: 2500, currency: 'USD', evidence: 'SUCCESS' };
    await callBack(world.gateway.started[0]?.resultUrl, world);
    expect(await balance()).toBe(125);
  });

  it('whose page nobody has is not started again', async () => {
    world.gateway.script = [{ kind: 'unclear', evidence: 'no answer' }];
    expect((await start('one')).json.code).toBe('payments_unavailable');
    await freeze(world, merchant);
    expect((await start('one')).json.code).toBe('account_frozen');
    await unfreeze(world, merchant);
    expect((await start('one')).status).toBe(200);
  });
});
