import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { getNotifications } from '../../../functions/account/get-notifications.ts';
import { removeMember } from '../../../functions/account/remove-member.ts';
import { updateMember } from '../../../functions/account/update-member.ts';
import { updateNotifications } from '../../../functions/account/update-notifications.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { KINDS, NOTIFICATION_KINDS } from '../../../shared/domain/notification.ts';
import type { Role } from '../../../shared/domain/role.ts';
import { HOUR } from '../../../shared/domain/time.ts';
import { readTeam } from '../../../shared/store/teams.ts';
import type { Business } from '../../support/team-set-up.ts';
import { aBusiness, as, peopleSignIn, world } from '../../support/team-set-up.ts';

/** Each member's own choices of what is mailed to them. */

peopleSignIn();

const NOTHING = {
  low_balance: false,
  endpoint_failing: false,
  batch_finished: false,
  orders_under_review: false,
  topup_problem: false,
};
const MONEY = { ...NOTHING, low_balance: true, orders_under_review: true, topup_problem: true };

const read = async ({ merchantId }: Business, subject: string, mode: Mode = 'live') => {
  const {
    email: _email,
    mail_from: _from,
    ...chosen
  } = (await as(subject, merchantId, getNotifications, { mode })).json;
  return chosen;
};
const choose = ({ merchantId }: Business, subject: string, body: object, mode: Mode = 'live') =>
  as(subject, merchantId, updateNotifications, { body, mode });

it.each<[Role, object]>([
  ['admin', { ...MONEY, endpoint_failing: true }],
  ['developer', { ...NOTHING, endpoint_failing: true }],
  ['finance', MONEY],
  ['viewer', NOTHING],
])('a %s who never chose is notified of what their role is for, and of nothing of test mode', async (role, chosen) => {
  const business = await aBusiness();
  const { subject } = await business.add(role);
  expect(await read(business, subject)).toEqual(chosen);
  expect(await read(business, subject, 'test')).toEqual(NOTHING);
});

it('the guide says of each what the code says', () => {
  const page = readFileSync('docs/notifications.md', 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \|[^|]*\| ([^|]*) \| one mail in (\d) hours?[^|]*\|$/gm)];
  const says = rows.map(([, kind, roles = '', hours]) => [kind, roles.match(/\w+(?=`)/g) ?? [], Number(hours) * HOUR]);
  expect(says).toEqual(NOTIFICATION_KINDS.map((kind) => [kind, KINDS[kind].roles, KINDS[kind].gapMs]));
});

it('the answer says where mail goes, who it is from, and that none is sent where that is so', async () => {
  const business = await aBusiness();
  const none = await as(business.owner, business.merchantId, getNotifications, { mode: 'live' });
  const expected = { ...MONEY, endpoint_failing: true, email: `${business.owner}@people.example` };
  expect(none.json).toEqual({ ...expected, mail_from: null });
  Object.assign(world, { mailFrom: 'no-reply@airtime.example' });
  const some = await as(business.owner, business.merchantId, getNotifications, { mode: 'live' });
  expect(some.json).toEqual({ ...expected, mail_from: 'no-reply@airtime.example' });
  Object.assign(world, { mailFrom: undefined });
});

it('a choice is for who makes it, in the mode of the request, and for nothing else', async () => {
  const business = await aBusiness();
  const { subject } = await business.add('finance');
  const changed = await choose(business, subject, { low_balance: false, batch_finished: true }, 'test');
  expect(changed.json).toMatchObject({ low_balance: false, batch_finished: true });
  expect(await read(business, subject, 'test')).toEqual({ ...NOTHING, batch_finished: true });
  expect(await read(business, subject)).toEqual(MONEY);
  expect(await read(business, business.owner, 'test')).toEqual(NOTHING);
  await choose(business, subject, { batch_finished: false }, 'test');
  expect(await read(business, subject, 'test')).toEqual(NOTHING);
});

it('what was chosen stays with a new role; what was not follows the role', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('finance');
  await choose(business, subject, { low_balance: true });
  const { merchantId } = business;
  await as(business.owner, merchantId, updateMember, { params: { member_id: id }, body: { role: 'viewer' } });
  expect(await read(business, subject)).toEqual({ ...NOTHING, low_balance: true });
});

it('the same choice again, and none at all, change nothing', async () => {
  const business = await aBusiness();
  await choose(business, business.owner, { batch_finished: true });
  const before = await readTeam(world, business.merchantId);
  for (const body of [{ batch_finished: true }, {}]) {
    expect((await choose(business, business.owner, body)).json).toMatchObject({ batch_finished: true });
  }
  expect(await readTeam(world, business.merchantId)).toEqual(before);
});

it.each([{ low_balance: 'yes' }, { sms: true }, { email: 'other@people.example' }, []])(
  'a choice such as %j is refused by its name',
  async (body) => {
    const business = await aBusiness();
    const reply = await choose(business, business.owner, body);
    expect([reply.status, reply.json.code]).toEqual([400, 'invalid_request']);
  },
);

it('of members who choose at once, and one from two places, every choice holds', async () => {
  const business = await aBusiness();
  const { subject } = await business.add('viewer');
  const replies = await Promise.all([
    choose(business, business.owner, { batch_finished: true }),
    choose(business, business.owner, { topup_problem: false }),
    choose(business, subject, { low_balance: true }),
    choose(business, subject, { low_balance: true }, 'test'),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const owner = { ...MONEY, endpoint_failing: true, batch_finished: true, topup_problem: false };
  expect(await read(business, business.owner)).toEqual(owner);
  expect(await read(business, subject)).toEqual({ ...NOTHING, low_balance: true });
  expect(await read(business, subject, 'test')).toEqual({ ...NOTHING, low_balance: true });
});

it.each(['after', 'before'] as const)('a choice whose write is lost %s it happened holds once', async (fault) => {
  const business = await aBusiness();
  const { version } = await readTeam(world, business.merchantId);
  let isLost = false;
  world.fault = (command) => {
    if (isLost || command !== 'PutCommand') return undefined;
    isLost = true;
    return fault;
  };
  expect((await choose(business, business.owner, { batch_finished: true })).json).toMatchObject({
    batch_finished: true,
  });
  expect([isLost, (await readTeam(world, business.merchantId)).version]).toEqual([true, version + 1]);
});

it('with who leaves go their choices, and who is removed meanwhile leaves none behind', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('finance');
  const removal = () => as(business.owner, business.merchantId, removeMember, { params: { member_id: id } });
  await choose(business, subject, { batch_finished: true });
  const db = world.db as { send(command: { constructor: { name: string } }): Promise<unknown> };
  const { send } = db;
  let isRemoved = false;
  db.send = async (command) => {
    if (!isRemoved && command.constructor.name === 'PutCommand') {
      isRemoved = true;
      expect((await removal()).status).toBe(200);
    }
    return send(command);
  };
  const reply = await choose(business, subject, { low_balance: false });
  db.send = send;
  expect([isRemoved, reply.json.code]).toEqual([true, 'not_a_member']);
  expect(JSON.stringify(await readTeam(world, business.merchantId))).not.toMatch(/notifications|batch_finished/);
  expect((await choose(business, subject, { low_balance: false })).json.code).toBe('not_a_member');
});
