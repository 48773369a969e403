import { beforeEach, expect, it } from '@jest/globals';
import { verifyToken } from '../../shared/http/verify-token.ts';
import type { World } from '../../shared/world.ts';
import { TestIssuer } from '../support/people.ts';

let clock = Date.parse('2026-05-07T08:00:00.000Z');
const now = () => new Date(clock).toISOString();
const issuer = new TestIssuer(now);
let world: World;
let errors = 0;
const count = () => {
  errors += 1;
};

beforeEach(() => {
  errors = 0;
  issuer.isDown = false;
  issuer.asked.length = 0;
  const log = { info() {}, warn() {}, metric() {}, error: count };
  world = { now, memo: new Map(), log } as unknown as World;
});

const verify = (token: string, people = issuer.people) => verifyToken(world, people, token);
const seconds = () => Math.floor(clock / 1_000);

it('a token of the issuer for our client names its person', async () => {
  expect(await verify(issuer.token('tendai'))).toEqual({ kind: 'person', subject: 'tendai' });
  for (const aud of ['airtime-dashboard', ['other', 'https://airtime.example/api']]) {
    expect(await verify(issuer.token('tendai', { aud }))).toEqual({ kind: 'person', subject: 'tendai' });
  }
});

it.each<[string, Record<string, unknown>, string]>([
  ['of another client', { client_id: 'other' }, 'The token is for another client.'],
  ['without a client', { client_id: undefined }, 'The token is for another client.'],
  ['for another API', { aud: 'https://other.example' }, 'The token is for another API.'],
  ['that says who somebody is (an ID token)', { token_use: 'id' }, 'The token is no access token.'],
  ['of no kind', { token_use: undefined, aud: 'airtime-dashboard' }, 'The token is no access token.'],
  ['of another issuer', { iss: 'https://other.example' }, 'The token is of another issuer.'],
  ['without an end', { exp: undefined }, 'The token has no valid exp.'],
  ['that begins later', { nbf: seconds() + 60 }, 'The token has no valid nbf.'],
  ['of nobody', { sub: undefined }, 'The token has no valid sub.'],
  ['of somebody with a name that is part of a key', { sub: 'a#b' }, 'The token names nobody.'],
])('a token %s is refused, and says so', async (_what, claims, detail) => {
  expect(await verify(issuer.token('tendai', claims))).toEqual({ kind: 'invalid', detail });
});

it('a token that has expired says so, five seconds late', async () => {
  expect((await verify(issuer.token('tendai', { exp: seconds() - 4 }))).kind).toBe('person');
  expect(await verify(issuer.token('tendai', { exp: seconds() - 6 }))).toEqual({ kind: 'expired' });
});

it('a token that nobody signed, or that somebody changed, is refused', async () => {
  const [header, payload, signature] = issuer.token('tendai').split('.');
  const other = issuer.token('owner').split('.')[1];
  expect(await verify(`${header}.${other}.${signature}`)).toMatchObject({ kind: 'invalid' });
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const hmac = issuer.token('tendai', {}, { alg: 'HS256' });
  for (const forged of [`${none}.${payload}.`, hmac, `${header}.${payload}.x`, 'a.b.c']) {
    expect(await verify(forged)).toMatchObject({ kind: 'invalid' });
  }
});

it('the keys are fetched once for many requests', async () => {
  const token = issuer.token('tendai');
  const all = await Promise.all([1, 2, 3].map(() => verify(token)));
  expect(all.every(({ kind }) => kind === 'person')).toBe(true);
  await verify(token);
  expect(issuer.asked).toHaveLength(1);
});

it('a new key of the issuer is fetched at its first token, and invented ones twice a minute at most', async () => {
  await verify(issuer.token('tendai'));
  issuer.rotate();
  const rotated = issuer.token('tendai');
  clock += 31_000;
  expect((await verify(rotated)).kind).toBe('person');
  expect(issuer.asked).toHaveLength(2);
  for (let n = 0; n < 20; n += 1) {
    const invented = await verify(issuer.token('tendai', {}, { kid: `invented-${n}` }));
    expect(invented).toEqual({
      kind: 'invalid',
      detail: 'The token is signed with a key that its issuer does not have.',
    });
  }
  expect(issuer.asked).toHaveLength(2);
});

it('a key that the issuer has withdrawn ends within the hour', async () => {
  const old = issuer.token('tendai', { exp: seconds() + 86_400 });
  expect((await verify(old)).kind).toBe('person');
  issuer.withdraw();
  clock += 61 * 60_000;
  expect((await verify(old)).kind).toBe('invalid');
});

it('while the issuer does not answer, known keys go on working, and without any nobody can tell', async () => {
  const token = issuer.token('tendai', { exp: seconds() + 86_400 });
  issuer.isDown = true;
  for (let n = 0; n < 5; n += 1) expect(await verify(token)).toEqual({ kind: 'unavailable' });
  expect([issuer.asked.length, errors]).toEqual([1, 1]);
  issuer.isDown = false;
  clock += 1_001;
  expect((await verify(token)).kind).toBe('person');
  issuer.isDown = true;
  clock += 61 * 60_000;
  expect((await verify(token)).kind).toBe('person');
});
