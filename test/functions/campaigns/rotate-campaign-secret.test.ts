import { describe, expect, it } from '@jest/globals';
import { rotateCampaignSecret } from '../../../functions/campaigns/rotate-campaign-secret.ts';
import { call } from '../../support/call.ts';
import { freshMerchantForEachTest, HOUR, merchant, world } from '../../support/campaign-set-up.ts';
import { aCampaign, knock, pay, plain, respondent } from '../../support/campaigns.ts';

freshMerchantForEachTest();

describe('who may ask', () => {
  const body = JSON.stringify(respondent(1));

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

describe('campaigns', () => {
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
});
