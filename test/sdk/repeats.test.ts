import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Airtime, AirtimeError, isAirtimeError } from '../../sdk/typescript/src/airtime.ts';
import { NO_KEY } from '../../sdk/typescript/src/connection.ts';
import { IDEMPOTENCY_FIELDS } from '../../sdk/typescript/src/repeats.ts';
import type { Step } from '../support/scripted-fetch.ts';
import { answer, cut, errorOf, inTime, ours, refusal, scriptedFetch, silence } from '../support/scripted-fetch.ts';

/** What the SDK sends again, when, and what it says when it gives up. A lost answer must never become a second order. */

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const options = { apiKey: 'atk_test_secret', baseUrl: 'http://api.example/' };
const order = { product_id: 100, target: '0772279099', amount: 5 };
const success = ours('PlacedOrder', { status: 'success' });
const placed = answer(201, success);
const open = answer(200, ours('OrderInFull', { status: 'unknown', final: false }));
const final = answer(200, ours('OrderInFull', { status: 'success', final: true }));
const isOk = answer(200, { ok: true }, { 'x-request-id': 'of-a-proxy' });

function client(...steps: Step[]) {
  const { fetch, sent } = scriptedFetch(...steps);
  return { airtime: new Airtime({ ...options, fetch }), sent };
}

const referenceOf = ({ body }: { body?: unknown }) => JSON.parse(String(body)).agent_reference;
async function wholeOf(parts: AsyncIterable<string>): Promise<string[]> {
  const whole: string[] = [];
  for await (const part of parts) whole.push(part);
  return whole;
}
const gaps = (sent: readonly { at: number }[]) => sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0));

it.each(['atk_test_…', 'atk_test_...', ' atk_test_x', 'atk_test_x\n', '<key>', ''])(
  'the key %j is refused in words before anything is sent, and is not shown',
  (apiKey) => {
    const make = () => new Airtime({ ...options, apiKey });
    expect(make).toThrow(new TypeError(`apiKey ${NO_KEY}`));
  },
);

describe('an order', () => {
  it('is sent again after a cut connection, a gateway and a wait too long: the same bytes, one reference', async () => {
    const gateway = answer(503, { message: 'Service Unavailable' }, { 'content-type': 'application/json' });
    const { airtime, sent } = client(cut, gateway, silence, placed);
    expect(await inTime(airtime.orders.send(order))).toEqual(success);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(referenceOf(sent[0] ?? {})).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
    expect(sent[0]).toMatchObject({
      url: 'http://api.example/api/v1/orders',
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: 'Api-Key atk_test_secret', 'content-type': 'application/json' },
    });
  });

  it('keeps the reference that it was given, and two without one get two', async () => {
    const { airtime, sent } = client(placed);
    await inTime(airtime.orders.send({ ...order, agent_reference: 'mine' }));
    await inTime(airtime.orders.send(order));
    await inTime(airtime.orders.send(order));
    const references = sent.map(referenceOf);
    expect(references[0]).toBe('mine');
    expect(new Set(references).size).toBe(3);
  });

  it('whose answers are all lost says its reference, and that it may have been accepted', async () => {
    const { airtime, sent } = client(cut);
    const error = await errorOf(airtime.orders.send(order));
    expect(sent).toHaveLength(4);
    expect(error).toMatchObject({ code: 'connection_failed', unclear: true, retryable: true, status: undefined });
    expect(error).toMatchObject({ reference: referenceOf(sent[0] ?? {}) });
  });

  it('that was refused after a lost answer may have been accepted all the same', async () => {
    const { airtime } = client(cut, refusal(401, 'unauthenticated', false));
    const error = await errorOf(airtime.orders.send({ ...order, agent_reference: 'mine' }));
    expect(error).toMatchObject({ code: 'unauthenticated', unclear: true, reference: 'mine' });
  });

  it.each([
    ['402', refusal(402, 'insufficient_funds', true), 'insufficient_funds'],
    ['422 that may succeed on another day', refusal(422, 'product_unavailable', true), 'product_unavailable'],
    ['403', refusal(403, 'account_frozen', true), 'account_frozen'],
  ])('is not sent again after a %s: that is decided', async (_, step, code) => {
    const { airtime, sent } = client(step);
    const error = await errorOf(airtime.orders.send(order));
    expect(error).toMatchObject({ code, unclear: false, requestId: 'req_2', fix: 'Do it.', retryable: true });
    expect(sent).toHaveLength(1);
  });

  it.each([302, 403, 404, 408, 409, 429])(
    'that something on the way answers %i may have been accepted: it is sent again under its reference',
    async (status) => {
      const proxy = answer(status, { code: 'of_a_proxy', message: 'No.' });
      const { airtime, sent } = client(proxy, placed);
      expect(await inTime(airtime.orders.send(order))).toEqual(success);
      expect(sent[1]?.body).toBe(sent[0]?.body);
      const error = await errorOf(client(proxy).airtime.orders.send({ ...order, agent_reference: 'mine' }));
      expect(error).toMatchObject({ code: 'unclear_answer', unclear: true, status, reference: 'mine' });
      const once = client(proxy);
      expect(await errorOf(once.airtime.keys.roll('key_1'))).toMatchObject({ code: 'unclear_answer', unclear: true });
      expect(once.sent).toHaveLength(1);
    },
  );

  it('says how long the API may wait', async () => {
    const { airtime, sent } = client(placed);
    await inTime(airtime.orders.send(order, { waitSeconds: 0 }));
    await inTime(airtime.orders.send(order, { waitSeconds: 5 }));
    expect(sent.map(({ headers }) => headers.prefer)).toEqual(['respond-async', 'wait=5']);
  });
});

describe('a wait before the next try', () => {
  it('doubles, with chance in it', async () => {
    const { airtime, sent } = client(cut);
    await errorOf(airtime.wallet.get());
    const waits = gaps(sent);
    for (const [index, longest] of [400, 800, 1600].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(longest / 2);
      expect(waits[index]).toBeLessThanOrEqual(longest);
    }
  });

  it('is never shorter than Retry-After, in seconds or as a date', async () => {
    const date = () => new Date(Date.now() + 20_000).toUTCString();
    const { airtime, sent } = client(
      refusal(429, 'rate_limited', true, { 'retry-after': '7' }),
      (request) => refusal(503, 'busy', true, { 'retry-after': date() })(request),
      placed,
    );
    await inTime(airtime.orders.send(order));
    const [first = 0, second = 0] = gaps(sent);
    expect([first >= 7000 && first < 7500, second >= 19_000 && second < 22_000]).toEqual([true, true]);
  });

  it('of minutes ends the call instead, and the error says for how long', async () => {
    const { airtime, sent } = client(refusal(429, 'rate_limited', true, { 'retry-after': '3600' }));
    const error = await errorOf(airtime.orders.send(order));
    expect(sent).toHaveLength(1);
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 3600, unclear: false });
  });

  it('ends at once with the signal', async () => {
    const stop = new AbortController();
    const { airtime, sent } = client(cut);
    const promise = airtime.orders.send(order, { signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    expect(await errorOf(promise)).toMatchObject({
      code: 'aborted',
      unclear: true,
      reference: referenceOf(sent[0] ?? {}),
    });
    expect(sent).toHaveLength(1);
    expect(await errorOf(airtime.orders.send(order, { signal: stop.signal }))).toMatchObject({
      code: 'aborted',
      unclear: false,
    });
    expect(sent).toHaveLength(1);
  });
});

describe('what may be repeated:', () => {
  it('reads, and the writes with an idempotency field', async () => {
    const calls: Readonly<Record<string, (airtime: Airtime) => Promise<unknown>>> = {
      Wallets: (airtime) => airtime.wallet.get(),
      PlacedOrder: (airtime) => airtime.orders.send(order),
      Topup: (airtime) => airtime.topups.start({ amount: 5, currency: 'USD' }),
      Batch: (airtime) => airtime.bulk.send({ preview_id: 'pre_1' }),
      Payout: (airtime) => airtime.campaigns.pay('cmp_1', { respondent_id: 'a', target: '0772279099' }),
      PesawayAcceptance: (airtime) =>
        airtime.pesaway.sendAirtime({ ExternalReference: 'a', Amount: 5, PhoneNumber: '254712345678' }),
    };
    for (const [schema, call] of Object.entries(calls)) {
      for (const lost of [cut, isOk]) {
        const { airtime, sent } = client(lost, answer(200, ours(schema)));
        expect(await inTime(call(airtime))).toEqual(ours(schema));
        expect(sent).toHaveLength(2);
        expect(sent[1]?.body).toBe(sent[0]?.body);
      }
      const error = await errorOf(call(client(isOk).airtime));
      const unclear = schema !== 'Wallets';
      expect([schema, error]).toEqual([
        schema,
        expect.objectContaining({ code: 'unclear_answer', status: 200, unclear }),
      ]);
    }
  });

  it('nothing else: not a change of a wallet, a key, an endpoint, a cancellation or the test clock', async () => {
    const { airtime, sent } = client(cut);
    const calls: (() => Promise<unknown>)[] = [
      () => airtime.wallet.update('USD', { low_balance_threshold: 5 }),
      () => airtime.keys.roll('key_1'),
      () => airtime.webhooks.endpoints.create({ url: 'https://shop.example/' }),
      () => airtime.bulk.cancel('bat_1'),
      () => airtime.bulk.retryFailed('bat_1'),
      () => airtime.test.advance('a'),
      () => airtime.test.setBalance({ currency: 'USD', balance: 5 }),
      () => airtime.call('startTopup', { body: { amount: 5, currency: 'USD' } }),
    ];
    for (const call of calls) {
      sent.length = 0;
      expect(await errorOf(call())).toMatchObject({ code: 'connection_failed', unclear: true });
      expect(sent).toHaveLength(1);
    }
    const busy = client(refusal(503, 'busy', true));
    expect(await errorOf(busy.airtime.keys.roll('key_1'))).toMatchObject({ code: 'busy', unclear: false });
    expect(busy.sent).toHaveLength(1);
  });

  it('the table of them says what the document says', async () => {
    const { default: document } = await import('../../docs/openapi.json', { with: { type: 'json' } });
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const said = operations.flatMap(({ operationId, description }) => {
      const field = /Idempotent on (\w+)/.exec(description)?.[1];
      return field ? [[operationId, field]] : [];
    });
    expect(IDEMPOTENCY_FIELDS).toEqual({ ...Object.fromEntries(said), createPayout: 'respondent_id' });
  });

  it('a payout is signed again, so that no try is a replay of the one before, and no key goes with it', async () => {
    const { airtime, sent } = client(cut, answer(201, ours('Payout')));
    const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
    await inTime(airtime.campaigns.pay('cmp_1', { respondent_id: 'a', target: '0772279099' }, { secret }));
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(sent.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });
});

describe('an answer', () => {
  it('that cannot be read is none: it is asked for again', async () => {
    const portal = answer(200, '<html>Sign in</html>', { 'content-type': 'text/html' });
    const broken = answer(200, '{"status": "suc');
    const { airtime, sent } = client(portal, broken, placed);
    expect(await inTime(airtime.orders.send(order))).toEqual(success);
    expect(sent).toHaveLength(3);
  });

  it('without the fields that it has in any case is not ours: a write that has no reference is not sent again', async () => {
    const { airtime, sent } = client(isOk);
    expect(await errorOf(airtime.keys.roll('key_1'))).toMatchObject({ code: 'unclear_answer', unclear: true });
    expect(sent).toHaveLength(1);
    for (const text of ['null', '[]', '"ok"', '{"status":"success","data":{}}']) {
      expect(await errorOf(client(answer(200, text)).airtime.orders.get('a'))).toMatchObject({
        code: 'unclear_answer',
      });
    }
  });

  it('lacks a new field where the API is a release behind, and is ours', async () => {
    const { provider_ref: _, next_check_at: __, ...before } = { ...success } as Record<string, unknown>;
    const { airtime, sent } = client(answer(200, before));
    expect(await inTime(airtime.orders.send(order))).toEqual(before);
    expect(sent).toHaveLength(1);
  });

  it('is a file where one was asked for, and nowhere else', async () => {
    const csv = answer(200, 'a,b', { 'content-type': 'text/csv; charset=utf-8' });
    const page = answer(200, ours('RowPage', { data: [], next_cursor: null }));
    const partsOf = (step: Step) => inTime(wholeOf(client(step).airtime.bulk.exportRows('bat_1')));
    expect([await partsOf(csv), await inTime(client(csv).airtime.bulk.template())]).toEqual([['a,b'], 'a,b']);
    await expect(partsOf(page)).rejects.toMatchObject({ code: 'unclear_answer' });
    for (const call of [
      (airtime: Airtime) => airtime.bulk.rows('bat_1').take(1),
      (airtime: Airtime) => airtime.wallet.get(),
    ])
      expect(await errorOf(call(client(csv).airtime))).toMatchObject({ code: 'unclear_answer' });
  });

  it('that leads elsewhere is not followed, or the key would go there too', async () => {
    const { airtime, sent } = client(answer(302, '', { location: 'https://evil.example/' }));
    const error = await errorOf(airtime.wallet.get());
    expect(error).toMatchObject({ code: 'unclear_answer', status: 302, unclear: false });
    expect(sent).toHaveLength(1);
  });

  it('of PesaWay has its code', async () => {
    const refused = answer(
      422,
      { code: '422.001', ResponseDescription: 'No.' },
      { 'content-type': 'application/json' },
    );
    const { airtime } = client(refused);
    const body = { ExternalReference: 'a', Amount: 5, PhoneNumber: '254712345678' };
    expect(await errorOf(airtime.pesaway.sendAirtime(body))).toMatchObject({ code: '422.001', reference: 'a' });
  });

  it('is distinguished from other errors by a guard', async () => {
    const { airtime } = client(refusal(404, 'order_not_found', false));
    const error = await errorOf(airtime.orders.get('gone'));
    expect(error).toBeInstanceOf(AirtimeError);
    expect([isAirtimeError(error), isAirtimeError(error, 'order_not_found'), isAirtimeError(error, 'busy')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isAirtimeError(new Error('x'))).toBe(false);
  });

  it('names its request, and whether an earlier one did it', async () => {
    const { airtime } = client(answer(200, success, { 'idempotent-replayed': 'true' }));
    const body = { ...order, agent_reference: 'mine' };
    expect(await inTime(airtime.call('createOrder', { body }))).toMatchObject({ requestId: 'req_1', replayed: true });
  });
});

describe('waiting for an outcome', () => {
  it('polls slower and slower, through an outage, until it is final', async () => {
    const { airtime, sent } = client(open, cut, cut, cut, cut, open, open, final);
    expect(await inTime(airtime.orders.waitForFinal({ agent_reference: 'mine' }))).toMatchObject({ status: 'success' });
    expect(sent).toHaveLength(8);
  });

  it('ends when it was asked to, and says that the order goes on', async () => {
    const { airtime } = client(open);
    const error = await errorOf(airtime.orders.waitForFinal('mine', { timeoutMs: 20_000 }));
    expect(error).toMatchObject({ code: 'wait_timed_out', reference: 'mine', unclear: false });
    expect(error).toMatchObject({
      message: expect.stringContaining('was accepted; its end is not known yet (unknown)'),
    });
  });

  it.each([1, 150, 1500, 2000, 4000, 20_000])(
    'of %i ms ends then, and is asked for shortly before',
    async (timeoutMs) => {
      const { airtime, sent } = client(open);
      const from = Date.now();
      expect(await errorOf(airtime.orders.waitForFinal('mine', { timeoutMs }))).toMatchObject({
        code: 'wait_timed_out',
      });
      expect(Date.now() - from).toBe(timeoutMs);
      expect(timeoutMs - ((sent.at(-1)?.at ?? 0) - from)).toBeLessThan(100);
      expect(sent.filter(({ at }) => at - from > timeoutMs - 1000).length).toBeLessThanOrEqual(5);
    },
  );

  it('sees an outcome that comes in the last second', async () => {
    const from = Date.now();
    const { airtime } = client((request) => (request.at - from < 3500 ? open : final)(request));
    expect(await inTime(airtime.orders.waitForFinal('mine', { timeoutMs: 4000 }))).toMatchObject({ status: 'success' });
  });

  it('asks once where there is no time, and never where the time is no number', async () => {
    const { airtime, sent } = client(open);
    expect(await errorOf(airtime.orders.waitForFinal('mine', { timeoutMs: 0 }))).toMatchObject({
      code: 'wait_timed_out',
    });
    for (const timeoutMs of [Number.NaN, -1]) {
      expect(await errorOf(airtime.orders.waitForFinal('mine', { timeoutMs }))).toBeInstanceOf(TypeError);
    }
    expect(sent).toHaveLength(1);
  });

  it('ends in time where nobody answers, and leaves the API alone for as long as it says', async () => {
    for (const timeoutMs of [2000, 20_000]) {
      const from = Date.now();
      const error = await errorOf(client(silence).airtime.orders.waitForFinal('mine', { timeoutMs }));
      const isInTime = Date.now() - from <= timeoutMs;
      expect([error, isInTime]).toEqual([expect.objectContaining({ code: 'wait_timed_out', unclear: false }), true]);
    }
    const busy = refusal(503, 'busy', true, { 'retry-after': '9' });
    const { airtime, sent } = client(busy, final);
    await inTime(airtime.orders.waitForFinal('mine'));
    expect(gaps(sent)).toEqual([9000]);
  });

  it('ends at once where there is no such order, and with the signal', async () => {
    const { airtime } = client(refusal(404, 'order_not_found', false));
    expect(await errorOf(airtime.orders.waitForFinal('gone'))).toMatchObject({ code: 'order_not_found' });
    const stop = new AbortController();
    const waiting = client(open).airtime;
    setTimeout(() => stop.abort(), 5000);
    const from = Date.now();
    const error = await errorOf(waiting.orders.waitForFinal('mine', { signal: stop.signal }));
    expect([error, Date.now() - from]).toEqual([expect.objectContaining({ code: 'aborted' }), 5000]);
  });
});

it('a list goes on with the cursor of the page before, under the same filters, and asks for nothing until it is read', async () => {
  const pages = [answer(200, { data: [1, 2], next_cursor: 'a=b' }), cut, answer(200, { data: [3], next_cursor: null })];
  const { airtime, sent } = client(...pages);
  const list = airtime.orders.list({ status: 'unknown', limit: 2, target: undefined });
  expect(sent).toEqual([]);
  expect(await inTime(list.take(9))).toEqual([1, 2, 3]);
  expect(sent.map(({ url }) => new URL(url).search)).toEqual([
    '?status=unknown&limit=2',
    '?status=unknown&limit=2&cursor=a%3Db',
    '?status=unknown&limit=2&cursor=a%3Db',
  ]);
});

describe('the client', () => {
  it('shows its key to nobody who prints it', () => {
    const airtime = new Airtime(options);
    expect(inspect(airtime, { depth: 9, showHidden: true }) + JSON.stringify(airtime)).not.toContain('secret');
  });

  it('waits for any time with Infinity, and refuses a time that a timer would take for none', async () => {
    const late: Step = () => new Promise((resolve) => setTimeout(() => resolve(Response.json(success)), 3_600_000));
    for (const timeoutMs of [Number.POSITIVE_INFINITY, 2 ** 40]) {
      const { fetch, sent } = scriptedFetch(late);
      const timers = jest.spyOn(globalThis, 'setTimeout');
      expect(await inTime(new Airtime({ ...options, fetch, timeoutMs }).orders.send(order))).toEqual(success);
      // Node's own rings at once for more, which a fake one does not.
      for (const [, ms] of timers.mock.calls) expect(ms).toBeLessThan(2 ** 31);
      timers.mockRestore();
      expect(sent).toHaveLength(1);
    }
    const { airtime, sent } = client(placed);
    for (const timeoutMs of [0, -1, Number.NaN]) {
      expect(() => new Airtime({ ...options, timeoutMs })).toThrow(TypeError);
      expect(await errorOf(airtime.orders.send(order, { timeoutMs }))).toBeInstanceOf(TypeError);
    }
    expect(sent).toEqual([]);
  });

  it('refuses a base URL that is none, and a part of a path that would be another path', async () => {
    expect(() => new Airtime({ baseUrl: 'api.example' })).toThrow(TypeError);
    const { airtime, sent } = client(placed);
    for (const reference of ['', '.', '..']) await expect(airtime.orders.get(reference)).rejects.toThrow(TypeError);
    await errorOf(airtime.orders.get('a/b?c'));
    expect(sent[0]?.url).toBe('http://api.example/api/v1/orders/a%2Fb%3Fc');
  });
});
