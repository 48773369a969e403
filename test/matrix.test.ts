import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createBulk } from '../functions/bulk/create-bulk.ts';
import { previewBulk } from '../functions/bulk/preview-bulk.ts';
import { createOrder } from '../functions/orders/create-order.ts';
import { runBulk } from '../functions/workers/run-bulk.ts';
import type { Scope } from '../shared/domain/key.ts';
import { SCOPES } from '../shared/domain/key.ts';
import { beginTopup } from '../shared/domain/topup.ts';
import { newDelivery } from '../shared/domain/webhook.ts';
import { addEndpoint } from '../shared/flows/webhooks/add-endpoint.ts';
import type { RouteHandler } from '../shared/http/route.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { routes } from '../shared/manifest/routes.ts';
import { saveDelivery } from '../shared/store/deliveries.ts';
import { listEndpoints, removeEndpoint } from '../shared/store/endpoints.ts';
import { createKey, revokeKey } from '../shared/store/merchants.ts';
import { createTopup } from '../shared/store/topups.ts';
import { call } from './support/call.ts';
import { aCampaign } from './support/campaigns.ts';
import { granted } from './support/granted.ts';
import { airtimeUsd, aProduct } from './support/products.ts';
import type { TestMerchant, TestWorld } from './support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from './support/world.ts';

/** Every route against every kind of caller, made from `routes.ts`: a new route checks its caller or this fails. */

/** For the routes of PesaWay's protocol. */
const SAFARICOM = {
  id: 254_001,
  network: 'Safaricom',
  country: 'KE',
  currency: 'KES',
  minMinor: 500,
  maxMinor: 1_000_000,
  stepMinor: 100,
} as const;

let world: TestWorld;
let owner: TestMerchant;
let other: TestMerchant;
/** Of the owner. A visit that is refused, or that sees nothing, leaves them as they are. */
let standing: Record<string, string>;
const rows = Object.entries(routes).map(([exportName, entry]) => ({ exportName, ...entry }));

beforeAll(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  owner = await aMerchant(world, { USD: 10_000, KES: 100_000 });
  other = await aMerchant(world, { USD: 10_000, KES: 100_000 });
  await sell(world, airtimeUsd, aProduct(SAFARICOM));
  const headers = { ...owner.headers(), prefer: 'respond-async' };
  await call(world, createOrder, { headers, body: orderBody('mine') });
  standing = { ...(await belongings()), ...(await bulkThings('standing')) };
});
afterAll(stopEngine);

const orderBody = (reference: string) => ({
  product_id: 100,
  target: '0772279099',
  amount: 1,
  agent_reference: reference,
});

const sheetOf = (sms: string) => `target,amount,custom_sms\n0772279099,0.1,${sms}`;

const airtimeBody = (reference: string) => ({
  ExternalReference: reference,
  Amount: 10,
  PhoneNumber: '254712345678',
});

async function endpointOf(row: (typeof rows)[number]): Promise<RouteHandler> {
  const module: Record<string, RouteHandler> = await import(`../${functionFiles.get(row.name)}`);
  const endpoint = module[row.exportName];
  if (!endpoint) throw new Error(`${row.name} does not export ${row.exportName}`);
  return endpoint;
}

/** What exists for the owner to look at and change, but for bulk. */
async function belongings(): Promise<Record<string, string>> {
  const wallet = { merchantId: owner.id, mode: 'live' } as const;
  const { endpoint } = await addEndpoint(world, wallet, { url: 'https://merchant.example/mine' });
  const event = {
    id: `evt_${endpoint.id}`,
    type: 'order.success',
    createdAt: world.now(),
    sequence: 1,
    body: '{"data":"mine"}',
  };
  const delivery = newDelivery(endpoint, event, world.now());
  await saveDelivery(world, delivery);
  const topup = beginTopup(
    { ...wallet, currency: 'USD', reference: `mine-${endpoint.id}`, amountMinor: 500, chargedMinor: 500 },
    'sta_1',
    world.now(),
  );
  await createTopup(world, topup);
  const campaign = await aCampaign(world, owner.id, { name: 'mine' });
  return {
    agent_reference: 'mine',
    target: '0772279099',
    endpoint_id: endpoint.id,
    delivery_id: delivery.id,
    topup_id: topup.id,
    campaign_id: campaign.id,
    currency: 'USD',
  };
}

/** A preview and a batch of one row, which failed. */
async function bulkThings(name: string): Promise<Record<string, string>> {
  const preview = await call(world, previewBulk, { headers: owner.headers(), body: { csv: sheetOf('mine') } });
  const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
  world.upstream.script = [rejected];
  const wanted = { csv: sheetOf('mine'), batch_reference: `mine-${name}` };
  const batch = (await call(world, createBulk, { headers: owner.headers(), body: wanted })).json;
  for (const { queue, message } of world.messages.splice(0)) {
    if (queue === 'bulk') await runBulk(world, message.body as never);
  }
  return { preview_id: preview.json.preview_id, batch_id: batch.id };
}

async function clear(): Promise<void> {
  for (const each of await listEndpoints(world, { merchantId: owner.id, mode: 'live' })) {
    await removeEndpoint(world, { ...each, deletedAt: world.now(), revision: each.revision + 1 });
  }
}

/** A good body of each route that takes one. */
const BODIES: Readonly<Record<string, (() => unknown) | undefined>> = {
  'create-order': () => orderBody(`probe-${Math.random()}`),
  'create-endpoint': () => ({ url: 'https://merchant.example/hook' }),
  'update-endpoint': () => ({ description: 'x' }),
  'start-topup': () => ({ amount: 5, currency: 'USD' }),
  'update-wallet': () => ({ low_balance_threshold: 5 }),
  'create-campaign': () => ({ name: 'Survey', currency: 'USD', budget: 10, amount: 1 }),
  'update-campaign': () => ({ paused: true }),
  'recover-deliveries': () => ({ since: '2026-01-01' }),
  'send-airtime': () => airtimeBody('probe-airtime'),
  'preview-bulk': () => ({ csv: sheetOf('probe') }),
  'create-bulk': () => ({ csv: sheetOf('probe'), batch_reference: 'probe' }),
  'create-upload': () => ({ bytes: 100 }),
  'query-transaction': () => ({ TransactionReference: 'mine' }),
};

/** The query of routes that need one. */
const QUERIES: Readonly<Record<string, Record<string, string> | undefined>> = {
  'export-ledger': { currency: 'USD' },
  'verify-ledger': { currency: 'USD' },
  'get-statement': { currency: 'USD', month: '2026-05' },
};

/** Belongings for one visit that may change them. */
async function freshFor(path: string): Promise<Record<string, string>> {
  const needsBulk = path.includes('/bulk/{') || path.includes('{preview_id}');
  return { ...(await belongings()), ...(needsBulk ? await bulkThings(`fresh-${Math.random()}`) : {}) };
}

async function visit(row: (typeof rows)[number], headers: Record<string, string>, all = standing) {
  const endpoint = await endpointOf(row);
  const params = Object.fromEntries(Object.entries(all).filter(([name]) => row.path.includes(`{${name}}`)));
  const body = BODIES[row.name]?.() ?? '';
  const query = QUERIES[row.name] ?? {};
  const own = granted(world, row.access);
  const sent = { ...headers, prefer: 'respond-async', 'x-region': 'ke' };
  return call(own, endpoint, { headers: sent, params, query, body });
}

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
