import { describe, expect, it } from '@jest/globals';
import { getCampaign } from '../../../functions/campaigns/get-campaign.ts';
import { listCampaigns } from '../../../functions/campaigns/list-campaigns.ts';
import { call } from '../../support/call.ts';
import { freshMerchantForEachTest, merchant, settle, show, world } from '../../support/campaign-set-up.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';

freshMerchantForEachTest();

const get = (campaign_id: string, headers = merchant.headers()) =>
  call(world, getCampaign, { headers, params: { campaign_id } });
const list = async (query: Record<string, string> = {}) =>
  call(world, listCampaigns, { headers: merchant.headers(), query });
const namesOf = ({ json }: Awaited<ReturnType<typeof list>>) => json.data.map((each: { name: string }) => each.name);

describe('a campaign', () => {
  it('shows what it spent, and counts its payouts by how they ended', async () => {
    const campaign = await aCampaign(world, merchant.id, { budget: 3 });
    for (const n of [1, 2]) expect((await pay(world, campaign, respondent(n))).status).toBe(201);
    expect(await show(campaign)).toMatchObject({ spent: 2, left: 1, payouts: 2, counts: { pending: 2 } });
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    await settle();
    expect(await show(campaign)).toMatchObject({
      ...{ spent: 1, left: 2, payouts: 1 },
      counts: { pending: 0, refunded: 1, success: 1 },
    });
  });

  it('shows its secret to nobody, and itself to its merchant and mode only', async () => {
    const { id, secret } = await aCampaign(world, merchant.id);
    expect((await get(id)).text).not.toContain(secret);
    for (const reply of [await get(id, merchant.headers('test')), await get('cmp_unknown')]) {
      expect([reply.status, reply.json.code]).toEqual([404, 'campaign_not_found']);
    }
  });
});

describe('the list of campaigns', () => {
  it('is newest first, page by page, and of one mode', async () => {
    for (const name of ['a', 'b', 'c']) {
      world.advance(1_000);
      await aCampaign(world, merchant.id, { name });
    }
    await aCampaign(world, merchant.id, { name: 'test' }, 'test');
    const first = await list({ limit: '2' });
    const rest = await list({ limit: '2', cursor: first.json.next_cursor });
    expect([namesOf(first), namesOf(rest), rest.json.next_cursor]).toEqual([['c', 'b'], ['a'], null]);
    expect(first.text).not.toContain('whsec_');
  });

  it('refuses a cursor that it never gave', async () => {
    expect(await list({ cursor: 'x' })).toMatchObject({ status: 400, json: { code: 'invalid_cursor' } });
  });
});
