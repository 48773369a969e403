import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readArguments } from '../../bin/operator/arguments.ts';
import { answerTo } from '../../bin/operator.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { plainSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { SIGNING_PURPOSES } from '../../shared/manifest/access.ts';
import { leaveBusy } from './busy-wallet.ts';
import { OPERATOR_ROLE } from './iam.ts';
import { IDLE_GRANTS } from './idle-grants.ts';
import type { RehearsedCloud } from './rehearsed-cloud.ts';
import { rehearse } from './rehearsed-cloud.ts';
import { unused, visitRoutes } from './visits.ts';

/**
 * A day of the live stage as it would be deployed: bundles, environments and permissions are those of the templates, and
 * whatever a function does beyond its policies is denied. The tests are one story, in this order.
 */

let cloud: RehearsedCloud;
let receiver: Server;
const heard: string[] = [];
let merchant = '';
let listener = '';
const keys = { live: '', test: '' };
const keyIds = { live: '', test: '' };

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
  Object.assign(process.env, cloud.operatorEnvironment, { POWERTOOLS_LOG_LEVEL: 'ERROR' });
  return JSON.parse(await answerTo(readArguments([...args, '--outputs', cloud.outputsFile])));
}

function receiverUrl(): string {
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
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
  await join('owner@people.example');
  for (const mode of ['live', 'test'] as const) {
    const made = await operator('key', 'create', merchant, '--mode', mode, '--scopes', SCOPES.join(','));
    keys[mode] = made.key;
    keyIds[mode] = made.id;
  }
  for (const currency of ['USD', 'KES']) {
    const why = ['--mode', 'live', '--reason', 'Opening', '--reference', `opening-${currency}`, '--yes'];
    await operator('wallet', 'adjust', merchant, '1000', currency, ...why);
  }
  for (const currency of ['USD', 'KES']) {
    const play = { method: 'PUT', key: keys.test, body: { currency, balance: 500 } };
    expect((await ask('/api/v1/test/wallet', play)).status).toBe(200);
  }
  expect((await ask('/api/v1/wallet')).status).toBe(200);
}, 60_000);

/** Nobody signs in on this day, but somebody did before, and wants to know of everything. */
async function join(email: string): Promise<void> {
  const notifications = { live: { batch_finished: true } };
  const member = { id: 'mem_1', subject: 'owner', email, role: 'owner', joinedAt: '2026-01-01', notifications };
  const team = { merchantId: merchant, members: [member], invitations: [], version: 1 };
  const Item = { pk: `merchant#${merchant}`, sk: 'team', ...team };
  await cloud.database.send(new PutCommand({ TableName: 'Merchants', Item }));
}

it('orders succeed, are unclear, are refused, and end by a callback; and their events reach a receiver', async () => {
  const endpoint = await ask('/api/v1/webhooks/endpoints', { body: { url: receiverUrl() } });
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
  const { id } = (await ask('/api/v1/orders/done')).json;
  await readAll(
    `/api/v1/orders/${id}`,
    '/api/v1/orders',
    '/api/v1/targets/0772279099',
    '/health',
    '/status',
    '/api/v1/account',
  );
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
  const made = await ask('/api/v1/webhooks/listeners', {
    body: { event_types: ['order.success'] },
    key: keys.test,
  });
  const polled = await ask(`/api/v1/webhooks/listeners/${made.json.endpoint_id}/deliveries`, { key: keys.test });
  listener = made.json.endpoint_id;
  expect([made.status, polled.json]).toEqual([201, expect.objectContaining({ data: [] })]);
}

/** Pays at the gateway as a person does in a browser, and waits until it is credited. */
async function payIn(reference: string, key = keys.live): Promise<void> {
  const begun = await ask('/api/v1/wallet/topup', { key, body: { amount: 5, currency: 'USD', reference } });
  const html = await (await fetch(begun.json.redirect_url)).text();
  const button = /<button[^>]*value="pay"[^>]*>/.exec(html)?.[0] ?? '';
  const body = new URLSearchParams({ [/name="([^"]+)"/.exec(button)?.[1] ?? 'choice']: 'pay' });
  const action = new URL(
    /<form[^>]*action="([^"]+)"/.exec(html)?.[1] || begun.json.redirect_url,
    begun.json.redirect_url,
  );
  const back = await fetch(action, { method: 'POST', body, redirect: 'manual' });
  expect((await fetch(back.headers.get('location') ?? '')).status).toBe(200);
  await until(async () => (await ask(`/api/v1/wallet/topup/${begun.json.id}`, { key })).json.status === 'success');
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never was so');
}

it('a merchant tops up its wallet, and reads its ledger', async () => {
  await payIn('first');
  for (const each of ['SignHeads', 'VerifyLedgers']) await cloud.onSchedule(each);
  const month = new Date().toISOString().slice(0, 7);
  await readAll('/api/v1/wallet/topup', '/api/v1/wallet/ledger', '/api/v1/wallet/ledger/export?currency=USD');
  await readAll('/api/v1/wallet/ledger/verify?currency=USD', '/api/v1/wallet/ledger/heads?currency=USD');
  await readAll(`/api/v1/wallet/statement?currency=USD&month=${month}`);
  expect((await ask('/api/v1/wallet/USD', { method: 'PATCH', body: { low_balance_threshold: 50_000 } })).status).toBe(
    200,
  );
  await payIn('played', keys.test);
  const again = { amount: 5, currency: 'USD', reference: 'first' };
  expect((await ask('/api/v1/wallet/topup', { body: again })).status).toBe(200);
  for (const key of Object.values(keys)) {
    expect((await ask('/api/v1/wallet/topup', { key, body: { ...again, reference: 'unpaid' } })).status).toBe(201);
  }
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

it('orders come by the protocol of PesaWay, and test orders end without waiting', async () => {
  await cloud.database.send(unused(keys.live));
  const logIn = (consumer_secret: string) =>
    ask('/api/v1/token', { body: { consumer_key: keyIds.live, consumer_secret } });
  // More than a process may begin with.
  for (let tries = 0; tries <= 10; tries += 1) expect((await logIn(keys.test)).status).toBe(401);
  const log = await logIn(keys.live);
  const headers = { authorization: `Bearer ${log.json.access_token}`, 'x-region': 'ke' };
  const send = { ExternalReference: 'by-pesaway', Amount: 10, PhoneNumber: '254712345901', Currency: 'KES' };
  for (const [path, body] of [
    ['/api/v1/airtime/send-airtime', send],
    ['/api/v1/mobile-money/transaction-query', { TransactionReference: 'by-pesaway' }],
    ['/api/v1/account-balance', undefined],
  ] as const) {
    expect([path, (await ask(path, { body, headers })).status]).toEqual([path, 200]);
  }
  const test = { key: keys.test, headers: { prefer: 'respond-async', 'x-region': 'ke' } };
  await ask('/api/v1/airtime/send-airtime', { ...test, body: { ...send, PhoneNumber: '254712345678' } });
  await ask('/api/v1/orders', { ...test, body: order('refused', { target: '0772279001' }) });
  await ask('/api/v1/orders', { ...test, body: order('slow', { target: '0772279012' }) });
  await cloud.drain();
  const advanced = await ask('/api/v1/test/orders/slow/advance?to=final', { ...test, body: {} });
  expect(advanced.json).toMatchObject({ status: 'refunded' });
  await ask(`/api/v1/test/orders/${advanced.json.id}/advance`, { ...test, body: {} });
  await cloud.drain();
  const polled = await ask(`/api/v1/webhooks/listeners/${listener}/deliveries`, { key: keys.test });
  expect(polled.json.data.length).toBeGreaterThan(0);
}, 60_000);

it('time passes: what is unclear is asked for, what fails is tried again, and what is old is erased', async () => {
  const later = { headers: { prefer: 'respond-async' } };
  await ask('/api/v1/orders', { body: order('lost', { target: '0772279912' }), ...later });
  await cloud.drain();
  await reconcile();
  expect((await ask('/api/v1/orders/unclear')).json.status).toBe('success');
  await cloud.drain();
}, 60_000);

/** The sweep of what is unclear would wait for what becomes due before its next run. */
async function reconcile(): Promise<void> {
  const due = new Date(Date.now() - 1_000).toISOString();
  for (const TableName of ['Orders', 'Topups']) {
    const { Items = [] } = await cloud.database.send(new ScanCommand({ TableName }));
    for (const item of Items.filter(({ dueAt }) => dueAt > due)) {
      await cloud.database.send(new PutCommand({ TableName, Item: { ...item, dueAt: due } }));
    }
  }
  await cloud.onSchedule('Reconcile');
}

it('whoever finds a wallet busy leads its line, and posts what others left there', async () => {
  const campaigns = new Map<string, { id: string; secret: string }>();
  const wallets = { usd: ['live', 'USD'], kes: ['live', 'KES'], play: ['test', 'USD'] } as const;
  for (const [name, [mode, currency]] of Object.entries(wallets)) {
    const body = { name, currency, budget: 100, amount: 10 };
    campaigns.set(name, (await ask('/api/v1/campaigns', { key: keys[mode], body })).json);
  }
  const busy = async (...names: (keyof typeof wallets)[]) => {
    for (const name of names) {
      const [mode, currency] = wallets[name];
      const wallet = { merchantId: merchant, mode, currency };
      await leaveBusy(cloud.database, wallet, campaigns.get(name)?.id ?? '');
    }
  };
  const later = { headers: { prefer: 'respond-async', 'x-region': 'ke' } };
  const sent = { ExternalReference: 'led-pesaway', Amount: 10, PhoneNumber: '254712345902', Currency: 'KES' };
  const abroad = (reference: string, target: string) => order(reference, { product_id: 254_001, target, amount: 10 });
  const played = (target: string) => ({ key: keys.test, body: order(`led-${target}`, { target }), ...later });
  await ask('/api/v1/orders', played('0772279001'));
  await busy('usd', 'kes');
  await Promise.all([
    ask('/api/v1/orders', { body: order('led', { target: '0772279901' }), ...later }),
    ask('/api/v1/airtime/send-airtime', { body: sent, ...later }),
  ]);
  await busy('usd', 'kes', 'play');
  await cloud.drain();
  await ask('/api/v1/orders', { body: abroad('led-callback', '254712345901'), ...later });
  await ask('/api/v1/orders', { body: abroad('led-lost', '254712345922'), ...later });
  await ask('/api/v1/orders', played('0772279012'));
  await busy('kes', 'play');
  await cloud.drain();
  await ask('/api/v1/test/orders/led-0772279012/advance?to=final', { key: keys.test, body: {} });
  const statusOf = async (reference: string) => (await ask(`/api/v1/orders/${reference}`)).json.status;
  await until(async () => (await statusOf('led-callback')) === 'refunded');
  await busy('kes', 'usd');
  const csv = 'target,amount\n0772279901,1\n0772279902,1';
  const [, batch] = await Promise.all([reconcile(), ask('/api/v1/bulk', { body: { csv, batch_reference: 'led' } })]);
  expect([await statusOf('led'), await statusOf('led-lost')]).toEqual(['refunded', 'refunded']);
  await busy('usd');
  await cloud.drain();
  await busy('usd');
  const again = await ask(`/api/v1/bulk/${batch.json.id}/retry-failed`, { body: {} });
  expect(again.status).toBe(202);
  await busy('usd');
  const body = JSON.stringify({ respondent_id: 'led', target: '0772000001' });
  const { id = '', secret = '' } = campaigns.get('usd') ?? {};
  const headers = { 'x-airtime-signature': plainSignature(secret, body) };
  expect((await ask(`/api/v1/campaigns/${id}/payouts`, { body, headers, key: '' })).status).toBe(201);
  await busy('usd');
  await payIn('led');
  await busy('usd');
  const why = ['--mode', 'live', '--reason', 'Led', '--reference', 'led'];
  await operator('wallet', 'adjust', merchant, '1', 'USD', ...why);
  await cloud.drain();
}, 120_000);

it('batches are cancelled and tried again, from a file that was uploaded', async () => {
  const csv = 'target,amount\n0772279901,1\n0772279902,1';
  const link = (await ask('/api/v1/bulk/uploads', { body: { bytes: csv.length } })).json;
  expect((await fetch(link.upload_url, { method: 'PUT', body: csv })).status).toBe(200);
  const preview = (await ask('/api/v1/bulk/preview', { body: { upload_id: link.upload_id } })).json;
  const gone = preview.preview_id.replace(/.{4}$/, 'gone');
  expect((await ask(`/api/v1/bulk/preview/${gone}`)).status).toBe(404);
  expect((await ask('/api/v1/bulk', { body: { preview_id: gone } })).status).toBeGreaterThanOrEqual(400);
  const lost = { upload_id: link.upload_id.replace(/.{4}$/, 'gone') };
  expect((await ask('/api/v1/bulk/preview', { body: lost })).status).toBeGreaterThanOrEqual(400);
  const failed = (await ask('/api/v1/bulk', { body: { preview_id: preview.preview_id } })).json;
  await cloud.drain();
  expect((await ask(`/api/v1/bulk/${failed.id}`)).json.status).toBe('completed');
  expect((await ask(`/api/v1/bulk/${failed.id}/retry-failed`, { body: {} })).status).toBe(202);
  const again = (await ask('/api/v1/bulk', { body: { csv: `${csv}\n0772279099,2` } })).json;
  expect((await ask(`/api/v1/bulk/${again.id}/cancel`, { body: {} })).status).toBeLessThan(300);
  await cloud.drain();
}, 60_000);

it('a merchant manages keys, freezes itself, and takes an endpoint away', async () => {
  const made = await ask('/api/v1/keys', { body: { name: 'till', scopes: ['orders:read'] } });
  const rolled = await ask(`/api/v1/keys/${made.json.id}/roll`, { body: {} });
  const revoked = await ask(`/api/v1/keys/${rolled.json.id}/revoke`, { body: {} });
  expect([made.status, rolled.status, revoked.status]).toEqual([201, 201, 200]);
  const manager = await operator('key', 'create', merchant, '--mode', 'live', '--scopes', 'account:write');
  expect((await ask('/api/v1/account/freeze', { body: { reason: 'A key leaked.' } })).status).toBe(200);
  const lifted = await ask('/api/v1/account/unfreeze', { key: manager.key, body: { reason: 'It was revoked.' } });
  expect(lifted.status).toBe(200);
  const [endpoint] = (await ask('/api/v1/webhooks/endpoints')).json.data;
  expect((await ask(`/api/v1/webhooks/endpoints/${endpoint.id}`, { method: 'DELETE' })).status).toBeLessThan(300);
  const { data } = (await ask('/api/v1/requests')).json;
  await readAll(`/api/v1/requests/${data[0].id}`);
}, 60_000);

it('operators do each thing that their commands do, under their role', async () => {
  const live = ['--mode', 'live'];
  const why = ['--reason', 'The rehearsal'];
  const key = await operator('key', 'create', merchant, ...live, '--scopes', 'orders:read');
  await operator('key', 'roll', merchant, key.id);
  await operator('key', 'revoke', merchant, key.id);
  await operator('key', 'list', merchant);
  await operator('merchant', 'list');
  await operator('terms', 'set', merchant, 'keys', '50', ...live);
  await operator('terms', 'show', merchant);
  await operator('merchant', 'freeze', merchant, ...live, ...why);
  await operator('merchant', 'unfreeze', merchant, ...live, ...why);
  await operator('webhook', 'create', merchant, receiverUrl(), ...live);
  await operator('endpoint', 'list', merchant, ...live);
  const { requests } = await operator('requests', 'list', merchant, ...live);
  await operator('requests', 'show', merchant, requests[0].id, ...live);
  for (const purpose of SIGNING_PURPOSES) {
    await operator('secret', 'rotate', purpose);
    await operator('secret', 'show', purpose);
  }
  await operator('catalogue', 'sync', 'hotrecharge');
  await operator('catalogue', 'sync', 'pesaway', '--allow-withdrawals');
  await operator('provider', 'list');
  await operator('review', 'list');
  await operator('topup', 'review');
  await operator('order', 'reverse', merchant, 'done', ...live, ...why);
  await operator('erase', '0772279099');
  expect((await ask('/api/v1/orders', { body: order('done') })).status).toBe(200);
  await readAll('/api/v1/targets/0772279099');
}, 60_000);

/** As if they were from two years ago. */
async function age(TableName: string): Promise<void> {
  const { Items = [] } = await cloud.database.send(new ScanCommand({ TableName }));
  const old = Items.find(({ listSk, dueAt, status }) => listSk && status && dueAt === undefined);
  const year = new Date().getFullYear();
  const text = JSON.stringify(old ?? expect(TableName).toBe('a table with something decided'));
  await cloud.database.send(
    new PutCommand({ TableName, Item: JSON.parse(text.replaceAll(`"${year}-`, `"${year - 2}-`)) }),
  );
}

/** As if one more had been placed ten minutes ago: figures wait until orders have settled. */
async function placeEarlier(): Promise<void> {
  const { Items = [] } = await cloud.database.send(new ScanCommand({ TableName: 'Orders' }));
  const decided = Items.find(({ pk, status }) => String(pk).startsWith(merchant) && status === 'success');
  const listSk = `${new Date(Date.now() - 600_000).toISOString()}#ord_earlier`;
  const Item = { ...decided, pk: `${decided?.listPk}#earlier`, listSk };
  await cloud.database.send(new PutCommand({ TableName: 'Orders', Item }));
}

it('the sweeps run, and operators look at everything by the outputs of the stacks', async () => {
  await cloud.drain();
  // Its webhook is sent while it waits for it.
  let isOver = false;
  const canary = cloud.onSchedule('CanaryOrder').finally(() => {
    isOver = true;
  });
  while (!isOver) await cloud.drain();
  await canary;
  expect((await ask('/status')).json.components).toMatchObject([{ component: 'orders', state: 'up' }]);
  await reconcile();
  for (const table of ['Orders', 'Topups', 'Batches']) await age(table);
  await placeEarlier();
  const apart = ['Reconcile', 'CanaryOrder'];
  for (const path of cloud.scheduled.filter((each) => !apart.includes(each))) await cloud.onSchedule(path);
  // The first run stores from when on it reads what is in review.
  await cloud.onSchedule('MailNotices');
  await cloud.drain();
  expect(cloud.mails.map((mail) => /"subject": "(.*)"/.exec(mail)?.[1]).toSorted()).toEqual([
    expect.stringMatching(/^First: \d+ batches are finished$/),
    'First: a balance is low',
  ]);
  await readAll('/api/v1/keys', '/api/v1/audit', '/api/v1/requests');
  expect((await ask('/api/v1/figures')).json.data).toMatchObject([{ totals: [{ status: 'success', orders: 1 }] }]);
  expect((await operator('ledger', 'verify', merchant, 'USD', '--mode', 'live')).violation ?? null).toBe(null);
  await operator('order', 'show', merchant, 'unclear', '--mode', 'live');
  await operator('audit', 'list', merchant, '--mode', 'live');
  expect((await ask('/api/v1/unknown')).status).toBe(404);
}, 60_000);

it('every route that takes keys refuses what it must, and notes it', async () => {
  // Of whom no function has tokens left.
  const visitor = (await operator('merchant', 'create', 'Visitor')).id;
  const narrow = async (scope: string) => {
    const made = await operator('key', 'create', visitor, '--mode', 'live', '--scopes', scope);
    return String(made.key);
  };
  const visitors = [await narrow('account:read'), await narrow('audit:read')] as const;
  expect(await visitRoutes(cloud, visitor, visitors, 'account:read')).toEqual([]);
  await cloud.drain();
}, 60_000);

/** A busy machine answers later than a request waits for its limit, which is then let through: no fault of a function. */
const LATE_LIMIT = /limits\.not_kept.*no answer in \d+ ms/s;

it('nothing was denied, and no function failed', () => {
  expect(cloud.iam.denials).toEqual([]);
  expect(cloud.errors.filter((line) => !LATE_LIMIT.test(line))).toEqual([]);
});

it('every grant was used, but for those that are listed with what would use them', () => {
  const { all, unused } = cloud.iam.grants();
  process.stdout.write(`${all.length} grants, ${unused.length} of them not used by this day.\n`);
  const idle = new Set(unused);
  expect(unused.filter((grant) => !IDLE_GRANTS.has(grant))).toEqual([]);
  const listed = [...IDLE_GRANTS.keys()];
  expect(listed.filter((grant) => !all.includes(grant))).toEqual([]);
  expect(listed.filter((grant) => !idle.has(grant) && !IDLE_GRANTS.get(grant))).toEqual([]);
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
