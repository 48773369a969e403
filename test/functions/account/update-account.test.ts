import { expect, it } from '@jest/globals';
import { getAccount } from '../../../functions/account/get-account.ts';
import { listAudit } from '../../../functions/account/list-audit.ts';
import { updateAccount } from '../../../functions/account/update-account.ts';
import type { Role } from '../../../shared/domain/role.ts';
import { createMerchant, readMerchant } from '../../../shared/store/merchants.ts';
import { call } from '../../support/call.ts';
import { aMember } from '../../support/people.ts';
import type { Business } from '../../support/team-set-up.ts';
import { aBusiness, as, invitationTo, mails, me, peopleSignIn, signUp, world } from '../../support/team-set-up.ts';
import { aMerchant } from '../../support/world.ts';

peopleSignIn();

const rename = ({ merchantId }: Business, by: string, name: unknown) =>
  as(by, merchantId, updateAccount, { body: { name } });
const nameOf = async ({ merchantId }: Business) => (await readMerchant(world, merchantId))?.name;
const acts = async ({ merchantId, owner }: Business) => {
  const query = { action: 'merchant.renamed' };
  return (await as(owner, merchantId, listAudit, { mode: 'live', query })).json.data;
};

it('an owner renames the business, in both modes, for its people and in its mails', async () => {
  const business = await aBusiness('Tariro Stores');
  const before = await as(business.owner, business.merchantId, getAccount);
  const reply = await rename(business, business.owner, '  Tariro   & Sons ');
  expect([reply.status, reply.json]).toEqual([200, { ...before.json, name: 'Tariro & Sons' }]);
  const live = await as(business.owner, business.merchantId, getAccount, { mode: 'live' });
  expect([live.json.name, live.json.created_at]).toEqual(['Tariro & Sons', before.json.created_at]);
  expect((await me(business.owner)).json.memberships[0].business_name).toBe('Tariro & Sons');
  await invitationTo(business, 'new@people.example', 'viewer');
  expect(mails.at(-1)?.subject).toBe('You are invited to Tariro & Sons on Airtime');
  const by = { type: 'person', id: business.ownerId };
  const facts = { before: { name: 'Tariro Stores' }, after: { name: 'Tariro & Sons' } };
  expect(await acts(business)).toEqual([expect.objectContaining({ subject: business.merchantId, by, ...facts })]);
});

it.each<[Role, number]>([
  ['owner', 200],
  ['admin', 200],
  ['developer', 403],
  ['finance', 403],
  ['viewer', 403],
])('who is %s is answered %i', async (role, status) => {
  const business = await aBusiness('Kiosk');
  const { subject } = await business.add(role);
  const reply = await rename(business, subject, 'Other');
  expect([reply.status, await nameOf(business)]).toEqual([status, status === 200 ? 'Other' : 'Kiosk']);
  if (status === 403) expect(reply.json.code).toBe('scope_missing');
});

it('no key renames a business, and nobody that of others', async () => {
  const merchant = await aMerchant(world);
  const byKey = await call(world, updateAccount, { headers: merchant.headers('test'), body: { name: 'Mine' } });
  expect([byKey.status, byKey.json.code]).toEqual([403, 'person_required']);
  const [one, other] = [await aBusiness('One'), await aBusiness('Other')];
  expect((await rename(one, other.owner, 'Taken over')).status).toBe(403);
  expect([await nameOf(one), await nameOf(other)]).toEqual(['One', 'Other']);
});

it.each(['', ' ', 'x'.repeat(81), 'http://evil.example', 'evil.example', 'a <b>', 7, null, undefined])(
  'a business is not renamed to %j',
  async (name) => {
    const business = await aBusiness('Kiosk');
    const reply = await rename(business, business.owner, name);
    expect([reply.status, reply.json.param, await nameOf(business)]).toEqual([400, 'name', 'Kiosk']);
  },
);

it('the name that it has is no act, and neither is a rename that is sent again', async () => {
  const business = await aBusiness('Kiosk');
  expect((await rename(business, business.owner, 'Kiosk')).status).toBe(200);
  expect(await acts(business)).toEqual([]);
  for (const _ of [1, 2]) expect((await rename(business, business.owner, 'Shop')).json.name).toBe('Shop');
  expect(await acts(business)).toHaveLength(1);
});

it('of two at once each is an act that begins where the other ended', async () => {
  const business = await aBusiness('Kiosk');
  const { subject } = await business.add('admin');
  const replies = await Promise.all([rename(business, business.owner, 'First'), rename(business, subject, 'Second')]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
  const last = await nameOf(business);
  const other = last === 'First' ? 'Second' : 'First';
  const changes = (await acts(business)).map(({ before, after }: Record<string, { name: string }>) =>
    [before?.name, after?.name].join(' to '),
  );
  expect(changes.sort()).toEqual([`Kiosk to ${other}`, `${other} to ${last}`].sort());
});

it.each(['after', 'before'] as const)('a rename whose write is lost %s it happened is one act', async (fault) => {
  const business = await aBusiness('Kiosk');
  let isLost = false;
  world.fault = (command) => {
    if (command !== 'TransactWriteCommand' || isLost) return undefined;
    isLost = true;
    return fault;
  };
  expect((await rename(business, business.owner, 'Shop')).json.name).toBe('Shop');
  world.fault = undefined;
  expect([isLost, await nameOf(business), (await acts(business)).length]).toEqual([true, 'Shop', 1]);
});

it('a name that was given up makes another business when its owner signs up with it again', async () => {
  const business = await aBusiness('Kiosk');
  await rename(business, business.owner, 'Shop');
  const again = await signUp(business.owner, 'Kiosk');
  expect([again.status, again.json.business_name]).toEqual([201, 'Kiosk']);
  expect(again.json.merchant_id).not.toBe(business.merchantId);
  expect((await signUp(business.owner, 'kiosk')).json.merchant_id).toBe(again.json.merchant_id);
  const names = (await me(business.owner)).json.memberships.map(
    (each: { business_name: string }) => each.business_name,
  );
  expect(names.sort()).toEqual(['Kiosk', 'Shop']);
});

it('of a merchant that an operator made, all else stays as it is', async () => {
  const merchant = await createMerchant(world, 'Acme');
  const owner = 'owner-of-acme';
  await aMember(world, merchant.id, 'owner', owner);
  await as(owner, merchant.id, updateAccount, { body: { name: 'Acme Ltd' } });
  expect(await readMerchant(world, merchant.id)).toEqual({ ...merchant, name: 'Acme Ltd' });
});
