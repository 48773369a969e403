import { createHmac } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseKeyRing } from '../../shared/domain/key-ring.ts';
import { FIRST_SECRET, rotated } from '../../shared/domain/rotation.ts';
import { HOUR, MINUTE } from '../../shared/domain/time.ts';
import { issueToken, keyOfToken } from '../../shared/flows/access-token.ts';
import type { SecretStore } from '../../shared/flows/rotate-signing-key.ts';
import { endOverlap, OVERLAPS_MS, rotateSigningKey, viewSigningKeys } from '../../shared/flows/rotate-signing-key.ts';
import { nameInToken, urlCode } from '../../shared/flows/url-code.ts';
import { activeSecrets, newestSecret } from '../../shared/flows/webhooks/signing-secrets.ts';
import type { OwnKey, SigningPurpose } from '../../shared/manifest/access.ts';
import { OWN_KEYS, SIGNING_PURPOSES } from '../../shared/manifest/access.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../support/world.ts';

/** Our signing keys: one for each purpose, read by few, and replaced with an overlap. */

let world: TestWorld;
let merchant: TestMerchant;
let texts: Record<string, string>;
let store: SecretStore;
let tokens: Map<string, string>;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  texts = Object.fromEntries(SIGNING_PURPOSES.map((purpose) => [purpose, `key of ${purpose}`]));
  tokens = new Map();
  store = {
    read: async (purpose) => texts[purpose] ?? '',
    async replace(purpose, text, token) {
      const known = tokens.get(token);
      if (known !== undefined) return known === text;
      tokens.set(token, text);
      texts[purpose] = text;
      return true;
    },
  };
  Object.assign(world, { secret: async (name: string) => texts[name] ?? '' });
});
afterAll(stopEngine);

const rotate = (purpose: SigningPurpose, overlapMs = OVERLAPS_MS[purpose]) =>
  rotateSigningKey(world, store, purpose, overlapMs);

describe('a key of one purpose', () => {
  it('opens nothing of another purpose', async () => {
    texts = Object.fromEntries(SIGNING_PURPOSES.map((purpose) => [purpose, 'one and the same']));
    const forged = await urlCode(world, 'payment', 'top_1');
    expect(await nameInToken(world, 'payment', `top_1.${forged}`)).toBe('top_1');
    texts.payment = 'another';
    expect(await nameInToken(world, 'payment', `top_1.${forged}`)).toBeUndefined();
    expect(await nameInToken(world, 'callback', `top_1.${forged}`)).toBeUndefined();
  });

  it('is read by these functions and no others', () => {
    const all = [routes, openRoutes, workers].flatMap(
      (each): { name: string; access: { secrets?: readonly string[] } }[] => Object.values(each),
    );
    const readers = (purpose: OwnKey) =>
      all
        .filter(({ access }) => access.secrets?.includes(purpose))
        .map(({ name }) => name)
        .sort();
    expect(Object.fromEntries(OWN_KEYS.map((name) => [name, readers(name)]))).toEqual({
      webhook: [
        'create-endpoint',
        'create-listener',
        'poll-deliveries',
        'receive-canary',
        'resend-delivery',
        'rotate-secret',
        'test-endpoint',
        'webhook-sender',
      ],
      campaign: ['create-campaign', 'create-payout', 'rotate-campaign-secret'],
      access: ['get-account-balance', 'issue-token', 'query-transaction', 'send-airtime'],
      callback: ['dispatch-pesaway', 'receive-callback', 'run-bulk'],
      payment: ['receive-payment', 'start-topup'],
      privacy: ['create-order', 'create-payout', 'erase-old', 'get-target', 'receive-callback', 'send-airtime'],
      canary: ['canary-order'],
    });
  });
});

describe('a rotation with an overlap', () => {
  it.each(['callback', 'payment'] as const)(
    'keeps what was made by the old %s key until the overlap ends',
    async (purpose) => {
      const token = async () => `name.${await urlCode(world, purpose, 'name')}`;
      const opens = (each: string) => nameInToken(world, purpose, each);
      const before = await token();
      expect((await rotate(purpose, HOUR)).map(({ state }) => state)).toEqual(['signs later', 'signs']);
      expect(await token()).toBe(before);
      world.advance(10 * MINUTE);
      const after = await token();
      expect(after).not.toBe(before);
      expect([await opens(before), await opens(after)]).toEqual(['name', 'name']);
      expect(viewSigningKeys(parseKeyRing(texts[purpose] ?? ''), world.now()).map(({ state }) => state)).toEqual([
        'signs',
        'is accepted',
      ]);
      world.advance(50 * MINUTE);
      expect([await opens(before), await opens(after), await opens(`${after}.x`)]).toEqual([
        undefined,
        'name',
        undefined,
      ]);
    },
  );

  it('ends no access token before its hour', async () => {
    const login = async () =>
      (await issueToken(world, { id: merchant.keys.live.id, text: merchant.liveKey, address: undefined }))?.token ?? '';
    await rotate('access');
    world.advance(10 * MINUTE - 1);
    const last = await login();
    world.advance(HOUR - 1);
    expect((await keyOfToken(world, last, undefined))?.id).toBe(merchant.keys.live.id);
    expect(await keyOfToken(world, await login(), undefined)).toBeDefined();
    expect(OVERLAPS_MS.access).toBeGreaterThan(HOUR + 10 * MINUTE);
  });

  it('a merchant keeps a secret until it rotates it, and the new one is by the new key', async () => {
    const holder = { id: 'whe_1', merchantId: merchant.id, mode: 'live' as const, ...FIRST_SECRET };
    const before = await newestSecret(world, 'webhook', holder);
    await rotate('webhook', 24 * HOUR);
    world.advance(HOUR);
    expect(await activeSecrets(world, 'webhook', holder)).toEqual([before]);
    const changed = { ...holder, ...rotated(holder, 2, 100 * HOUR, world.now()) };
    const both = await activeSecrets(world, 'webhook', changed);
    expect([both.length, both[1], both[0] === before]).toEqual([2, before, false]);
    world.advance(24 * HOUR);
    expect(await activeSecrets(world, 'webhook', changed)).not.toContain(before);
    expect(await newestSecret(world, 'webhook', changed)).toBe(both[0]);
  });

  it('leaves secrets that were derived before there were versions as they were', async () => {
    const secret = createHmac('sha256', 'key of campaign').update('cmp_1#1').digest('base64');
    const holder = { id: 'cmp_1', merchantId: merchant.id, mode: 'live' as const, ...FIRST_SECRET };
    expect(await newestSecret(world, 'campaign', holder)).toBe(`whsec_${secret}`);
  });
});

describe('a key that leaked', () => {
  it('is replaced at once, and what was made by it is refused', async () => {
    const token = `name.${await urlCode(world, 'payment', 'name')}`;
    expect(await rotate('payment', 0)).toEqual([{ version: 2, state: 'signs' }]);
    expect(await nameInToken(world, 'payment', token)).toBeUndefined();
    expect(texts.payment).not.toContain('key of payment');
  });

  it('is ended within an overlap, but not before its successor signs', async () => {
    await rotate('callback');
    await expect(endOverlap(world, store, 'callback')).rejects.toThrow('signs from');
    world.advance(10 * MINUTE);
    expect((await endOverlap(world, store, 'callback')).map(({ version }) => version)).toEqual([2]);
    expect(parseKeyRing(texts.callback ?? '').keys).toHaveLength(1);
  });
});

describe('the write of a rotation', () => {
  it('of two operators at once is done by one, and refused to the others', async () => {
    const results = await Promise.allSettled([rotate('webhook'), rotate('webhook'), rotate('webhook')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(parseKeyRing(texts.webhook ?? '').keys.map(({ version }) => version)).toEqual([2, 1]);
    await expect(rotate('webhook')).rejects.toThrow('an overlap of webhook is not over');
  });

  it('whose answer was lost is repeated by the same call and changes nothing more', async () => {
    const { replace } = store;
    const twice: SecretStore = {
      ...store,
      async replace(...call) {
        await replace(...call);
        return replace(...call);
      },
    };
    await rotateSigningKey(world, twice, 'webhook', HOUR);
    expect(parseKeyRing(texts.webhook ?? '').keys.map(({ version }) => version)).toEqual([2, 1]);
  });

  it('shows no key', async () => {
    const shown = JSON.stringify([
      await rotate('access'),
      viewSigningKeys(parseKeyRing(texts.access ?? ''), world.now()),
    ]);
    for (const { key } of parseKeyRing(texts.access ?? '').keys) expect(shown).not.toContain(key);
  });
});
