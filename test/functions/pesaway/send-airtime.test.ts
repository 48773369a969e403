import { describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { pesaway } from '../../../shared/providers/pesaway.ts';
import { saveCatalogue } from '../../../shared/store/catalogue.ts';
import { call } from '../../support/call.ts';
import type { Headers } from '../../support/pesaway-set-up.ts';
import {
  ask,
  freshMerchantForEachTest,
  merchant,
  orderOf,
  RESULTS,
  received,
  results,
  sample,
  send,
  settle,
  upstream,
  world,
} from '../../support/pesaway-set-up.ts';

freshMerchantForEachTest();

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
    expect((await orderOf('202511051829')).by).toBe(merchant.keys.live.id);
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
    [
      'null for what it has not',
      { ResultsUrl: null, Reason: null, Network: null, Currency: null, MerchantCode: null },
      {},
    ],
    ['an empty text for what it has not', { ResultsUrl: '', Reason: '', Description: '', Network: '' }, {}],
    ['a number with marks that a sheet put into it', { PhoneNumber: '\u202a+254 0712\u2011345\u200b678\u202c' }, {}],
    ['fields of its own', { CallbackType: 'full', Meta: { a: 1 } }, {}],
    ['a currency in small letters', { Currency: 'kes' }, { currency: 'KES' }],
  ])('takes %s', async (_what, changes, expected) => {
    const reply = await send(changes);
    expect([reply.status, reply.json.code]).toEqual([200, '200.001']);
    expect(await orderOf(reply.json.OriginatorReference)).toMatchObject(expected);
  });

  it.each([
    ['254712345678', undefined, 'KES'],
    ['+256 772 123 456', undefined, 'UGX'],
    ['255712345678', 'TZS', 'TZS'],
    ['0712345678', 'KES', 'KES'],
    ['0772123456', 'ugx', 'UGX'],
  ])('without X-Region, %s with currency %s is a number of %s', async (PhoneNumber, Currency, currency) => {
    const headers = merchant.headers();
    const body = { ...sample, PhoneNumber, Currency };
    const reply = await call(world, sendAirtime, { headers, body });
    expect([reply.status, reply.json.code]).toEqual([200, '200.001']);
    expect((await orderOf('202511051829')).currency).toBe(currency);
  });

  it("without X-Region, PesaWay's failing number is taken with a test key", async () => {
    const body = { ...sample, PhoneNumber: '980321123123', Currency: undefined };
    expect((await call(world, sendAirtime, { headers: merchant.headers('test'), body })).json.code).toBe('200.001');
  });

  it('takes the region in any case', async () => {
    expect((await send({}, { 'x-region': ' KE ' })).json.code).toBe('200.001');
  });

  it('shillings of Uganda have no decimals, and are shown with two', async () => {
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
  ])('another %s under the same reference is refused by its name', async (field, changes) => {
    await send();
    const reply = await send(changes);
    expect(reply.status).toBe(409);
    const shown = `ExternalReference was used for another request. ${field} differs.`;
    expect(reply.json).toEqual({
      code: '409.001',
      OriginatorReference: '202511051829',
      TransactionID: null,
      ResponseDescription: shown,
      description: shown,
      message: shown,
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
    [
      'a region that nothing tells',
      400,
      '400.002',
      { PhoneNumber: '0712345678', Currency: undefined },
      { 'x-region': '' },
      /X-Region must be ke, ug or tz: without it the region must follow from the rest of the request/,
    ],
    [
      'a country not served',
      400,
      '400.002',
      { PhoneNumber: '263772279099', Currency: undefined },
      { 'x-region': '' },
      /X-Region/,
    ],
    ['a currency not of its number', 400, '400.004', { Currency: 'UGX' }, { 'x-region': '' }, /must be KES in ke/],
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
    expect(Object.keys(reply.json)).toEqual([
      'code',
      'OriginatorReference',
      'TransactionID',
      'ResponseDescription',
      'description',
      'message',
    ]);
    const { ResponseDescription: shown, description, message } = reply.json;
    expect([description, message]).toEqual([shown, shown]);
    expect(reply.json.TransactionID).toBeNull();
    expect(reply.json.ResponseDescription).toMatch(said);
    expect(reply.headers['content-type']).toBe('application/json');
  });

  it('a body that is no JSON, and one that is too large', async () => {
    expect((await ask(sendAirtime, '{"Amount":')).json).toMatchObject({
      code: '400.001',
      OriginatorReference: null,
      ResponseDescription: 'The request body is not valid JSON.',
    });
    expect((await send({ Description: 'x'.repeat(20_000) })).json.code).toBe('413.001');
  });

  it('a network that is not sold at present may be tried again; what was accepted before is found', async () => {
    await send();
    const { products } = {
      products: await pesaway({ now: world.now, credentials: async () => ({}) } as never).catalogue(),
    };
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

  it('a refusal for lack of funds stays, and a repeat gets the same', async () => {
    await send({ ExternalReference: 'first', Amount: 1_000 });
    const first = await send({ Amount: 10_000 });
    expect((await send({ Amount: 10_000 })).text).toBe(first.text);
    await settle();
    expect(results().map(({ OriginatorReference }) => OriginatorReference)).toEqual(['first']);
  });
});
