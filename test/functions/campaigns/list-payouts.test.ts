import { describe, expect, it } from '@jest/globals';
import { listPayouts } from '../../../functions/campaigns/list-payouts.ts';
import { call } from '../../support/call.ts';
import { freshMerchantForEachTest, merchant, settle, world } from '../../support/campaign-set-up.ts';
import type { Known } from '../../support/campaigns.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

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
