import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import { formatAmount, parseAmount } from '../../shared/domain/money.ts';
import type { Outcome } from '../../shared/domain/order.ts';
import { PLANS } from '../../shared/domain/phone.ts';
import { plus } from '../../shared/domain/time.ts';
import type { PesawayBehaviour, PesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import { PESAWAY_FAKE_ACCOUNT, PESAWAY_SUFFIXES, startPesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { PESAWAY_NETWORKS, parsePesawayCredentials, pesaway } from '../../shared/providers/pesaway.ts';
import type { CallbackMessage, Recharge } from '../../shared/providers/provider.ts';
import { impatient } from '../support/impatient.ts';
import { send } from '../support/send.ts';

/**
 * PesaWay's adapter against the upstream fake over HTTP, and against single answers where only their form matters. A
 * wrong "rejected" refunds what was delivered; a wrong "success" keeps money for nothing. Anything else may be unclear.
 */

const http = nodeHttp({ loopbackOnly: true });
const NOW = '2026-05-07T08:00:00.000Z';
const now = () => NOW;

let upstream: PesawayFake;
let heard: CallbackMessage[] = [];
let callbackUrl: string;
let tests = 0;
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const message = { headers, body: Buffer.concat(chunks).toString('utf8') };
  if (callbackUrl.endsWith(request.url ?? '')) heard.push(message);
  response.end();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
});

/** Each test has a fake and a callback URL of its own: what an earlier one left under way does not reach it. */
beforeEach(async () => {
  upstream = await startPesawayFake({ callbackDelayMs: 5 });
  tests += 1;
  callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callbacks/pesaway/${tests}`;
  heard = [];
});

afterEach(() => upstream.close());

afterAll(() => {
  receiver.close();
  receiver.closeAllConnections();
});

function credentials(extra: Partial<Parameters<typeof account>[0]> = {}) {
  return account({ baseUrl: upstream.url, ...extra });
}

function account(fields: { baseUrl: string; consumerSecret?: string }) {
  return async () => ({ ...PESAWAY_FAKE_ACCOUNT, ...fields });
}

function adapter() {
  return pesaway({ http, credentials: credentials(), now });
}

/** An adapter whose send is not answered in time. */
function unanswered() {
  const isSend = ({ url }: HttpRequest) => url.endsWith('/send-airtime/');
  const impatientHttp = impatient(http, isSend, () => sendsAt(upstream).length);
  return pesaway({ http: impatientHttp, credentials: credentials(), now });
}

let serial = 0;
function aRecharge(fields: Partial<Recharge> = {}): Recharge {
  serial += 1;
  return {
    reference: `ord-${serial}`,
    providerProductId: 'ke',
    kind: 'airtime',
    country: 'KE',
    msisdn: '+254712345678',
    amountMinor: 10_050,
    currency: 'KES',
    sentAt: NOW,
    receipt: {},
    callbackUrl,
    ...fields,
  };
}

/** An adapter whose upstream gives one answer to everything but the login, with what was sent to it. */
function answering(status: number, body: unknown, login: unknown = { access_token: 'one' }) {
  const requests: HttpRequest[] = [];
  const provider = pesaway({
    now,
    credentials: account({ baseUrl: 'http://127.0.0.1/api/v1' }),
    http: async (request) => {
      requests.push(request);
      const isLogin = request.url.endsWith('/token/');
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { status: isLogin ? 200 : status, headers: {}, body: isLogin ? JSON.stringify(login) : text };
    },
  });
  return { provider, requests, sends: () => requests.filter(({ url }) => url.endsWith('/send-airtime/')) };
}

it('a refusal in emoji is certain, and can be stored', async () => {
  const { provider } = answering(403, `{"code":"403.001","message":"a${'😀'.repeat(700)}\\ud83d"}`);
  const outcome = await send(provider, aRecharge());
  expect(outcome).toMatchObject({ kind: 'refuses_us', reason: 'suspended' });
  expect(outcome).toEqual(JSON.parse(JSON.stringify(outcome).toWellFormed()));
  expect(JSON.stringify(outcome)).not.toMatch(/\\ud[89a-f]/);
});

const sendsAt = (of: PesawayFake) => of.requests().filter(({ path }) => path.endsWith('/send-airtime/'));
const vendsOf = ({ reference }: Recharge) => upstream.deliveries().filter((each) => each.reference === reference);
const short = (said: Outcome | { kind: string }) =>
  said.kind === 'rejected' && 'failure' in said ? `rejected: ${said.failure}` : said.kind;

describe('a send makes one vending call, and is', () => {
  const nothing = { delivers: false, callbacks: [] } as const;
  const cases: [string, PesawayBehaviour, string][] = [
    ['accepted, never a success, when it is taken', { ...nothing, answer: 'accepted' }, 'accepted'],
    ['a refusal of us on 403.033', { ...nothing, answer: { status: 403, code: '403.033' } }, 'refuses_us'],
    ['a refusal of us on any 403', { ...nothing, answer: { status: 403, code: '403.001' } }, 'refuses_us'],
    [
      'unclear on 403 with the code of an accepted token',
      { ...nothing, answer: { status: 403, code: '400.001' } },
      'unclear',
    ],
    [
      'unclear on 400 with the code of a refused token',
      { ...nothing, answer: { status: 400, code: '401.001' } },
      'unclear',
    ],
    ['unclear when throttled', { ...nothing, answer: { status: 429, code: '429.001' } }, 'unclear'],
    ['unclear when throttled by code only', { ...nothing, answer: { status: 400, code: '429.001' } }, 'unclear'],
    [
      'unclear when the reference is known already',
      { ...nothing, answer: { status: 409, code: '409.001' } },
      'unclear',
    ],
    ['unclear when the upstream timed out', { ...nothing, answer: { status: 408, code: '408.001' } }, 'unclear'],
    ['unclear on a code of another class', { ...nothing, answer: { status: 400, code: '999.999.999' } }, 'unclear'],
    ['unclear on a code without its dot', { ...nothing, answer: { status: 404, code: '404' } }, 'unclear'],
    ['unclear on 2xx with a refusing code', { ...nothing, answer: { status: 200, code: '400.001' } }, 'unclear'],
    ['unclear on 4xx with an accepting code', { ...nothing, answer: { status: 400, code: '200.001' } }, 'unclear'],
    ['unclear on a time-out before accepting', { ...nothing, answer: 'hang' }, 'unclear'],
    ['unclear on a time-out after accepting', { ...nothing, delivers: true, answer: 'hang' }, 'unclear'],
    ['unclear on a reset before accepting', { ...nothing, answer: 'reset' }, 'unclear'],
    ['unclear on a reset after accepting', { ...nothing, delivers: true, answer: 'reset' }, 'unclear'],
    ['unclear on garbage', { ...nothing, delivers: true, answer: 'garbage' }, 'unclear'],
    ['unclear on 500 before accepting', { ...nothing, answer: { status: 500 } }, 'unclear'],
    ['unclear on 500 with a refusing code', { ...nothing, answer: { status: 500, code: '400.001' } }, 'unclear'],
    ['unclear on 500 after accepting', { ...nothing, delivers: true, answer: { status: 500 } }, 'unclear'],
    ['unclear about another order', { ...nothing, delivers: true, answer: 'other_reference' }, 'unclear'],
    ['unclear when slower than we wait', { ...nothing, delivers: true, answer: 'accepted', delayMs: 2_000 }, 'unclear'],
  ];
  it.each(cases)('%s', async (_name, behaviour, expected) => {
    upstream.script({ behaviour });
    const recharge = aRecharge();
    const isLate = behaviour.answer === 'hang' || behaviour.delayMs !== undefined;
    expect(short(await send(isLate ? unanswered() : adapter(), recharge))).toBe(expected);
    expect(sendsAt(upstream)).toHaveLength(1);
    if (behaviour.delayMs === undefined) expect(vendsOf(recharge)).toHaveLength(behaviour.delivers ? 1 : 0);
  });

  it("unclear when a refusal speaks of another order: that order's refusal is not ours", async () => {
    const { provider } = answering(400, { code: '400.001', OriginatorReference: 'someone-elses' });
    expect(short(await send(provider, aRecharge()))).toBe('unclear');
  });

  it.each(Object.keys(PESAWAY_SUFFIXES))('at most one vend for a target ending in %s', async (suffix) => {
    const recharge = aRecharge({ msisdn: `+254712345${suffix}` });
    await send(unanswered(), recharge);
    expect(sendsAt(upstream)).toHaveLength(1);
    expect(vendsOf(recharge).length).toBeLessThanOrEqual(1);
  });

  it('accepted with the id at PesaWay', async () => {
    expect(await send(adapter(), aRecharge())).toMatchObject({ kind: 'accepted', receipt: { providerRef: /^PHY/ } });
  });
});

describe('a send is reported as unsent', () => {
  it('when the connection is refused', async () => {
    const provider = pesaway({ http, now, credentials: account({ baseUrl: 'http://127.0.0.1:9/api/v1' }) });
    expect((await send(provider, aRecharge())).kind).toBe('unsent');
  });

  it('when there is a token but the vending call cannot connect', async () => {
    const provider = pesaway({
      now,
      credentials: credentials(),
      http: (request) =>
        request.url.endsWith('/token/') ? http(request) : Promise.reject(new HttpFailure('refused', false)),
    });
    expect((await send(provider, aRecharge())).kind).toBe('unsent');
  });

  it.each([
    ['times out', () => Promise.reject(new HttpFailure('no answer', true))],
    ['fails with 500', async () => ({ status: 500, headers: {}, body: '' })],
    ['throttles', async () => ({ status: 429, headers: {}, body: '' })],
    ['gives no token', async () => ({ status: 200, headers: {}, body: '{}' })],
    ['answers garbage', async () => ({ status: 200, headers: {}, body: '<html>' })],
  ] as [string, () => Promise<HttpAnswer>][])('when the login %s', async (_name, login) => {
    const calls: HttpRequest[] = [];
    const provider = pesaway({
      now,
      credentials: credentials(),
      http: (request) => {
        calls.push(request);
        return login();
      },
    });
    expect((await send(provider, aRecharge())).kind).toBe('unsent');
    expect(calls.map(({ url }) => url)).toEqual([`${upstream.url}/token/`]);
  });

  it('but as a refusal of us when our login is refused', async () => {
    const provider = pesaway({ http, now, credentials: credentials({ consumerSecret: 'wrong' }) });
    expect(short(await send(provider, aRecharge()))).toBe('refuses_us');
    expect(sendsAt(upstream)).toHaveLength(0);
  });
});

describe('on the wire', () => {
  it('a send has exactly the documented fields', async () => {
    const recharge = aRecharge();
    await send(adapter(), recharge);
    const [sent] = sendsAt(upstream);
    expect(sent?.json).toEqual({
      ExternalReference: recharge.reference,
      Amount: 100.5,
      PhoneNumber: '254712345678',
      MerchantCode: '44444',
      Currency: 'KES',
      Description: 'Airtime Transfer',
      Reason: 'Airtime Transfer',
      ResultsUrl: callbackUrl,
    });
    expect(sent?.method).toBe('POST');
    expect(sent?.headers.authorization).toMatch(/^Bearer simulated-/);
  });

  it('a send has as long as the adapter says', async () => {
    const { provider, sends } = answering(200, { code: '200.001' });
    await send(provider, aRecharge());
    expect(sends()[0]?.timeoutMs).toBe(provider.capabilities.sendTimeoutMs);
  });

  it("the merchant's own text takes the place of ours, and no callback URL is made up", async () => {
    const { callbackUrl: _none, ...recharge } = aRecharge({ customSms: 'Thank you' });
    const { provider, sends } = answering(200, { code: '200.001' });
    await send(provider, recharge);
    const body = JSON.parse(sends()[0]?.body ?? '{}');
    expect(body).toMatchObject({ Description: 'Thank you', Reason: 'Thank you' });
    expect(body).not.toHaveProperty('ResultsUrl');
  });

  it.each([
    ['KE', 'ke', 'KES', 10_050, '100.5', '+254712345678'],
    ['UG', 'ug', 'UGX', 5_001, '5001', '+256772123456'],
    ['TZ', 'tz', 'TZS', 100_000, '1000', '+255712345678'],
  ] as const)('%s: the amount is exact', async (country, region, currency, amountMinor, amount, msisdn) => {
    const recharge = aRecharge({ country, currency, amountMinor, msisdn, providerProductId: region });
    const provider = adapter();
    expect((await send(provider, recharge)).kind).toBe('accepted');
    expect(sendsAt(upstream)[0]?.text).toContain(`"Amount":${amount},`);
    expect(vendsOf(recharge)).toMatchObject([{ amount, target: msisdn.slice(1) }]);
    expect((await provider.query(recharge)).kind).toBe('success');
    const regions = upstream.requests().map(({ headers }) => headers['x-region']);
    expect(new Set(regions)).toEqual(new Set([region]));
  });

  it('every call names its region, the login too, and regions do not share a token', async () => {
    await adapter().balances();
    const calls = upstream.requests().map(({ path, headers }) => [path, headers['x-region']].join(' '));
    expect(calls.toSorted()).toEqual(
      ['ke', 'tz', 'ug']
        .flatMap((region) => [`/api/v1/account-balance/ ${region}`, `/api/v1/token/ ${region}`])
        .toSorted(),
    );
    const tokens = upstream.requests().flatMap(({ headers }) => headers.authorization ?? []);
    expect(new Set(tokens).size).toBe(3);
  });

  it("the sandbox's failing number passes unchanged, and its failure comes by callback", async () => {
    const provider = adapter();
    const recharge = aRecharge({ msisdn: '980321123123' });
    expect((await send(provider, recharge)).kind).toBe('accepted');
    await upstream.settled();
    expect(sendsAt(upstream)[0]?.json.PhoneNumber).toBe('980321123123');
    expect(await provider.readCallback?.(heard[0] ?? { headers: {}, body: '' })).toMatchObject({
      reference: recharge.reference,
      finding: { kind: 'rejected', failure: 'network_refused' },
    });
    expect(vendsOf(recharge)).toEqual([]);
  });
});

describe('a token', () => {
  it.each([
    ['new', () => undefined],
    ['older', () => upstream.useOldTokens()],
  ])('is understood in its %s shape, and asked for once by many sends', async (_name, arrange) => {
    arrange();
    const provider = adapter();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => send(provider, aRecharge())));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill('accepted'));
    expect(upstream.requests().filter(({ path }) => path.endsWith('/token/'))).toHaveLength(1);
  });

  const inAnHour = plus(NOW, 3_600_000);
  const seconds = Date.parse(inAnHour) / 1000;
  it.each([
    ['an instant', { access_token: 'one', expires_at: inAnHour }, 3_600],
    ['its date format', { access_token: 'one', expires_at: '2026-05-07 09:00:00.000000+00:00' }, 3_600],
    ['seconds', { access_token: 'one', expires_at: seconds }, 3_600],
    ['milliseconds', { access_token: 'one', expires_at: seconds * 1000 }, 3_600],
    ['seconds as text', { access_token: 'one', expires_at: String(seconds) }, 3_600],
    ['nothing', { data: { token: 'one' } }, 300],
    ['an empty text', { access_token: 'one', expires_at: '' }, 300],
    ['no date', { access_token: 'one', expires_at: 'soon' }, 300],
    ['a number that is no date', { access_token: 'one', expires_at: 1e20 }, 300],
  ])('that says its end as %s is renewed 30 seconds before it', async (_name, login, life) => {
    let at: string = NOW;
    let logins = 0;
    const provider = pesaway({
      now: () => at,
      credentials: credentials(),
      http: async ({ url }) => {
        const isLogin = url.endsWith('/token/');
        if (isLogin) logins += 1;
        return { status: 200, headers: {}, body: JSON.stringify(isLogin ? login : { code: '200.001' }) };
      },
    });
    await send(provider, aRecharge());
    at = plus(NOW, (life - 31) * 1000);
    await send(provider, aRecharge());
    expect(logins).toBe(1);
    at = plus(NOW, (life - 29) * 1000);
    await send(provider, aRecharge());
    expect(logins).toBe(2);
  });

  it('that is no longer accepted is renewed by a send, which had sold nothing', async () => {
    const provider = adapter();
    await provider.balances();
    upstream.expireTokens();
    expect((await send(provider, aRecharge())).kind).toBe('accepted');
    expect(sendsAt(upstream)).toHaveLength(2);
  });

  it('that is refused twice with a send is a refusal of us', async () => {
    const { provider, sends } = answering(401, { code: '401.002' });
    expect(await send(provider, aRecharge())).toMatchObject({ kind: 'refuses_us', reason: 'credentials' });
    expect(sends()).toHaveLength(2);
  });

  it('that is no longer accepted is renewed by a query, which sells nothing', async () => {
    const provider = adapter();
    const recharge = aRecharge();
    await send(provider, recharge);
    upstream.expireTokens();
    expect((await provider.query(recharge)).kind).toBe('success');
  });
});

describe('a status query', () => {
  const cases: [NonNullable<PesawayBehaviour['query']>, string][] = [
    ['success', 'success'],
    ['failed', 'rejected: network_refused'],
    ['pending', 'in_progress'],
    ['not_found', 'not_found'],
    ['garbage', 'unclear'],
  ];
  it.each(cases)('answered with %s is %s', async (said, expected) => {
    upstream.script({ behaviour: { delivers: true, answer: 'hang', callbacks: [], query: said } });
    const recharge = aRecharge();
    const provider = unanswered();
    await send(provider, recharge);
    expect(short(await provider.query(recharge))).toBe(expected);
    expect(sendsAt(upstream)).toHaveLength(1);
    expect(upstream.requests().at(-1)?.json).toEqual({ TransactionReference: recharge.reference });
  });

  const ours = { OriginatorReference: 'ord-x', TransactionAmount: '100.50', TransactionID: 'PHY1' };
  it.each([
    ['code 0 as text', 'success', 200, { ...ours, ResultCode: '0' }],
    ['code 0 without an amount', 'success', 200, { OriginatorReference: 'ord-x', ResultCode: 0 }],
    ['an amount as a number', 'success', 200, { ...ours, ResultCode: 0, TransactionAmount: 100.5 }],
    ['an empty code', 'unclear', 200, { ...ours, ResultCode: '' }],
    ['a blank code', 'in_progress', 200, { ...ours, ResultCode: ' ' }],
    ['no code', 'unclear', 200, ours],
    ['success of no order in particular', 'unclear', 200, { ResultCode: 0 }],
    ['failure of no order in particular', 'unclear', 200, { ResultCode: 2001 }],
    ['success of another order', 'unclear', 200, { ...ours, ResultCode: 0, OriginatorReference: 'ord-y' }],
    ['failure of another order', 'unclear', 200, { ...ours, ResultCode: 2001, OriginatorReference: 'ord-y' }],
    ['success of another amount', 'unclear', 200, { ...ours, ResultCode: 0, TransactionAmount: '100.51' }],
    ['failure of another amount', 'unclear', 200, { ...ours, ResultCode: 2001, TransactionAmount: 1 }],
    ['a code it does not document', 'in_progress', 200, { ...ours, ResultCode: 1 }],
    ['"not found" under 200', 'not_found', 200, { ResultCode: 1, ResultDesc: 'Transaction not found' }],
    ['"not found" under 400', 'not_found', 400, { code: '400.004', ResponseDescription: 'Not Found' }],
    ['"not found" of another order', 'unclear', 200, { OriginatorReference: 'ord-y', ResultDesc: 'Not found' }],
    // A proxy that has lost its route says so of everything.
    ['404 by a proxy', 'unclear', 404, { message: 'no Route matched with those values' }],
    ['404 by a proxy, "not found"', 'unclear', 404, { code: '404', message: 'Transaction not found' }],
    ['404 with nothing', 'unclear', 404, ''],
    ['404 of something else', 'unclear', 404, { code: '404.001', ResponseDescription: 'Merchant not found' }],
    ['404 in its words', 'not_found', 404, { code: '404.002', ResponseDescription: 'Transaction not found' }],
    ['a final failure that says "not found"', 'rejected', 200, { ...ours, ResultCode: 2001, ResultDesc: 'Not found' }],
    ['a final failure under 500', 'unclear', 500, { ...ours, ResultCode: 2001 }],
    ['throttling', 'unclear', 429, { ...ours, ResultCode: 0 }],
  ])('answered with %s is %s', async (_name, expected, status, body) => {
    const { provider } = answering(status, body);
    expect((await provider.query(aRecharge({ reference: 'ord-x' }))).kind).toBe(expected);
  });

  it('that cannot reach the upstream is unclear', async () => {
    const provider = pesaway({ http, now, credentials: account({ baseUrl: 'http://127.0.0.1:9/api/v1' }) });
    expect((await provider.query(aRecharge())).kind).toBe('unclear');
  });

  it('never treats "not found" as proof', () => {
    expect(adapter().capabilities.notFoundFinalAfterMs).toBeNull();
  });
});

describe('a callback', () => {
  type Kind = PesawayBehaviour['callbacks'][number];
  async function readings(callbacks: readonly Kind[], when: PesawayBehaviour['when'] = 'after') {
    const provider = adapter();
    const recharge = aRecharge();
    upstream.script({ behaviour: { delivers: true, answer: 'accepted', callbacks, when } });
    const outcome = await send(provider, recharge);
    const early = heard.length;
    if (when === 'on_release') await upstream.release();
    await upstream.settled();
    const read = await Promise.all(heard.map((message) => provider.readCallback?.(message)));
    return { recharge, outcome, early, read };
  }

  it('of success says which order, number, amount and id', async () => {
    const { recharge, outcome, read } = await readings(['success']);
    const providerRef = outcome.kind === 'accepted' ? outcome.receipt.providerRef : undefined;
    expect(read).toMatchObject([
      {
        reference: recharge.reference,
        finding: { kind: 'success', receipt: { providerRef } },
        msisdn: '254712345678',
        amount: '100.50',
        providerRef,
      },
    ]);
  });

  it('that comes before the answer, or late, is read alike', async () => {
    const before = await readings(['success'], 'before');
    expect([before.early, before.read[0]?.finding.kind]).toEqual([1, 'success']);
    heard = [];
    const late = await readings(['success'], 'on_release');
    expect([late.early, late.read[0]?.finding.kind]).toEqual([0, 'success']);
  });

  it.each([
    [
      ['success', 'success'],
      ['success', 'success'],
    ],
    [
      ['success', 'failed'],
      ['success', 'rejected'],
    ],
    [
      ['failed', 'success'],
      ['rejected', 'success'],
    ],
  ] as [Kind[], string[]][])('after callback is read as it says: %s', async (kinds, expected) => {
    const { read } = await readings(kinds);
    expect(read.map((each) => each?.finding.kind)).toEqual(expected);
  });

  it('for another order or amount says so, for the caller to refuse', async () => {
    const { read } = await readings(['other_reference', 'other_amount']);
    expect(read.map((each) => [each?.reference === 'someone-elses', each?.amount])).toEqual([
      [true, '100.50'],
      [false, '101.50'],
    ]);
  });

  it('with a forged signature is not a message of PesaWay', async () => {
    const { read } = await readings(['forged']);
    expect(heard).toHaveLength(1);
    expect(read).toEqual([undefined]);
  });

  const success = {
    ResultCode: 0,
    ResultDesc: 'The airtime request is processed successfully.',
    OriginatorReference: '202511051835',
    PhoneNumber: '254712345678',
    TransactionID: 'PHY21A7531067',
    TransactionAmount: '1000.00',
    AccountAvailableFunds: '88000.00',
    TransactionCompletedDateTime: '2025-11-06 03:49:34.510325+00:00',
  };
  const failure = {
    ResultCode: 2001,
    ResultDesc: 'Transaction failed',
    OriginatorReference: '202511051836',
    TransactionID: 'PHYF27E843259',
    TransactionAmount: '1000.00',
    TransactionReceipt: null,
  };
  const signed = (body: string, secret = PESAWAY_FAKE_ACCOUNT.callbackSecret) => ({
    headers: { signature: createHmac('sha256', secret).update(body).digest('base64') },
    body,
  });
  const read = (message: unknown) =>
    adapter().readCallback?.(signed(typeof message === 'string' ? message : JSON.stringify(message)));

  it.each([
    ['the documented success', 'success', success],
    ['the documented failure', 'rejected', failure],
    ['a code as text', 'success', { ...success, ResultCode: '0' }],
    ["the table's date format", 'success', { ...success, TransactionCompletedDateTime: '20220305103101' }],
    ['another error code', 'rejected', { ...failure, ResultCode: 17 }],
    ['no code', 'unclear', { ...success, ResultCode: undefined }],
    ['a null code', 'unclear', { ...success, ResultCode: null }],
    ['an empty code', 'unclear', { ...success, ResultCode: '' }],
    ['zeros that are no code', 'unclear', { ...success, ResultCode: '000' }],
    ['a negative code', 'unclear', { ...failure, ResultCode: -1 }],
    ['a word for a code', 'unclear', { ...success, ResultCode: 'OK' }],
  ])('with %s is read as %s', async (_name, kind, message) => {
    const reading = await read(message);
    expect(reading?.reference).toBe(message.OriginatorReference);
    expect(reading?.finding.kind).toBe(kind);
    expect(reading?.amount).toBe('1000.00');
    expect(reading?.providerRef).toBe(message.TransactionID);
  });

  it('with numbers instead of texts means the same, and an amount of 0 is an amount', async () => {
    const reading = await read({ ...success, TransactionAmount: 1000.5, PhoneNumber: 254712345678 });
    expect(reading).toMatchObject({ amount: '1000.5', msisdn: '254712345678' });
    expect((await read({ ...success, TransactionAmount: 0 }))?.amount).toBe('0');
  });

  it.each([
    ['no JSON', '<html>'],
    ['an empty body', ''],
    ['a list', [success]],
    ['no reference', { ...success, OriginatorReference: undefined }],
    ['an object for a code', { ...success, ResultCode: {} }],
  ])('with %s is not its message', async (_name, message) => {
    expect(await read(message)).toBeUndefined();
  });

  it('is not its message unsigned, signed with another secret, cut, or changed by one byte', async () => {
    const body = JSON.stringify(failure);
    const { headers } = signed(body);
    const invalid: CallbackMessage[] = [
      { headers: {}, body },
      { headers: { signature: '' }, body },
      signed(body, 'guessed'),
      { headers: { signature: headers.signature.slice(0, -4) }, body },
      { headers, body: body.replace('2001', '2002') },
      { headers, body: `${body} ` },
    ];
    for (const message of invalid) expect(await adapter().readCallback?.(message)).toBeUndefined();
    expect(await adapter().readCallback?.({ headers, body })).toBeDefined();
  });

  it('is accepted unsigned if no secret is set, as for a merchant without signing', async () => {
    const unsigned = await startPesawayFake({ callbackDelayMs: 5, sign: false });
    const { callbackSecret: _none, ...rest } = PESAWAY_FAKE_ACCOUNT;
    const provider = pesaway({ http, now, credentials: async () => ({ baseUrl: unsigned.url, ...rest }) });
    await send(provider, aRecharge());
    await unsigned.settled();
    await unsigned.close();
    expect(heard[0]?.headers).not.toHaveProperty('signature');
    expect((await provider.readCallback?.(heard[0] ?? { headers: {}, body: '' }))?.finding.kind).toBe('success');
    expect(await adapter().readCallback?.(heard[0] ?? { headers: {}, body: '' })).toBeUndefined();
  });
});

describe('prefunded balances and the catalogue', () => {
  it('balances are exact, one per currency, and go down as it sells', async () => {
    const provider = adapter();
    const before = await provider.balances();
    expect(before.map(({ account: name, currency }) => [name, currency])).toEqual([
      ['KES', 'KES'],
      ['UGX', 'UGX'],
      ['TZS', 'TZS'],
    ]);
    await send(provider, aRecharge());
    const after = await provider.balances();
    expect(after.map(({ balanceMinor }, index) => (before[index]?.balanceMinor ?? 0) - balanceMinor)).toEqual([
      10_050, 0, 0,
    ]);
  });

  it.each([
    [{ Balance: '88000.10' }, 8_800_010],
    [{ balance: 88000.1 }, 8_800_010],
    [{ AvailableBalance: '88000' }, 8_800_000],
  ])('a balance said as %j is read exactly', async (body, balanceMinor) => {
    const http: Parameters<typeof pesaway>[0]['http'] = async ({ url, headers }) => ({
      status: 200,
      headers: {},
      body: JSON.stringify(
        url.endsWith('/token/') ? { access_token: 'one' } : headers?.['x-region'] === 'ke' ? body : { Balance: 5 },
      ),
    });
    const [kenya] = await pesaway({ http, now, credentials: credentials() }).balances();
    expect(kenya?.balanceMinor).toBe(balanceMinor);
  });

  it.each([{}, { Balance: null }, { Balance: 'unknown' }, { Balance: '1.005' }])(
    'a balance of %j is an error, not a guess',
    async (body) => {
      await expect(answering(200, body).provider.balances()).rejects.toThrow('no balance');
    },
  );

  it('every network is one that numbers are read into, with an id of its country, in whole units', async () => {
    const products = await adapter().catalogue();
    expect(products).toHaveLength(PESAWAY_NETWORKS.length);
    expect(products.map(({ id, country, network, currency }) => [id, country, network, currency].join(' '))).toEqual([
      '254001 KE Safaricom KES',
      '254002 KE Airtel KES',
      '254003 KE Telkom KES',
      '256001 UG MTN UGX',
      '256002 UG Airtel UGX',
      '255001 TZ Yas TZS',
      '255002 TZ Vodacom TZS',
      '255003 TZ Airtel TZS',
      '255004 TZ Halotel TZS',
    ]);
    for (const { id, country, network, currency, minMinor, maxMinor, stepMinor } of products) {
      expect(Object.keys(PLANS[country].networks)).toContain(network);
      expect(String(id).startsWith(PLANS[country].callingCode)).toBe(true);
      expect(stepMinor).toBe(parseAmount('1', currency));
      expect(formatAmount(minMinor, currency)).toMatch(/^\d+(\.00)?$/);
      expect(minMinor).toBeLessThan(maxMinor);
    }
  });
});

describe('the secret', () => {
  const whole = { baseUrl: 'https://x/api/v1/', consumerKey: 'k', consumerSecret: 'hunter2', merchantCode: '4' };

  it('is read, without a trailing slash of its URL, with or without a callback secret', () => {
    const baseUrl = 'https://x/api/v1';
    expect(parsePesawayCredentials(JSON.stringify(whole))).toEqual({ ...whole, baseUrl });
    const signing = { ...whole, callbackSecret: 's' };
    expect(parsePesawayCredentials(JSON.stringify(signing))).toEqual({ ...signing, baseUrl });
  });

  it.each(['baseUrl', 'consumerKey', 'consumerSecret', 'merchantCode'])('without %s is refused by name', (name) => {
    expect(() => parsePesawayCredentials(JSON.stringify({ ...whole, [name]: undefined }))).toThrow(
      `the pesaway secret has no ${name}`,
    );
  });

  it('with an empty callback secret is refused: it would silently accept unsigned callbacks', () => {
    expect(() => parsePesawayCredentials(JSON.stringify({ ...whole, callbackSecret: '' }))).toThrow('callbackSecret');
  });

  it.each(['hunter2', '{"consumerSecret":"hunter2"', 'null', '["hunter2"]'])('is never quoted: %s', (text) => {
    let message = '';
    try {
      parsePesawayCredentials(text);
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/the pesaway secret/);
    expect(message).not.toContain('hunter2');
  });
});

describe('the upstream fake', () => {
  it('vends again if a request is repeated, and remembers over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'airtime-pesaway-'));
    const recordFile = join(folder, 'deliveries.jsonl');
    const recharge = aRecharge();
    const first = await startPesawayFake({ recordFile, callbackDelayMs: 0 });
    const provider = pesaway({ http, now, credentials: account({ baseUrl: first.url }) });
    await send(provider, recharge);
    await send(provider, recharge);
    await first.settled();
    await first.close();
    const second = await startPesawayFake({ recordFile });
    expect(second.deliveries().map(({ reference }) => reference)).toEqual([recharge.reference, recharge.reference]);
    const asked = await pesaway({ http, now, credentials: account({ baseUrl: second.url }) }).query(recharge);
    expect(asked.kind).toBe('success');
    await second.close();
    rmSync(folder, { recursive: true });
  });

  it('refuses a region, currency or number that do not belong together', async () => {
    const provider = adapter();
    const currency = await send(provider, aRecharge({ currency: 'UGX' }));
    expect(currency).toMatchObject({ kind: 'unclear', evidence: expect.stringMatching(/^400 .*400\.003/) });
    const number = await send(provider, aRecharge({ msisdn: '+256772123456' }));
    expect(number).toMatchObject({ kind: 'unclear', evidence: expect.stringMatching(/^400 .*400\.001/) });
  });

  it('can be configured over HTTP, for one order', async () => {
    const post = (path: string, body: unknown) =>
      http({ method: 'POST', url: `${upstream.url}/_admin/${path}`, body: JSON.stringify(body), timeoutMs: 2_000 });
    const recharge = aRecharge();
    const behaviour = { delivers: true, answer: 'accepted', callbacks: ['success'], when: 'on_release' };
    await post('behaviour', { match: { reference: recharge.reference }, behaviour });
    await post('tokens/old', {});
    await send(adapter(), recharge);
    await upstream.settled();
    expect(heard).toHaveLength(0);
    await post('callbacks/release', {});
    expect(heard).toHaveLength(1);
    await post('tokens/expire', {});
    const deliveries = await http({ method: 'GET', url: `${upstream.url}/_admin/deliveries`, timeoutMs: 2_000 });
    expect(JSON.parse(deliveries.body)).toEqual(upstream.deliveries());
    await post('reset', {});
    expect(upstream.requests()).toHaveLength(0);
  });

  it('posts callbacks to this machine only', async () => {
    await send(adapter(), aRecharge({ callbackUrl: 'http://callbacks.invalid/x' }));
    await upstream.settled();
    expect(heard).toHaveLength(0);
  });
});
