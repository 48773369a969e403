import { describe, expect, it } from '@jest/globals';
import { change, freshMerchantForEachTest, merchant, moved, world } from '../../support/campaign-set-up.ts';
import { aCampaign, knock, plain, respondent, standard } from '../../support/campaigns.ts';
import { createKey } from '../../support/create-key.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

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

  it('is checked over its bytes: a body that is not UTF-8 passes the signature, and is refused as JSON', async () => {
    const { id, secret } = await aCampaign(world, merchant.id);
    const bytes = Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.from([0xff, 0x7d])]);
    const text = bytes.toString('utf8');
    const forged = await knock(world, id, plain(secret, text), text, bytes);
    expect(forged.json.code).toBe('signature_invalid');
    const signature = standard(secret, bytes as unknown as string, world.now());
    expect((await knock(world, id, signature, text, bytes)).json.code).toBe('malformed_json');
  });

  it('must sign now: 300 seconds either way, with a code that is not that of a forgery', async () => {
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
});
