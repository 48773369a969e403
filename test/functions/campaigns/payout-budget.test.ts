import { describe, expect, it } from '@jest/globals';
import { applyCallback } from '../../../shared/domain/order-life.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { reverseOrder } from '../../../shared/flows/orders/review.ts';
import {
  change,
  DAY,
  freshMerchantForEachTest,
  merchant,
  moved,
  orderOf,
  settle,
  show,
  spent,
  world,
} from '../../support/campaign-set-up.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';

freshMerchantForEachTest();

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

  it('has its part back when a payout fails, once, also when the failure is reported twice or the answer is lost', async () => {
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
    await world.dispatchAll();
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
    await world.dispatchAll();
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
