import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freezeAccount } from '../../../functions/account/freeze-account.ts';
import { getAccount } from '../../../functions/account/get-account.ts';
import { listAudit } from '../../../functions/account/list-audit.ts';
import { unfreezeAccount } from '../../../functions/account/unfreeze-account.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { defaultTerms } from '../../../shared/domain/terms.ts';
import { readTermsNow, saveTerms } from '../../../shared/store/terms.ts';
import { call } from '../../support/call.ts';
import { createKey } from '../../support/create-key.ts';
import { freeze, letCachesEnd, place, unfreeze } from '../../support/freeze-set-up.ts';
import { bearing } from '../../support/key-set-up.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** Who may freeze and unfreeze a merchant, and what is shown of it. */

let world: TestWorld;
let merchant: TestMerchant;
/** It can stop and start, and not spend. */
let guardian: string;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  guardian = await keyWith(['account:freeze', 'account:write', 'account:read', 'audit:read']);
});
afterAll(stopEngine);

async function keyWith(scopes: Scope[], mode: Mode = 'live'): Promise<string> {
  return (await createKey(world, { merchantId: merchant.id, mode, name: 'narrow', scopes })).text;
}

const freezeBy = (key: string, reason = 'A key leaked.') =>
  call(world, freezeAccount, { headers: bearing(key), body: { reason } });
const unfreezeBy = (key: string) =>
  call(world, unfreezeAccount, { headers: bearing(key), body: { reason: 'It was revoked.' } });
const account = async (key = guardian) => (await call(world, getAccount, { headers: bearing(key) })).json;
const acts = async (key = guardian) => {
  const { json } = await call(world, listAudit, { headers: bearing(key) });
  return json.data.filter(
    ({ action }: { action: string }) => action.startsWith('merchant.') && !action.endsWith('created'),
  );
};

/** The next answer to a transaction is lost. */
function lose(when: 'before' | 'after'): void {
  world.fault = (name) => {
    if (name !== 'TransactWriteCommand') return undefined;
    world.fault = undefined;
    return when;
  };
}

describe('a merchant freezes itself', () => {
  it('and sees since when, by which key and why, in its account and in the audit log', async () => {
    const at = world.now();
    const reply = await freezeBy(guardian);
    const freeze = { since: at, by: { type: 'key', id: expect.stringMatching(/^key_/) }, reason: 'A key leaked.' };
    expect([reply.status, reply.json]).toMatchObject([200, { frozen: true, freeze, freezes: [freeze] }]);
    expect(await account()).toMatchObject({ frozen: true, freeze, freezes: [freeze] });
    expect(await acts()).toEqual([
      expect.objectContaining({
        action: 'merchant.frozen',
        subject: merchant.id,
        by: freeze.by,
        before: { frozen: false, freezes: [], reason: null },
        after: { frozen: true, freezes: [freeze], reason: 'A key leaked.' },
      }),
    ]);
  });

  it('once: the same again, and from two at once, changes and records nothing', async () => {
    const at = world.now();
    await Promise.all([freezeBy(guardian), freezeBy(guardian), freezeBy(guardian)]);
    world.advance(60_000);
    expect((await freezeBy(guardian, 'Another reason.')).json.freeze).toMatchObject({
      since: at,
      reason: 'A key leaked.',
    });
    expect(await acts()).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('and unfreezes, where the answer to the write is lost %s it', async (when) => {
    lose(when);
    expect((await freezeBy(guardian)).json.frozen).toBe(true);
    lose(when);
    expect((await unfreezeBy(guardian)).json).toMatchObject({ frozen: false, freeze: null });
    expect((await acts()).map(({ action }: { action: string }) => action)).toEqual([
      'merchant.unfrozen',
      'merchant.frozen',
    ]);
    expect((await unfreezeBy(guardian)).status).toBe(200);
    expect(await acts()).toHaveLength(2);
  });

  it('in the mode of the key alone', async () => {
    await freezeBy(await keyWith(['account:freeze'], 'test'));
    expect(await account()).toMatchObject({ mode: 'live', frozen: false, freeze: null });
    expect((await place(world, merchant, 'one')).status).toBe(202);
  });

  it('only with a reason', async () => {
    const replies = await Promise.all(
      ['', 'x'.repeat(501)].map((reason) =>
        call(world, freezeAccount, { headers: bearing(guardian), body: { reason } }),
      ),
    );
    expect(replies.map(({ json }) => [json.code, json.param])).toEqual(
      replies.map(() => ['invalid_request', 'reason']),
    );
  });
});

describe('a key that leaked', () => {
  it('and can freeze can only stop things', async () => {
    const key = await keyWith(['account:freeze']);
    expect((await freezeBy(key)).status).toBe(200);
    expect((await unfreezeBy(key)).json.code).toBe('scope_missing');
  });

  it('and can spend does not unfreeze, whatever else it may', async () => {
    await freezeBy(guardian);
    const reply = await unfreezeBy(merchant.liveKey);
    expect([reply.status, reply.json.code]).toEqual([403, 'unfreeze_not_allowed']);
    expect((await account()).frozen).toBe(true);
    expect((await place(world, merchant, 'one')).json.code).toBe('account_frozen');
  });
});

describe("an operator's freeze", () => {
  it('is lifted by operators only, and does not name them', async () => {
    await freeze(world, merchant, 'We ask who you are.');
    expect((await account()).freeze).toMatchObject({
      by: { type: 'operator', id: null },
      reason: 'We ask who you are.',
    });
    const reply = await unfreezeBy(guardian);
    expect([reply.status, reply.json.code]).toEqual([403, 'unfreeze_not_allowed']);
    await unfreeze(world, merchant);
    expect((await account()).frozen).toBe(false);
  });

  it('stays where the merchant unfreezes at the same time', async () => {
    await freezeBy(guardian);
    await Promise.all([freeze(world, merchant), unfreezeBy(guardian)]);
    expect((await account()).freezes).toEqual([expect.objectContaining({ by: { type: 'operator', id: null } })]);
  });
});

describe('two freezes, of the merchant and of an operator', () => {
  const OURS = { by: { type: 'operator' }, reason: 'Confirmed.' };
  const OWN = { by: { type: 'key' }, reason: 'A key leaked.' };
  const codeOfOrder = async (reference: string) => {
    letCachesEnd(world);
    return (await place(world, merchant, reference)).json.code;
  };

  it.each([
    ['the merchant first', () => freezeBy(guardian), () => freeze(world, merchant, 'Confirmed.')],
    ['the operator first', () => freeze(world, merchant, 'Confirmed.'), () => freezeBy(guardian)],
  ])('are both shown, and frozen it is until each has lifted its own: %s', async (_order, first, second) => {
    await first();
    const since = world.now();
    world.advance(1_000);
    await second();
    expect(await account()).toMatchObject({ frozen: true, freeze: OURS, freezes: [OURS, OWN] });
    letCachesEnd(world);
    expect((await place(world, merchant, 'one')).json.detail).toContain(since);
    await unfreeze(world, merchant);
    expect(await account()).toMatchObject({ frozen: true, freeze: OWN, freezes: [OWN] });
    expect(await codeOfOrder('one')).toBe('account_frozen');
    expect((await unfreezeBy(guardian)).json).toMatchObject({ frozen: false, freeze: null, freezes: [] });
    expect(await codeOfOrder('one')).toBeUndefined();
  });

  it("the merchant's is lifted beneath the operator's, which the answer shows, and then no more", async () => {
    await freezeBy(guardian);
    await freeze(world, merchant, 'Confirmed.');
    const lifted = await unfreezeBy(guardian);
    expect([lifted.status, lifted.json]).toMatchObject([200, { frozen: true, freezes: [OURS] }]);
    expect((await unfreezeBy(guardian)).json.code).toBe('unfreeze_not_allowed');
    expect(await codeOfOrder('one')).toBe('account_frozen');
    await unfreeze(world, merchant);
    expect(await codeOfOrder('one')).toBeUndefined();
  });

  it('are recorded once each, and so is the end of each', async () => {
    await freeze(world, merchant, 'Confirmed.');
    world.advance(1);
    await freezeBy(guardian);
    world.advance(1);
    await freezeBy(guardian, 'Another reason.');
    await freeze(world, merchant, 'Another reason.');
    await unfreeze(world, merchant);
    world.advance(1);
    await unfreezeBy(guardian);
    expect((await acts()).toReversed()).toMatchObject([
      { action: 'merchant.frozen', by: { type: 'operator' }, after: { frozen: true, freezes: [OURS] } },
      { action: 'merchant.frozen', by: { type: 'key' }, before: { freezes: [OURS] }, after: { freezes: [OURS, OWN] } },
      { action: 'merchant.unfrozen', by: { type: 'operator' }, after: { freezes: [OWN] } },
      { action: 'merchant.unfrozen', by: { type: 'key' }, after: { frozen: false, freezes: [] } },
    ]);
  });

  it.each(['before', 'after'] as const)(
    'both stand where they come at once and an answer is lost %s its write',
    async (when) => {
      lose(when);
      await Promise.all([freezeBy(guardian), freeze(world, merchant, 'Confirmed.')]);
      expect((await account()).freezes).toMatchObject([OURS, OWN]);
      lose(when);
      await Promise.all([unfreeze(world, merchant), unfreezeBy(guardian)]);
      expect((await account()).freezes).toEqual([]);
      expect(await acts()).toHaveLength(4);
    },
  );

  it("an operator does not lift the merchant's own", async () => {
    await freezeBy(guardian);
    await expect(unfreeze(world, merchant)).rejects.toMatchObject({ code: 'unfreeze_not_allowed' });
    expect((await account()).frozen).toBe(true);
  });
});

describe('terms that a version stored which knew one freeze a mode', () => {
  const stored = (changes: object) => saveTerms(world, { ...defaultTerms(merchant.id), ...changes, version: 1 }, []);
  const own = { at: '2026-01-01T00:00:00.000Z', by: { kind: 'key', id: 'key_1' }, reason: 'Leak.' } as const;
  const ours = { ...own, by: OPERATOR.by } as const;

  it("are frozen by the merchant's own, which it lifts, and an operator's joins it", async () => {
    await stored({ frozen: { live: own } });
    await freeze(world, merchant);
    expect((await account()).freezes).toMatchObject([{ by: { type: 'operator' } }, { by: { id: 'key_1' } }]);
    await unfreeze(world, merchant);
    expect((await unfreezeBy(guardian)).json.frozen).toBe(false);
  });

  it("are frozen by an operator's, which operators lift, and the merchant's joins it", async () => {
    await stored({ frozen: { live: ours } });
    expect((await unfreezeBy(guardian)).json.code).toBe('unfreeze_not_allowed');
    await freezeBy(guardian);
    await unfreeze(world, merchant);
    expect((await account()).freezes).toMatchObject([{ by: { type: 'key' } }]);
  });

  it("are frozen by the merchant's own still, where that version has lifted an operator's", async () => {
    await stored({ frozen: {}, ownFreezes: { live: own } });
    expect((await place(world, merchant, 'one')).json.code).toBe('account_frozen');
    expect((await unfreezeBy(guardian)).json.frozen).toBe(false);
  });

  it("shows that version an operator's freeze while both stand", async () => {
    await freezeBy(guardian);
    await freeze(world, merchant);
    expect((await readTermsNow(world, merchant.id)).frozen?.live?.by.kind).toBe('operator');
  });
});
