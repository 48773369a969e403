import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freezeAccount } from '../../../functions/account/freeze-account.ts';
import { unfreezeAccount } from '../../../functions/account/unfreeze-account.ts';
import type { Actor } from '../../../shared/domain/act.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import { rollKey } from '../../../shared/flows/keys/roll-key.ts';
import type { KeyRequest, NewKey } from '../../../shared/store/keys.ts';
import { call } from '../../support/call.ts';
import { createKey } from '../../support/create-key.ts';
import { place } from '../../support/freeze-set-up.ts';
import { bearing, create, revoke, revokeBeforeNextWrite, roll } from '../../support/key-set-up.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** A key that leaked and can spend does not lift the freeze by other keys that it makes, now or before. */

let world: TestWorld;
let merchant: TestMerchant;
let guardian: NewKey;
/** It can spend, and has the scopes of everything else that is asked here. */
let leaked: NewKey;

const GUARDING: readonly Scope[] = ['account:read', 'keys:write', 'account:freeze', 'account:write'];
const UNFREEZING: readonly Scope[] = ['account:read', 'account:write'];

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  guardian = await keyWith(GUARDING);
  leaked = await keyWith(['orders:write', ...GUARDING]);
});
afterAll(stopEngine);

/** Stored as it is asked for, as keys were that were made before anybody looked. */
function keyWith(scopes: readonly Scope[], more: Partial<KeyRequest> = {}): Promise<NewKey> {
  return createKey(world, { merchantId: merchant.id, mode: 'live', name: 'a key', scopes, ...more });
}

const madeBy = ({ key }: NewKey): { createdBy: Actor } => ({ createdBy: { kind: 'key', id: key.id } });

const codeOf = ({ status, json }: { status: number; json: { code?: string } }) => [status, json.code];

const freezeBy = ({ text }: NewKey) =>
  call(world, freezeAccount, { headers: bearing(text), body: { reason: 'Leak.' } });

async function unfreezeBy(text: string) {
  return codeOf(await call(world, unfreezeAccount, { headers: bearing(text), body: { reason: 'Over.' } }));
}

const NOT_ALLOWED = [403, 'unfreeze_not_allowed'];
const EXCEEDED = [403, 'powers_exceeded'];

describe('a key that can spend', () => {
  it('makes no key that unfreezes, in a freeze or before', async () => {
    const ask = async () => codeOf(await create(world, leaked.text, { scopes: UNFREEZING }));
    expect(await ask()).toEqual(EXCEEDED);
    await freezeBy(guardian);
    expect(await ask()).toEqual(EXCEEDED);
    expect((await place(world, merchant, 'one')).json.code).toBe('account_frozen');
  });

  it('makes none through a key that it made before, either', async () => {
    const child = await keyWith(GUARDING, madeBy(leaked));
    expect(codeOf(await create(world, child.text, { scopes: UNFREEZING }))).toEqual(EXCEEDED);
    expect(codeOf(await roll(world, child.text, child.key.id))).toEqual(EXCEEDED);
  });

  it('does not take the place of one that unfreezes by rolling it', async () => {
    expect(codeOf(await roll(world, leaked.text, guardian.key.id))).toEqual(EXCEEDED);
    await freezeBy(guardian);
    expect((await unfreezeBy(guardian.text))[0]).toBe(200);
  });

  it('is rolled with what it has, and makes keys that can spend, which do not unfreeze', async () => {
    const rolled = await roll(world, leaked.text, leaked.key.id);
    const made = await create(world, leaked.text, { scopes: ['orders:write', ...UNFREEZING] });
    await freezeBy(guardian);
    for (const { status, json } of [rolled, made]) {
      expect(status).toBe(201);
      expect(await unfreezeBy(json.key)).toEqual(NOT_ALLOWED);
    }
  });
});

describe('a freeze is not lifted by a key', () => {
  beforeEach(async () => {
    await freezeBy(guardian);
  });

  it('made by one that can spend, also after that one ended', async () => {
    const child = await keyWith(UNFREEZING, madeBy(leaked));
    expect(await unfreezeBy(child.text)).toEqual(NOT_ALLOWED);
    await revoke(world, guardian.text, leaked.key.id);
    expect(await unfreezeBy(child.text)).toEqual(NOT_ALLOWED);
  });

  it('made by one that can spend through others', async () => {
    const child = await keyWith(GUARDING, madeBy(leaked));
    const grandchild = await keyWith(GUARDING, madeBy(child));
    const last = await keyWith(UNFREEZING, madeBy(grandchild));
    expect(await unfreezeBy(last.text)).toEqual(NOT_ALLOWED);
  });

  it('that replaced such a key, whoever rolled it', async () => {
    const child = await keyWith(UNFREEZING, madeBy(leaked));
    const byOwner = await roll(world, guardian.text, child.key.id, { overlap_hours: 0 });
    expect(await unfreezeBy(byOwner.json.key)).toEqual(NOT_ALLOWED);
    const other = await keyWith(UNFREEZING, madeBy(leaked));
    const ours = await rollKey(world, other.key, other.key.id, { overlapMs: 0 }, { origin: OPERATOR });
    expect(await unfreezeBy(ours.text)).toEqual(NOT_ALLOWED);
  });

  it('whose maker cannot be found', async () => {
    const child = await keyWith(UNFREEZING, madeBy(leaked));
    const Key = { pk: `merchant#${merchant.id}`, sk: `key#${leaked.key.id}` };
    await world.db.send(new DeleteCommand({ TableName: world.table('merchants'), Key }));
    expect(await unfreezeBy(child.text)).toEqual(NOT_ALLOWED);
  });
});

it('a key that cannot spend makes and rolls keys that unfreeze, through any number of others', async () => {
  const child = (await create(world, guardian.text, { scopes: GUARDING })).json;
  const grandchild = (await create(world, child.key, { scopes: GUARDING })).json;
  const rolled = (await roll(world, grandchild.key, grandchild.id)).json;
  await freezeBy(guardian);
  expect((await unfreezeBy(rolled.key))[0]).toBe(200);
  expect((await place(world, merchant, 'one')).status).toBe(202);
});

describe('a key that was revoked while its request was on its way', () => {
  it.each(['once', 'by a retry'])('does not unfreeze, %s', async (how) => {
    const other = await keyWith(UNFREEZING);
    await freezeBy(guardian);
    if (how === 'by a retry') loseFirstWrite();
    revokeBeforeNextWrite(world, merchant.liveKey, other.key.id);
    expect(await unfreezeBy(other.text)).toEqual([401, 'unauthenticated']);
    expect((await place(world, merchant, 'one')).json.code).toBe('account_frozen');
    expect(await unfreezeBy(guardian.text)).toEqual([200, undefined]);
  });
});

/** The write that comes next is not done and its answer is lost. */
function loseFirstWrite(): void {
  world.fault = (name) => {
    if (name !== 'TransactWriteCommand') return undefined;
    world.fault = undefined;
    return 'before';
  };
}
