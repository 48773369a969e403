import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '../../../functions/account/create-key.ts';
import { listKeys } from '../../../functions/account/list-keys.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { modeOfKey } from '../../../shared/domain/key.ts';
import { serve } from '../../../shared/http/pipeline.ts';
import { call } from '../../support/call.ts';
import { keptContract } from '../../support/contract.ts';
import { bearing, create, statusFrom } from '../../support/key-set-up.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  // Keys of one moment have no order.
  world.advance(1);
});
afterAll(stopEngine);

const list = async (by = merchant.liveKey) => call(world, listKeys, { headers: bearing(by) });

describe('a key that a key makes', () => {
  it('works at once, in the mode of its maker, with its scopes alone', async () => {
    const made = await create(world, merchant.testKey, { scopes: ['wallet:read'] });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ mode: 'test', name: 'made', scopes: ['wallet:read'], status: 'active' });
    expect(made.json.created_by).toEqual({ type: 'key', id: merchant.keys.test.id });
    expect(modeOfKey(made.json.key)).toBe('test');
    expect(await statusFrom(world, getWallet, made.json.key, undefined)).toBe(200);
    expect((await list(made.json.key)).json.code).toBe('scope_missing');
  });

  it('is listed without its text, which no other answer shows', async () => {
    const { key, ...shown } = (await create(world, merchant.liveKey, { scopes: ['wallet:read'] })).json;
    const { json, text } = await list();
    expect(json.data.at(-1)).toEqual(shown);
    expect(shown.prefix).toBe(key.slice(0, 15));
    expect(text).not.toContain(key.slice(0, 20));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    expect(json.data.map(({ mode }: { mode: string }) => mode)).not.toContain('test');
  });

  it('is listed in pages, the oldest first, each key once', async () => {
    const headers = bearing(merchant.liveKey);
    for (let n = 0; n < 5; n += 1) {
      if (n !== 3) world.advance(1);
      await create(world, merchant.liveKey, { name: `key ${n}`, scopes: ['wallet:read'] });
      await create(world, merchant.testKey, { name: 'test', scopes: ['wallet:read'] });
    }
    const all = (await list()).json;
    expect(all.next_cursor).toBeNull();
    expect(all.data).toHaveLength(6);
    const paged: unknown[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: Record<string, string> = cursor === '' ? { limit: '4' } : { limit: '4', cursor };
      const { json } = await call(world, listKeys, { headers, query });
      paged.push(...json.data);
      sizes.push(json.data.length);
      cursor = json.next_cursor;
    }
    expect([sizes, paged]).toEqual([[4, 2], all.data]);
    const twice = await call(world, listKeys, { headers, query: { limit: '3' } });
    expect(
      (await call(world, listKeys, { headers, query: { limit: '3', cursor: twice.json.next_cursor } })).json,
    ).toEqual({
      data: all.data.slice(3),
      next_cursor: null,
    });
    for (const [query, code] of [
      [{ limit: '101' }, 'invalid_request'],
      [{ cursor: 'x' }, 'invalid_cursor'],
    ] as const) {
      expect((await call(world, listKeys, { headers, query: { ...query } })).json.code).toBe(code);
    }
  });

  it('is among a thousand in an answer without a limit, and the rest is on the next page', async () => {
    const { merchantId, createdAt } = merchant.keys.live;
    for (let n = 0; n < 1_005; n += 1) {
      const item = {
        pk: `merchant#${merchantId}`,
        sk: `key#key_${n}`,
        id: `key_${n}`,
        hash: merchant.keys.live.hash,
        mode: 'live',
        createdAt,
      };
      await world.db.send(new PutCommand({ TableName: world.table('merchants'), Item: item }));
    }
    const { json } = await list();
    expect(json.data).toHaveLength(1_000);
    const next = await call(world, listKeys, {
      headers: bearing(merchant.liveKey),
      query: { cursor: json.next_cursor },
    });
    expect([next.json.data.length, next.json.next_cursor]).toEqual([6, null]);
  });

  it.each([
    ['a scope that its maker lacks', { scopes: ['keys:write', 'orders:write'] }, 'scopes'],
    ['an end after its maker’s', { scopes: ['keys:write'], expires_at: '2026-06-02' }, 'expires_at'],
    ['addresses beyond its maker’s', { scopes: ['keys:write'], allowed_ranges: ['192.0.2.0/23'] }, 'allowed_ranges'],
  ])('never has %s', async (_what, body, param) => {
    const powers = { scopes: ['keys:write'], expires_at: '2026-06-01', allowed_ranges: ['192.0.2.0/24', '::1'] };
    const { key: narrow } = (await create(world, merchant.liveKey, powers)).json;
    const from = async (content: object) => {
      const response = await serve(world, createKey, {
        method: 'POST',
        path: '/api/v1/keys',
        params: {},
        query: {},
        headers: bearing(narrow),
        body: JSON.stringify({ name: 'wider', ...content }),
        requestId: 'req_1',
        address: '192.0.2.9',
      });
      return keptContract(createKey.name, response);
    };
    const refused = await from(body);
    expect(JSON.parse(refused.body)).toMatchObject({ status: 403, code: 'powers_exceeded', param });
    const inherited = JSON.parse((await from({ scopes: ['keys:write'] })).body);
    expect(inherited).toMatchObject({
      expires_at: '2026-06-01T00:00:00.000Z',
      allowed_ranges: ['192.0.2.0/24', '::1'],
    });
  });

  it('is named in the line of each request that it is let in with, also of one that it lacks the scope for', async () => {
    const lines: unknown[] = [];
    const made = (await create(world, merchant.liveKey, { scopes: ['wallet:read'] })).json;
    const info = (event: string, fields = {}) => void lines.push({ event, ...fields });
    const logging = { ...world, log: { ...world.log, info } };
    await statusFrom(logging, getWallet, made.key, '192.0.2.1');
    await statusFrom(logging, listKeys, made.key, '192.0.2.1');
    const line = { event: 'request.served', keyId: made.id, merchantId: merchant.id, mode: 'live' };
    expect(lines).toMatchObject([
      { ...line, status: 200 },
      { ...line, status: 403 },
    ]);
    expect(JSON.stringify(lines)).not.toContain(made.key);
  });

  it('works until it expires, and then is like one that never was', async () => {
    const made = await create(world, merchant.liveKey, { scopes: ['wallet:read'], expires_at: '2026-05-07T09:00:00Z' });
    world.advance(3_600_000 - 2);
    expect(await statusFrom(world, getWallet, made.json.key, undefined)).toBe(200);
    world.advance(1);
    expect(await statusFrom(world, getWallet, made.json.key, undefined)).toBe(401);
    expect((await list()).json.data.at(-1).status).toBe('expired');
  });

  it('works from its addresses only, and not where no address is known', async () => {
    const ranges = ['198.51.100.0/24', '2001:db8::/32'];
    const { key } = (await create(world, merchant.liveKey, { scopes: ['wallet:read'], allowed_ranges: ranges })).json;
    const from = (address?: string) => statusFrom(world, getWallet, key, address);
    expect([await from('198.51.100.9'), await from('::ffff:198.51.100.9'), await from('2001:db8::9')]).toEqual([
      200, 200, 200,
    ]);
    expect([await from('198.51.101.9'), await from('2001:db9::9'), await from()]).toEqual([401, 401, 401]);
  });

  it.each([
    [{ scopes: [] }, 'scopes', 'scopes must name a scope.'],
    [{ scopes: ['orders'] }, 'scopes.0', /^scopes\.0 must be one of orders:write, /],
    [{}, 'scopes', 'scopes is missing.'],
    [{ scopes: ['orders:read'], name: '' }, 'name', 'name must not be empty.'],
    [
      { scopes: ['orders:read'], expires_at: '2026-05-07T08:00:00Z' },
      'expires_at',
      'expires_at must be in the future.',
    ],
    [{ scopes: ['orders:read'], allowed_ranges: ['10.0.0.1/8'] }, 'allowed_ranges.0', /has bits set behind its prefix/],
    [{ scopes: ['orders:read'], allowed_ranges: ['here'] }, 'allowed_ranges.0', /must be a range such as/],
    [{ scopes: ['orders:read'], allowed_ranges: [] }, 'allowed_ranges', /must name a range/],
  ])('is refused in words: %j', async (body, param, detail) => {
    const reply = await create(world, merchant.liveKey, body);
    expect(reply.json).toMatchObject({ status: 400, code: 'invalid_request', param });
    expect(reply.json.detail).toEqual(detail instanceof RegExp ? expect.stringMatching(detail) : detail);
    expect((await list()).json.data).toHaveLength(1);
  });

  it('is one key also when the answer to its write was lost, and its text works', async () => {
    world.fault = (name) => {
      if (name !== 'TransactWriteCommand') return undefined;
      world.fault = undefined;
      return 'after';
    };
    const made = await create(world, merchant.liveKey, { scopes: ['wallet:read'] });
    expect(made.status).toBe(201);
    expect((await list()).json.data).toHaveLength(2);
    expect(await statusFrom(world, getWallet, made.json.key, undefined)).toBe(200);
  });

  it('is another one for each of two callers at once', async () => {
    const both = await Promise.all([1, 2].map(() => create(world, merchant.liveKey, { scopes: ['wallet:read'] })));
    expect(new Set(both.map(({ json }) => json.key)).size).toBe(2);
    expect((await list()).json.data).toHaveLength(3);
  });
});

describe('the last use of a key', () => {
  const use = () => statusFrom(world, getWallet, merchant.liveKey, undefined);
  const lastUse = async () => (await list()).json.data[0].last_used_at;
  const runBackground = async () => {
    for (const { run } of world.background.splice(0)) await run();
  };

  it('is noted once an hour, to the hour, in the background', async () => {
    world.advance(10 * 60_000);
    world.calls.length = 0;
    expect(await use()).toBe(200);
    expect(world.calls).not.toContain('UpdateCommand');
    expect(world.background.map(({ what }) => what)).toEqual(['key use']);
    await runBackground();
    expect(await lastUse()).toBe('2026-05-07T08:00:00.000Z');
    for (let n = 0; n < 3; n += 1) await use();
    world.memo.clear();
    await use();
    expect(world.background).toEqual([]);
    world.advance(50 * 60_000);
    await use();
    expect(world.background).toHaveLength(1);
    await runBackground();
    expect(await lastUse()).toBe('2026-05-07T09:00:00.000Z');
  });

  it('is tried again a minute later where its note was lost, and not with every request', async () => {
    await use();
    world.background.length = 0;
    for (let n = 0; n < 5; n += 1) await use();
    expect(world.background).toHaveLength(0);
    world.advance(60_000);
    await use();
    expect(world.background).toHaveLength(1);
  });

  it('by several processes at once is one hour, and neither an error nor an earlier one', async () => {
    const processes = [1, 2, 3].map(() => ({ ...world, memo: new Map() }));
    await Promise.all(processes.map((each) => statusFrom(each, getWallet, merchant.liveKey, undefined)));
    await Promise.all(world.background.splice(0).map(({ run }) => run()));
    expect(await lastUse()).toBe('2026-05-07T08:00:00.000Z');
  });

  it('of a refused key is not noted', async () => {
    const { key } = (await create(world, merchant.liveKey, { scopes: ['wallet:read'], allowed_ranges: ['::1'] })).json;
    world.background.length = 0;
    expect(await statusFrom(world, getWallet, key, '192.0.2.1')).toBe(401);
    expect(world.background).toEqual([]);
  });
});
