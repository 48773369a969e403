import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { getAccountBalance } from '../../../functions/pesaway/get-account-balance.ts';
import { issueToken } from '../../../functions/pesaway/issue-token.ts';
import { queryTransaction } from '../../../functions/pesaway/query-transaction.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { resendDelivery } from '../../../functions/webhooks/resend-delivery.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { reverse } from '../../../shared/domain/order-life.ts';
import { resultsEndpoint } from '../../../shared/domain/webhook.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { signEvent } from '../../../shared/flows/webhooks/sign-event.ts';
import { newestSecret } from '../../../shared/flows/webhooks/signing-secrets.ts';
import { serve, serveOpen } from '../../../shared/http/pipeline.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { openRoutes, routes } from '../../../shared/manifest/routes.ts';
import type { HttpRequest } from '../../../shared/outbound-http.ts';
import { pesaway } from '../../../shared/providers/pesaway.ts';
import { saveCatalogue } from '../../../shared/store/catalogue.ts';
import { createKey, revokeKey } from '../../../shared/store/merchants.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { ScriptedProvider } from '../../support/scripted-provider.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../../support/world.ts';

/** The door of PesaWay's clients, as one of them meets it. */

const RESULTS = 'https://merchant.example/results?of=airtime';

let world: TestWorld;
let merchant: TestMerchant;
let upstream: ScriptedProvider;
let received: HttpRequest[];
let status: number;

beforeEach(async () => {
  world = await testWorld({
    providers: (now) => {
      upstream = new ScriptedProvider(now);
      return { pesaway: upstream };
    },
  });
  merchant = await aMerchant(world, { KES: 1_000_000, UGX: 1_000_000, TZS: 100_000_000 });
  const unused = { http: async () => Promise.reject(new Error('not called')), credentials: async () => ({}) as never };
  await saveCatalogue(world, 'pesaway', await pesaway({ ...unused, now: world.now }).catalogue());
  received = [];
  status = 200;
  world.outboundAnswer = (request) => {
    received.push(request);
    return { status, headers: {}, body: 'thanks' };
  };
});
afterAll(stopEngine);

/** The seed's own request. */
const sample = {
  ExternalReference: '202511051829',
  Amount: 1000,
  PhoneNumber: '254712345678',
  MerchantCode: '44444',
  Currency: 'KES',
  Description: 'Airtime Transfer',
  ResultsUrl: RESULTS,
};

type Headers = Record<string, string>;

function ask<P, Q, B>(endpoint: RouteHandler<P, Q, B>, body: unknown, headers: Headers = {}, query: Headers = {}) {
  const all = { ...merchant.headers(), 'x-region': 'ke', ...headers };
  return call(world, endpoint, { headers: all, body, query });
}

const send = (changes: object = {}, headers: Headers = {}) => ask(sendAirtime, { ...sample, ...changes }, headers);
const query = (reference: string, headers: Headers = {}) =>
  ask(queryTransaction, { TransactionReference: reference }, headers);

/** Dispatches and delivers until nothing is left to do. */
async function settle(): Promise<void> {
  while (world.messages.length > 0) await world.dispatchAll();
}

const results = () => received.filter(({ url }) => url === RESULTS).map(({ body = '' }) => JSON.parse(body));
const orderOf = async (agentReference: string, mode: 'live' | 'test' = 'live') => {
  const order = await readOrder(world, { merchantId: merchant.id, mode, agentReference });
  if (!order) throw new Error(`no order ${agentReference}`);
  return order;
};

describe('accepting', () => {
  it("answers the seed's request with the seed's answer, and nothing else", async () => {
    const reply = await send();
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      code: '200.001',
      OriginatorReference: '202511051829',
      TransactionID: (await orderOf('202511051829')).id,
      ResponseDescription: 'Success. Request accepted for processing',
    });
    expect(upstream.sends).toEqual([]);
  });

  it.each([
    ['ke', '254712345678', 'KES', 254_001, 'Safaricom'],
    ['ke', '254733123456', 'KES', 254_002, 'Airtel'],
    ['ke', '254771234567', 'KES', 254_003, 'Telkom'],
    ['ug', '256772123456', 'UGX', 256_001, 'MTN'],
    ['ug', '256701234567', 'UGX', 256_002, 'Airtel'],
    ['tz', '255712345678', 'TZS', 255_001, 'Yas'],
    ['tz', '255754123456', 'TZS', 255_002, 'Vodacom'],
    ['tz', '255682123456', 'TZS', 255_003, 'Airtel'],
    ['tz', '255622123456', 'TZS', 255_004, 'Halotel'],
  ])('%s %s is found to be of its network', async (region, PhoneNumber, Currency, productId, network) => {
    expect((await send({ PhoneNumber, Currency }, { 'x-region': region })).json.code).toBe('200.001');
    const order = await orderOf('202511051829');
    expect([order.productId, order.network, order.currency]).toEqual([productId, network, Currency]);
  });

  it.each([
    ['Airtel', 254_002],
    ['TELKOM', 254_003],
  ])('a ported number can name its network: %s', async (Network, productId) => {
    await send({ Network });
    expect((await orderOf('202511051829')).productId).toBe(productId);
  });

  it.each([
    ['Tigo / Yas', 255_001],
    ['tigo', 255_001],
    ['Vocacom', 255_002],
    ['Halo', 255_004],
  ])("knows the networks by the names of the seed's table: %s", async (Network, productId) => {
    await send({ Network, PhoneNumber: '255712345678', Currency: 'TZS' }, { 'x-region': 'tz' });
    expect((await orderOf('202511051829')).productId).toBe(productId);
  });

  it.each<[string, object, object]>([
    ['an amount as text', { Amount: '1000.00' }, { amountMinor: 100_000 }],
    ['a number as number', { PhoneNumber: 254712345678 }, { msisdn: '+254712345678' }],
    ['a reference as number', { ExternalReference: 1234 }, { agentReference: '1234' }],
    ['a plus and blanks', { PhoneNumber: '+254 712 345 678' }, { msisdn: '+254712345678' }],
    ["the table's Reason", { Description: undefined, Reason: 'Project ABC' }, { customSms: 'Project ABC' }],
    [
      'no currency, merchant code or text',
      { Currency: undefined, MerchantCode: undefined, Description: undefined },
      {},
    ],
    ['no results URL', { ResultsUrl: undefined }, {}],
    ['fields of its own', { CallbackType: 'full', Meta: { a: 1 } }, {}],
    ['a currency in small letters', { Currency: 'kes' }, { currency: 'KES' }],
  ])('takes %s', async (_what, changes, expected) => {
    const reply = await send(changes);
    expect([reply.status, reply.json.code]).toEqual([200, '200.001']);
    expect(await orderOf(reply.json.OriginatorReference)).toMatchObject(expected);
  });

  it('takes the region in any case', async () => {
    expect((await send({}, { 'x-region': ' KE ' })).json.code).toBe('200.001');
  });

  it('shillings of Uganda have no decimals, and are told with two', async () => {
    const ug = { 'x-region': 'ug' };
    const body = { PhoneNumber: '256772123456', Currency: 'UGX' };
    expect((await send({ ...body, Amount: '1000.50' }, ug)).json.code).toBe('400.005');
    expect((await send({ ...body, Amount: '1000.00' }, ug)).json.code).toBe('200.001');
    await settle();
    expect(results()[0]).toMatchObject({ TransactionAmount: '1000.00', AccountAvailableFunds: '999000.00' });
  });
});

describe('one space of references', () => {
  it('the same request again is the same answer, and one order', async () => {
    const first = await send();
    await settle();
    const again = await send();
    expect(again.text).toBe(first.text);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(upstream.vends).toHaveLength(1);
  });

  it('two at once are one order', async () => {
    const [one, two] = await Promise.all([send(), send()]);
    expect(one?.text).toBe(two?.text);
    await settle();
    expect(upstream.vends).toHaveLength(1);
  });

  it('what came through /orders is found here, and the other way round', async () => {
    const order = { product_id: 254_001, target: '0712345678', amount: 1000, agent_reference: 'over-there' };
    const headers = { ...merchant.headers(), prefer: 'respond-async' };
    const made = await call(world, createOrder, { headers, body: order });
    const here = await send({ ExternalReference: 'over-there', Description: undefined });
    expect([here.status, here.json.TransactionID]).toEqual([200, made.json.id]);
    await send({ ExternalReference: 'over-here', Description: undefined });
    const there = await call(world, createOrder, { headers, body: { ...order, agent_reference: 'over-here' } });
    expect(there.headers['idempotent-replayed']).toBe('true');
    const seen = await call(world, getOrder, { headers, params: { agent_reference: 'over-here' } });
    expect(seen.json).toMatchObject({ id: there.json.id, currency: 'KES', network: 'Safaricom' });
    const ledger = await call(world, listLedger, { headers, query: { currency: 'KES' } });
    expect(ledger.json.data[0]).toMatchObject({ agent_reference: 'over-here', amount: -1000 });
  });

  it.each([
    ['Amount', { Amount: 1001 }],
    ['PhoneNumber', { PhoneNumber: '254712345679' }],
    ['Network', { Network: 'Airtel' }],
    ['Description', { Description: 'Something else' }],
  ])('another %s under the same reference is told by its name', async (field, changes) => {
    await send();
    const reply = await send(changes);
    expect(reply.status).toBe(409);
    expect(reply.json).toEqual({
      code: '409.001',
      OriginatorReference: '202511051829',
      TransactionID: null,
      ResponseDescription: `ExternalReference was used for another request. ${field} differs.`,
    });
  });

  it('a repeat with another ResultsUrl is a repeat; the first URL counts', async () => {
    await send();
    expect((await send({ ResultsUrl: 'https://other.example/' })).json.code).toBe('200.001');
    await settle();
    expect(received.map(({ url }) => url)).toEqual([RESULTS]);
  });
});

describe('refusing', () => {
  it.each<[string, number, string, object, Headers, RegExp]>([
    ['no reference', 400, '400.001', { ExternalReference: undefined }, {}, /ExternalReference is missing/],
    ['a bad reference', 400, '400.001', { ExternalReference: 'a b' }, {}, /ExternalReference must be 1 to 64/],
    ['no amount', 400, '400.001', { Amount: undefined }, {}, /Amount is missing/],
    ['no number', 400, '400.001', { PhoneNumber: undefined }, {}, /PhoneNumber is missing/],
    ['a bad results URL', 400, '400.001', { ResultsUrl: 'http://10.0.0.1/' }, {}, /ResultsUrl/],
    ['a private results URL', 400, '400.001', { ResultsUrl: 'https://169.254.169.254/' }, {}, /private/],
    ['a long text', 400, '400.001', { Description: 'x'.repeat(256) }, {}, /Description has at most 255/],
    ['no region', 400, '400.002', {}, { 'x-region': '' }, /X-Region must be ke, ug or tz/],
    ['an unknown region', 400, '400.002', {}, { 'x-region': 'gh' }, /X-Region/],
    ['a number of another region', 400, '400.003', { PhoneNumber: '256772123456' }, {}, /of region ke with/],
    ['a number that is none', 400, '400.003', { PhoneNumber: '2547xxxxxxx' }, {}, /254712345678/],
    ['the failing number with a live key', 400, '400.003', { PhoneNumber: '980321123123' }, {}, /PhoneNumber/],
    ['a currency of another region', 400, '400.004', { Currency: 'UGX' }, {}, /Currency must be KES in ke/],
    ['an amount that is none', 400, '400.005', { Amount: 'ten' }, {}, /Amount: The amount must be/],
    ['too small an amount', 400, '400.005', { Amount: 1 }, {}, /least amount/],
    [
      'a network that is not served',
      400,
      '400.006',
      { PhoneNumber: '254763123456' },
      {},
      /Equitel is not served in ke/,
    ],
    ['a network nobody knows', 400, '400.006', { Network: 'Acme' }, {}, /what is: Airtel, Safaricom, Telkom/],
    ['no credentials', 401, '401.001', {}, { authorization: '' }, /credentials/],
    ['a key that is none', 401, '401.001', {}, { authorization: 'Bearer atk_live_x' }, /credentials/],
    ['too little money', 402, '402.001', { Amount: 10_000 }, {}, /wallet does not cover/],
  ])('%s: %i %s', async (_what, httpStatus, code, changes, headers, said) => {
    if (code === '402.001') await send({ ExternalReference: 'first', Amount: 1_000 });
    const reply = await send(changes, headers);
    expect([reply.status, reply.json.code]).toEqual([httpStatus, code]);
    expect(Object.keys(reply.json)).toEqual(['code', 'OriginatorReference', 'TransactionID', 'ResponseDescription']);
    expect(reply.json.TransactionID).toBeNull();
    expect(reply.json.ResponseDescription).toMatch(said);
    expect(reply.headers['content-type']).toBe('application/json');
  });

  it('a body that is no JSON, and one that is too large', async () => {
    expect((await ask(sendAirtime, '{"Amount":')).json).toMatchObject({ code: '400.001', OriginatorReference: null });
    expect((await send({ Description: 'x'.repeat(20_000) })).json.code).toBe('413.001');
  });

  it('a network that is not sold at present may be tried again; what was accepted before is found', async () => {
    await send();
    const { products } = { products: await pesaway({ now: world.now } as never).catalogue() };
    await saveCatalogue(
      world,
      'pesaway',
      products.filter(({ id }) => id !== 254_001),
    );
    world.memo.clear();
    const reply = await send({ ExternalReference: 'new' });
    expect([reply.status, reply.json.code]).toEqual([503, '503.001']);
    expect((await send()).json.code).toBe('200.001');
  });

  it('too many at once is 429 with Retry-After, and nothing was taken', async () => {
    world.fault = (command) => (command === 'TransactWriteCommand' ? 'before' : undefined);
    const reply = await send();
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([429, '429.001', '1']);
    world.fault = undefined;
    expect((await send()).json.code).toBe('200.001');
  });

  it('a refusal for lack of funds stays, and is told the same again', async () => {
    await send({ ExternalReference: 'first', Amount: 1_000 });
    const first = await send({ Amount: 10_000 });
    expect((await send({ Amount: 10_000 })).text).toBe(first.text);
    await settle();
    expect(results().map(({ OriginatorReference }) => OriginatorReference)).toEqual(['first']);
  });
});

describe('the result', () => {
  it('of a success has exactly the fields of the sample', async () => {
    const { json } = await send();
    await settle();
    const { finalizedAt = '' } = await orderOf('202511051829');
    expect(results()).toEqual([
      {
        ResultCode: 0,
        ResultDesc: 'The airtime request is processed successfully.',
        OriginatorReference: '202511051829',
        PhoneNumber: '254712345678',
        TransactionID: json.TransactionID,
        TransactionAmount: '1000.00',
        AccountAvailableFunds: '9000.00',
        TransactionCompletedDateTime: finalizedAt.replace('T', ' ').replace('Z', '000+00:00'),
      },
    ]);
    expect(results()[0].TransactionCompletedDateTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  });

  it('of a failure has exactly the fields of the sample', async () => {
    upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const { json } = await send();
    await settle();
    expect(results()).toEqual([
      {
        ResultCode: 2001,
        ResultDesc: 'Transaction failed',
        OriginatorReference: '202511051829',
        TransactionID: json.TransactionID,
        TransactionAmount: '1000.00',
        TransactionReceipt: null,
      },
    ]);
  });

  it('says why where that is known', async () => {
    upstream.script = [{ kind: 'rejected', failure: 'out_of_stock', evidence: '' }];
    await send();
    await settle();
    expect(results()[0].ResultDesc).toBe('Transaction failed: The provider has no stock of this denomination.');
  });

  it.each(['ke', 'ug', 'tz'])("the documents' failing number fails with a test key, in %s", async (region) => {
    const headers = { ...merchant.headers('test'), 'x-region': region };
    expect((await send({ PhoneNumber: '980321123123', Currency: undefined }, headers)).json.code).toBe('200.001');
    await settle();
    expect(results()[0]).toMatchObject({
      ResultCode: 2001,
      ResultDesc: 'Transaction failed',
      TransactionReceipt: null,
    });
    expect((await query('202511051829', headers)).json).toMatchObject({ ResultCode: 2001 });
    expect((await send({ PhoneNumber: 980321123123, Currency: undefined }, headers)).json.code).toBe('200.001');
    expect((await orderOf('202511051829', 'test')).status).toBe('refunded');
  });

  it('is told once there is one: not while the order is in doubt', async () => {
    upstream.script = [{ kind: 'unclear', evidence: '' }];
    upstream.finding = { kind: 'in_progress', evidence: '' };
    await send();
    await settle();
    expect(results()).toEqual([]);
    expect((await query('202511051829')).json).toMatchObject({ ResultCode: 1001, OriginatorReference: '202511051829' });
    upstream.finding = { kind: 'success', receipt: {}, evidence: '' };
    await world.sweep(5);
    await settle();
    expect(results()).toMatchObject([{ ResultCode: 0 }]);
    expect((await query('202511051829')).json).toEqual(results()[0]);
  });

  it('is told again when the provider takes a success back', async () => {
    await send();
    await settle();
    const order = await orderOf('202511051829');
    await changeOrder(world, order, (now) => reverse(now, world.now(), 'Taken back.'));
    await settle();
    expect(results().map(({ ResultCode }) => ResultCode)).toEqual([0, 2001]);
    expect(results()[1].ResultDesc).toMatch(/took it back/);
  });

  it('is signed as every webhook, with a secret that its merchant can have', async () => {
    await send();
    await settle();
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    const [{ headers = {}, body = '' } = {}] = received;
    const secret = await newestSecret(world, resultsEndpoint(owner, world.now()));
    const at = new Date(Number(headers['webhook-timestamp']) * 1000).toISOString();
    expect(headers).toMatchObject(signEvent({ id: headers['webhook-id'] ?? '', body }, [secret], at));
    const other = await newestSecret(world, resultsEndpoint({ ...owner, merchantId: 'mer_other' }, world.now()));
    expect(other).not.toBe(secret);
    const params = { endpoint_id: 'results' };
    const rotated = await call(world, rotateSecret, {
      headers: merchant.headers(),
      params,
      body: { overlap_hours: 0 },
    });
    expect(rotated.json).toMatchObject({ id: 'results', url: null, events: ['airtime.result'] });
    await send({ ExternalReference: 'second' });
    await settle();
    const next = received.at(-1);
    const signed = { id: next?.headers?.['webhook-id'] ?? '', body: next?.body ?? '' };
    expect(next?.headers).toMatchObject(
      signEvent(
        signed,
        [rotated.json.secret],
        new Date(Number(next?.headers?.['webhook-timestamp']) * 1000).toISOString(),
      ),
    );
  });

  it('is tried again until it is taken, stands in the log and can be sent again', async () => {
    status = 500;
    await send();
    await settle();
    expect(results()).toHaveLength(1);
    status = 200;
    world.advance(60_000);
    await sendDue(world);
    expect(results()).toHaveLength(2);
    expect(results()[1]).toEqual(results()[0]);
    const log = await call(world, listDeliveries, { headers: merchant.headers(), query: { endpoint_id: 'results' } });
    expect(log.json.data).toMatchObject([
      { endpoint_id: 'results', event_type: 'airtime.result', url: RESULTS, status: 'delivered', tries: 2 },
    ]);
    const params = { delivery_id: log.json.data[0].id };
    await call(world, resendDelivery, { headers: merchant.headers(), params });
    expect(results()).toHaveLength(3);
  });

  it('one host that fails costs one try a sweep, and holds up no other', async () => {
    world.outboundAnswer = (request) => {
      received.push(request);
      return { status: request.url.includes('dead') ? 500 : 200, headers: {}, body: '' };
    };
    for (const n of [1, 2, 3, 4]) {
      await send({ ExternalReference: `dead-${n}`, ResultsUrl: `https://dead.example/${n}`, Amount: 10 });
      await send({ ExternalReference: `live-${n}`, ResultsUrl: `https://live.example/${n}`, Amount: 10 });
      await settle();
    }
    const to = (host: string) => received.filter(({ url }) => url.includes(host)).length;
    expect([to('dead'), to('live')]).toEqual([1, 4]);
    world.advance(5 * 60_000);
    received.length = 0;
    await sendDue(world);
    expect([to('dead'), to('live')]).toEqual([1, 0]);
  });

  it('an answer that was lost, or a worker that died, tells it once', async () => {
    await send();
    const [message] = world.messages.splice(0);
    if (message) world.messages.push(message, message);
    let puts = 0;
    world.fault = (command, input) => {
      const isDelivery = command === 'PutCommand' && JSON.stringify(input).includes('dlv_');
      puts += isDelivery ? 1 : 0;
      return isDelivery && puts === 1 ? 'after' : undefined;
    };
    await settle();
    world.fault = undefined;
    await sendDue(world);
    expect(puts).toBeGreaterThan(1);
    expect(results()).toHaveLength(1);
  });
});

describe('logging in', () => {
  const login = (body: unknown) =>
    serveOpen(granted(world, openRoutes.issueToken.access), issueToken, {
      ...{ method: 'POST', path: '/api/v1/token/', params: {}, query: {}, headers: {}, requestId: 'req_1' },
      body: JSON.stringify(body),
    });
  const credentials = () => ({ consumer_key: merchant.keys.live.id, consumer_secret: merchant.liveKey });

  it('gives a token in both shapes that clients know, good for an hour', async () => {
    const reply = await login({ ...credentials(), grant_type: 'client_credentials' });
    const said = JSON.parse(reply.body);
    expect(reply.status).toBe(200);
    expect(said).toMatchObject({ code: '200.001', token_type: 'Bearer', expires_in: 3600 });
    expect(said.data.token).toBe(said.access_token);
    const bearer = { authorization: `Bearer ${said.access_token}` };
    expect((await send({}, bearer)).json.code).toBe('200.001');
    world.advance(3_600_000 - 1);
    expect((await query('202511051829', bearer)).status).toBe(200);
    world.advance(1);
    expect((await query('202511051829', bearer)).json.code).toBe('401.001');
  });

  it('a token ends with its key', async () => {
    const said = JSON.parse((await login(credentials())).body);
    await revokeKey(world, merchant.id, merchant.keys.live.id);
    expect((await send({}, { authorization: `Bearer ${said.access_token}` })).status).toBe(401);
  });

  it('a token has the scopes of its key', async () => {
    const request = { merchantId: merchant.id, mode: 'live', name: 'narrow', scopes: ['wallet:read'] } as const;
    const { key, text } = await createKey(world, request);
    const said = JSON.parse((await login({ consumer_key: key.id, consumer_secret: text })).body);
    const bearer = { authorization: `Bearer ${said.access_token}` };
    expect((await send({}, bearer)).json.code).toBe('403.001');
    expect((await ask(getAccountBalance, '', bearer)).status).toBe(200);
  });

  it('refuses credentials that do not belong together, and says no more', async () => {
    const other = await aMerchant(world);
    for (const changes of [
      { consumer_key: other.keys.live.id },
      { consumer_key: merchant.keys.test.id },
      { consumer_secret: other.liveKey },
      { consumer_secret: `${merchant.liveKey}x` },
      { consumer_key: '' },
    ]) {
      const reply = await login({ ...credentials(), ...changes });
      expect([reply.status, JSON.parse(reply.body).code]).toEqual([401, '401.001']);
    }
    const empty = await login({});
    expect([empty.status, JSON.parse(empty.body).ResponseDescription]).toEqual([400, 'consumer_key is missing.']);
  });

  it('a changed token is none: every character counts', async () => {
    const { access_token: token } = JSON.parse((await login(credentials())).body);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const forged = `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
      // The last character of base64url carries bits that stand for nothing; what is compared is the text.
      expect((await send({}, { authorization: `Bearer ${forged}` })).status).toBe(401);
    }
  });

  it('is no key for our own door', async () => {
    const { access_token: token } = JSON.parse((await login(credentials())).body);
    const reply = await ask(getOrder, '', { authorization: `Bearer ${token}` });
    expect([reply.status, reply.json.code]).toEqual([401, 'unauthenticated']);
  });
});

describe('asking', () => {
  it('a balance: of the region, or of the currency that is named', async () => {
    expect((await ask(getAccountBalance, '')).json).toEqual({
      code: '200.001',
      ResponseDescription: 'Success. Request accepted for processing',
      Currency: 'KES',
      Balance: '10000.00',
      AvailableBalance: '10000.00',
    });
    const named = await ask(getAccountBalance, { MerchantCode: '44444', Currency: 'ugx' });
    expect(named.json).toMatchObject({ Currency: 'UGX', Balance: '1000000.00' });
    expect((await ask(getAccountBalance, { Currency: 'EUR' })).json.code).toBe('400.004');
    expect((await ask(getAccountBalance, '', { 'x-region': '' })).json.code).toBe('400.002');
  });

  it('a transaction: by POST, by GET with a body, by GET with a query; of its own merchant only', async () => {
    await send();
    await settle();
    const posted = await query('202511051829');
    expect(posted.json).toMatchObject({ ResultCode: 0, OriginatorReference: '202511051829' });
    const headers = { ...merchant.headers(), 'x-region': 'ke' };
    const asGet = { method: 'GET', path: '', params: {}, headers, requestId: 'req_1' };
    const body = JSON.stringify({ TransactionReference: '202511051829' });
    expect((await serve(world, queryTransaction, { ...asGet, query: {}, body })).body).toBe(posted.text);
    const inQuery = { TransactionReference: '202511051829' };
    expect((await serve(world, queryTransaction, { ...asGet, query: inQuery, body: '' })).body).toBe(posted.text);
    const other = await aMerchant(world);
    const hidden = await query('202511051829', other.headers());
    expect([hidden.status, hidden.json.code]).toEqual([404, '404.001']);
    expect((await ask(queryTransaction, {})).json.ResponseDescription).toBe('TransactionReference is missing.');
  });

  it('every function has what it is granted, and needs no more', async () => {
    const headers = { ...merchant.headers(), 'x-region': 'ke' };
    const said = await call(granted(world, routes.sendAirtime.access), sendAirtime, { headers, body: sample });
    expect(said.status).toBe(200);
    const asked = { TransactionReference: '202511051829' };
    const found = await call(granted(world, routes.queryTransaction.access), queryTransaction, {
      headers,
      body: asked,
    });
    expect(found.status).toBe(200);
    const held = await call(granted(world, routes.getAccountBalance.access), getAccountBalance, { headers });
    expect(held.status).toBe(200);
  });
});
