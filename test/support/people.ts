import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Role } from '../../shared/domain/role.ts';
import type { Member } from '../../shared/domain/team.ts';
import { addMember } from '../../shared/flows/people/change-team.ts';
import type { HttpRequest } from '../../shared/outbound-http.ts';
import { readTeam } from '../../shared/store/teams.ts';
import type { People, World } from '../../shared/world.ts';
import { OPERATOR } from './origin.ts';

/** An issuer of people's tokens, on whose keys and answers a test has its hands. */

export const CLIENT = 'airtime-dashboard';
const ISSUER = 'https://issuer.example';

type Claims = Readonly<Record<string, unknown>>;

export class TestIssuer {
  readonly people: People;
  /** The URLs that were asked for. */
  readonly asked: string[] = [];
  /** It answers nothing while this is set. */
  isDown = false;
  /** What it says of people, by their subject; others have a verified address of their own. */
  readonly profiles = new Map<string, Claims>();
  readonly #now: () => string;
  #keys = [newKey()];

  constructor(now: () => string) {
    this.#now = now;
    this.people = {
      issuer: ISSUER,
      clientId: CLIENT,
      audience: 'https://airtime.example/api',
      keysUrl: `${ISSUER}/jwks`,
      userinfoUrl: `${ISSUER}/userinfo`,
      http: async (request) => this.#answer(request),
    };
  }

  /** It signs with a new key from now on. */
  rotate(): void {
    this.#keys = [newKey(), ...this.#keys].slice(0, 2);
  }

  /** It has this key no more. */
  withdraw(): void {
    this.#keys = [newKey()];
  }

  token(subject: string, claims: Claims = {}, header: Claims = {}): string {
    const { kid, privateKey } = this.#keys[0] ?? newKey();
    const seconds = Math.floor(Date.parse(this.#now()) / 1_000);
    const standard = { iss: ISSUER, sub: subject, client_id: CLIENT, token_use: 'access', exp: seconds + 3_600 };
    const signed = [
      { alg: 'RS256', kid, ...header },
      { ...standard, ...claims },
    ]
      .map(encoded)
      .join('.');
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  }

  #answer({ url, headers = {} }: HttpRequest) {
    this.asked.push(url);
    if (this.isDown) return { status: 503, headers: {}, body: 'down' };
    if (url.endsWith('/jwks')) return json({ keys: this.#keys.map(({ jwk, kid }) => ({ ...jwk, kid, alg: 'RS256' })) });
    const [, payload = ''] = (headers.authorization ?? '').split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return json({ sub, ...(this.profiles.get(sub) ?? { email: `${sub}@people.example`, email_verified: true }) });
  }
}

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid: randomUUID(), privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

function json(body: unknown) {
  return { status: 200, headers: {}, body: JSON.stringify(body) };
}

function encoded(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** A member who is simply there. */
export async function aMember(world: World, merchantId: string, role: Role, subject: string): Promise<Member> {
  await addMember(world, merchantId, { subject, email: `${subject}@people.example`, role }, OPERATOR);
  const member = (await readTeam(world, merchantId)).members.find((each) => each.subject === subject);
  if (!member) throw new Error(`${subject} is no member`);
  return member;
}

/** The headers of a person's request. */
export function asPerson(token: string, merchantId: string, mode: Mode = 'test'): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'airtime-merchant': merchantId, 'airtime-mode': mode };
}
