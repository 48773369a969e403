import { describe, expect, it } from '@jest/globals';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { updateCampaign } from '../../../functions/campaigns/update-campaign.ts';
import { call } from '../../support/call.ts';
import { change, freshMerchantForEachTest, merchant, moved, show, world } from '../../support/campaign-set-up.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';
import { createKey } from '../../support/create-key.ts';

freshMerchantForEachTest();

describe('campaigns', () => {
  const body = { name: 'Household survey', currency: 'USD', amount: 1, budget: 50 };

  const create = (content: object) => call(world, createCampaign, { headers: merchant.headers(), body: content });

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
    expect((await change(json, { product_id: 999 })).json.code).toBe('product_not_found');
    expect((await change(json, { product_id: 100, amount: '0.01' })).json.code).toBe('invalid_amount');
  });

  it('are paused at once: no payout is made after the answer, whenever it was begun', async () => {
    const campaign = await aCampaign(world, merchant.id);
    // Its transaction is lost, and so is its try to take the lead: it waits as a row of its wallet's line.
    const lost = ['TransactWriteCommand', 'PutCommand'];
    world.fault = (name) => {
      if (name !== lost[0]) return undefined;
      lost.shift();
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

  it.each<[object, boolean]>([
    [{ paused: true }, true],
    [{ paused: true, budget: 40, max_payouts: 5, daily_budget: 1, daily_max_payouts: 2, name: 'Ended' }, true],
    [{ ends_at: '2026-06-01', require_timestamp: true, allow_api_key: false, retry_failed: false }, true],
    [{ paused: false }, false],
    [{ paused: true, budget: 51 }, false],
    [{ max_payouts: 11 }, false],
    [{ max_payouts: null }, false],
    [{ amount: 2 }, false],
    [{ amount: 0.5 }, false],
    [{ countries: ['ZW'] }, false],
    [{ ends_at: '2026-08-01' }, false],
    [{ ends_at: null }, false],
    [{ starts_at: '2026-05-01' }, false],
    [{ require_timestamp: false }, false],
    [{ allow_api_key: true }, false],
    [{ retry_failed: true }, false],
  ])('are changed to %j by a key without orders:write: %s', async (changes, isAllowed) => {
    const limits = { max_payouts: 10, ends_at: '2026-07-01' };
    const terms = { require_timestamp: !('paused' in changes), paused: 'paused' in changes, ...limits };
    const { json } = await create({ ...body, ...terms });
    const own = { merchantId: merchant.id, mode: 'live' as const, name: 'manager' };
    const manager = await createKey(world, { ...own, scopes: ['campaigns:write'] });
    const headers = { authorization: `Api-Key ${manager.text}` };
    const answer = await call(world, updateCampaign, { headers, params: { campaign_id: json.id }, body: changes });
    expect([answer.status, answer.json.code]).toEqual(isAllowed ? [200, undefined] : [403, 'scope_missing']);
    if (!isAllowed) expect(answer.json.detail).toContain('orders:write');
    expect((await show(json)).budget).toBe('budget' in changes && isAllowed ? 40 : 50);
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
});
