import { expect, it, jest } from '@jest/globals';
import { createInvitation } from '../../../functions/account/create-invitation.ts';
import { createKey } from '../../../functions/account/create-key.ts';
import { getAccount } from '../../../functions/account/get-account.ts';
import { listInvitations } from '../../../functions/account/list-invitations.ts';
import { listMembers } from '../../../functions/account/list-members.ts';
import { removeMember } from '../../../functions/account/remove-member.ts';
import { revokeInvitation } from '../../../functions/account/revoke-invitation.ts';
import { updateMember } from '../../../functions/account/update-member.ts';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import type { Role } from '../../../shared/domain/role.ts';
import { withLimit } from '../../../shared/domain/terms.ts';
import { DAY, plus } from '../../../shared/domain/time.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { invite } from '../../../shared/flows/people/change-team.ts';
import { requireInvitation } from '../../../shared/http/limits.ts';
import { createMerchant } from '../../../shared/store/merchants.ts';
import { readTeam } from '../../../shared/store/teams.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { Business } from '../../support/team-set-up.ts';
import {
  aBusiness,
  accept,
  as,
  invitationTo,
  issuer,
  mailer,
  mails,
  me,
  peopleSignIn,
  preview,
  rolesIn,
  somebody,
  world,
} from '../../support/team-set-up.ts';

peopleSignIn();

const SURVEY = { name: 'Survey', currency: 'USD', budget: 10, amount: 1 };
const setRole = (business: Business, by: string, member_id: string, role: Role) =>
  as(by, business.merchantId, updateMember, { params: { member_id }, body: { role } });
const remove = (business: Business, by: string, member_id: string) =>
  as(by, business.merchantId, removeMember, { params: { member_id } });
const codes = (replies: readonly { status: number; json: { code?: string } }[]) =>
  replies.map(({ status, json }) => json.code ?? status);

it('an invited person joins by the link, with the role that it gives and no other', async () => {
  const business = await aBusiness('Musasa Traders');
  const joiner = somebody('joiner');
  const { reply, token } = await invitationTo(business, `${joiner.toUpperCase()}@people.example`, 'finance');
  expect(reply.json).toMatchObject({ role: 'finance', mailed: true, link: null });
  expect(mails).toEqual([
    {
      to: `${joiner.toUpperCase()}@people.example`,
      subject: 'You are invited to Musasa Traders on Airtime',
      text: expect.stringContaining(`https://airtime.example/app/invitation#${token}`),
    },
  ]);
  const listed = await as(business.owner, business.merchantId, listInvitations);
  expect(listed.json.data).toEqual([expect.objectContaining({ id: reply.json.id, role: 'finance' })]);
  expect(listed.text + reply.text).not.toContain(token.split('.')[2]);
  const joined = await accept(joiner, token);
  expect(joined.json).toMatchObject({
    merchant_id: business.merchantId,
    business_name: 'Musasa Traders',
    role: 'finance',
  });
  expect((await me(joiner)).json.memberships).toEqual([joined.json]);
  const { data } = (await as(joiner, business.merchantId, listMembers)).json;
  expect(data).toEqual([
    expect.objectContaining({ id: business.ownerId, role: 'owner', you: false }),
    {
      id: joined.json.member_id,
      email: `${joiner}@people.example`,
      role: 'finance',
      you: true,
      joined_at: world.now(),
    },
  ]);
  expect((await as(business.owner, business.merchantId, listInvitations)).json.data).toEqual([]);
});

it('an invitation works once: again for who used it, and for nobody else', async () => {
  const business = await aBusiness();
  const [joiner, other] = [somebody('joiner'), somebody('joiner')];
  issuer.profiles.set(other, { email: `${joiner}@people.example`, email_verified: true });
  const { token } = await invitationTo(business, `${joiner}@people.example`, 'viewer');
  const [one, two] = await Promise.all([accept(joiner, token), accept(joiner, token)]);
  expect([one?.status, two?.json]).toEqual([200, one?.json]);
  expect((await accept(joiner, token)).json).toEqual(one?.json);
  expect(codes([await accept(other, token)])).toEqual(['invitation_not_found']);
  expect(await rolesIn(business)).toEqual(['owner', 'viewer']);
});

it('of two people with the same address, one joins by one invitation', async () => {
  const business = await aBusiness();
  const email = `${somebody('shared')}@people.example`;
  const joiners = [somebody('joiner'), somebody('joiner')];
  for (const joiner of joiners) issuer.profiles.set(joiner, { email, email_verified: true });
  const { token } = await invitationTo(business, email, 'admin');
  const replies = await Promise.all(joiners.map((joiner) => accept(joiner, token)));
  expect(codes(replies).toSorted()).toEqual([200, 'invitation_not_found']);
  expect(await rolesIn(business)).toEqual(['owner', 'admin']);
});

it.each(['after', 'before'] as const)('an acceptance whose write is lost %s it happened joins once', async (fault) => {
  const business = await aBusiness();
  const joiner = somebody('joiner');
  const { token } = await invitationTo(business, `${joiner}@people.example`, 'viewer');
  let isLost = false;
  world.fault = (command) => {
    if (isLost || command !== 'TransactWriteCommand') return undefined;
    isLost = true;
    return fault;
  };
  expect((await accept(joiner, token)).status).toBe(200);
  expect(await rolesIn(business)).toEqual(['owner', 'viewer']);
});

it('nobody joins by an invitation to another address, with a token that was changed, or too late', async () => {
  const business = await aBusiness();
  const joiner = somebody('joiner');
  const { token } = await invitationTo(business, `${joiner}@people.example`, 'viewer');
  expect(codes([await accept(somebody(), token)])).toEqual(['invitation_for_another']);
  const other = await aBusiness();
  const forged = [
    token.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    token.replace(business.merchantId, other.merchantId),
    'nonsense',
    '',
  ];
  const refused = await Promise.all(forged.map((each) => accept(joiner, each)));
  expect(new Set(codes(refused))).toEqual(new Set(['invitation_not_found']));
  issuer.profiles.set(joiner, { email: `${joiner}@people.example`, email_verified: false });
  expect(codes([await accept(joiner, token)])).toEqual(['email_not_verified']);
  issuer.profiles.delete(joiner);
  world.advance(7 * 86_400_000);
  expect(codes([await accept(joiner, token)])).toEqual(['invitation_not_found']);
});

it('an invitation says what it is to before it is accepted, as often as somebody asks', async () => {
  const business = await aBusiness('Musasa Traders');
  const inviter = await business.add('admin');
  const joiner = somebody('joiner');
  const email = `${joiner}@people.example`;
  const { token } = await invitationTo(business, email, 'finance', inviter.subject);
  const shown = {
    business_name: 'Musasa Traders',
    ...{ email, role: 'finance', invited_by: `${inviter.subject}@people.example` },
    expires_at: plus(world.now(), 7 * DAY),
  };
  const logged = jest.spyOn(world.log, 'info');
  for (let n = 0; n < 2; n += 1) expect((await preview(joiner, token)).json).toEqual(shown);
  expect(logged).toHaveBeenCalledWith('request.served', expect.objectContaining({ route: 'preview-invitation' }));
  expect(JSON.stringify(logged.mock.calls)).not.toContain(token.split('.')[2]);
  logged.mockRestore();
  expect(await rolesIn(business)).toEqual(['owner', 'admin']);
  await remove(business, business.owner, inviter.id);
  expect((await preview(joiner, token)).json).toEqual({ ...shown, invited_by: null });
  const { token: fromUs } = await invite(world, business.merchantId, { email, role: 'owner' }, { origin: OPERATOR });
  expect((await preview(joiner, fromUs)).json).toMatchObject({ role: 'owner', invited_by: null });
});

it('what an invitation is to is shown to nobody who could not accept it, and refused as that is', async () => {
  const business = await aBusiness();
  const [joiner, second] = [somebody('joiner'), somebody('joiner')];
  const { token } = await invitationTo(business, `${joiner}@people.example`, 'viewer');
  const forged = ['nonsense', '', token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))];
  const refusedAlike = async (subject: string, each: string, code: string) => {
    const [shown, accepted] = [await preview(subject, each), await accept(subject, each)];
    expect(codes([shown])).toEqual([code]);
    expect({ ...shown.json, request_id: '' }).toEqual({ ...accepted.json, request_id: '' });
  };
  for (const each of forged) await refusedAlike(joiner, each, 'invitation_not_found');
  await refusedAlike(second, token, 'invitation_for_another');
  issuer.profiles.set(joiner, { email: `${joiner}@people.example`, email_verified: false });
  await refusedAlike(joiner, token, 'email_not_verified');
  issuer.profiles.delete(joiner);
  const later = await invitationTo(business, `${second}@people.example`, 'viewer');
  await as(business.owner, business.merchantId, revokeInvitation, { params: { invitation_id: later.reply.json.id } });
  await refusedAlike(second, later.token, 'invitation_not_found');
  expect((await accept(joiner, token)).status).toBe(200);
  expect(codes([await preview(joiner, token)])).toEqual(['invitation_not_found']);
  const ended = await invitationTo(business, `${second}@people.example`, 'viewer');
  world.advance(7 * DAY);
  await refusedAlike(second, ended.token, 'invitation_not_found');
});

it('an invitation that was revoked or replaced leads nowhere, and its address is forgotten', async () => {
  const business = await aBusiness();
  const [joiner, second] = [somebody('joiner'), somebody('joiner')];
  const first = await invitationTo(business, `${joiner}@people.example`, 'viewer');
  const newer = await invitationTo(business, `${joiner}@people.example`, 'developer');
  expect(codes([await accept(joiner, first.token)])).toEqual(['invitation_not_found']);
  expect((await accept(joiner, newer.token)).json.role).toBe('developer');
  const { reply, token } = await invitationTo(business, `${second}@people.example`, 'viewer');
  const params = { invitation_id: reply.json.id };
  const revoked = await as(business.owner, business.merchantId, revokeInvitation, { params });
  expect(revoked.json).toEqual({ id: reply.json.id, revoked: true });
  expect(codes([await accept(second, token)])).toEqual(['invitation_not_found']);
  const again = await as(business.owner, business.merchantId, revokeInvitation, { params });
  expect(codes([again])).toEqual(['invitation_not_found']);
  expect(JSON.stringify(await readTeam(world, business.merchantId))).not.toContain(second);
});

it('where no mail can be sent, the inviter is shown the link, once', async () => {
  const business = await aBusiness();
  const logged: unknown[] = [];
  const { error } = world.log;
  world.log.error = (...line) => void logged.push(...line.map(String), JSON.stringify(line));
  mailer.send = async ({ to }) => {
    throw new Error(`${to} was refused`);
  };
  const joiner = somebody('joiner');
  const { reply } = await invitationTo(business, `${joiner}@people.example`, 'viewer');
  world.log.error = error;
  expect(logged.join()).toContain('people.mail_failed');
  expect(logged.join()).not.toContain(joiner);
  expect(reply.json).toMatchObject({ mailed: false, link: expect.stringContaining('/app/invitation#mer_') });
  expect((await accept(joiner, reply.json.link.split('#')[1])).status).toBe(200);
});

it('a member is not invited again, and a member who has an invitation of another address does not join twice', async () => {
  const business = await aBusiness();
  const { subject } = await business.add('viewer');
  const invited = await invitationTo(business, ` ${subject.toUpperCase()}@people.example`, 'admin');
  expect(codes([invited.reply])).toEqual(['already_member']);
  issuer.profiles.set(subject, { email: 'second@people.example', email_verified: true });
  const { token } = await invitationTo(business, 'second@people.example', 'admin');
  expect(codes([await accept(subject, token)])).toEqual(['already_member']);
  expect(await rolesIn(business)).toEqual(['owner', 'viewer']);
});

it('the only owner, who lost their account, is invited by an operator, and then removes who they were', async () => {
  const business = await aBusiness();
  const again = somebody('owner-again');
  const email = `${business.owner}@people.example`;
  issuer.profiles.set(again, { email, email_verified: true });
  const { token } = await invite(world, business.merchantId, { email, role: 'owner' }, { origin: OPERATOR });
  expect((await accept(again, token)).json).toMatchObject({ role: 'owner' });
  expect((await remove(business, again, business.ownerId)).status).toBe(200);
  expect(await rolesIn(business, again)).toEqual(['owner']);
  expect((await me(business.owner)).json.memberships).toEqual([]);
});

it('members and invitations are as many as the terms say, however many invite at once', async () => {
  const business = await aBusiness();
  const live = { merchantId: business.merchantId, mode: 'live' } as const;
  await changeTerms(world, live, OPERATOR, (terms) => withLimit(terms, 'live', { name: 'members', value: 3 }));
  world.advance(6_000);
  const replies = await Promise.all(
    [1, 2, 3, 4].map((n) => invitationTo(business, `joiner${n}@people.example`, 'viewer')),
  );
  expect(codes(replies.map(({ reply }) => reply)).toSorted()).toEqual([
    ...[201, 201],
    ...['member_limit_reached', 'member_limit_reached'],
  ]);
});

it('a merchant sends fifty invitations a day', async () => {
  const business = await aBusiness();
  for (let n = 0; n < 50; n += 1) await requireInvitation(world, { merchantId: business.merchantId, mode: 'test' });
  const { reply } = await invitationTo(business, 'a@people.example', 'viewer');
  expect(codes([reply])).toEqual(['rate_limited']);
});

it('only an owner makes, changes and removes owners; an admin all others', async () => {
  const business = await aBusiness();
  const [admin, viewer] = [await business.add('admin'), await business.add('viewer')];
  const refused = [
    (await invitationTo(business, 'a@people.example', 'owner', admin.subject)).reply,
    await setRole(business, admin.subject, viewer.id, 'owner'),
    await setRole(business, admin.subject, admin.id, 'owner'),
    await setRole(business, admin.subject, business.ownerId, 'viewer'),
    await remove(business, admin.subject, business.ownerId),
  ];
  expect(new Set(codes(refused))).toEqual(new Set(['role_not_allowed']));
  const { reply: ofOwner } = await invitationTo(business, 'b@people.example', 'owner');
  const params = { invitation_id: ofOwner.json.id };
  const revoked = await as(admin.subject, business.merchantId, revokeInvitation, { params });
  const replaced = await invitationTo(business, 'b@people.example', 'viewer', admin.subject);
  expect(codes([revoked, replaced.reply])).toEqual(['role_not_allowed', 'role_not_allowed']);
  expect((await setRole(business, admin.subject, viewer.id, 'developer')).json.role).toBe('developer');
  expect((await remove(business, admin.subject, viewer.id)).status).toBe(200);
  expect((await setRole(business, business.owner, admin.id, 'owner')).json.role).toBe('owner');
});

it.each<Role>(['developer', 'finance', 'viewer'])('a %s changes nothing of the team but may leave', async (role) => {
  const business = await aBusiness();
  const [member, other] = [await business.add(role), await business.add('viewer')];
  const refused = [
    (await invitationTo(business, 'a@people.example', 'viewer', member.subject)).reply,
    await setRole(business, member.subject, member.id, 'admin'),
    await remove(business, member.subject, other.id),
  ];
  expect(codes(refused)).toEqual(['scope_missing', 'scope_missing', 'scope_missing']);
  expect((await remove(business, member.subject, member.id)).json).toEqual({
    ...{ id: member.id, removed: true },
    ...{ keys: [], endpoints: [], campaigns: [] },
  });
  expect((await as(member.subject, business.merchantId, getAccount)).json.code).toBe('not_a_member');
  expect((await me(member.subject)).json.memberships).toEqual([]);
});

it('the last owner stays: nobody removes, demotes or loses the last one, and they do not leave', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('owner');
  expect((await setRole(business, subject, business.ownerId, 'admin')).json.role).toBe('admin');
  const refused = [await remove(business, subject, id), await setRole(business, subject, id, 'viewer')];
  expect(codes(refused)).toEqual(['last_owner', 'last_owner']);
});

it.each([
  ['leave', (business: Business, by: string, id: string) => remove(business, by, id)],
  ['give it up', (business: Business, by: string, id: string) => setRole(business, by, id, 'viewer')],
] as const)('of owners who all %s at the same time, one stays', async (_what, leave) => {
  const business = await aBusiness();
  const others = [await business.add('owner'), await business.add('owner')];
  const all = [{ subject: business.owner, id: business.ownerId }, ...others];
  const replies = await Promise.all(all.map(({ subject, id }) => leave(business, subject, id)));
  expect(codes(replies).toSorted()).toEqual([200, 200, 'last_owner']);
  const { members } = await readTeam(world, business.merchantId);
  expect(members.filter(({ role }) => role === 'owner')).toHaveLength(1);
});

it('two owners who remove each other at the same time leave one', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('owner');
  const replies = await Promise.all([
    remove(business, business.owner, id),
    remove(business, subject, business.ownerId),
  ]);
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await readTeam(world, business.merchantId)).members).toHaveLength(1);
});

it('a role that somebody has already is no act, and is answered as before', async () => {
  const business = await aBusiness();
  const { id } = await business.add('viewer');
  const before = await readTeam(world, business.merchantId);
  expect((await setRole(business, business.owner, id, 'viewer')).json).toMatchObject({ id, role: 'viewer' });
  expect(await readTeam(world, business.merchantId)).toEqual(before);
});

it('a new role holds from the next request on, whatever happens at the same time', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('developer');
  const roles: Role[] = ['viewer', 'finance'];
  const replies = await Promise.all(roles.map((role) => setRole(business, business.owner, id, role)));
  expect(codes(replies)).toEqual([200, 200]);
  const [stored] = (await readTeam(world, business.merchantId)).members.slice(-1);
  expect((await me(subject)).json.memberships[0].role).toBe(stored?.role);
  const [removal] = await Promise.all([
    remove(business, business.owner, id),
    setRole(business, business.owner, id, 'admin'),
  ]);
  expect(removal?.status).toBe(200);
  expect((await me(subject)).json.memberships).toEqual([]);
  expect(await rolesIn(business)).toEqual(['owner']);
});

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: { readonly Key?: { readonly sk?: string } };
}
const isWrite = (command: Command) => command.constructor.name === 'TransactWriteCommand';
const isLookAtTeam = ({ input }: Command) => input.Key?.sk === 'team';
const invites = (business: Business, by: string) =>
  as(by, business.merchantId, createInvitation, { body: { email: 'friend@people.example', role: 'admin' } });

/** What somebody sends while they lose their power, between the look at their role and the write. */
it.each([
  [
    'makes a key',
    isWrite,
    (business: Business, by: string) =>
      as(by, business.merchantId, createKey, { body: { name: 'left', scopes: ['orders:write'] } }),
  ],
  [
    'makes an endpoint',
    isWrite,
    (business: Business, by: string) =>
      as(by, business.merchantId, createEndpoint, { body: { url: 'https://thief.example/hook' } }),
  ],
  ['invites somebody', isWrite, invites],
  ['is about to look at the team and invite somebody', isLookAtTeam, invites],
  [
    'makes a campaign',
    isWrite,
    (business: Business, by: string) => as(by, business.merchantId, createCampaign, { body: SURVEY }),
  ],
])('who is removed while a request of theirs %s, makes nothing', async (_what, isMoment, send) => {
  const business = await aBusiness();
  const { subject, id } = await business.add('admin');
  let isRemoved = false;
  const db = world.db as { send(command: Command): Promise<unknown> };
  const { send: sendNow } = db;
  db.send = async (command) => {
    if (!isRemoved && isMoment(command)) {
      isRemoved = true;
      expect((await remove(business, business.owner, id)).status).toBe(200);
    }
    return sendNow(command);
  };
  const reply = await send(business, subject);
  db.send = sendNow;
  expect([isRemoved, reply.json.code]).toEqual([true, expect.stringMatching(/^(busy|not_a_member)$/)]);
  const { members, invitations } = await readTeam(world, business.merchantId);
  expect([members.length, invitations]).toEqual([1, []]);
  expect((await send(business, subject)).json.code).toBe('not_a_member');
});

it('a member of one business is nobody in another, and a former member nobody in theirs', async () => {
  const [mine, theirs] = [await aBusiness(), await aBusiness()];
  const replies = [
    await as(mine.owner, theirs.merchantId, listMembers),
    await as(mine.owner, 'mer_00000000000000000000', listMembers),
    await as(mine.owner, 'nonsense#', listMembers),
  ];
  expect(codes(replies)).toEqual(['not_a_member', 'not_a_member', 'not_a_member']);
  expect(new Set(replies.map(({ json }) => json.detail)).size).toBe(1);
  expect(codes([await remove(mine, mine.owner, theirs.ownerId)])).toEqual(['member_not_found']);
  expect(codes([await setRole(mine, mine.owner, theirs.ownerId, 'viewer')])).toEqual(['member_not_found']);
});

it('with who leaves goes their address, and what they may know the secrets of is named', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('developer');
  const body = { name: 'shop', scopes: ['orders:write'] };
  const key = await as(subject, business.merchantId, createKey, { body });
  const url = 'https://shop.example/hook';
  const endpoint = await as(subject, business.merchantId, createEndpoint, { body: { url } });
  const campaign = await as(subject, business.merchantId, createCampaign, { body: SURVEY });
  const removed = await remove(business, business.owner, id);
  const { id: keyId, prefix } = key.json;
  const mode = 'test';
  expect(removed.json).toMatchObject({
    keys: [{ id: keyId, mode, name: 'shop', prefix }],
    endpoints: [{ id: endpoint.json.id, mode, url, enabled: true }],
    campaigns: [{ id: campaign.json.id, mode, name: 'Survey', paused: false }],
  });
  expect(JSON.stringify(await readTeam(world, business.merchantId))).not.toContain(`${subject}@`);
  expect(codes([await remove(business, business.owner, id)])).toEqual(['member_not_found']);
});

it('a merchant that an operator made has its first owner by an invitation of the operator', async () => {
  const { id } = await createMerchant(world, 'Acme');
  const joiner = somebody('joiner');
  const wanted = { email: `${joiner}@people.example`, role: 'owner' } as const;
  const { token } = await invite(world, id, wanted, { origin: OPERATOR });
  expect((await accept(joiner, token)).json).toMatchObject({ merchant_id: id, role: 'owner', live: true });
});

it('who left comes back by a new invitation, as another member', async () => {
  const business = await aBusiness();
  const { subject, id } = await business.add('developer');
  await remove(business, business.owner, id);
  const { token } = await invitationTo(business, `${subject}@people.example`, 'viewer');
  const back = await accept(subject, token);
  expect([back.json.role, back.json.member_id === id]).toEqual(['viewer', false]);
  expect((await as(subject, business.merchantId, getAccount)).status).toBe(200);
});
