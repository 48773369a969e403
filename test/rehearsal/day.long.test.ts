import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readArguments } from '../../bin/operator/arguments.ts';
import { answerTo } from '../../bin/operator.ts';
import { constructId } from '../../lib/entry-function.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { plainSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { MONEY } from '../../shared/manifest/access.ts';
import { OPERATOR_ROLE } from './iam.ts';
import type { RehearsedCloud } from './rehearsed-cloud.ts';
import { rehearse } from './rehearsed-cloud.ts';
import { visitRoutes } from './visits.ts';

/**
 * A day of the live stage as it would be deployed: bundles, environments and permissions are those of the templates, and
 * whatever a function does beyond its policies is denied. The tests are one story, in this order.
 */

let cloud: RehearsedCloud;
let receiver: Server;
const heard: string[] = [];
let merchant = '';
const keys = { live: '', test: '' };

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push(JSON.parse(body).type);
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  cloud = await rehearse();
}, 180_000);

afterAll(async () => {
  await cloud?.stop();
  receiver.close();
});

async function operator(...args: string[]) {
  Object.assign(process.env, cloud.operatorEnvironment);
  return JSON.parse(await answerTo(readArguments([...args, '--outputs', cloud.outputsFile])));
}

interface Ask {
  readonly key?: string;
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(path: string, { key = keys.live, body, method, headers }: Ask = {}) {
  const answer = await fetch(cloud.url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { authorization: `Api-Key ${key}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json');
  return { status: answer.status, json: isJson ? JSON.parse(text) : {}, text };
}

/** Each of these answers well. */
async function readAll(...paths: string[]): Promise<void> {
  for (const path of paths) expect([path, (await ask(path)).status]).toEqual([path, 200]);
}

const order = (agent_reference: string, more: object = {}) => ({
  product_id: 100,
  target: '0772279099',
  amount: 1,
  agent_reference,
  ...more,
});

it('operators make a merchant with keys and money', async () => {
  await cloud.onSchedule('SyncCatalogue');
  merchant = (await operator('merchant', 'create', 'First')).id;
  for (const mode of ['live', 'test'] as const) {
    const made = await operator('key', 'create', merchant, '--mode', mode, '--scopes', SCOPES.join(','));
    keys[mode] = made.key ?? made.text;
  }
  for (const currency of ['USD', 'KES']) {
    const why = ['--mode', 'live', '--reason', 'Opening', '--reference', `opening-${currency}`, '--yes'];
    await operator('wallet', 'adjust', merchant, '1000', currency, ...why);
  }
  expect((await ask('/api/v1/wallet')).status).toBe(200);
}, 60_000);

it('orders succeed, are unclear, are refused, and end by a callback; and their events reach a receiver', async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const endpoint = await ask('/api/v1/webhooks/endpoints', { body: { url } });
  expect(endpoint.status).toBe(201);
  const { data } = (await ask('/api/v1/products')).json;
  const kenyan = data.find((each: { network: string }) => each.network === 'Safaricom');
  const later = { headers: { prefer: 'respond-async' } };
  await ask('/api/v1/orders', { body: order('done'), ...later });
  await ask('/api/v1/orders', { body: order('unclear', { target: '0772279911' }), ...later });
  await ask('/api/v1/orders', { body: order('refused', { target: '0772279901' }), ...later });
  const abroad = order('abroad', { product_id: kenyan.id, target: '254712345678', amount: 10 });
  expect((await ask('/api/v1/orders', { body: abroad, ...later })).json).toMatchObject({ status: 'pending' });
  await cloud.drain();
  await ask('/api/v1/orders', { key: keys.test, body: order('played'), ...later });
  await cloud.drain();
  const statusOf = async (reference: string) => (await ask(`/api/v1/orders/${reference}`)).json.status;
  expect([
    await statusOf('done'),
    await statusOf('unclear'),
    await statusOf('refused'),
    await statusOf('abroad'),
  ]).toEqual(['success', 'unknown', 'refunded', 'success']);
  expect(heard).toEqual(expect.arrayContaining(['order.success', 'order.failed']));
  await readAll('/api/v1/orders', '/api/v1/targets/0772279099', '/health', '/status', '/api/v1/account');
  await webhooks(endpoint.json.id);
}, 60_000);

async function webhooks(id: string): Promise<void> {
  const own = `/api/v1/webhooks/endpoints/${id}`;
  const [delivery] = (await ask('/api/v1/webhooks/deliveries')).json.data;
  await readAll('/api/v1/webhooks/endpoints', own, `/api/v1/webhooks/deliveries/${delivery.id}`);
  for (const path of [`${own}/test`, `${own}/rotate-secret`, `/api/v1/webhooks/deliveries/${delivery.id}/resend`]) {
    expect([path, (await ask(path, { body: {} })).status < 300]).toEqual([path, true]);
  }
  expect((await ask(`${own}/recover`, { body: { since: '2026-01-01' } })).status).toBeLessThan(300);
  expect((await ask(own, { method: 'PATCH', body: { description: 'x' } })).status).toBe(200);
  const listener = await ask('/api/v1/webhooks/listeners', {
    body: { event_types: ['order.success'] },
    key: keys.test,
  });
  const polled = await ask(`/api/v1/webhooks/listeners/${listener.json.endpoint_id}/deliveries`, { key: keys.test });
  expect([listener.status, polled.json]).toEqual([201, expect.objectContaining({ data: [] })]);
}

it('a merchant tops up its wallet, and reads its ledger', async () => {
  const begun = await ask('/api/v1/wallet/topup', { body: { amount: 5, currency: 'USD', reference: 'first' } });
  const html = await (await fetch(begun.json.redirect_url)).text();
  const button = /<button[^>]*value="pay"[^>]*>/.exec(html)?.[0] ?? '';
  const body = new URLSearchParams({ [/name="([^"]+)"/.exec(button)?.[1] ?? 'choice']: 'pay' });
  const action = new URL(
    /<form[^>]*action="([^"]+)"/.exec(html)?.[1] || begun.json.redirect_url,
    begun.json.redirect_url,
  );
  const back = await fetch(action, { method: 'POST', body, redirect: 'manual' });
  expect((await fetch(back.headers.get('location') ?? '')).status).toBe(200);
  await expect(
    (async () => {
      for (let tries = 0; tries < 100; tries += 1) {
        const { status } = (await ask(`/api/v1/wallet/topup/${begun.json.id}`)).json;
        if (status !== 'pending') return status;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })(),
  ).resolves.toBe('success');
  for (const each of ['SignHeads', 'VerifyLedgers']) await cloud.onSchedule(each);
  const month = new Date().toISOString().slice(0, 7);
  await readAll('/api/v1/wallet/topup', '/api/v1/wallet/ledger', '/api/v1/wallet/ledger/export?currency=USD');
  await readAll('/api/v1/wallet/ledger/verify?currency=USD', '/api/v1/wallet/ledger/heads?currency=USD');
  await readAll(`/api/v1/wallet/statement?currency=USD&month=${month}`);
  expect((await ask('/api/v1/wallet/USD', { method: 'PATCH', body: { low_balance_threshold: 5 } })).status).toBe(200);
  const play = { method: 'PUT', key: keys.test, body: { currency: 'USD', balance: 500 } };
  expect((await ask('/api/v1/test/wallet', play)).status).toBe(200);
}, 60_000);

it('a batch runs, and a campaign pays', async () => {
  const csv = 'target,amount\n0772279098,1\n0772279097,1';
  const preview = await ask('/api/v1/bulk/preview', { body: { csv } });
  const batch = await ask('/api/v1/bulk', { body: { preview_id: preview.json.preview_id } });
  expect([preview.status, batch.status]).toEqual([200, 202]);
  await cloud.drain();
  await cloud.onSchedule('RunBulk');
  const own = `/api/v1/bulk/${batch.json.id}`;
  expect((await ask(own)).json.status).toBe('completed');
  await readAll(
    '/api/v1/bulk',
    `${own}/rows`,
    '/api/v1/bulk/template',
    `/api/v1/bulk/preview/${preview.json.preview_id}`,
  );
  expect((await ask('/api/v1/bulk/uploads', { body: { bytes: 100 } })).status).toBe(201);
  const terms = { name: 'Survey', currency: 'USD', budget: 10, amount: 1 };
  const campaign = await ask('/api/v1/campaigns', { body: terms });
  const place = `/api/v1/campaigns/${campaign.json.id}`;
  const body = JSON.stringify({ respondent_id: 'r-1', target: '0772000001' });
  const headers = { 'x-airtime-signature': plainSignature(campaign.json.secret, body) };
  expect((await ask(`${place}/payouts`, { body, headers, key: '' })).status).toBe(201);
  await cloud.drain();
  await readAll('/api/v1/campaigns', place, `${place}/payouts`);
  expect((await ask(place, { method: 'PATCH', body: { paused: true } })).status).toBe(200);
  expect((await ask(`${place}/rotate-secret`, { body: {} })).status).toBe(200);
}, 60_000);

it('the sweeps run, and operators look at everything by the outputs of the stacks', async () => {
  await cloud.drain();
  for (const path of cloud.scheduled) await cloud.onSchedule(path);
  await cloud.drain();
  await readAll('/api/v1/keys', '/api/v1/audit', '/api/v1/requests');
  expect((await operator('ledger', 'verify', merchant, 'USD', '--mode', 'live')).violation ?? null).toBe(null);
  await operator('order', 'show', merchant, 'unclear', '--mode', 'live');
  await operator('audit', 'list', merchant, '--mode', 'live');
  expect((await ask('/api/v1/unknown')).status).toBe(404);
}, 60_000);

it('every route that takes keys refuses what it must, and notes it', async () => {
  const narrow = async (scope: string) => {
    const made = await operator('key', 'create', merchant, '--mode', 'live', '--scopes', scope);
    return String(made.key);
  };
  const visitors = [await narrow('account:read'), await narrow('audit:read')] as const;
  expect(await visitRoutes(cloud, merchant, visitors, 'account:read')).toEqual([]);
  await cloud.drain();
}, 60_000);

it('nothing was denied, and no function failed', () => {
  expect(cloud.iam.denials).toEqual([]);
  expect(cloud.errors).toEqual([]);
});

/** Lambda itself does these, with the role of a function. */
const BY_LAMBDA = /: (logs:|sqs:(GetQueue|ChangeMessage))/;
/** What every route with a key may be the first of an hour, of its limit, or of what is refused to do. */
const OF_EACH_ROUTE = / on (Merchants|Limits)\.Arn$|SendMessage on RequestsQueue|GetSecretValue on PrivacySecret$/;
/** Who may lead a wallet's line may post what others left in it. */
const OF_A_LEADER = new RegExp(` on (${Object.keys(MONEY).map(constructId).join('|')})\\.Arn$`);

/** Reads again after a lost answer, retries, and functions that nobody calls in this day. It may only fall. */
const UNUSED_MAX = 96;

it('few grants were not used, but for those that a day has no use of', () => {
  const { all, unused } = cloud.iam.grants();
  const nameOf = (grant: string) => grant.split(':')[0];
  const leaders = new Set(all.filter((grant) => grant.endsWith('PutItem on Lines.Arn')).map(nameOf));
  const left = unused
    .filter((grant) => !BY_LAMBDA.test(grant) && !OF_EACH_ROUTE.test(grant))
    .filter((grant) => !(leaders.has(nameOf(grant)) && OF_A_LEADER.test(grant)));
  process.stdout.write(`${all.length} grants, ${unused.length} unused, ${left.length} of them for no reason listed.\n`);
  expect(left.slice(UNUSED_MAX)).toEqual([]);
});

it('what no policy allows is denied, and so is what a table denies to everybody', () => {
  const before = cloud.iam.denials.length;
  const inTransaction = { 'dynamodb:EnclosingOperation': ['TransactWriteItems'] };
  const may = (principal: string, action: string, resource: string, context = {}) =>
    cloud.iam.allows(principal, { action: `dynamodb:${action}`, resource, context });
  expect(may('GetOrder', 'GetItem', 'Orders.Arn')).toBe(true);
  expect(may('GetOrder', 'PutItem', 'Orders.Arn')).toBe(false);
  expect(may('GetOrder', 'Query', 'Orders.Arn/index/due')).toBe(false);
  expect(may('CreateOrder', 'PutItem', 'Ledger.Arn', inTransaction)).toBe(true);
  expect(may('CreateOrder', 'PutItem', 'Ledger.Arn')).toBe(false);
  expect(may(OPERATOR_ROLE, 'UpdateItem', 'Ledger.Arn')).toBe(false);
  const noted = { 'dynamodb:LeadingKeys': ['key#x'], 'dynamodb:Attributes': ['pk', 'sk', 'usedAt'] };
  expect(may('GetOrder', 'UpdateItem', 'Merchants.Arn', noted)).toBe(true);
  const scopes = { ...noted, 'dynamodb:Attributes': ['pk', 'sk', 'scopes'] };
  expect(may('GetOrder', 'UpdateItem', 'Merchants.Arn', scopes)).toBe(false);
  expect(cloud.iam.denials).toHaveLength(before + 5);
});
