import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { acceptInvitation } from '../../functions/account/accept-invitation.ts';
import { createBusiness } from '../../functions/account/create-business.ts';
import { createInvitation } from '../../functions/account/create-invitation.ts';
import { getMe } from '../../functions/account/get-me.ts';
import { listMembers } from '../../functions/account/list-members.ts';
import { previewInvitation } from '../../functions/account/preview-invitation.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Role } from '../../shared/domain/role.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import type { Mail } from '../../shared/world.ts';
import { call } from './call.ts';
import { callOpen } from './call-open.ts';
import { granted } from './granted.ts';
import { aMember, asPerson, TestIssuer } from './people.ts';
import type { TestWorld } from './world.ts';
import { stopEngine, testWorld } from './world.ts';

/** A world in which people sign in, and what they do there. Each function has what it is granted and nothing else. */

export let world: TestWorld;
export let issuer: TestIssuer;
/** The mails that were sent. `mailer.send` is what a test may change. */
export const mails: Parameters<Mail['send']>[0][] = [];
export const mailer: { send: Mail['send'] } = { send: async (mail) => void mails.push(mail) };

export function peopleSignIn(): void {
  beforeAll(async () => {
    const made = await testWorld({ publicUrl: 'https://airtime.example' });
    issuer = new TestIssuer(made.now);
    world = Object.assign(made, { people: issuer.people, mail: { send: (mail) => mailer.send(mail) } satisfies Mail });
  });
  beforeEach(() => {
    mails.length = 0;
    mailer.send = async (mail) => void mails.push(mail);
    world.fault = undefined;
  });
  afterAll(stopEngine);
}

let count = 0;

/** A subject that nobody had before. */
export function somebody(name = 'person'): string {
  count += 1;
  return `${name}-${count}`;
}

export function bearer(subject: string): Record<string, string> {
  return { authorization: `Bearer ${issuer.token(subject)}` };
}

let addresses = 0;

function anAddress(): string {
  addresses += 1;
  return `198.51.100.${addresses % 250}`;
}

/** From an address of its own, where none is given. */
export function signUp(subject: string, name = 'Tariro Stores', address = anAddress()) {
  const open = granted(world, createBusiness.access);
  return callOpen(open, createBusiness, { headers: bearer(subject), body: { name }, address });
}

export function me(subject: string) {
  return callOpen(granted(world, getMe.access), getMe, { headers: bearer(subject) });
}

export function preview(subject: string, token: string) {
  const open = granted(world, previewInvitation.access);
  return callOpen(open, previewInvitation, { headers: bearer(subject), body: { token } });
}

export function accept(subject: string, token: string) {
  const open = granted(world, acceptInvitation.access);
  return callOpen(open, acceptInvitation, { headers: bearer(subject), body: { token } });
}

interface Input {
  readonly mode?: Mode;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

/** What a person does in a business. */
export function as<P, Q, B>(subject: string, merchantId: string, route: RouteHandler<P, Q, B>, input: Input = {}) {
  const { mode = 'test', ...rest } = input;
  const headers = asPerson(issuer.token(subject), merchantId, mode);
  return call(granted(world, route.access), route, { ...rest, headers });
}

export interface Business {
  readonly merchantId: string;
  /** The subject of its owner. */
  readonly owner: string;
  readonly ownerId: string;
  /** One more of its people. */
  add(role: Role): Promise<{ subject: string; id: string }>;
}

/** A business that somebody signed up with. */
export async function aBusiness(name?: string): Promise<Business> {
  const owner = somebody('owner');
  const { json } = await signUp(owner, name);
  const merchantId = json.merchant_id;
  return {
    ...{ merchantId, owner, ownerId: json.member_id },
    async add(role) {
      const subject = somebody(role);
      const { id } = await aMember(world, merchantId, role, subject);
      return { subject, id };
    },
  };
}

/** Invites somebody, and returns the token of the link that was mailed. */
export async function invitationTo(business: Business, email: string, role: Role, by = business.owner) {
  const reply = await as(by, business.merchantId, createInvitation, { body: { email, role } });
  const token = /#(\S+)/.exec(mails.at(-1)?.text ?? '')?.[1] ?? '';
  return { reply, token };
}

/** The roles of its members, in the order in which they joined. */
export async function rolesIn({ merchantId, owner }: Business, by = owner): Promise<string[]> {
  const { json } = await as(by, merchantId, listMembers);
  return json.data.map((each: { role: string }) => each.role);
}
