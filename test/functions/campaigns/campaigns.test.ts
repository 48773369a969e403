import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { getCampaign } from '../../../functions/campaigns/get-campaign.ts';
import { listCampaigns } from '../../../functions/campaigns/list-campaigns.ts';
import { listPayouts } from '../../../functions/campaigns/list-payouts.ts';
import { rotateCampaignSecret } from '../../../functions/campaigns/rotate-campaign-secret.ts';
import { updateCampaign } from '../../../functions/campaigns/update-campaign.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { applyCallback } from '../../../shared/domain/order-life.ts';
import { attemptReference, payoutReference } from '../../../shared/domain/payout.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { reverseOrder } from '../../../shared/flows/orders/review.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import { createKey } from '../../../shared/store/merchants.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { Known } from '../../support/campaigns.ts';
import { aCampaign, knock, pay, plain, respondent, standard } from '../../support/campaigns.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

async function show({ id }: Known) {
  return (await call(world, getCampaign, { headers: merchant.headers(), params: { campaign_id: id } })).json;
}

async function change({ id }: Known, body: object) {
  return call(world, updateCampaign, { headers: merchant.headers(), params: { campaign_id: id }, body });
}

async function spent(campaign: Known) {
  const { spent, left, payouts } = await show(campaign);
  return [spent, left, payouts];
}

async function orderOf({ id }: Known, respondentId: string, attempt = 1) {
  const agentReference = attemptReference(payoutReference(id, respondentId), attempt);
  const order = await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference });
  if (!order) throw new Error(`no order ${agentReference}`);
  return order;
}

async function moved(): Promise<number> {
  const { entries } = await listWallet(
    world,
    { merchantId: merchant.id, mode: 'live', currency: 'USD' },
    { limit: 1000 },
  );
  return 10_000 - (entries[0]?.balanceAfterMinor ?? 0);
}

/** Hands every order to the upstream, and its events to webhooks. */
async function settle(): Promise<void> {
  await world.dispatchAll();
  await sendDue(world);
}

/** Two tries of one respondent, both refused. */
async function failTwice(campaign: Known, body: { respondent_id: string; target: string }): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    expect((await pay(world, campaign, body)).status).toBe(201);
    await settle();
  }
}

/** The first try of a respondent proves delivered after its refund. */
async function deliverLate(campaign: Known, respondentId: string): Promise<void> {
  const order = await orderOf(campaign, respondentId);
  await changeOrder(world, order, (now) =>
    applyCallback(now, { kind: 'success', receipt: {}, evidence: '' }, world.now()),
  );
}

describe('a payout', () => {
  it('is an order, paid from the wallet and counted by its campaign', async () => {
    const campaign = await aCampaign(world, merchant.id, { amount: '1.50' });
    const made = await pay(world, campaign, { respondent_id: 'uuid:7f3a', target: '0772279099' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      id: expect.stringMatching(/^pay_[a-z0-9]{20}$/),
      campaign_id: campaign.id,
      respondent_id: 'uuid:7f3a',
      status: 'pending',
      target: '0772279099',
      amount: 1.5,
      currency: 'USD',
      order_id: expect.stringMatching(/^ord_/),
      failure: null,
      finalized_at: null,
    });
    const { agent_reference, order_id } = made.json;
    expect(agent_reference).toMatch(new RegExp(`^${campaign.id}~[0-9a-f]{24}$`));
    expect(made.headers.location).toBe(`/api/v1/orders/${agent_reference}`);
    await settle();
    const order = await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference } });
    expect(order.json).toMatchObject({ id: order_id, status: 'success', campaign_id: campaign.id, amount: 1.5 });
    expect(await show(campaign)).toMatchObject({
      spent: 1.5,
      left: 98.5,
      payouts: 1,
      payouts_left: null,
      counts: { pending: 0, success: 1 },
      latest_day: { day: '2026-05-07', spent: 1.5, payouts: 1 },
    });
    expect(await moved()).toBe(150);
  });

  it('is one for one respondent: the same again is the same answer, whatever became of the campaign', async () => {
    const campaign = await aCampaign(world, merchant.id, { budget: 1 });
    const first = await pay(world, campaign, respondent(1));
    expect((await pay(world, campaign, respondent(2))).json.code).toBe('budget_spent');
    await change(campaign, { paused: true, ends_at: '2026-05-07' });
    const again = await pay(world, campaign, respondent(1));
    expect([again.status, again.headers['idempotent-replayed'], again.json]).toEqual([200, 'true', first.json]);
    const spelt = await pay(world, campaign, { respondent_id: 'r-1', target: '+263 77 200 0001', amount: '1.00' });
    expect([spelt.status, spelt.json.id]).toEqual([200, first.json.id]);
    for (const [content, param] of [
      [respondent(1, { target: '0772279099' }), 'target'],
      [respondent(1, { amount: 2 }), 'amount'],
    ] as const) {
      const other = await pay(world, campaign, content);
      expect([other.status, other.json.code, other.json.param]).toEqual([422, 'reference_reused', param]);
    }
    expect(await moved()).toBe(100);
  });

  it('is one when two ask at once, and when twenty do', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const replies = await Promise.all(Array.from({ length: 20 }, () => pay(world, campaign, respondent(1))));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(replies.map(({ json }) => json.id)).size).toBe(1);
    expect([await moved(), await spent(campaign)]).toEqual([100, [1, 99, 1]]);
  });

  it.each(['before', 'after'] as const)('is one when the answer to its writing is lost %s', async (moment) => {
    const campaign = await aCampaign(world, merchant.id, { budget: 1, one_per_number: true });
    let lost = 0;
    world.fault = (name) => {
      if (name !== 'TransactWriteCommand' || lost > 0) return undefined;
      lost += 1;
      return moment;
    };
    const made = await pay(world, campaign, respondent(1));
    expect([lost, made.status, made.headers['idempotent-replayed']]).toEqual([1, 201, undefined]);
    expect([await moved(), await spent(campaign)]).toEqual([100, [1, 0, 1]]);
  });

  it('is one when the answer is lost and the wallet is empty by it', async () => {
    const poor = await aMerchant(world, { USD: 100 });
    const campaign = await aCampaign(world, poor.id);
    let lost = 0;
    world.fault = (name) => (name === 'TransactWriteCommand' && lost++ === 0 ? 'after' : undefined);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  });

  it('that the wallet does not cover takes nothing, and may be asked for again once it does', async () => {
    const poor = await aMerchant(world, { USD: 150 });
    const campaign = await aCampaign(world, poor.id, { one_per_number: true });
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
    const refused = await pay(world, campaign, respondent(2));
    expect([refused.status, refused.json.code, refused.json.retryable]).toEqual([402, 'campaign_unfunded', true]);
    const wallet = { merchantId: poor.id, mode: 'live', currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor: 100, reason: 'Deposit', by: 'test' });
    expect((await pay(world, campaign, respondent(2))).status).toBe(201);
  });

  it('waits as busy when the database keeps refusing, and then nothing was taken', async () => {
    const campaign = await aCampaign(world, merchant.id);
    world.fault = (name) => (name === 'TransactWriteCommand' ? 'before' : undefined);
    const refused = await pay(world, campaign, respondent(1));
    expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([503, 'busy', '1']);
    world.fault = undefined;
    expect(await spent(campaign)).toEqual([0, 100, 0]);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  });
});

describe('the budget', () => {
  it.each([
    ['money', { budget: 3.5 }, 'budget_spent'],
    ['a count', { max_payouts: 3 }, 'budget_spent'],
    ['money of a day', { daily_budget: 3.99 }, 'daily_cap_reached'],
    ['a count of a day', { daily_max_payouts: 3 }, 'daily_cap_reached'],
  ])('of %s is never exceeded, by ten at once either', async (_what, terms, code) => {
    const campaign = await aCampaign(world, merchant.id, terms);
    const replies = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        let reply = await pay(world, campaign, respondent(n));
        while (reply.status === 503) reply = await pay(world, campaign, respondent(n));
        return reply;
      }),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(replies.filter(({ json }) => json.code === code)).toHaveLength(7);
    expect(await moved()).toBe(300);
  });

  it('of a day is new with the day, in UTC, and a refusal says when', async () => {
    const campaign = await aCampaign(world, merchant.id, { daily_max_payouts: 1 });
    await pay(world, campaign, respondent(1));
    const refused = await pay(world, campaign, respondent(2));
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(15 * 3600);
    world.advance(seconds * 1000);
    expect((await pay(world, campaign, respondent(2))).status).toBe(201);
    expect((await show(campaign)).latest_day).toEqual({ day: '2026-05-08', spent: 1, payouts: 1 });
  });

  it('has its part back when a payout fails, once, also when told twice and when the answer is lost', async () => {
    const campaign = await aCampaign(world, merchant.id, { budget: 2 });
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    await pay(world, campaign, respondent(1));
    await pay(world, campaign, respondent(2));
    expect(await spent(campaign)).toEqual([2, 0, 2]);
    let lost = 0;
    world.fault = (name) => (name === 'TransactWriteCommand' && lost++ === 0 ? 'after' : undefined);
    await world.dispatchAll();
    world.fault = undefined;
    expect([lost > 0, await spent(campaign), await moved()]).toEqual([true, [1, 1, 1], 100]);
    const { failure, order } = { failure: 'network_refused', order: await orderOf(campaign, 'r-1') } as const;
    const end = () =>
      changeOrder(world, order, (now) => applyCallback(now, { kind: 'rejected', failure, evidence: '' }, world.now()));
    await Promise.all([end(), end()]);
    expect(await spent(campaign)).toEqual([1, 1, 1]);
    await sendDue(world);
    expect((await show(campaign)).counts).toEqual({ pending: 0, success: 1, refunded: 1 });
    expect((await pay(world, campaign, respondent(3))).status).toBe(201);
  });

  it.each(['lost', 'raced'] as const)('of one payout alone is freed once when its refund is %s', async (how) => {
    const campaign = await aCampaign(world, merchant.id);
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await pay(world, campaign, respondent(1));
    await settle();
    const order = await orderOf(campaign, 'r-1');
    const failed = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    let lost = 0;
    world.fault = (name) => (how === 'lost' && name === 'TransactWriteCommand' && lost++ === 0 ? 'after' : undefined);
    const end = () => changeOrder(world, order, (now) => applyCallback(now, failed, world.now()));
    const ends = how === 'lost' ? [await end()] : await Promise.all([end(), end(), end()]);
    expect(ends.filter(({ isMine }) => isMine)).toHaveLength(1);
    expect([await spent(campaign), await moved()]).toEqual([[0, 100, 0], 0]);
  });

  it('is taken again by what was delivered after its refund, over the cap too, and freed by a reversal', async () => {
    const campaign = await aCampaign(world, merchant.id, { budget: 1 });
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    await pay(world, campaign, respondent(1));
    await settle();
    await pay(world, campaign, respondent(2));
    await settle();
    expect(await spent(campaign)).toEqual([1, 0, 1]);
    const late = await orderOf(campaign, 'r-1');
    const arrive = () =>
      changeOrder(world, late, (now) =>
        applyCallback(now, { kind: 'success', receipt: {}, evidence: '' }, world.now()),
      );
    await Promise.all([arrive(), arrive()]);
    expect([await spent(campaign), await moved()]).toEqual([[2, 0, 2], 200]);
    expect((await pay(world, campaign, respondent(3))).json.code).toBe('budget_spent');
    const { agentReference } = await orderOf(campaign, 'r-2');
    const key = { merchantId: merchant.id, mode: 'live', agentReference } as const;
    await reverseOrder(world, key, { by: 'ruth', reason: 'the statement' });
    expect([await spent(campaign), await moved()]).toEqual([[1, 0, 1], 100]);
    await sendDue(world);
    expect((await show(campaign)).counts).toEqual({ pending: 0, success: 1, refunded: 0, reversed: 1 });
  });

  it('of yesterday has no part of today: what fails later is given back to its own day', async () => {
    const campaign = await aCampaign(world, merchant.id, { daily_max_payouts: 1 });
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await pay(world, campaign, respondent(1));
    await settle();
    world.advance(DAY);
    await pay(world, campaign, respondent(2));
    const late = await orderOf(campaign, 'r-1');
    const failed = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
    await changeOrder(world, late, (now) => applyCallback(now, failed, world.now()));
    expect(await show(campaign)).toMatchObject({ payouts: 1, latest_day: { day: '2026-05-08', payouts: 1 } });
    expect((await pay(world, campaign, respondent(3))).json.code).toBe('daily_cap_reached');
  });

  it('that is lowered under what is spent shows nothing left, and pays nothing', async () => {
    const campaign = await aCampaign(world, merchant.id);
    await pay(world, campaign, respondent(1));
    await pay(world, campaign, respondent(2));
    expect((await change(campaign, { budget: 1 })).json).toMatchObject({ spent: 2, left: 0 });
    expect((await pay(world, campaign, respondent(3))).json.code).toBe('budget_spent');
  });
});

describe('a payout that failed', () => {
  const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;

  it('stays what it is, unless the campaign lets it be tried again', async () => {
    const campaign = await aCampaign(world, merchant.id);
    world.upstream.script = [rejected];
    await pay(world, campaign, respondent(1));
    await settle();
    const again = await pay(world, campaign, respondent(1));
    expect([again.status, again.json.status, again.json.failure.code]).toEqual([200, 'refunded', 'network_refused']);
    await change(campaign, { retry_failed: true });
    const retried = await pay(world, campaign, respondent(1));
    expect([retried.status, retried.json.status]).toEqual([201, 'pending']);
    expect(retried.json.agent_reference).toMatch(/~2$/);
    expect(retried.json.id).not.toBe(again.json.id);
    await settle();
    const done = await pay(world, campaign, respondent(1));
    expect([done.status, done.json.status, done.json.id]).toEqual([200, 'success', retried.json.id]);
    expect([await spent(campaign), await moved()]).toEqual([[1, 99, 1], 100]);
  });

  it('is tried again to another number, once, however many ask at once', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true, one_per_number: true });
    world.upstream.script = [rejected];
    await pay(world, campaign, respondent(1));
    await settle();
    const target = '0772279099';
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => pay(world, campaign, { respondent_id: 'r-1', target })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(await moved()).toBe(100);
  });

  it('is not tried again behind an earlier try that was delivered after all', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true });
    await failTwice(campaign, respondent(1));
    await deliverLate(campaign, 'r-1');
    const third = await pay(world, campaign, respondent(1));
    expect([third.status, third.json.status]).toEqual([200, 'success']);
    expect([await spent(campaign), await moved()]).toEqual([[1, 99, 1], 100]);
  });

  it('is tried five times at most', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true });
    world.upstream.script = Array(6).fill(rejected);
    for (let tries = 1; tries <= 6; tries += 1) {
      expect((await pay(world, campaign, respondent(1))).status).toBe(tries > 5 ? 200 : 201);
      await settle();
    }
    expect(await moved()).toBe(0);
  });
});

describe('a campaign that pays each number once', () => {
  it('refuses another respondent with it, in any spelling, until its payout has failed', async () => {
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    await pay(world, campaign, { respondent_id: 'a', target: '0772279099' });
    const refused = await pay(world, campaign, { respondent_id: 'b', target: '+263772279099' });
    expect([refused.status, refused.json.code, refused.json.param]).toEqual([409, 'already_paid', 'target']);
    await settle();
    expect((await pay(world, campaign, { respondent_id: 'b', target: '263772279099' })).status).toBe(201);
    expect((await pay(world, campaign, { respondent_id: 'c', target: '0772279099' })).json.code).toBe('already_paid');
  });

  it('refuses it to others also when what was delivered late lies behind later tries and holders', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true, one_per_number: true });
    const { target } = respondent(1);
    await failTwice(campaign, respondent(1));
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    expect((await pay(world, campaign, { respondent_id: 'r-2', target })).status).toBe(201);
    await settle();
    await deliverLate(campaign, 'r-1');
    expect((await pay(world, campaign, { respondent_id: 'r-3', target })).json.code).toBe('already_paid');
    expect((await pay(world, campaign, { respondent_id: 'r-2', target })).json.code).toBe('already_paid');
    expect(await moved()).toBe(100);
  });

  it('pays one of two respondents who come with it at once', async () => {
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    const ask = (n: number) => pay(world, campaign, { respondent_id: `r-${n}`, target: '0772279099' });
    const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => ask(n)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
  });
});

describe('who may ask', () => {
  const body = JSON.stringify(respondent(1));

  it('is whoever signs, in either form, unless the campaign wants the stronger one', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const { id, secret } = campaign;
    expect((await knock(world, id, plain(secret, body), body)).status).toBe(201);
    await change(campaign, { require_timestamp: true });
    const untimed = await knock(world, id, plain(secret, body), body);
    expect([untimed.status, untimed.json.code]).toEqual([401, 'timestamp_required']);
    expect((await knock(world, id, standard(secret, body, world.now()), body)).status).toBe(200);
  });

  it('is not who signs nothing, with another secret, other bytes, or in part', async () => {
    const { id, secret } = await aCampaign(world, merchant.id);
    const other = await aCampaign(world, merchant.id);
    const good = standard(secret, body, world.now());
    const { 'webhook-id': _id, ...partly } = good;
    const forgeries: Record<string, string>[] = [
      {},
      plain(other.secret, body),
      plain('', body),
      standard(other.secret, body, world.now()),
      { ...good, 'webhook-id': 'msg_other' },
      partly,
      { ...partly, ...plain(secret, body) },
      { 'x-airtime-signature': plain(secret, body)['x-airtime-signature']?.toUpperCase() ?? '' },
      { ...good, 'webhook-signature': good['webhook-signature']?.replace('v1,', 'v2,') ?? '' },
    ];
    for (const headers of forgeries) {
      const reply = await knock(world, id, headers, body);
      expect([reply.status, reply.json.code]).toEqual([401, 'signature_invalid']);
    }
    const otherBytes = await knock(world, id, plain(secret, body), `${body} `);
    expect(otherBytes.json.code).toBe('signature_invalid');
    expect(await moved()).toBe(0);
  });

  it('is heard by the bytes: what is not UTF-8 is checked as it came, and is no JSON', async () => {
    const { id, secret } = await aCampaign(world, merchant.id);
    const bytes = Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.from([0xff, 0x7d])]);
    const text = bytes.toString('utf8');
    const forged = await knock(world, id, plain(secret, text), text, bytes);
    expect(forged.json.code).toBe('signature_invalid');
    const signature = standard(secret, bytes as unknown as string, world.now());
    expect((await knock(world, id, signature, text, bytes)).json.code).toBe('malformed_json');
  });

  it('must sign now: 300 seconds either way, told apart from a forgery by its own code', async () => {
    const { id, secret } = await aCampaign(world, merchant.id);
    const from = (ms: number) => standard(secret, body, new Date(Date.parse(world.now()) + ms).toISOString());
    for (const ms of [-301_000, 301_000]) {
      const stale = await knock(world, id, from(ms), body);
      expect([stale.status, stale.json.code]).toEqual([401, 'timestamp_stale']);
      const forged = { ...from(ms), 'webhook-id': 'msg_other' };
      expect((await knock(world, id, forged, body)).json.code).toBe('signature_invalid');
    }
    for (const ms of [-300_000, 300_000]) expect((await knock(world, id, from(ms), body)).status).toBeLessThan(300);
  });

  it('is answered once by one id, whether that made the payout or repeated it', async () => {
    const { id, secret } = await aCampaign(world, merchant.id);
    const first = standard(secret, body, world.now(), 'msg_first');
    const replies = await Promise.all(Array.from({ length: 6 }, () => knock(world, id, first, body)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, ...Array(5).fill(409)]);
    const second = standard(secret, body, world.now(), 'msg_second');
    const repeats = await Promise.all(Array.from({ length: 6 }, () => knock(world, id, second, body)));
    expect(repeats.map(({ status }) => status).toSorted()).toEqual([200, ...Array(5).fill(409)]);
    expect(repeats.find(({ status }) => status === 409)?.json.code).toBe('request_replayed');
    const third = JSON.stringify(respondent(3));
    expect((await knock(world, id, standard(secret, third, world.now(), 'msg_first'), third)).status).toBe(409);
  });

  it.each(['before', 'after'] as const)('keeps an id whose use was lost %s its answer', async (moment) => {
    const { id, secret } = await aCampaign(world, merchant.id);
    await knock(world, id, standard(secret, body, world.now()), body);
    let lost = 0;
    world.fault = (name) => (name === 'PutCommand' && lost++ === 0 ? moment : undefined);
    expect((await knock(world, id, standard(secret, body, world.now()), body)).status).toBe(200);
    expect(lost).toBeGreaterThan(0);
  });

  it('may try a refused request again as it is: only what was answered with a payout is used up', async () => {
    const campaign = await aCampaign(world, merchant.id, { paused: true });
    const headers = standard(campaign.secret, body, world.now());
    expect((await knock(world, campaign.id, headers, body)).json.code).toBe('campaign_paused');
    await change(campaign, { paused: false });
    expect((await knock(world, campaign.id, headers, body)).status).toBe(201);
  });

  it("is the merchant's own key too, where the campaign allows it, of its mode and scope", async () => {
    const campaign = await aCampaign(world, merchant.id);
    const other = await aMerchant(world);
    const headers = merchant.headers();
    const closed = await knock(world, campaign.id, headers, body);
    expect([closed.status, closed.json.code]).toEqual([403, 'api_key_not_allowed']);
    await change(campaign, { allow_api_key: true });
    const narrow = await createKey(world, {
      merchantId: merchant.id,
      mode: 'live',
      name: 'x',
      scopes: ['campaigns:write'],
    });
    const unscoped = await knock(world, campaign.id, { authorization: `Api-Key ${narrow.text}` }, body);
    expect([unscoped.status, unscoped.json.code]).toEqual([403, 'scope_missing']);
    const wrong = await knock(world, campaign.id, { authorization: 'Api-Key nonsense' }, body);
    expect([wrong.status, wrong.json.code, wrong.headers['www-authenticate']]).toEqual([
      401,
      'unauthenticated',
      'Api-Key',
    ]);
    const missing = await Promise.all([
      knock(world, campaign.id, other.headers(), body),
      knock(world, campaign.id, merchant.headers('test'), body),
      knock(world, `cmp_${'0'.repeat(20)}`, headers, body),
      knock(world, `${campaign.id}#counts`, headers, body),
      knock(world, 'never-was', plain(campaign.secret, body), body),
      knock(world, `cmp_${'0'.repeat(20)}`, plain(campaign.secret, body), body),
    ]);
    expect(new Set(missing.map(({ text, status }) => `${status} ${text.replace(/req_\w+/, '')}`)).size).toBe(1);
    expect(missing[0]?.json.code).toBe('campaign_not_found');
    expect((await knock(world, campaign.id, headers, body)).status).toBe(201);
    const signedWrongly = { ...headers, ...plain('x', body) };
    expect((await knock(world, campaign.id, signedWrongly, body)).json.code).toBe('signature_invalid');
  });

  it('signs with either secret while they overlap, and then with the new one alone', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const rotate = (overlap_hours: number) =>
      call(world, rotateCampaignSecret, {
        headers: merchant.headers(),
        params: { campaign_id: campaign.id },
        body: { overlap_hours },
      });
    const { secret } = (await rotate(1)).json;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secret).not.toBe(campaign.secret);
    for (const each of [secret, campaign.secret]) {
      expect((await pay(world, { ...campaign, secret: each }, respondent(1))).status).toBeLessThan(300);
      expect((await knock(world, campaign.id, plain(each, body), body)).status).toBe(200);
    }
    world.advance(HOUR);
    expect((await pay(world, campaign, respondent(1))).json.code).toBe('signature_invalid');
    expect((await pay(world, { ...campaign, secret }, respondent(1))).status).toBe(200);
    const { secret: third } = (await rotate(0)).json;
    expect((await pay(world, { ...campaign, secret }, respondent(1))).json.code).toBe('signature_invalid');
    expect((await pay(world, { ...campaign, secret: third }, respondent(1))).status).toBe(200);
  });
});

describe('a request is refused', () => {
  const rows: [
    what: string,
    terms: object,
    content: object,
    status: number,
    code: string,
    param: string | undefined,
  ][] = [
    ['before the start', { starts_at: '2026-05-08' }, {}, 409, 'campaign_not_started', undefined],
    ['after the end', { ends_at: '2026-05-07' }, {}, 409, 'campaign_ended', undefined],
    ['while paused', { paused: true }, {}, 409, 'campaign_paused', undefined],
    ['for a landline', {}, { target: '0242700000' }, 422, 'invalid_target', 'target'],
    ['for another country', {}, { target: '+254712345678' }, 422, 'invalid_target', 'target'],
    ['for a country not on the list', { countries: ['KE'] }, {}, 422, 'invalid_target', 'target'],
    ['for what is no number', {}, { target: 'x' }, 422, 'invalid_target', 'target'],
    ['for another amount', {}, { amount: 2 }, 422, 'invalid_amount', 'amount'],
    ['for no amount', { min_amount: 1, max_amount: 3 }, {}, 422, 'invalid_amount', 'amount'],
    ['below the bounds', { min_amount: 1, max_amount: 3 }, { amount: 0.99 }, 422, 'invalid_amount', 'amount'],
    ['above the bounds', { min_amount: 1, max_amount: 3 }, { amount: 3.01 }, 422, 'invalid_amount', 'amount'],
    ['for half a cent', { min_amount: 1, max_amount: 3 }, { amount: '1.005' }, 422, 'invalid_amount', 'amount'],
    ['for what is no amount', { min_amount: 1, max_amount: 3 }, { amount: '1e0' }, 422, 'invalid_amount', 'amount'],
    ['for more than any amount', { min_amount: 1, max_amount: 3 }, { amount: 1e14 }, 422, 'invalid_amount', 'amount'],
    ['without a respondent', {}, { respondent_id: undefined }, 400, 'invalid_request', 'respondent_id'],
    [
      'for a respondent of control characters',
      {},
      { respondent_id: 'a\u0000' },
      400,
      'invalid_request',
      'respondent_id',
    ],
    ['for half a character', {}, { respondent_id: '\ud800' }, 400, 'invalid_request', 'respondent_id'],
    ['with a field that is none', {}, { product_id: 100 }, 400, 'invalid_request', 'product_id'],
  ];
  it.each(rows)('%s', async (_what, terms, content, status, code, param) => {
    const campaign = await aCampaign(world, merchant.id, terms);
    const refused = await pay(world, campaign, { respondent_id: 'r-1', target: '0772279099', ...content });
    expect([refused.status, refused.json.code]).toEqual([status, code]);
    expect(refused.json.param).toBe(param);
    expect(await moved()).toBe(0);
  });

  it('where the network is not sold, and where the one product is no more', async () => {
    const world2 = await testWorld();
    const { id } = await aMerchant(world2);
    await sell(world2, aProduct({ id: 7, network: 'Econet' }));
    const byNetwork = await aCampaign(world2, id);
    const netOne = await pay(world2, byNetwork, { respondent_id: 'r', target: '0712345678' });
    expect([netOne.status, netOne.json.code]).toEqual([422, 'product_not_found']);
    const fixed = await aCampaign(world2, id, { product_id: 7 });
    const wrongNetwork = await pay(world2, fixed, { respondent_id: 'r', target: '0712345678' });
    expect([wrongNetwork.status, wrongNetwork.json.code]).toEqual([422, 'invalid_target']);
    await sell(world2, aProduct({ id: 8 }));
    world2.memo.clear();
    const gone = await pay(world2, fixed, { respondent_id: 'r', target: '0772279099' });
    expect([gone.status, ['product_not_found', 'product_unavailable'].includes(gone.json.code)]).toEqual([422, true]);
  });

  it('with a body that is too large, no JSON, or none', async () => {
    const campaign = await aCampaign(world, merchant.id);
    expect((await pay(world, campaign, `"${'x'.repeat(17_000)}"`)).json.code).toBe('body_too_large');
    expect((await pay(world, campaign, '{')).json.code).toBe('malformed_json');
    expect((await pay(world, campaign, '')).json.param).toBe('respondent_id');
  });
});

describe('the product', () => {
  it('is that of the network of the number, in the currency and the countries of the campaign', async () => {
    const network = { provider: 'hotrecharge', stepMinor: 1 } as const;
    const kenya = { country: 'KE', currency: 'KES', minMinor: 100, maxMinor: 100_000, ...network } as const;
    await sell(
      world,
      airtimeUsd,
      aProduct({ id: 11, network: 'Safaricom', ...kenya }),
      aProduct({ id: 12, network: 'Airtel', ...kenya }),
    );
    await adjustWallet(
      world,
      { merchantId: merchant.id, mode: 'live', currency: 'KES' },
      { amountMinor: 100_000, reason: 'x', by: 'x' },
    );
    const campaign = await aCampaign(world, merchant.id, { currency: 'KES', amount: 50, budget: 1000 });
    for (const [n, target, productId] of [
      [1, '0712345678', 11],
      [2, '+254733123456', 12],
    ] as const) {
      expect((await pay(world, campaign, { respondent_id: `r-${n}`, target })).status).toBe(201);
      expect((await orderOf(campaign, `r-${n}`)).productId).toBe(productId);
    }
  });
});

describe('events', () => {
  it('payout.success and payout.failed show the payout, beside those of its order', async () => {
    await addEndpoint(world, { merchantId: merchant.id, mode: 'live' }, { url: 'https://survey.example/hook' });
    const heard: { type: string; data: { object: Record<string, unknown> }; id: string }[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      heard.push(JSON.parse(body));
      return { status: 200, headers: {}, body: '' };
    };
    const campaign = await aCampaign(world, merchant.id);
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const failed = await pay(world, campaign, respondent(1));
    // One after the other: of two that are sent side by side either may be the one that is rejected.
    await settle();
    const paid = await pay(world, campaign, respondent(2));
    await settle();
    await settle();
    const told = heard.map(({ type, data: { object } }) => [type, object.id, object.status]);
    expect(told.toSorted()).toEqual(
      [
        ['order.failed', failed.json.order_id, 'refunded'],
        ['order.success', paid.json.order_id, 'success'],
        ['payout.failed', failed.json.id, 'refunded'],
        ['payout.success', paid.json.id, 'success'],
      ].toSorted(),
    );
    expect(new Set(heard.map(({ id }) => id)).size).toBe(4);
    const object = heard.find(({ type }) => type === 'payout.failed')?.data.object;
    expect(object).toMatchObject({ campaign_id: campaign.id, respondent_id: 'r-1', failure: { retryable: true } });
  });
});

describe('campaigns', () => {
  it.each([
    ['campaigns:write', 'scope orders:write'],
    ['orders:write', 'scope campaigns:write'],
    ['campaigns:read', 'scopes campaigns:write and orders:write'],
  ] as const)('are neither made nor changed, nor is a secret got, by a key with %s alone', async (scope, missing) => {
    const { id } = await aCampaign(world, merchant.id, { paused: true });
    const wanted = { merchantId: merchant.id, mode: 'live', name: 'x', scopes: [scope] } as const;
    const headers = { authorization: `Api-Key ${(await createKey(world, wanted)).text}` };
    const params = { campaign_id: id };
    const replies = [
      await call(world, createCampaign, { headers, body: { name: 'B', currency: 'USD', budget: 100, amount: 1 } }),
      await call(world, updateCampaign, { headers, params, body: { budget: 1_000 } }),
      await call(world, updateCampaign, { headers, params, body: { paused: false } }),
      await call(world, rotateCampaignSecret, { headers, params, body: { overlap_hours: 0 } }),
    ];
    for (const { status, json } of replies) {
      expect([status, json.code, json.detail]).toEqual([
        403,
        'scope_missing',
        `This key does not have the ${missing}.`,
      ]);
    }
    expect(await show({ id, secret: '' })).toMatchObject({ budget: 100, paused: true });
    expect((await call(world, listCampaigns, { headers: merchant.headers() })).json.data).toHaveLength(1);
  });

  const body = { name: 'Household survey', currency: 'USD', amount: 1, budget: 50 };
  const create = (content: object) => call(world, createCampaign, { headers: merchant.headers(), body: content });

  it('are made with their secret, which no later answer shows', async () => {
    const made = await create(body);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      id: expect.stringMatching(/^cmp_/),
      secret: expect.stringMatching(/^whsec_/),
      name: 'Household survey',
      amount: 1,
      budget: 50,
      spent: 0,
      left: 50,
      payouts: 0,
      paused: false,
      one_per_number: false,
      countries: [],
    });
    const shown = await show(made.json);
    expect(shown.counts).toEqual({ pending: 0 });
    const { secret: _secret, ...rest } = made.json;
    expect(shown).toMatchObject(rest);
    expect(JSON.stringify(shown)).not.toContain('whsec_');
    const list = await call(world, listCampaigns, { headers: merchant.headers() });
    expect(list.json.data).toEqual([rest]);
    expect((await pay(world, made.json, respondent(1))).status).toBe(201);
  });

  it.each([
    [{ ...body, amount: undefined }, 'amount'],
    [{ ...body, min_amount: 1 }, 'amount'],
    [{ ...body, amount: undefined, min_amount: 2, max_amount: 1 }, 'min_amount'],
    [{ ...body, amount: 0 }, 'amount'],
    [{ ...body, budget: undefined }, 'budget'],
    [{ ...body, budget: '0.001' }, 'budget'],
    [{ ...body, currency: 'EUR' }, 'currency'],
    [{ ...body, name: '' }, 'name'],
    [{ ...body, starts_at: '2026-06-01', ends_at: '2026-06-01' }, 'ends_at'],
    [{ ...body, max_payouts: 0 }, 'max_payouts'],
    [{ ...body, countries: ['GB'] }, 'countries.0'],
    [{ ...body, product_id: 100, currency: 'ZWG' }, 'product_id'],
    [{ ...body, product_id: 100, countries: ['KE'] }, 'product_id'],
    [{ ...body, secret: 'mine' }, 'secret'],
  ])('are refused with %j by the field %s', async (content, param) => {
    const refused = await create(content);
    expect([refused.status, refused.json.code, refused.json.param]).toEqual([400, 'invalid_request', param]);
  });

  it('are refused with a product that is not there, or not sold in the amount', async () => {
    expect((await create({ ...body, product_id: 999 })).json.code).toBe('product_not_found');
    expect((await create({ ...body, product_id: 100, amount: '0.01' })).json.code).toBe('invalid_amount');
    expect((await create({ ...body, product_id: 100 })).status).toBe(201);
  });

  it('change what is named, and nothing else; null takes a limit away', async () => {
    const { json } = await create({ ...body, max_payouts: 5, daily_budget: 2, starts_at: '2026-05-01' });
    const ranged = await change(json, { min_amount: 1, max_amount: 2, max_payouts: null, name: 'B' });
    expect(ranged.json).toMatchObject({ min_amount: 1, max_amount: 2, max_payouts: null, daily_budget: 2, name: 'B' });
    expect(ranged.json.amount).toBeUndefined();
    expect((await change(json, { amount: 3 })).json).toMatchObject({
      amount: 3,
      starts_at: '2026-05-01T00:00:00.000Z',
    });
    expect((await change(json, { amount: null })).json.param).toBe('amount');
    expect((await change(json, { currency: 'ZWG' })).json.param).toBe('currency');
  });

  it('are paused at once: no payout is made after the answer, whenever it was begun', async () => {
    const campaign = await aCampaign(world, merchant.id);
    let isPaused = false;
    world.fault = (name) => {
      if (name !== 'TransactWriteCommand' || isPaused) return undefined;
      isPaused = true;
      return 'before';
    };
    const before = world.sleep;
    Object.assign(world, {
      sleep: async (ms: number) => {
        Object.assign(world, { sleep: before });
        expect((await change(campaign, { paused: true })).status).toBe(200);
        await before(ms);
      },
    });
    expect((await pay(world, campaign, respondent(1))).json.code).toBe('campaign_paused');
    expect(await moved()).toBe(0);
  });

  it.each(['before', 'after'] as const)('change once when the answer is lost %s', async (moment) => {
    const campaign = await aCampaign(world, merchant.id);
    let lost = 0;
    world.fault = (name) => (name === 'PutCommand' && lost++ === 0 ? moment : undefined);
    const rotated = await call(world, rotateCampaignSecret, {
      headers: merchant.headers(),
      params: { campaign_id: campaign.id },
    });
    world.fault = undefined;
    expect([rotated.status, rotated.json.retiring_secrets_until]).toEqual([200, [expect.any(String)]]);
    expect((await pay(world, { ...campaign, secret: rotated.json.secret }, respondent(1))).status).toBe(201);
  });

  it('keep both changes of two who change different things at once', async () => {
    const campaign = await aCampaign(world, merchant.id);
    await Promise.all([
      change(campaign, { name: 'New' }),
      change(campaign, { budget: 7 }),
      pay(world, campaign, respondent(1)),
    ]);
    expect(await show(campaign)).toMatchObject({ name: 'New', budget: 7, payouts: 1 });
  });

  it('are of a mode: test campaigns play, and live money knows nothing of them', async () => {
    const campaign = await aCampaign(world, merchant.id, {}, 'test');
    expect((await pay(world, campaign, respondent(1))).json.mode).toBe('test');
    const failing = await pay(world, campaign, { respondent_id: 'f', target: '980321123123' });
    expect(failing.status).toBe(201);
    expect(await moved()).toBe(0);
    const hidden = await call(world, getCampaign, {
      headers: merchant.headers(),
      params: { campaign_id: campaign.id },
    });
    expect([hidden.status, hidden.json.code]).toEqual([404, 'campaign_not_found']);
  });
});

describe('the list of payouts', () => {
  const list = ({ id }: Known, query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    call(world, listPayouts, { headers: { ...merchant.headers(), ...headers }, params: { campaign_id: id }, query });

  it('is that of one campaign, newest first, in pages and by status', async () => {
    const [campaign, other] = [await aCampaign(world, merchant.id), await aCampaign(world, merchant.id)];
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    for (let n = 0; n < 5; n += 1) {
      await pay(world, campaign, respondent(n));
      await settle();
      world.advance(1000);
    }
    await pay(world, other, respondent(9));
    const first = await list(campaign, { limit: '3' });
    expect(first.json.data.map((each: { respondent_id: string }) => each.respondent_id)).toEqual(['r-4', 'r-3', 'r-2']);
    const rest = await list(campaign, { limit: '3', cursor: first.json.next_cursor });
    expect(rest.json.data.map((each: { respondent_id: string }) => each.respondent_id)).toEqual(['r-1', 'r-0']);
    expect(rest.json.next_cursor).toBeNull();
    const failed = await list(campaign, { status: 'refunded' });
    expect(failed.json.data).toMatchObject([{ respondent_id: 'r-0', failure: { code: 'network_refused' } }]);
  });

  it('is a CSV where that is asked for, whose cells no spreadsheet runs', async () => {
    const campaign = await aCampaign(world, merchant.id);
    await pay(world, campaign, { respondent_id: '=HYPERLINK("https://x")', target: '0772279099' });
    for (const reply of [await list(campaign, { format: 'csv' }), await list(campaign, {}, { accept: 'text/csv' })]) {
      expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(reply.headers['content-disposition']).toContain(`payouts-${campaign.id}.csv`);
      const [head, row] = reply.text.split('\r\n');
      expect(head).toBe(
        'id,respondent_id,status,target,amount,currency,failure,order_id,agent_reference,created_at,finalized_at',
      );
      expect(row).toMatch(/^pay_\w+,"'=HYPERLINK\(""https:\/\/x""\)",pending,0772279099,1\.00,USD,,ord_/);
    }
    expect((await list(campaign, { format: 'json' }, { accept: 'text/csv' })).json.data).toHaveLength(1);
  });

  it('goes on as CSV where a part ended, without the names of the columns', async () => {
    const campaign = await aCampaign(world, merchant.id);
    for (let n = 0; n < 3; n += 1) {
      await pay(world, campaign, respondent(n));
      world.advance(1000);
    }
    const { json } = await list(campaign, { limit: '1' });
    const part = await list(campaign, { format: 'csv', cursor: json.next_cursor });
    expect(part.text.split('\r\n').map((line) => line.split(',')[1])).toEqual(['r-1', 'r-0', undefined]);
  });

  it('ends a part when its time is up, and names the next one', async () => {
    const rich = await aMerchant(world, { USD: 20_000 });
    const campaign = await aCampaign(world, rich.id, { budget: 150 });
    for (let n = 0; n < 120; n += 1) await pay(world, campaign, respondent(n));
    const now = world.now;
    let looks = 0;
    Object.assign(world, {
      now: () => {
        looks += 1;
        return new Date(Date.parse(now()) + looks * 25_000).toISOString();
      },
    });
    const read = (query: Record<string, string>) =>
      call(world, listPayouts, { headers: rich.headers(), params: { campaign_id: campaign.id }, query });
    const first = await read({ format: 'csv' });
    const [, path = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.link ?? '') ?? [];
    const rest = await read(Object.fromEntries(new URL(path, 'https://x').searchParams));
    const lines = `${first.text}${rest.text}`.trimEnd().split('\r\n');
    expect([lines.length, new Set(lines).size, rest.headers.link]).toEqual([121, 121, undefined]);
    expect(path.startsWith(`/api/v1/campaigns/${campaign.id}/payouts?format=csv&cursor=`)).toBe(true);
  });
});
