import { expect, it } from '@jest/globals';
import type { Scope } from '../shared/domain/key.ts';
import { composeKey, KEY_RANDOM_BYTES, SCOPES } from '../shared/domain/key.ts';
import type { Mode } from '../shared/domain/ledger.ts';
import { changeTerms } from '../shared/flows/account/change-terms.ts';
import { freezeMerchant, unfreezeMerchant } from '../shared/flows/account/freeze-merchant.ts';
import { revokeKey } from '../shared/flows/keys/revoke-key.ts';
import { urlCode } from '../shared/flows/url-code.ts';
import { serveOpen } from '../shared/http/pipeline.ts';
import type { OpenRouteHandler, PlainRequest } from '../shared/http/route.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { openRoutes } from '../shared/manifest/routes.ts';
import { call } from './support/call.ts';
import { aCampaign, pay, plain } from './support/campaigns.ts';
import { keptContract } from './support/contract.ts';
import { createKey } from './support/create-key.ts';
import {
  BODIES,
  clear,
  endpointOf,
  everyRoute,
  freshFor,
  modeOf,
  other,
  owner,
  QUERIES,
  type Row,
  rows,
  SPENDING_BODIES,
  standing,
  visit,
  world,
} from './support/every-route.ts';
import { granted } from './support/granted.ts';
import { repeats } from './support/length.ts';
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

const made = new Map<string, string>();

/** The key of a stranger: one for all routes, because making it takes longer than using it. */
async function keyOf({ who, key }: (typeof STRANGERS)[number]): Promise<string> {
  const text = made.get(who) ?? (await key());
  made.set(who, text);
  return text;
}

it.each(rows)('$name is for a key: everybody without one that works gets one and the same 401', async (row) => {
  const { protocol } = await endpointOf(row);
  const keys = await inTurn(STRANGERS, async (stranger) => ({ authorization: `Api-Key ${await keyOf(stranger)}` }));
  const forms: Record<string, string>[] = [
    {},
    { authorization: 'Api-Key' },
    { authorization: `Bearer ${owner.liveKey}x` },
  ];
  const replies = await inTurn([...keys, ...(protocol ? forms : [])], (headers) => visit(row, headers));
  // PesaWay's form repeats the reference, which each visit has of its own.
  const bodies = replies.map((reply) => reply.text.replace(/req_\w+|probe-[\d.e-]+/g, ''));
  expect(new Set(bodies).size).toBe(1);
  expect(replies[0]?.status).toBe(401);
  expect(replies[0]?.headers['www-authenticate']).toBe(protocol?.scheme ?? 'Api-Key');
});

interface Strangers {
  readonly status: number;
  ask(): Promise<PlainRequest[]>;
}

/** Every operation that takes no key: whom it refuses, and how. A new one needs a row, or its test fails. */
const OPEN: Readonly<Record<string, Strangers | undefined>> = {
  receiveCallback: { status: 404, ask: async () => forged(['provider', 'token'], 'pesaway', await tokens('callback')) },
  receiveCanary: {
    status: 404,
    ask: async () => [{}, { 'webhook-signature': 'v1,x' }].map((headers) => requestOf({}, headers, '{}')),
  },
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
  getMe: { status: 401, ask: nobody },
  createBusiness: { status: 401, ask: nobody },
  previewInvitation: { status: 401, ask: nobody },
  acceptInvitation: { status: 401, ask: nobody },
  // A page for everybody.
  getHealth: { status: 200, ask: async () => [requestOf({}, {}, ''), requestOf({}, { authorization: 'x' }, '')] },
  getStatus: { status: 200, ask: async () => [requestOf({}, {}, ''), requestOf({}, { authorization: 'x' }, '')] },
  showPaymentEnd: { status: 200, ask: async () => [requestOf({}, {}, ''), requestOf({}, { authorization: 'x' }, '')] },
};

/** Without a token of a person. What is said of tokens that are wrong is in the matrix of people. */
async function nobody(): Promise<PlainRequest[]> {
  const keys = await inTurn(STRANGERS, async (stranger) => `Api-Key ${await keyOf(stranger)}`);
  return [...keys, '', 'Bearer', 'Bearer x', owner.liveKey].map((authorization) =>
    requestOf({}, { authorization }, '{}'),
  );
}

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

it.each(Object.entries(openRoutes))('%s, which takes no key, answers every stranger alike', async (name, route) => {
  const { name: file, access } = route;
  const row = OPEN[name];
  if (!row) throw new Error(`${name} has no row in OPEN`);
  const { status, ask } = row;
  const handler: OpenRouteHandler = (await import(`../${functionFiles.get(file)}`))[name];
  const replies = await inTurn(await ask(), async (request) =>
    keptContract(file, await serveOpen(granted(world, access), handler, request)),
  );
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

async function keyWith(scopes: readonly Scope[], mode: Mode = 'live'): Promise<Record<string, string>> {
  const { text } = await createKey(world, { merchantId: owner.id, mode, name: 'narrow', scopes });
  return { authorization: `Api-Key ${text}` };
}

const needs = rows.flatMap((row) => scopesOf(row).map((scope) => ({ ...row, missing: scope })));

it.each(needs)('$name refuses a key without $missing, and names it', async (row) => {
  const reply = await visit(
    row,
    await keyWith(
      SCOPES.filter((scope) => scope !== row.missing),
      modeOf(row),
    ),
  );
  const { protocol } = await endpointOf(row);
  expect([reply.status, reply.json.code]).toEqual([403, protocol ? '403.001' : 'scope_missing']);
  if (!protocol) expect(reply.json.detail).toBe(`This key does not have the scope ${row.missing}.`);
});

it.each(rows)('$name shows nothing of another merchant, nor of the other mode', async (row) => {
  const foreign = 'isTestOnly' in row ? [other.headers('test')] : [other.headers(), owner.headers('test')];
  for (const headers of foreign) {
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
  const reply = await visit(row, await keyWith(scopesOf(row), modeOf(row)), await freshFor(row.path));
  await clear();
  expect(reply.status).toBeLessThan(300);
});

/** A visit that spends, where the route does. */
async function spend(row: Row, fresh: Record<string, string>, headers?: Record<string, string>) {
  const body = SPENDING_BODIES[row.name];
  const scopes = [...scopesOf(row), ...(body ? (['orders:write'] as const) : [])];
  return visit(row, headers ?? (await keyWith(scopes, modeOf(row))), fresh, {}, body);
}

it.each(rows.filter((row) => 'isTestOnly' in row))('$name is for test keys: a live one gets 403', async (row) => {
  for (const scopes of [SCOPES, ['products:read'] as const]) {
    const reply = await visit(row, await keyWith(scopes));
    expect([reply.status, reply.json.code]).toEqual([403, 'test_key_required']);
  }
});

/** The live mode of the owner is frozen while this lasts. */
async function whileFrozen<T>(work: () => Promise<T>): Promise<T> {
  const live = { merchantId: owner.id, modes: ['live'] } as const;
  await freezeMerchant(world, live, OPERATOR, 'A key leaked.');
  try {
    return await work();
  } finally {
    await unfreezeMerchant(world, live, OPERATOR, 'It was revoked.');
    // What was done may have been a freeze of its own.
    const own = { by: { kind: 'key', id: owner.keys.live.id } } as const;
    await unfreezeMerchant(world, live, own, 'It was revoked.');
  }
}

/** Every route that spends, and in `npm test` every third of the others, for which nothing changes. */
const isLong = repeats({ short: 0, long: 1 }) > 0;
const whetherTheySpend = rows.filter((row, n) => isLong || 'spends' in row || n % 3 === 0);

it.each(whetherTheySpend)('$name of a frozen merchant: refused if it spends, else as ever', async (row) => {
  const fresh = await freshFor(row.path);
  const before = world.messages.length;
  const reply = await whileFrozen(() => spend(row, fresh));
  await clear();
  if ('spends' in row) {
    const { protocol } = await endpointOf(row);
    expect([reply.status, reply.json.code]).toEqual([403, protocol ? '403.002' : 'account_frozen']);
    expect(world.messages.length).toBe(before);
  } else if (row.name === 'unfreeze-account') {
    // An operator froze it.
    expect([reply.status, reply.json.code]).toEqual([403, 'unfreeze_not_allowed']);
  } else {
    expect(reply.status).toBeLessThan(300);
  }
});

it.each(whetherTheySpend)(
  '$name of a merchant that is not live: refused to a live key if it spends, else as ever',
  async (row) => {
    const fresh = await freshFor(row.path);
    const before = world.messages.length;
    await setLive(false);
    try {
      const reply = await spend(row, fresh);
      expect((await spend(row, fresh, owner.headers('test'))).text).not.toMatch(/account_not_live|403\.003/);
      await clear();
      if (!('spends' in row)) return expect(reply.status).toBeLessThan(300);
      const { protocol } = await endpointOf(row);
      expect([reply.status, reply.json.code]).toEqual([403, protocol ? '403.003' : 'account_not_live']);
      expect(world.messages.length).toBe(before);
    } finally {
      await setLive(true);
      world.messages.length = before;
    }
  },
);

function setLive(isLive: boolean) {
  const live = { merchantId: owner.id, mode: 'live' } as const;
  return changeTerms(world, live, OPERATOR, (terms) => ({ ...terms, isLive }));
}

it('no route that spends is without a refusal of a frozen merchant, and a payout is one of them', async () => {
  expect(rows.filter((row) => 'spends' in row).map(({ name }) => name)).toHaveLength(7);
  const campaign = await aCampaign(world, owner.id);
  const reply = await whileFrozen(() => pay(world, campaign, { respondent_id: 'r', target: '0772279099' }));
  expect(openRoutes.createPayout.spends).toBe(true);
  expect([reply.status, reply.json.code]).toEqual([403, 'account_frozen']);
  await setLive(false);
  const unpaid = await pay(world, campaign, { respondent_id: 'r', target: '0772279099' });
  await setLive(true);
  expect([unpaid.status, unpaid.json.code]).toEqual([403, 'account_not_live']);
});

it.each(rows)('$name refuses a query parameter that it does not know', async (row) => {
  if ((await endpointOf(row)).protocol) return;
  const reply = await visit(row, owner.headers(modeOf(row)), standing, { nonsense: '1' });
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
