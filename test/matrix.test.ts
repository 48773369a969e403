import { expect, it } from '@jest/globals';
import type { Scope } from '../shared/domain/key.ts';
import { SCOPES } from '../shared/domain/key.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { createKey, revokeKey } from '../shared/store/merchants.ts';
import { call } from './support/call.ts';
import {
  BODIES,
  clear,
  endpointOf,
  everyRoute,
  freshFor,
  other,
  owner,
  QUERIES,
  rows,
  visit,
  world,
} from './support/every-route.ts';

/** Every route against every kind of caller, made from `routes.ts`: a new route checks its caller or this fails. */

everyRoute();

async function inTurn<From, To>(list: readonly From[], work: (each: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  for (const each of list) done.push(await work(each));
  return done;
}

it.each(rows)('$name is for a key: malformed, unknown, mistyped and revoked are one and the same 401', async (row) => {
  const { protocol } = await endpointOf(row);
  const doomed = await createKey(world, { merchantId: owner.id, mode: 'live', name: 'x', scopes: SCOPES });
  await revokeKey(world, owner.id, doomed.key.id);
  const swapped = owner.liveKey.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const bad = [
    { authorization: 'Api-Key nonsense' },
    { authorization: `Api-Key ${swapped}` },
    { authorization: `Api-Key ${owner.liveKey.replace('live', 'test')}` },
    { authorization: `Api-Key ${doomed.text}` },
    ...(protocol ? [{}, { authorization: 'Api-Key' }, { authorization: `Bearer ${owner.liveKey}x` }] : []),
  ] as Record<string, string>[];
  const replies = await inTurn(bad, (headers) => visit(row, headers));
  const bodies = replies.map((reply) => reply.text.replace(/req_\w+/, ''));
  expect(new Set(bodies).size).toBe(1);
  expect(replies[0]?.status).toBe(401);
  expect(replies[0]?.headers['www-authenticate']).toBe(protocol?.scheme ?? 'Api-Key');
});

/** How callers of other APIs send a key, or forget to, and the answer they get. */
const FORMS: readonly [string, (key: string) => Record<string, string>, string][] = [
  ['no header', () => ({}), 'There is no Authorization header.'],
  ['an empty header', () => ({ authorization: ' ' }), 'There is no Authorization header.'],
  ['X-Api-Key', (key) => ({ 'x-api-key': key }), 'The key is in X-Api-Key; send it in Authorization.'],
  ['the scheme alone', () => ({ authorization: 'Api-Key' }), 'Authorization has no key behind Api-Key.'],
  ['the key alone', (key) => ({ authorization: key }), 'Authorization has no scheme; write Api-Key and a blank before'],
  ['Bearer', (key) => ({ authorization: `Bearer ${key}` }), 'Authorization has the scheme Bearer; ours is Api-Key.'],
  ['Basic', (key) => ({ authorization: `Basic ${key}` }), 'Authorization has another scheme; ours is Api-Key.'],
];

it.each(FORMS)(
  '%s is answered 401 by its form, the same for a key that works and for none',
  async (_form, send, says) => {
    for (const row of rows) {
      if ((await endpointOf(row)).protocol) continue;
      const [working, nonsense] = [await visit(row, send(owner.liveKey)), await visit(row, send('nonsense'))];
      expect([working.status, working.json.detail]).toEqual([401, expect.stringContaining(says)]);
      expect(working.text.replace(/req_\w+/, '')).toBe(nonsense.text.replace(/req_\w+/, ''));
      expect(working.text).not.toContain('nonsense');
    }
  },
);

async function keyWith(scopes: readonly Scope[]): Promise<Record<string, string>> {
  const { text } = await createKey(world, { merchantId: owner.id, mode: 'live', name: 'narrow', scopes });
  return { authorization: `Api-Key ${text}` };
}

const needs = rows.flatMap((row) => scopesOf(row).map((scope) => ({ ...row, missing: scope })));

it.each(needs)('$name refuses a key without $missing, and names it', async (row) => {
  const reply = await visit(row, await keyWith(SCOPES.filter((scope) => scope !== row.missing)));
  const { protocol } = await endpointOf(row);
  expect([reply.status, reply.json.code]).toEqual([403, protocol ? '403.001' : 'scope_missing']);
  if (!protocol) expect(reply.json.detail).toBe(`This key does not have the scope ${row.missing}.`);
});

it.each(rows)('$name shows nothing of another merchant, nor of the other mode', async (row) => {
  for (const headers of [other.headers(), owner.headers('test')]) {
    const reply = await visit(row, headers);
    expect(reply.text).not.toContain('mine');
    const names = [...row.path.matchAll(/\{(\w+)\}/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'target' && name !== 'currency');
    if (names.length > 0) {
      const endpoint = await endpointOf(row);
      const params = Object.fromEntries(names.map((name) => [name, 'never-was']));
      const missing = await call(world, endpoint, { headers, params, body: BODIES[row.name]?.() ?? '' });
      expect(missing.status).toBe(404);
      expect(reply.text.replace(/req_\w+/, '')).toBe(missing.text.replace(/req_\w+/, ''));
    }
  }
});

it.each(rows)('$name works for its owner, by a key with its scopes and no other', async (row) => {
  const reply = await visit(row, await keyWith(scopesOf(row)), await freshFor(row.path));
  await clear();
  expect(reply.status).toBeLessThan(300);
});

it.each(rows)('$name answers an unexpected error with a 500 that shows only the request id', async (row) => {
  const broken = { ...world, db: { send: async () => Promise.reject(new Error('secret detail')) } as never };
  const endpoint = await endpointOf(row);
  const reply = await call(broken, endpoint, {
    headers: owner.headers(),
    query: QUERIES[row.name] ?? {},
    body: BODIES[row.name]?.() ?? '',
  });
  expect([reply.status, reply.json.code]).toEqual([500, endpoint.protocol ? '500.001' : 'internal_error']);
  expect(reply.text).not.toContain('secret detail');
  expect(reply.headers['x-request-id']).toMatch(/^req_/);
});
