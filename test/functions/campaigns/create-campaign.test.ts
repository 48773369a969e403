import { describe, expect, it } from '@jest/globals';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { getCampaign } from '../../../functions/campaigns/get-campaign.ts';
import { listCampaigns } from '../../../functions/campaigns/list-campaigns.ts';
import { rotateCampaignSecret } from '../../../functions/campaigns/rotate-campaign-secret.ts';
import { updateCampaign } from '../../../functions/campaigns/update-campaign.ts';
import { call } from '../../support/call.ts';
import { freshMerchantForEachTest, merchant, moved, show, world } from '../../support/campaign-set-up.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';
import { createKey } from '../../support/create-key.ts';

freshMerchantForEachTest();

describe('campaigns', () => {
  const body = { name: 'Household survey', currency: 'USD', amount: 1, budget: 50 };

  const create = (content: object) => call(world, createCampaign, { headers: merchant.headers(), body: content });

  it.each([
    ['campaigns:write', 'orders:write'],
    ['orders:write', 'campaigns:write'],
    ['campaigns:read', 'campaigns:write'],
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
      expect([status, json.code]).toEqual([403, 'scope_missing']);
      expect(json.detail).toContain(missing);
    }
    expect(await show({ id, secret: '' })).toMatchObject({ budget: 100, paused: true });
    expect((await call(world, listCampaigns, { headers: merchant.headers() })).json.data).toHaveLength(1);
  });

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
