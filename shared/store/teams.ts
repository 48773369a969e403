import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Membership, Team } from '../domain/team.ts';
import { emptyTeam } from '../domain/team.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { merchantPk } from './merchants.ts';
import { queryAll } from './read-items.ts';
import type { Check, Item, Put } from './write.ts';
import { nextPut, saveNext } from './write.ts';

/**
 * People, in the table of merchants: `merchant#<id>` / `team`, all members and invitations of a merchant; and
 * `person#<subject>` / `merchant#<id>`, what a person is to it, which is all that a request of theirs reads. Both are
 * written in one transaction. Who has left is still there, without anything but that. `person#<subject>` /
 * `business#<hash of its name>` is the business that somebody signed up with, so that a repeat finds it.
 */

const TEAM: Shape<Team> = { merchantId: 'string', members: 'object', invitations: 'object', version: 'number' };

const MEMBERSHIP: Shape<Membership> = {
  id: 'string',
  subject: 'string',
  merchantId: 'string',
  role: 'string',
  joinedAt: 'string',
  revision: 'number',
};

/** The business that a person signed up with under a name. */
export interface SignUp {
  readonly subject: string;
  readonly nameHash: string;
  readonly merchantId: string;
  readonly revision: number;
}

const SIGN_UP: Shape<SignUp> = { subject: 'string', nameHash: 'string', merchantId: 'string', revision: 'number' };

export async function readTeam(world: World, merchantId: string): Promise<Team> {
  const item = await read(world, teamKey(merchantId));
  return item ? fromItem('team', TEAM, item) : emptyTeam(merchantId);
}

/** What a person is to a merchant now: read consistently, so that a removal takes effect at once. */
export async function readMembership(
  world: World,
  subject: string,
  merchantId: string,
): Promise<Membership | undefined> {
  const found = await readAnyMembership(world, subject, merchantId);
  return found?.leftAt === undefined ? found : undefined;
}

/** Also of who has left: for the next revision. */
export async function readAnyMembership(
  world: World,
  subject: string,
  merchantId: string,
): Promise<Membership | undefined> {
  const item = await read(world, membershipKey({ subject, merchantId }));
  return item && fromItem('membership', MEMBERSHIP, item);
}

/** All that a person is a member of, in the order in which they joined. */
export async function listMemberships(world: World, subject: string): Promise<Membership[]> {
  const items = await queryAll(world, 'merchants', {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': personPk(subject), ':prefix': 'merchant#' },
  });
  const all = items.map((item) => fromItem<Membership>('membership', MEMBERSHIP, item));
  return all.filter(({ leftAt }) => leftAt === undefined).sort((a, b) => a.joinedAt.localeCompare(b.joinedAt));
}

/** The next version of a team, with companions. False when another writer was first, or a check fails. */
export function saveTeam(world: World, team: Team, companions: readonly (Put | Check)[]): Promise<boolean> {
  const item = { ...teamKey(team.merchantId), ...team };
  return saveNext(world, { table: 'merchants', item, counter: 'version' }, companions);
}

/** The first team of a new merchant, as one put of the transaction that makes it. */
export function teamPut(team: Team): Put {
  return nextPut({ table: 'merchants', item: { ...teamKey(team.merchantId), ...team }, counter: 'version' });
}

/** The next revision of a membership, as one put of a transaction. */
export function membershipPut(membership: Membership): Put {
  const item = { ...membershipKey(membership), ...membership };
  return nextPut({ table: 'merchants', item, counter: 'revision' });
}

/** A check, for a transaction, that somebody's membership and role are as they were read. */
export function unchangedMembership(membership: Membership): Check {
  return {
    table: 'merchants',
    key: membershipKey(membership),
    condition: 'revision = :revision',
    values: { ':revision': membership.revision },
  };
}

export async function readSignUp(world: World, subject: string, nameHash: string): Promise<SignUp | undefined> {
  const item = await read(world, signUpKey(subject, nameHash));
  return item && fromItem('sign-up', SIGN_UP, item);
}

/** The next revision of a sign-up, with what it makes. False when another request was first. */
export function saveSignUp(world: World, signUp: SignUp, companions: readonly (Put | Check)[]): Promise<boolean> {
  const item = { ...signUpKey(signUp.subject, signUp.nameHash), ...signUp };
  return saveNext(world, { table: 'merchants', item, counter: 'revision' }, companions);
}

async function read(world: World, key: Item): Promise<Item | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('merchants'), Key: key, ConsistentRead: true }),
  );
  return answer.Item;
}

function teamKey(merchantId: string) {
  return { pk: merchantPk(merchantId), sk: 'team' };
}

function membershipKey({ subject, merchantId }: Pick<Membership, 'subject' | 'merchantId'>) {
  return { pk: personPk(subject), sk: merchantPk(merchantId) };
}

function signUpKey(subject: string, nameHash: string) {
  return { pk: personPk(subject), sk: `business#${nameHash}` };
}

function personPk(subject: string): string {
  return `person#${subject}`;
}
