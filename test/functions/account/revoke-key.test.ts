import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listKeys } from '../../../functions/account/list-keys.ts';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { getCampaign } from '../../../functions/campaigns/get-campaign.ts';
import { rotateCampaignSecret } from '../../../functions/campaigns/rotate-campaign-secret.ts';
import { updateCampaign } from '../../../functions/campaigns/update-campaign.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import { listActs } from '../../../shared/store/audit.ts';
import { call } from '../../support/call.ts';
import { pay, respondent } from '../../support/campaigns.ts';
import { createKey } from '../../support/create-key.ts';
import { bearing, create, revoke, revokeBeforeNextWrite, roll, statusFrom } from '../../support/key-set-up.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

const SURVEY: Scope[] = ['campaigns:write', 'orders:write', 'webhooks:write', 'keys:write', 'wallet:read'];

const survey = async (by: string) =>
  (
    await call(world, createCampaign, {
      headers: bearing(by),
      body: { name: 'Survey', currency: 'USD', budget: 10, amount: 1 },
    })
  ).json;
const hook = { url: 'https://elsewhere.example/hook', events: ['batch.completed'] };
const change = (by: string, id: string, body: object) =>
  call(world, updateCampaign, { headers: bearing(by), params: { campaign_id: id }, body });
const show = async (id: string) =>
  (await call(world, getCampaign, { headers: merchant.headers(), params: { campaign_id: id } })).json;
const works = async (text: string) => (await statusFrom(world, getWallet, text, undefined)) === 200;
const lose = (command: string, when: 'before' | 'after') => {
  world.fault = (name) => {
    if (name !== command) return undefined;
    world.fault = undefined;
    return when;
  };
};

describe('a revoked key', () => {
  it('ends at once, pauses the campaign that it made, and so what its secret spends', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaign = await survey(made.key);
    expect(campaign.created_by).toEqual({ type: 'key', id: made.id });
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
    const reply = await revoke(world, merchant.liveKey, made.id);
    expect(reply.json).toMatchObject({ id: made.id, status: 'revoked', revoked_at: world.now() });
    expect(reply.json.campaigns).toEqual([{ id: campaign.id, name: 'Survey', paused: true }]);
    expect(await works(made.key)).toBe(false);
    expect((await pay(world, campaign, respondent(2))).json.code).toBe('campaign_paused');
  });

  it('pauses what it widened or was shown the secret of, and not what it only paused or named', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const [widened, shown, named] = [
      await survey(merchant.liveKey),
      await survey(merchant.liveKey),
      await survey(merchant.liveKey),
    ];
    await change(made.key, widened.id, { budget: 1000 });
    await call(world, rotateCampaignSecret, { headers: bearing(made.key), params: { campaign_id: shown.id } });
    await change(made.key, named.id, { name: 'New' });
    await revoke(world, merchant.liveKey, made.id);
    expect([(await show(widened.id)).paused, (await show(shown.id)).paused, (await show(named.id)).paused]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('leaves its campaigns alone if asked to', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaign = await survey(made.key);
    const reply = await revoke(world, merchant.liveKey, made.id, { keep_campaigns: true });
    expect(reply.json.campaigns).toEqual([{ id: campaign.id, name: 'Survey', paused: false }]);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  });

  it('pauses what was kept once somebody revokes it without keeping, as after a thief who revoked it first', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: [...SURVEY, 'keys:write'] })).json;
    const campaign = await survey(made.key);
    await revoke(world, made.key, made.id, { keep_campaigns: true });
    expect((await revoke(world, merchant.liveKey, made.id, { keep_campaigns: true })).json.campaigns[0].paused).toBe(
      false,
    );
    const [first, second] = await Promise.all([
      revoke(world, merchant.liveKey, made.id),
      revoke(world, merchant.liveKey, made.id),
    ]);
    expect([first, second].map(({ status }) => status)).toEqual([200, 200]);
    expect((await show(campaign.id)).paused).toBe(true);
    expect((await pay(world, campaign, respondent(1))).status).toBe(409);
    // What was resumed since stays so.
    await change(merchant.liveKey, campaign.id, { paused: false });
    await revoke(world, merchant.liveKey, made.id);
    expect((await show(campaign.id)).paused).toBe(false);
  });

  it.each(['before', 'after'] as const)('pauses what was kept where an answer is lost %s its effect', async (when) => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaign = await survey(made.key);
    await revoke(world, merchant.liveKey, made.id, { keep_campaigns: true });
    lose('TransactWriteCommand', when);
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
    expect((await show(campaign.id)).paused).toBe(true);
  });

  it('lists the endpoints that it made or changed, and the keys that it made and that still work', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const endpoint = (await call(world, createEndpoint, { headers: bearing(made.key), body: hook })).json;
    expect(endpoint.created_by).toEqual({ type: 'key', id: made.id });
    const old = (await call(world, createEndpoint, { headers: merchant.headers(), body: hook })).json;
    const untouched = (await call(world, createEndpoint, { headers: merchant.headers(), body: hook })).json;
    const params = { endpoint_id: old.id };
    await call(world, updateEndpoint, { headers: bearing(made.key), params, body: { description: 'x' } });
    const child = (await create(world, made.key, { name: 'child', scopes: ['wallet:read'] })).json;
    const { endpoints, keys } = (await revoke(world, merchant.liveKey, made.id)).json;
    expect(endpoints.map(({ id }: { id: string }) => id).toSorted()).toEqual([endpoint.id, old.id].toSorted());
    expect(JSON.stringify(endpoints)).not.toContain(untouched.id);
    expect(keys).toEqual([{ id: child.id, name: 'child', prefix: child.prefix }]);
    expect(await works(child.key)).toBe(true);
  });

  it('lists and pauses also what it made through keys that have ended since', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    // By machines whose clocks are behind, so that no key is listed after the one that made it.
    world.advance(-1);
    const child = (await create(world, made.key, { scopes: SURVEY })).json;
    world.advance(-1);
    const heir = (await roll(world, child.key, child.id, { overlap_hours: 0 })).json;
    world.advance(-1);
    const campaign = await survey(heir.key);
    const endpoint = (await call(world, createEndpoint, { headers: bearing(heir.key), body: hook })).json;
    const left = (await create(world, heir.key, { scopes: ['wallet:read'] })).json;
    world.advance(10);
    await revoke(world, heir.key, heir.id, { keep_campaigns: true });
    const reply = (await revoke(world, merchant.liveKey, made.id)).json;
    expect(reply.keys).toMatchObject([{ id: left.id }]);
    expect(reply.campaigns).toMatchObject([{ id: campaign.id, paused: true }]);
    expect(reply.endpoints).toMatchObject([{ id: endpoint.id }]);
  });

  it('leaves what keys of its line made that still work, until they are revoked', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const child = (await create(world, made.key, { scopes: SURVEY })).json;
    const campaign = await survey(child.key);
    expect((await revoke(world, merchant.liveKey, made.id)).json).toMatchObject({
      campaigns: [],
      keys: [{ id: child.id }],
    });
    expect((await revoke(world, merchant.liveKey, child.id)).json.campaigns).toMatchObject([
      { id: campaign.id, paused: true },
    ]);
  });

  it.each(['makes', 'rolls'])('%s no key by a request that was let in before', async (what) => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const other = (await create(world, merchant.liveKey, { scopes: ['wallet:read'] })).json;
    revokeBeforeNextWrite(world, merchant.liveKey, made.id);
    const ask = () =>
      what === 'makes' ? create(world, made.key, { scopes: ['wallet:read'] }) : roll(world, made.key, other.id);
    expect((await ask()).json.code).toBe('unauthenticated');
    const { data } = (await call(world, listKeys, { headers: merchant.headers() })).json;
    expect(data.filter(({ status }: { status: string }) => status === 'active')).toHaveLength(2);
  });

  it.each(['makes', 'moves', 'is shown the secret of'])('%s no endpoint by such a request', async (what) => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const headers = bearing(made.key);
    const existing = (await call(world, createEndpoint, { headers: merchant.headers(), body: hook })).json;
    const params = { endpoint_id: existing.id };
    revokeBeforeNextWrite(world, merchant.liveKey, made.id);
    const ask = () => {
      if (what === 'makes') return call(world, createEndpoint, { headers, body: hook });
      if (what === 'moves') return call(world, updateEndpoint, { headers, params, body: { url: 'https://x.example' } });
      return call(world, rotateSecret, { headers, params });
    };
    const reply = await ask();
    expect([reply.status, reply.json.code]).toEqual([401, 'unauthenticated']);
    const { secret: _secret, ...shown } = existing;
    expect((await call(world, listEndpoints, { headers: merchant.headers() })).json.data).toEqual([shown]);
  });

  it('has every endpoint listed that it makes while it is revoked', async () => {
    for (let round = 0; round < 4; round += 1) {
      const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
      const [endpoint, revocation] = await Promise.all([
        call(world, createEndpoint, { headers: bearing(made.key), body: hook }),
        revoke(world, merchant.liveKey, made.id),
      ]);
      expect([201, 401]).toContain(endpoint.status);
      const listed = endpoint.status === 201 ? [expect.objectContaining({ id: endpoint.json.id })] : [];
      expect(revocation.json.endpoints).toEqual(listed);
    }
  });

  it('is revoked by itself too, and again without another effect', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaign = await survey(made.key);
    const first = await revoke(world, made.key, made.id);
    world.advance(1_000);
    await change(merchant.liveKey, campaign.id, { paused: false });
    const second = await revoke(world, merchant.liveKey, made.id);
    expect(second.json.revoked_at).toBe(first.json.revoked_at);
    expect((await show(campaign.id)).paused).toBe(false);
  });

  it.each(['before', 'after'] as const)('is revoked once when an answer is lost %s its write', async (when) => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaign = await survey(made.key);
    lose('TransactWriteCommand', when);
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
    expect([await works(made.key), (await show(campaign.id)).paused]).toEqual([false, true]);
  });

  it('by two callers at once ends once, with its campaigns paused', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaigns = [await survey(made.key), await survey(made.key), await survey(made.key)];
    const replies = await Promise.all([1, 2].map(() => revoke(world, merchant.liveKey, made.id)));
    for (const { status, json } of replies) {
      expect([status, json.campaigns.every(({ paused }: { paused: boolean }) => paused)]).toEqual([200, true]);
    }
    for (const { id } of campaigns) expect((await show(id)).paused).toBe(true);
  });

  it('pauses the rest when it is revoked again after the first request died in between', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaigns = [await survey(made.key), await survey(made.key)];
    let transactions = 0;
    world.fault = (name) => {
      if (name === 'TransactWriteCommand') transactions += 1;
      return transactions > 0 && name === 'PutCommand' ? new Error('the process died') : undefined;
    };
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(500);
    world.fault = undefined;
    expect(await works(made.key)).toBe(false);
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
    for (const { id } of campaigns) expect((await show(id)).paused).toBe(true);
  });

  /** A key, a campaign that it made, and one that it made by a child that has ended since. */
  const aLine = async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const child = (await create(world, made.key, { scopes: SURVEY })).json;
    const own = await survey(made.key);
    const other = await survey(child.key);
    await revoke(world, child.key, child.id, { keep_campaigns: true });
    return { made, campaigns: [own, other] as const };
  };
  const pausedOf = async (campaigns: readonly { id: string }[]) =>
    Promise.all(campaigns.map(async ({ id }) => (await show(id)).paused));
  const died = new Error('the process died');

  it('has ended before any other key is read, however many there are', async () => {
    const readsUntilItEnds = async (children: number) => {
      const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
      const child = { merchantId: merchant.id, mode: 'live', name: 'child', scopes: SURVEY } as const;
      for (let n = 0; n < children; n += 1) {
        await createKey(world, { ...child, createdBy: { kind: 'key', id: made.id } });
      }
      const before: string[] = [];
      let hasEnded = false;
      world.fault = (name) => {
        hasEnded ||= name === 'TransactWriteCommand';
        if (!hasEnded) before.push(name);
        return undefined;
      };
      expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
      world.fault = undefined;
      return before;
    };
    const few = await readsUntilItEnds(0);
    expect(few).not.toContain('QueryCommand');
    expect(await readsUntilItEnds(20)).toEqual(few);
  });

  it('ends though the list of what it made cannot be closed, which the next call does', async () => {
    const { made, campaigns } = await aLine();
    world.fault = (name) => (name === 'PutCommand' ? 'before' : undefined);
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(503);
    world.fault = undefined;
    expect([await works(made.key), ...(await pausedOf(campaigns))]).toEqual([false, false, false]);
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
    expect(await pausedOf(campaigns)).toEqual([true, true]);
  });

  it('has its own campaigns paused where it dies while it reads the other keys; the next call pauses theirs', async () => {
    const { made, campaigns } = await aLine();
    world.fault = (name) => (name === 'QueryCommand' ? died : undefined);
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(500);
    world.fault = undefined;
    expect([await works(made.key), ...(await pausedOf(campaigns))]).toEqual([false, true, false]);
    await change(merchant.liveKey, campaigns[0].id, { paused: false });
    expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
    expect(await pausedOf(campaigns)).toEqual([false, true]);
    await change(merchant.liveKey, campaigns[1].id, { paused: false });
    await revoke(world, merchant.liveKey, made.id);
    expect(await pausedOf(campaigns)).toEqual([false, false]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'has all paused and is one act where the answer to write %i is lost',
    async (lost) => {
      for (const when of ['before', 'after', died] as const) {
        const { made, campaigns } = await aLine();
        let writes = 0;
        world.fault = (name) => {
          if (!/^(TransactWrite|Put)Command$/.test(name)) return undefined;
          writes += 1;
          return writes === lost + 1 ? when : undefined;
        };
        const { status } = await revoke(world, merchant.liveKey, made.id);
        world.fault = undefined;
        if (status !== 200) expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
        expect([await works(made.key), ...(await pausedOf(campaigns))]).toEqual([false, true, true]);
        const { acts } = await listActs(world, { merchantId: merchant.id, mode: 'live' }, { limit: 100 });
        const revoked = acts.filter(({ action, subject }) => action === 'key.revoked' && subject === made.id);
        expect(revoked).toHaveLength(1);
      }
    },
  );

  it('by three callers at once has the campaigns of its line paused, too, each once', async () => {
    const { made, campaigns } = await aLine();
    const replies = await Promise.all([1, 2, 3].map(() => revoke(world, merchant.liveKey, made.id)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await pausedOf(campaigns)).toEqual([true, true]);
    const { acts } = await listActs(world, { merchantId: merchant.id, mode: 'live' }, { limit: 100 });
    expect(acts.filter(({ action }) => action === 'campaign.paused')).toHaveLength(2);
  });

  it('gives no power to a request of its own that was let in before', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const other = await survey(merchant.liveKey);
    for (const request of [
      () => survey(made.key),
      async () => (await change(made.key, other.id, { budget: 500 })).json,
    ]) {
      let isFirst = true;
      world.fault = (name) => {
        const isWrite = name === 'TransactWriteCommand' && isFirst;
        if (isWrite) isFirst = false;
        return isWrite ? 'before' : undefined;
      };
      const slept = world.sleep;
      Object.assign(world, {
        sleep: async (ms: number) => {
          Object.assign(world, { sleep: slept });
          expect((await revoke(world, merchant.liveKey, made.id)).status).toBe(200);
          await slept(ms);
        },
      });
      expect((await request()).code).toBe('unauthenticated');
      Object.assign(world, { sleep: slept });
    }
    expect((await show(other.id)).budget).toBe(10);
  });

  it('of another merchant or of the other mode looks missing', async () => {
    const other = await aMerchant(world);
    for (const id of [other.keys.live.id, merchant.keys.test.id, 'key_', '../x']) {
      expect((await revoke(world, merchant.liveKey, id)).json.code).toBe('key_not_found');
    }
    expect(await works(other.liveKey)).toBe(true);
  });
});

describe('a rolled key', () => {
  it('has the powers of the old one, which works until the overlap ends', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY, expires_at: '2027-01-01' })).json;
    const next = (await roll(world, merchant.liveKey, made.id, { overlap_hours: 2 })).json;
    expect(next).toMatchObject({ name: 'made', expires_at: '2027-01-01T00:00:00.000Z', status: 'active' });
    expect(next.scopes.toSorted()).toEqual(SURVEY.toSorted());
    expect([await works(made.key), await works(next.key)]).toEqual([true, true]);
    world.advance(2 * 3_600_000);
    expect([await works(made.key), await works(next.key)]).toEqual([false, true]);
    const { data } = (await call(world, listKeys, { headers: merchant.headers() })).json;
    expect(data.find(({ id }: { id: string }) => id === made.id)).toMatchObject({
      status: 'expired',
      replaced_by: next.id,
    });
  });

  it('without an overlap ends at once, and may roll itself', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const next = (await roll(world, made.key, made.id, { overlap_hours: 0 })).json;
    expect([await works(made.key), await works(next.key)]).toEqual([false, true]);
  });

  it('that is revoked later pauses also what the old one made', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const campaign = await survey(made.key);
    const next = (await roll(world, merchant.liveKey, made.id)).json;
    expect((await show(campaign.id)).paused).toBe(false);
    expect((await revoke(world, merchant.liveKey, next.id)).json.campaigns).toMatchObject([
      { id: campaign.id, paused: true },
    ]);
  });

  it('that leaked names its successor when it is revoked, whoever rolled it', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const next = (await roll(world, merchant.liveKey, made.id)).json;
    const { keys } = (await revoke(world, merchant.liveKey, made.id)).json;
    expect(keys).toEqual([{ id: next.id, name: 'made', prefix: next.prefix }]);
  });

  it('is rolled once by two callers; where the text was lost, revoking it frees the old one', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const replies = await Promise.all([1, 2].map(() => roll(world, merchant.liveKey, made.id)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const won = replies.find(({ status }) => status === 201)?.json;
    const lost = replies.find(({ status }) => status === 409)?.json;
    expect(lost).toMatchObject({ code: 'key_replaced', detail: `The key was replaced by ${won.id}.` });
    await revoke(world, merchant.liveKey, won.id);
    expect((await roll(world, merchant.liveKey, made.id)).status).toBe(201);
  });

  it.each([null, '2027-01-01T00:00:00.000Z'])(
    'that is rolled again ends as it would have by itself: %s',
    async (expires_at) => {
      const made = (await create(world, merchant.liveKey, { scopes: SURVEY, expires_at })).json;
      for (const overlap_hours of [1, 2, 1]) {
        const next = (await roll(world, merchant.liveKey, made.id, { overlap_hours })).json;
        expect(next.expires_at).toBe(expires_at);
        await revoke(world, merchant.liveKey, next.id);
      }
      world.advance(3_600_000);
      expect(await works(made.key)).toBe(false);
    },
  );

  it('cannot be given a longer life by itself in its overlap', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    const next = (await roll(world, merchant.liveKey, made.id, { overlap_hours: 1 })).json;
    await revoke(world, made.key, next.id);
    const end = new Date(Date.parse(world.now()) + 3_600_000).toISOString();
    expect((await roll(world, made.key, made.id, { expires_at: '2027-01-01' })).json.code).toBe('powers_exceeded');
    expect((await roll(world, made.key, made.id)).json.expires_at).toBe(end);
  });

  it('is one key when the answer to its write is lost', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: SURVEY })).json;
    lose('TransactWriteCommand', 'after');
    const next = (await roll(world, merchant.liveKey, made.id)).json;
    expect(await works(next.key)).toBe(true);
    const { data } = (await call(world, listKeys, { headers: merchant.headers() })).json;
    expect(data).toHaveLength(3);
  });

  it('never has more than the key that rolls it, and is not one that has ended', async () => {
    const roller = (await create(world, merchant.liveKey, { scopes: ['keys:write'] })).json;
    expect((await roll(world, roller.key, merchant.keys.live.id)).json).toMatchObject({
      code: 'powers_exceeded',
      param: 'scopes',
    });
    await revoke(world, merchant.liveKey, roller.id);
    expect((await roll(world, merchant.liveKey, roller.id)).json.code).toBe('key_not_active');
  });
});
