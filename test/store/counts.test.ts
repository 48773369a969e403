import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '../../functions/account/create-key.ts';
import { revokeKey } from '../../functions/account/revoke-key.ts';
import { rollKey } from '../../functions/account/roll-key.ts';
import { createCampaign } from '../../functions/campaigns/create-campaign.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../../functions/webhooks/delete-endpoint.ts';
import { isActive } from '../../shared/domain/key.ts';
import type { LimitChange } from '../../shared/domain/terms.ts';
import { withLimit } from '../../shared/domain/terms.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listCampaigns } from '../../shared/store/campaigns.ts';
import { listEndpoints, saveEndpoint } from '../../shared/store/endpoints.ts';
import { listKeys } from '../../shared/store/keys.ts';
import { call } from '../support/call.ts';
import { granted } from '../support/granted.ts';
import { OPERATOR } from '../support/origin.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, stopEngine, testWorld, transactionConflict } from '../support/world.ts';

/** Limits on how many there are, under requests at once and lost answers. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
});

afterAll(stopEngine);

const owner = () => ({ merchantId: merchant.id, mode: 'live' }) as const;
const add = (host = 'merchant') =>
  call(granted(world, routes.createEndpoint.access), createEndpoint, {
    headers: merchant.headers(),
    body: { url: `https://${host}.example/hook` },
  });
const remove = (id: string) =>
  call(granted(world, routes.deleteEndpoint.access), deleteEndpoint, {
    headers: merchant.headers(),
    params: { endpoint_id: id },
  });
const survey = () =>
  call(granted(world, routes.createCampaign.access), createCampaign, {
    headers: merchant.headers(),
    body: { name: 'Survey', currency: 'USD', budget: 10, amount: 1 },
  });
const aKey = (more: object = {}) =>
  call(granted(world, routes.createKey.access), createKey, {
    headers: merchant.headers(),
    body: { name: 'one', scopes: ['orders:read'], ...more },
  });
const roll = (id: string) =>
  call(granted(world, routes.rollKey.access), rollKey, { headers: merchant.headers(), params: { key_id: id } });
const revoke = (id: string) =>
  call(granted(world, routes.revokeKey.access), revokeKey, { headers: merchant.headers(), params: { key_id: id } });
/** Of the live ones, with the one that asks. */
const activeKeys = async () => {
  const keys = await listKeys(world, owner());
  return keys.filter((key) => isActive(key, world.now())).length;
};
const made = (replies: readonly { status: number }[]) => replies.filter(({ status }) => status === 201).length;
const limit = (change: LimitChange) =>
  changeTerms(world, owner(), OPERATOR, (terms) => withLimit(terms, 'live', change));
const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

describe('forty at once', () => {
  it('make five endpoints', async () => {
    const replies = await times(40, add);
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = replies.filter(({ status }) => status !== 201).map(({ json }) => [json.status, json.code]);
    expect(new Set(refused.map(String))).toEqual(new Set(['409,endpoint_limit_reached']));
    expect(await listEndpoints(world, owner())).toHaveLength(5);
  });

  it('make as many campaigns as the terms allow', async () => {
    await limit({ name: 'campaigns', value: 3 });
    const replies = await times(40, survey);
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(replies.find(({ status }) => status !== 201)?.json).toMatchObject({
      code: 'campaign_limit_reached',
      detail: 'There are 3 live campaigns.',
    });
    expect((await listCampaigns(world, owner(), { limit: 100 })).campaigns).toHaveLength(3);
  });

  it('make as many keys as the terms allow, those that there are included', async () => {
    await limit({ name: 'keys', value: 4 });
    const replies = await times(40, aKey);
    expect(made(replies)).toBe(3);
    expect(replies.find(({ status }) => status !== 201)?.json).toMatchObject({
      status: 409,
      code: 'key_limit_reached',
      detail: 'There are 4 live keys.',
    });
    expect(await activeKeys()).toBe(4);
  });
});

describe('what is deleted', () => {
  it('makes room for one more, however often it is deleted at once', async () => {
    const made = await times(5, add);
    await Promise.all([1, 2, 3].map(() => remove(made[0]?.json.id)));
    expect((await times(9, add)).filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('and was a key makes room when it is revoked first, and not again', async () => {
    await limit({ name: 'keys', value: 2 });
    const { id } = (await aKey()).json;
    expect((await times(3, () => revoke(id))).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(made(await times(9, aKey))).toBe(1);
  });
});

describe('a key that is rolled', () => {
  it('counts beside the one that replaces it while both work, and then makes room once', async () => {
    await limit({ name: 'keys', value: 3 });
    const { id } = (await aKey()).json;
    expect((await times(5, () => roll(id))).filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await aKey()).json.code).toBe('key_limit_reached');
    expect((await roll(merchant.keys.live.id)).json.code).toBe('key_limit_reached');
    world.advance(25 * HOUR);
    expect(made(await times(9, aKey))).toBe(1);
    expect((await revoke(id)).status).toBe(200);
    expect((await aKey()).status).toBe(409);
    expect(await activeKeys()).toBe(3);
  });

  it('makes room once, where it is revoked after it expired and was never needed', async () => {
    await limit({ name: 'keys', value: 3 });
    const { id } = (await aKey({ expires_at: '2026-05-08' })).json;
    world.advance(25 * HOUR);
    await Promise.all([revoke(id), ...[1, 2, 3, 4].map(() => aKey())]);
    await times(9, aKey);
    expect(await activeKeys()).toBe(3);
  });

  it.each(['before', 'after'] as const)('or revoked counts once where an answer is lost %s', async (moment) => {
    await limit({ name: 'keys', value: 3 });
    const losing = async <T>(work: () => Promise<T>): Promise<T> => {
      let lost = 0;
      world.fault = (command) => (command === 'TransactWriteCommand' && ++lost === 1 ? moment : undefined);
      const result = await work();
      world.fault = undefined;
      expect(lost).toBeGreaterThan(1);
      return result;
    };
    const { id } = (await losing(aKey)).json;
    const rolled = await losing(() => roll(id));
    expect([rolled.status, await activeKeys()]).toEqual([201, 3]);
    expect((await losing(() => revoke(rolled.json.id))).status).toBe(200);
    expect(made(await times(4, aKey))).toBe(1);
    expect(await activeKeys()).toBe(3);
  });
});

describe('what existed before there was a counter', () => {
  it('is counted when the first is made or deleted, by two at once', async () => {
    for (const n of [1, 2, 3, 4]) {
      const rest = { events: [], secretVersion: 1, retiring: [], createdAt: world.now(), revision: 1 };
      await saveEndpoint(world, { id: `whe_${n}`, ...owner(), url: 'https://old.example', ...rest });
    }
    const replies = await Promise.all([add(), add(), add(), remove('whe_1')]);
    const made = replies.slice(0, 3).filter(({ status }) => status === 201).length;
    const there = await listEndpoints(world, owner());
    expect(there).toHaveLength(3 + made);
    expect((await times(9, add)).filter(({ status }) => status === 201)).toHaveLength(2 - made);
  });
});

describe('a creation', () => {
  it('whose answer was lost counts once, and is no refusal', async () => {
    let lost = 0;
    world.fault = (command) => (command === 'TransactWriteCommand' && ++lost === 2 ? 'after' : undefined);
    await add();
    const reply = await add();
    world.fault = undefined;
    expect(reply.status).toBe(201);
    expect((await times(9, add)).filter(({ status }) => status === 201)).toHaveLength(3);
  });

  it('that conflicts with another is tried again', async () => {
    let conflicts = 0;
    world.fault = (command) =>
      command === 'TransactWriteCommand' && ++conflicts < 4 ? transactionConflict() : undefined;
    expect((await add()).status).toBe(201);
  });

  it('is counted for its own merchant and mode', async () => {
    await times(5, add);
    const headers = merchant.headers('test');
    expect((await call(world, createEndpoint, { headers, body: { url: 'https://m.example' } })).status).toBe(201);
    merchant = await aMerchant(world);
    expect((await add()).status).toBe(201);
  });
});
