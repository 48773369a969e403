import { expect, it } from '@jest/globals';
import type { Scope } from '../shared/domain/key.ts';
import { composeKey, KEY_RANDOM_BYTES, SCOPES } from '../shared/domain/key.ts';
import { revokeKey } from '../shared/flows/keys/revoke-key.ts';
import { urlCode } from '../shared/flows/url-code.ts';
import { serveOpen } from '../shared/http/pipeline.ts';
import type { OpenRouteHandler, PlainRequest } from '../shared/http/route.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { openRoutes } from '../shared/manifest/routes.ts';
import { call } from './support/call.ts';
import { aCampaign, plain } from './support/campaigns.ts';
import { createKey } from './support/create-key.ts';
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
  standing,
  visit,
  world,
} from './support/every-route.ts';
import { granted } from './support/granted.ts';
import { OPERATOR } from './support/origin.ts';

/** Every route against every kind of caller, made from `routes.ts`: a new route checks its caller or this fails. */

everyRoute();

async function inTurn<From, To>(list: readonly From[], work: (each: From) => Promise<To>): Promise<To[]> {
  const done: To[] = [];
  for (const each of list) done.push(await work(each));
  return done;
}

function fullKey(more: Pick<Parameters<typeof createKey>[1], 'name' | 'endsAt' | 'allowedRanges'>) {
  return createKey(world, { merchantId: owner.id, mode: 'live', scopes: SCOPES, ...more });
}

/** Everybody who must not get in, and gets the same answer: a new kind of key that does not work is a row here. */
const STRANGERS: readonly { who: string; key(): string | Promise<string> }[] = [
  { who: 'a malformed key', key: () => 'nonsense' },
  { who: 'a mistyped key', key: () => owner.liveKey.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
  { who: 'a key of the other mode by its name', key: () => owner.liveKey.replace('live', 'test') },
  { who: 'a key that never was', key: () => composeKey('live', world.bytes(KEY_RANDOM_BYTES)) },
  {
    who: 'a revoked key',
    async key() {
      const { key, text } = await fullKey({ name: 'revoked' });
      await revokeKey(world, { merchantId: owner.id, mode: 'live' }, key.id, { keepsCampaigns: true }, OPERATOR);
      return text;
    },
  },
  { who: 'an expired key', key: async () => (await fullKey({ name: 'expired', endsAt: world.now() })).text },
  {
    who: 'a key from an address that it does not work from',
    key: async () => (await fullKey({ name: 'elsewhere', allowedRanges: ['198.51.100.0/24'] })).text,
  },
];

it.each(rows)('$name is for a key: everybody without one that works gets one and the same 401', async (row) => {
  const { protocol } = await endpointOf(row);
  const keys = await inTurn(STRANGERS, async ({ key }) => ({ authorization: `Api-Key ${await key()}` }));
  const forms: Record<string, string>[] = [
    {},
    { authorization: 'Api-Key' },
    { authorization: `Bearer ${owner.liveKey}x` },
  ];
  const replies = await inTurn([...keys, ...(protocol ? forms : [])], (headers) => visit(row, headers));
  const bodies = replies.map((reply) => reply.text.replace(/req_\w+/, ''));
  expect(new Set(bodies).size).toBe(1);
  expect(replies[0]?.status).toBe(401);
  expect(replies[0]?.headers['www-authenticate']).toBe(protocol?.scheme ?? 'Api-Key');
});

/** Every operation that takes no key: whom it refuses, and how. A new one needs a row, or this does not compile. */
const OPEN: Readonly<Record<keyof typeof openRoutes, { status: number; ask(): Promise<PlainRequest[]> }>> = {
  receiveCallback: { status: 404, ask: async () => forged(['provider', 'token'], 'pesaway', await tokens('callback')) },
  receivePayment: { status: 404, ask: async () => forged(['token'], await tokens('payment')) },
  createPayout: {
    status: 401,
    async ask() {
      const { id } = await aCampaign(world, owner.id);
      const [theirs, test] = [await aCampaign(world, other.id), await aCampaign(world, owner.id, {}, 'test')];
      const body = JSON.stringify({ respondent_id: 'r', target: '0772279099' });
      const signed = [theirs, test].map(({ secret }) => plain(secret, body));
      return [{}, { 'x-airtime-signature': 'x' }, ...signed].map((headers) =>
        requestOf({ campaign_id: id }, headers, body),
      );
    },
  },
  issueToken: {
    status: 401,
    async ask() {
      const { keys, liveKey } = owner;
      const pairs = [
        [keys.live.id, other.liveKey],
        [other.keys.live.id, liveKey],
        [keys.test.id, liveKey],
        ...(await inTurn(STRANGERS, async ({ key }) => [keys.live.id, await key()])),
      ];
      return pairs.map(([consumer_key, consumer_secret]) =>
        requestOf({}, {}, JSON.stringify({ consumer_key, consumer_secret })),
      );
    },
  },
  // A page for everybody.
  showPaymentEnd: { status: 200, ask: async () => [requestOf({}, {}, ''), requestOf({}, { authorization: 'x' }, '')] },
};

/** Codes of another purpose, of another name, too short, and none. */
async function tokens(purpose: 'callback' | 'payment'): Promise<string[]> {
  const [own, foreign] = [await urlCode(world, purpose, 'other'), await urlCode(world, 'access', 'name')];
  return [`name.${own}`, `name.${foreign}`, 'name.', 'name', `name.${foreign}.x`, '.'];
}

function forged(names: readonly string[], ...values: (string | string[])[]): PlainRequest[] {
  const last = values.at(-1) as string[];
  return last.map((value) => {
    const all = [...values.slice(0, -1), value] as string[];
    return requestOf(Object.fromEntries(names.map((name, place) => [name, all[place] ?? ''])), {}, '{}');
  });
}

function requestOf(params: Record<string, string>, headers: Record<string, string>, body: string): PlainRequest {
  return { method: 'POST', path: '/', params, query: {}, headers, body, requestId: 'req_1' };
}

it.each(Object.entries(OPEN))('%s, which takes no key, answers every stranger alike', async (name, { status, ask }) => {
  const { name: file, access } = openRoutes[name as keyof typeof openRoutes];
  const handler: OpenRouteHandler = (await import(`../${functionFiles.get(file)}`))[name];
  const replies = await inTurn(await ask(), (request) => serveOpen(granted(world, access), handler, request));
  expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([status]));
  // Whether a signature is missing or wrong depends on the request alone.
  const texts = new Set(replies.map(({ body }) => body.replace('There is no signature on this request.', '')));
  expect(texts.size).toBeLessThanOrEqual(name === 'createPayout' ? 2 : 1);
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

it.each(rows)('$name refuses a query parameter that it does not know', async (row) => {
  if ((await endpointOf(row)).protocol) return;
  const reply = await visit(row, owner.headers(), standing, { nonsense: '1' });
  expect([reply.status, reply.json.code, reply.json.param]).toEqual([400, 'invalid_request', 'nonsense']);
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
