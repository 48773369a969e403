import { afterAll, beforeAll } from '@jest/globals';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { previewBulk } from '../../functions/bulk/preview-bulk.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { runBulk } from '../../functions/workers/run-bulk.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { withLimit } from '../../shared/domain/terms.ts';
import { beginTopup } from '../../shared/domain/topup.ts';
import type { Endpoint } from '../../shared/domain/webhook.ts';
import { newDelivery } from '../../shared/domain/webhook.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { addEndpoint } from '../../shared/flows/webhooks/add-endpoint.ts';
import { startListener } from '../../shared/flows/webhooks/start-listener.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { functionFiles } from '../../shared/manifest/functions.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { saveDelivery } from '../../shared/store/deliveries.ts';
import { listEndpoints, removeEndpoint } from '../../shared/store/endpoints.ts';
import { createTopup } from '../../shared/store/topups.ts';
import { call } from './call.ts';
import { aCampaign } from './campaigns.ts';
import { createKey } from './create-key.ts';
import { granted } from './granted.ts';
import { aKeptRequest } from './kept-requests.ts';
import { OPERATOR } from './origin.ts';
import { airtimeUsd, aProduct } from './products.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, sell, stopEngine, testWorld } from './world.ts';

/** One good request to each route, made from `routes.ts`, for tests that visit all of them. */

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

export let world: TestWorld;
export let owner: TestMerchant;
export let other: TestMerchant;
/** Of the owner. A visit that is refused, or that sees nothing, leaves them as they are. */
export let standing: Record<string, string>;
const all = Object.entries(routes).map(([exportName, entry]) => ({ exportName, ...entry }));
export type Row = (typeof all)[number];
/** Those that keys may call. */
export const rows = all.filter((row) => !('isForPeople' in row));
/** Those that only people may. */
export const peopleRows = all.filter((row) => 'isForPeople' in row);

/** The owner's test order. */
const PLAYED = 'played';

/** What the owner listens to: events without a field that a scope owns. */
const LISTENED = 'batch.completed';

/** The mode of the keys that visit a route: live, where live keys may. */
export function modeOf(row: Row): Mode {
  return 'isTestOnly' in row ? 'test' : 'live';
}

/** Two merchants, and one of everything of the first, for all tests of a file. */
export function everyRoute(): void {
  beforeAll(async () => {
    world = await testWorld({ publicUrl: 'https://api.example' });
    owner = await aMerchant(world, { USD: 10_000, KES: 100_000 });
    other = await aMerchant(world, { USD: 10_000, KES: 100_000 });
    const ample = { name: 'keys', value: 10_000 } as const;
    const live = { merchantId: owner.id, mode: 'live' } as const;
    await changeTerms(world, live, OPERATOR, (terms) => withLimit(terms, 'live', ample));
    await sell(world, airtimeUsd, aProduct(SAFARICOM));
    for (const [mode, reference] of [['live', 'mine'] as const, ['test', PLAYED] as const]) {
      const headers = { ...owner.headers(mode), prefer: 'respond-async' };
      await call(world, createOrder, { headers, body: orderBody(reference) });
    }
    await world.dispatchAll();
    const ofPeople = { member_id: 'mem_1', invitation_id: 'inv_1' };
    standing = { ...(await belongings()), ...(await bulkThings('standing')), ...ofPeople };
  });
  afterAll(stopEngine);
}

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

export async function endpointOf(row: Row): Promise<RouteHandler> {
  const module: Record<string, RouteHandler> = await import(`../../${functionFiles.get(row.name)}`);
  const endpoint = module[row.exportName];
  if (!endpoint) throw new Error(`${row.name} does not export ${row.exportName}`);
  return endpoint;
}

/** What an event shows of an order for a meter. */
const ORDER = {
  id: 'ord_mine',
  agent_reference: 'mine',
  status: 'success',
  final: true,
  mode: 'live',
  product_id: 100,
  target: '37112345678',
  msisdn: '37112345678',
  network: 'ZESA',
  amount: 1,
  currency: 'USD',
  custom_sms: 'For your children',
  provider_ref: null,
  failure: null,
  tokens: [{ token: '1234 5678 9012 3456 7890', units: '12.5' }],
  holder: { name: 'A. Holder of Harare', address: '1 Samora Machel Avenue' },
  next_check_at: null,
  created_at: '2026-05-07T08:00:00.000Z',
  finalized_at: '2026-05-07T08:00:01.000Z',
};

/** A delivery of the owner to this endpoint that failed once, and whose receiver repeated what it got. */
export async function aDelivery(endpoint: Endpoint, type: string, object: object): Promise<string> {
  const id = `evt_${endpoint.id}_${type}`;
  const at = world.now();
  const body = JSON.stringify({ id, type, created_at: at, sequence: 1, data: { object } });
  const tried = { at, latencyMs: 5, status: 500, excerpt: `got ${JSON.stringify(object)}` };
  const event = { id, type, createdAt: at, sequence: 1, body };
  const delivery = { ...newDelivery(endpoint, event, at), attempts: [tried] };
  await saveDelivery(world, delivery);
  return delivery.id;
}

/** What exists for the owner to look at and change, but for bulk. */
async function belongings(): Promise<Record<string, string>> {
  const wallet = { merchantId: owner.id, mode: 'live' } as const;
  const { endpoint } = await addEndpoint(world, wallet, { url: 'https://merchant.example/mine' }, OPERATOR);
  const topup = beginTopup(
    { ...wallet, currency: 'USD', reference: `mine-${endpoint.id}`, amountMinor: 500, chargedMinor: 500 },
    'sta_1',
    world.now(),
  );
  await createTopup(world, topup);
  const tests = { merchantId: owner.id, mode: 'test' } as const;
  const { listener } = await startListener(world, tests, [LISTENED], OPERATOR, owner.keys.test);
  const campaign = await aCampaign(world, owner.id, { name: 'mine' });
  const { key } = await createKey(world, { ...wallet, name: 'mine', scopes: ['keys:write'] });
  return {
    agent_reference: 'mine',
    target: '0772279099',
    endpoint_id: endpoint.id,
    listener_id: listener.id,
    delivery_id: await aDelivery(endpoint, 'order.success', ORDER),
    topup_id: topup.id,
    campaign_id: campaign.id,
    key_id: key.id,
    request_id: await aKeptRequest(world, owner, { id: `req_${endpoint.id}` }),
    currency: 'USD',
  };
}

/** A preview and a batch of one row, which failed. */
async function bulkThings(name: string): Promise<Record<string, string>> {
  const preview = await call(world, previewBulk, { headers: owner.headers(), body: { csv: sheetOf('mine') } });
  world.messages.splice(0);
  const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
  world.upstream.script = [rejected];
  const wanted = { csv: sheetOf(`mine ${name}`), batch_reference: `mine-${name}` };
  const batch = (await call(world, createBulk, { headers: owner.headers(), body: wanted })).json;
  for (const { queue, message } of world.messages.splice(0)) {
    if (queue === 'bulk') await runBulk(world, message.body as never);
  }
  return { preview_id: preview.json.preview_id, batch_id: batch.id };
}

export async function clear(): Promise<void> {
  for (const mode of ['live', 'test'] as const) {
    for (const each of await listEndpoints(world, { merchantId: owner.id, mode })) {
      await removeEndpoint(world, { ...each, deletedAt: world.now(), revision: each.revision + 1 });
    }
  }
}

/** A good body of each route that takes one. */
export const BODIES: Readonly<Record<string, (() => unknown) | undefined>> = {
  'create-order': () => orderBody(`probe-${Math.random()}`),
  'create-endpoint': () => ({ url: 'https://merchant.example/hook', events: ['batch.completed'] }),
  'update-endpoint': () => ({ description: 'x' }),
  'create-listener': () => ({ event_types: [LISTENED] }),
  'start-topup': () => ({ amount: 5, currency: 'USD' }),
  'update-wallet': () => ({ low_balance_threshold: 5 }),
  'set-test-balance': () => ({ currency: 'USD', balance: 5_000 }),
  'create-key': () => ({ name: 'probe', scopes: ['keys:write'] }),
  'update-account': () => ({ name: 'Renamed' }),
  'update-member': () => ({ role: 'viewer' }),
  'create-invitation': () => ({ email: 'joiner@people.example', role: 'viewer' }),
  'freeze-account': () => ({ reason: 'A key leaked.' }),
  'unfreeze-account': () => ({ reason: 'It was revoked.' }),
  'create-campaign': () => ({ name: 'Survey', currency: 'USD', budget: 10, amount: 1 }),
  'update-campaign': () => ({ paused: true }),
  'recover-deliveries': () => ({ since: '2026-01-01' }),
  'send-airtime': () => airtimeBody(`probe-${Math.random()}`),
  'preview-bulk': () => ({ csv: sheetOf('probe') }),
  'create-bulk': () => ({ csv: sheetOf('probe'), batch_reference: `probe-${Math.random()}` }),
  'create-upload': () => ({ bytes: 100 }),
  'query-transaction': () => ({ TransactionReference: 'mine' }),
};

/** The body of routes that spend by some bodies only: one that does. It needs `orders:write`, too. */
export const SPENDING_BODIES: Readonly<Record<string, object | undefined>> = {
  'update-campaign': { paused: false, budget: 9_000 },
};

/** The query of routes that need one. */
export const QUERIES: Readonly<Record<string, Record<string, string> | undefined>> = {
  'export-ledger': { currency: 'USD' },
  'verify-ledger': { currency: 'USD' },
  'list-heads': { currency: 'USD' },
  'get-statement': { currency: 'USD', month: '2026-05' },
};

/** Belongings for one visit that may change them. */
export async function freshFor(path: string): Promise<Record<string, string>> {
  const needsBulk = path.includes('/bulk/{') || path.includes('{preview_id}');
  return { ...(await belongings()), ...(needsBulk ? await bulkThings(`fresh-${Math.random()}`) : {}) };
}

/** The owner's belongings of test mode, under the names that paths have. */
function ofTests({ listener_id: endpoint_id = '', ...all }: Record<string, string>): Record<string, string> {
  return { ...all, agent_reference: PLAYED, endpoint_id };
}

export async function visit(
  row: Row,
  headers: Record<string, string>,
  all = standing,
  more: Record<string, string> = {},
  body: unknown = BODIES[row.name]?.() ?? '',
) {
  const endpoint = await endpointOf(row);
  const there = 'isTestOnly' in row ? ofTests(all) : all;
  const params = Object.fromEntries(Object.entries(there).filter(([name]) => row.path.includes(`{${name}}`)));
  const query = { ...QUERIES[row.name], ...more };
  const own = granted(world, row.access);
  const sent = { ...headers, prefer: 'respond-async', 'x-region': 'ke' };
  return call(own, endpoint, { headers: sent, params, query, body });
}
