import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { commandNames } from '../../bin/operator.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import type { Order } from '../../shared/domain/order.ts';
import { DEFAULT_LIMITS } from '../../shared/domain/terms.ts';
import { plainSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { SIGNING_PURPOSES } from '../../shared/manifest/access.ts';
import { batchesAreCancelled, batchRuns, rowsAreDeliveredLate } from './bulk.ts';
import { Day, LATER, order } from './day.ts';
import { OPERATOR_ROLE } from './iam.ts';
import { IDLE_GRANTS } from './idle-grants.ts';
import { leaveUncounted } from './left.ts';
import { busyWalletsAreLed } from './lines.ts';
import { peopleMeet } from './people.ts';
import { halfEmpty, unused, visitRoutes } from './visits.ts';
import { serverIsDown, webhooksAreRead } from './webhooks.ts';

/**
 * A day of the live stage as it would be deployed: bundles, environments and permissions are those of the templates, and
 * whatever a function does beyond its policies is denied. The tests are one story, in this order.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LIVE = ['--mode', 'live'];
const WHY = ['--reason', 'The rehearsal'];

let day: Day;
let cloud: Day['cloud'];
let listener = '';

beforeAll(async () => {
  day = await Day.begin();
  cloud = day.cloud;
}, 300_000);

afterAll(async () => {
  await day?.end();
});

it('operators make a merchant with keys and money, once there are credentials of a provider', async () => {
  await day.put('Health', { pk: 'hotrecharge', offSince: new Date().toISOString() });
  await cloud.onSchedule('SyncCatalogue');
  day.merchant = (await day.operator('merchant', 'create', 'First')).id;
  await notifyOwner();
  for (const mode of ['live', 'test'] as const) {
    const scopes = ['--scopes', SCOPES.join(',')];
    const made = await day.operator('key', 'create', day.merchant, '--mode', mode, ...scopes);
    day.keys[mode] = made.key;
    day.keyIds[mode] = made.id;
  }
  for (const currency of ['USD', 'KES']) {
    const why = [...LIVE, '--reason', 'Opening', '--reference', `opening-${currency}`, '--yes'];
    await day.operator('wallet', 'adjust', day.merchant, '1000', currency, ...why);
  }
  // The answer of the first is lost, so its entry is looked for.
  cloud.guard.decree({ who: 'SetTestBalance', what: 'dynamodb:PutItem on Wallets.Arn', isLost: 'the answer' });
  for (const currency of ['USD', 'KES']) {
    const body = { currency, balance: 500 };
    await day.well('/api/v1/test/wallet', { method: 'PUT', key: day.keys.test, body });
  }
  await day.readAll('/api/v1/wallet');
}, 300_000);

/** Somebody signed in before this day, and wants to be mailed of everything, from its first run on. */
async function notifyOwner(): Promise<void> {
  const { merchant } = day;
  const notifications = { live: { batch_finished: true }, test: { orders_under_review: true } };
  const who = { id: 'mem_1', subject: 'owner', email: 'owner@people.example', role: 'owner', joinedAt: '2026-01-01' };
  const team = { merchantId: merchant, members: [{ ...who, notifications }], invitations: [], version: 1 };
  await day.put('Merchants', { pk: `merchant#${merchant}`, sk: 'team', ...team });
  await cloud.onSchedule('MailNotices');
}

it('orders succeed, are unclear, are refused, and end by a callback; and their events reach a receiver', async () => {
  const endpoint = await day.well('/api/v1/webhooks/endpoints', { body: { url: day.receiver.url } });
  const { data } = await day.well('/api/v1/products');
  const kenyan = data.find((each: { network: string }) => each.network === 'Safaricom');
  const abroad = { product_id: kenyan.id, target: '254712345678', amount: 10 };
  await day.well('/api/v1/orders', { body: order('done'), ...LATER });
  await day.well('/api/v1/orders', { body: order('unclear', { target: '0772279911' }), ...LATER });
  await day.well('/api/v1/orders', { body: order('refused', { target: '0772279901' }), ...LATER });
  expect((await day.well('/api/v1/orders', { body: order('abroad', abroad), ...LATER })).status).toBe('pending');
  await day.well('/api/v1/orders', { key: day.keys.test, body: order('played'), ...LATER });
  // So long that whoever sends reads whether their merchant is frozen.
  cloud.clock.pass(10 * SECOND);
  await cloud.drain();
  expect((await day.whileDraining(day.well('/api/v1/orders', { body: order('waited') }))).status).toBe('success');
  const dear = { body: order('dear', { ...abroad, amount: 5_000 }), ...LATER };
  expect((await day.ask('/api/v1/orders', dear)).json.code).toBe('insufficient_funds');
  await cloud.drain();
  const references = ['done', 'unclear', 'refused', 'abroad'];
  const statuses = await Promise.all(references.map((reference) => day.statusOf(reference)));
  expect(statuses).toEqual(['success', 'unknown', 'refunded', 'success']);
  expect(day.receiver.heard).toEqual(expect.arrayContaining(['order.success', 'order.failed']));
  const { id } = await day.well('/api/v1/orders/done');
  await day.readAll(`/api/v1/orders/${id}`, '/api/v1/orders', '/api/v1/targets/0772279099', '/health', '/status');
  await day.readAll('/api/v1/account');
  listener = await webhooksAreRead(day, endpoint.id);
  await serverIsDown(day, endpoint.id);
}, 300_000);

it('a meter is looked up, and gets its tokens', async () => {
  const { data } = await day.well('/api/v1/products');
  const { id, min } = data.find(({ kind, currency }: Record<string, string>) => kind === 'zesa' && currency === 'USD');
  const bought = { product_id: id, target: '37112345678', amount: min };
  await day.well('/api/v1/orders', { body: order('meter', bought), ...LATER });
  await cloud.drain();
  expect((await day.well('/api/v1/targets/37112345678')).holder).toMatchObject({ masked: false });
}, 300_000);

it('a merchant tops up its wallet, and reads its ledger', async () => {
  await day.payIn('first');
  for (const each of ['SignHeads', 'VerifyLedgers']) await cloud.onSchedule(each);
  const month = new Date().toISOString().slice(0, 7);
  await day.readAll('/api/v1/wallet/topup', '/api/v1/wallet/ledger', '/api/v1/wallet/ledger/export?currency=USD');
  await day.readAll('/api/v1/wallet/ledger/verify?currency=USD', '/api/v1/wallet/ledger/heads?currency=USD');
  await day.readAll(`/api/v1/wallet/statement?currency=USD&month=${month}`);
  await day.well('/api/v1/wallet/USD', { method: 'PATCH', body: { low_balance_threshold: 50_000 } });
  await day.payIn('played', day.keys.test);
  const again = { amount: 5, currency: 'USD', reference: 'first' };
  expect((await day.ask('/api/v1/wallet/topup', { body: again })).status).toBe(200);
  for (const key of Object.values(day.keys)) {
    expect((await day.ask('/api/v1/wallet/topup', { key, body: { ...again, reference: 'unpaid' } })).status).toBe(201);
  }
}, 300_000);

it('a batch runs, and campaigns pay', async () => {
  await batchRuns(day);
  await cloud.database.send(halfEmpty(`orders#${day.merchant}#live`, DEFAULT_LIMITS.live.rates.orders));
  const campaigns = { USD: day.keys.live, KES: day.keys.live, play: day.keys.test };
  for (const [name, key] of Object.entries(campaigns)) {
    const isKenyan = name === 'KES';
    const product = name === 'USD' ? { product_id: 100 } : {};
    const terms = { name, currency: isKenyan ? 'KES' : 'USD', budget: 100, amount: isKenyan ? 10 : 1, ...product };
    const campaign = await day.well('/api/v1/campaigns', { key, body: terms });
    const place = `/api/v1/campaigns/${campaign.id}`;
    await countMany(campaign.id);
    const target = isKenyan ? '254712345678' : '0772000001';
    const body = JSON.stringify({ respondent_id: 'r-1', target });
    const headers = { 'x-airtime-signature': plainSignature(campaign.secret, body) };
    for (const status of [201, 200]) {
      expect((await day.ask(`${place}/payouts`, { body, headers, key: '' })).status).toBe(status);
    }
    await cloud.drain();
    await day.well(place, { key, method: 'PATCH', body: { paused: true, ...product } });
    await day.well(`${place}/rotate-secret`, { key, body: {} });
    const lists = [`${place}/payouts`, `/api/v1/orders?campaign_id=${campaign.id}`];
    for (const path of ['/api/v1/campaigns', place, ...lists]) await day.well(path, { key });
  }
}, 300_000);

/** As if a campaign had paid more than are remembered by themselves. */
async function countMany(id: string): Promise<void> {
  const counted = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`paid-${index}`, 1]));
  for (let shard = 0; shard < 16; shard += 1) {
    await day.put('Campaigns', { pk: `${id}#counts#${shard}`, counts: {}, counted, version: 1 });
  }
}

it('orders come by the protocol of PesaWay, and test orders end without waiting', async () => {
  await cloud.database.send(unused(day.keys.live));
  const logIn = (consumer_secret: string) =>
    day.ask('/api/v1/token', { body: { consumer_key: day.keyIds.live, consumer_secret } });
  // More than a process may begin with.
  for (let tries = 0; tries <= 10; tries += 1) expect((await logIn(day.keys.test)).status).toBe(401);
  const log = await logIn(day.keys.live);
  const headers = { authorization: `Bearer ${log.json.access_token}`, 'x-region': 'ke' };
  const send = { ExternalReference: 'by-pesaway', Amount: 10, PhoneNumber: '254712345901', Currency: 'KES' };
  const dear = { ...send, ExternalReference: 'dear-pesaway', Amount: 5_000 };
  const query = { body: { TransactionReference: 'by-pesaway' }, headers };
  await day.well('/api/v1/airtime/send-airtime', { body: send, headers });
  expect((await day.ask('/api/v1/airtime/send-airtime', { body: dear, headers })).status).toBeGreaterThanOrEqual(400);
  await day.well('/api/v1/mobile-money/transaction-query', query);
  await day.well('/api/v1/account-balance', { headers });
  const test = { key: day.keys.test, headers: { prefer: 'respond-async', 'x-region': 'ke' } };
  await day.well('/api/v1/airtime/send-airtime', { ...test, body: { ...send, PhoneNumber: '254712345678' } });
  for (const [reference, target] of Object.entries({
    refused: '0772279001',
    slow: '0772279012',
    slower: '0772279018',
    doubtful: '0772279014',
  })) {
    await day.well('/api/v1/orders', { ...test, body: order(reference, { target }) });
  }
  await cloud.drain();
  await day.until(async () => (await day.statusOf('by-pesaway')) === 'refunded');
  await day.well('/api/v1/mobile-money/transaction-query', query);
  const advance = (reference: string) => day.well(`/api/v1/test/orders/${reference}/advance`, { ...test, body: {} });
  await advance('slower');
  // Merchants see of a review no more than that it is not known.
  expect(await advance('doubtful')).toMatchObject({ status: 'unknown' });
  const advanced = await day.well('/api/v1/test/orders/slow/advance?to=final', { ...test, body: {} });
  expect(advanced).toMatchObject({ status: 'refunded' });
  await advance(advanced.id);
  await cloud.drain();
  const polled = await day.well(`/api/v1/webhooks/listeners/${listener}/deliveries`, { key: day.keys.test });
  expect(polled.data.length).toBeGreaterThan(0);
}, 300_000);

it('time passes: what is unclear is asked for, and what was lost is sent', async () => {
  await day.well('/api/v1/orders', { body: order('unsold', { target: '0772279912' }), ...LATER });
  await cloud.drain();
  const abroad = { product_id: 254_001, target: '254712345678', amount: 10 };
  await day.well('/api/v1/orders', { body: order('lost'), ...LATER });
  await day.well('/api/v1/orders', { body: order('lost-abroad', abroad), ...LATER });
  await day.well('/api/v1/orders', { key: day.keys.test, body: order('lost-played'), ...LATER });
  for (const queue of ['dispatch-hotrecharge', 'dispatch-pesaway', 'dispatch-sandbox'] as const)
    await cloud.lose(queue);
  cloud.clock.pass(3 * MINUTE);
  await day.reconcile();
  expect(await day.statusOf('unclear')).toBe('success');
  await cloud.drain();
  await day.until(async () => (await day.statusOf('lost-abroad')) === 'success');
  expect([await day.statusOf('lost'), await day.statusOf('lost-played', 'test')]).toEqual(['success', 'success']);
}, 300_000);

it('whoever finds a wallet busy leads its line, and posts what others left there', async () => {
  await busyWalletsAreLed(day);
}, 300_000);

it('batches are cancelled and tried again, and their rows are delivered late', async () => {
  await batchesAreCancelled(day);
  await rowsAreDeliveredLate(day);
}, 300_000);

it('a merchant manages keys, freezes itself, and takes an endpoint away', async () => {
  const owner = { merchantId: day.merchant, mode: 'live' } as const;
  await leaveUncounted(cloud.database, owner, 'keys');
  const made = await day.well('/api/v1/keys', { body: { name: 'till', scopes: ['orders:read'] } });
  await leaveUncounted(cloud.database, owner, 'keys');
  const rolled = await day.well(`/api/v1/keys/${made.id}/roll`, { body: {} });
  await day.well(`/api/v1/keys/${rolled.id}/revoke`, { body: {} });
  const manager = await day.operator('key', 'create', day.merchant, ...LIVE, '--scopes', 'account:write');
  await day.well('/api/v1/account/freeze', { body: { reason: 'A key leaked.' } });
  // What was begun before goes on.
  await day.well('/api/v1/wallet/topup', { body: { amount: 5, currency: 'USD', reference: 'first' } });
  await day.well('/api/v1/account/unfreeze', { key: manager.key, body: { reason: 'It was revoked.' } });
  const [endpoint] = (await day.well('/api/v1/webhooks/endpoints')).data;
  await leaveUncounted(cloud.database, owner, 'endpoints');
  await day.well(`/api/v1/webhooks/endpoints/${endpoint.id}`, { method: 'DELETE' });
  const { data } = await day.well('/api/v1/requests');
  await day.readAll(`/api/v1/requests/${data[0].id}`);
}, 300_000);

it('people sign up, invite others, and leave', async () => {
  await peopleMeet(day);
}, 300_000);

it('operators do each thing that their commands do, under their role', async () => {
  const { merchant } = day;
  const key = await day.operator('key', 'create', merchant, ...LIVE, '--scopes', 'orders:read');
  const rolled = await day.operator('key', 'roll', merchant, key.id);
  await day.operator('key', 'revoke', merchant, rolled.id);
  await day.operator('key', 'list', merchant);
  await day.operator('merchant', 'list');
  await day.operator('terms', 'set', merchant, 'keys', '50', ...LIVE);
  await day.operator('terms', 'show', merchant);
  await day.operator('merchant', 'freeze', merchant, ...LIVE, ...WHY);
  await day.operator('merchant', 'unfreeze', merchant, ...LIVE, ...WHY);
  await day.operator('webhook', 'create', merchant, day.receiver.url, ...LIVE);
  await day.operator('endpoint', 'list', merchant, ...LIVE);
  const { requests } = await day.operator('requests', 'list', merchant, ...LIVE);
  await day.operator('requests', 'show', merchant, requests[0].id, ...LIVE);
  for (const purpose of SIGNING_PURPOSES) await day.operator('secret', 'rotate', purpose);
  // A new key signs once every process has it.
  cloud.clock.pass(15 * MINUTE);
  for (const purpose of SIGNING_PURPOSES) {
    for (const word of ['end-overlap', 'show']) await day.operator('secret', word, purpose);
  }
  await syncCatalogues();
  await day.operator('provider', 'list');
  const played = ['--mode', 'test'];
  const inReview = await day.operator('review', 'list', ...played);
  expect(inReview).toContainEqual(expect.objectContaining({ agent_reference: 'doubtful' }));
  const { orders } = await day.operator('order', 'open', ...played);
  expect(orders).toContainEqual(expect.objectContaining({ agent_reference: 'doubtful', status: 'review' }));
  await day.operator('order', 'resolve', merchant, 'doubtful', 'delivered', ...played, ...WHY);
  const { id } = await day.well('/api/v1/wallet/topup', { body: { amount: 5, currency: 'USD', reference: 'partial' } });
  cloud.pesepay.change(id, { status: 'PARTIALLY_PAID' });
  expect(await cloud.pesepay.callBack(id)).toEqual([200]);
  expect(await day.operator('topup', 'review')).toHaveLength(1);
  await cloud.onSchedule('MailNotices');
  await day.operator('topup', 'resolve', id, 'paid', ...WHY);
  await day.operator('order', 'reverse', merchant, 'done', ...LIVE, ...WHY);
  await cloud.drain();
}, 300_000);

/** A provider had no credentials for a while, and another has products that are called otherwise here. */
async function syncCatalogues(): Promise<void> {
  const [health] = (await day.items('Health')).filter(({ pk }) => pk === 'pesaway');
  await day.put('Health', { ...health, pk: 'pesaway', offSince: new Date().toISOString() });
  const product = (await day.items('Catalogue')).find(({ provider }) => provider === 'hotrecharge');
  await day.put('Catalogue', { ...product, name: 'As it was called' });
  await day.operator('catalogue', 'sync', 'hotrecharge');
  await day.operator('catalogue', 'sync', 'pesaway', '--allow-withdrawals');
}

it('numbers are erased, and what was sent before is known all the same', async () => {
  const twice = {
    delivers: true,
    answer: 'accepted',
    callbacks: ['success'],
    when: 'on_release',
    query: 'success',
  } as const;
  cloud.pesaway.script({ match: { target: '254712345941' }, behaviour: twice });
  const send = { ExternalReference: 'erased', Amount: 10, PhoneNumber: '254712345941', Currency: 'KES' };
  const byPesaway = { body: send, headers: { 'x-region': 'ke' } };
  await day.well('/api/v1/airtime/send-airtime', byPesaway);
  expect((await day.ask('/api/v1/orders', { body: order('wrong', { amount: -1 }) })).status).toBe(422);
  await cloud.drain();
  await day.reconcile();
  await cloud.drain();
  const erased = await day.operator('erase', '0772279099');
  expect(erased.erased).toMatchObject({ deliveries: expect.any(Number), requests: expect.any(Number) });
  await day.operator('erase', '254712345941');
  expect((await day.ask('/api/v1/orders', { body: order('done') })).status).toBe(200);
  await day.well('/api/v1/airtime/send-airtime', byPesaway);
  // It is called back once more.
  await cloud.pesaway.release();
  await day.readAll('/api/v1/targets/0772279099');
}, 300_000);

/** As if something were from two years ago. */
async function age(table: string, isIt: (item: Record<string, unknown>) => boolean): Promise<void> {
  const old = (await day.items(table)).find(isIt);
  const year = new Date().getFullYear();
  const text = JSON.stringify(old ?? expect(table).toBe('a table with something old'));
  await day.put(table, JSON.parse(text.replaceAll(`"${year}-`, `"${year - 2}-`)));
}

/** As if one more had been placed ten minutes ago: figures wait until orders have settled. */
async function placeEarlier(): Promise<void> {
  const isDecided = ({ pk, status }: Record<string, unknown>) =>
    String(pk).startsWith(day.merchant) && status === ('success' satisfies Order['status']);
  const decided = (await day.items('Orders')).find(isDecided);
  const listSk = `${new Date(Date.now() - 10 * MINUTE).toISOString()}#ord_earlier`;
  await day.put('Orders', { ...decided, pk: `${decided?.listPk}#earlier`, listSk });
}

it('the sweeps run, and operators look at everything by the outputs of the stacks', async () => {
  await cloud.drain();
  // Its webhook is sent while it waits for it.
  await day.whileDraining(cloud.onSchedule('CanaryOrder'));
  expect((await day.well('/status')).components).toMatchObject([{ component: 'orders', state: 'up' }]);
  await day.reconcile();
  const isDecided = ({ listSk, dueAt, status }: Record<string, unknown>) => listSk && status && dueAt === undefined;
  for (const table of ['Orders', 'Topups', 'Batches']) await age(table, (item) => Boolean(isDecided(item)));
  await age('Batches', ({ pk, listSk }) => String(pk).includes('#rows#') && listSk !== undefined);
  await placeEarlier();
  const apart = ['Reconcile', 'CanaryOrder'];
  for (const path of cloud.scheduled.filter((each) => !apart.includes(each))) await cloud.onSchedule(path);
  await cloud.drain();
  const subjects = cloud.mails.map((mail) => /"subject": "(First: .*)"/.exec(mail)?.[1] ?? '');
  expect(subjects).toEqual(expect.arrayContaining([expect.stringMatching(/finished$/), 'First: a balance is low']));
  await day.readAll('/api/v1/keys', '/api/v1/audit', '/api/v1/requests');
  expect((await day.well('/api/v1/figures')).data[0].totals).toContainEqual(
    expect.objectContaining({ status: 'success', orders: expect.any(Number) }),
  );
  expect((await day.operator('ledger', 'verify', day.merchant, 'USD', ...LIVE)).verified).toBe(true);
  await day.operator('order', 'show', day.merchant, 'unclear', ...LIVE);
  await day.operator('audit', 'list', day.merchant, ...LIVE);
  expect([...day.commands].toSorted()).toEqual([...commandNames].toSorted());
}, 300_000);

it('the day after, a head follows the one before', async () => {
  cloud.clock.pass(24 * 60 * MINUTE);
  await cloud.onSchedule('SignHeads');
  const { data } = await day.well('/api/v1/wallet/ledger/heads?currency=USD');
  const days: string[] = data.map((head: { day: string }) => head.day).toSorted();
  // There is one more when the story ran over midnight.
  const [before = '', last = ''] = days.slice(-2);
  expect(Date.parse(last) - Date.parse(before)).toBe(24 * 60 * MINUTE);
}, 300_000);

it('every route that takes keys refuses what it must, and notes it', async () => {
  // Of whom no function has tokens left.
  const visitor = (await day.operator('merchant', 'create', 'Visitor')).id;
  const narrow = async (scope: string) => {
    const made = await day.operator('key', 'create', visitor, ...LIVE, '--scopes', scope);
    return String(made.key);
  };
  const visitors = [await narrow('account:read'), await narrow('audit:read')] as const;
  expect(await visitRoutes(cloud, visitor, visitors, 'account:read')).toEqual([]);
  await cloud.drain();
}, 300_000);

/** A busy machine answers later than a request waits for its limit, which is then let through: no fault of a function. */
const LATE_LIMIT = /limits\.not_kept.*no answer in \d+ ms/s;

it('nothing was denied, and no function failed', () => {
  expect(cloud.iam.denials).toEqual([]);
  expect(cloud.guard.open).toEqual([]);
  expect(cloud.errors.filter((line) => !LATE_LIMIT.test(line))).toEqual([]);
});

it('every grant was used, but for those that are listed with what would use them', () => {
  const { all, unused } = cloud.iam.grants();
  process.stdout.write(`${all.length} grants, ${unused.length} of them not used by this day.\n`);
  expect(unused.toSorted()).toEqual([...IDLE_GRANTS.keys()].toSorted());
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
