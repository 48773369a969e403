import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import { CLAIM_MARGIN_MS } from '../../shared/domain/order-life.ts';
import { elapsed } from '../../shared/domain/time.ts';
import type { HotrechargeBehaviour, HotrechargeFake } from '../../shared/local/upstreams/hotrecharge.ts';
import { HOTRECHARGE_FAKE_ACCOUNT, startHotrechargeFake } from '../../shared/local/upstreams/hotrecharge.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { hotrecharge, parseHotrechargeCredentials } from '../../shared/providers/hotrecharge.ts';
import { REPLY_CODES } from '../../shared/providers/hotrecharge-replies.ts';
import type { Provider, Recharge } from '../../shared/providers/provider.ts';
import { NotSetUp } from '../../shared/providers/provider.ts';
import { impatient } from '../support/impatient.ts';
import { send } from '../support/send.ts';

/**
 * The adapter against a server that speaks the aggregator's protocol, and against single answers where only their
 * spelling matters.
 */

let upstream: HotrechargeFake;
let provider: Provider;
let clock = Date.parse('2026-05-07T08:00:00.000Z');

/** Each test has a fake of its own: what an earlier one left under way does not reach it. */
beforeEach(async () => {
  upstream = await startHotrechargeFake();
  provider = adapterOver(nodeHttp({ loopbackOnly: true }));
});
afterEach(() => upstream.close());

function adapterOver(http: Http): Provider {
  return hotrecharge({
    http,
    now: () => new Date(clock).toISOString(),
    credentials: async () => ({ baseUrl: upstream.url, ...HOTRECHARGE_FAKE_ACCOUNT }),
  });
}

const sends = () => upstream.requests().filter((request) => request === 'POST /products/recharge');

/** An adapter whose send is not answered in time. */
function unanswered(): Provider {
  const isSend = ({ url }: HttpRequest) => url.endsWith('/products/recharge');
  return adapterOver(impatient(nodeHttp({ loopbackOnly: true }), isSend, () => sends().length));
}

let references = 0;
function aRecharge(changes: Partial<Recharge> = {}): Recharge {
  references += 1;
  return {
    reference: `ord-${references}`,
    providerProductId: '100',
    kind: 'airtime',
    country: 'ZW',
    msisdn: '+263772279099',
    amountMinor: 550,
    currency: 'USD',
    sentAt: new Date(clock).toISOString(),
    receipt: {},
    ...changes,
  };
}

type Answering = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

/** An adapter that is let in, and whose other calls are answered by `answering`; with what was sent. */
function over(answering: Answering, login: Answering = () => json(200, { token: 'a-token' })) {
  const requests: HttpRequest[] = [];
  const adapter = hotrecharge({
    now: () => new Date(clock).toISOString(),
    credentials: async () => ({ baseUrl: 'http://hot/api/v3', accessCode: 'a-code', accessPassword: 'a-password' }),
    http: async (request) => {
      requests.push(request);
      return request.url.includes('/identity/') ? login(request) : answering(request);
    },
  });
  return { adapter, requests, paths: () => requests.map(({ url }) => url.slice('http://hot/api/v3'.length)) };
}

function json(status: number, body: unknown): HttpAnswer {
  return { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function vendsOf({ reference }: Recharge): number {
  return upstream.deliveries().filter((delivery) => delivery.reference === reference).length;
}

describe('a send', () => {
  it('is one call, in national form and major units, and returns our cost', async () => {
    const recharge = aRecharge({ customSms: 'Enjoy' });
    expect(await send(provider, recharge)).toMatchObject({
      kind: 'success',
      receipt: { providerRef: expect.any(String), costMinor: 523 },
    });
    expect(upstream.deliveries().at(-1)).toMatchObject({
      reference: recharge.reference,
      target: '0772279099',
      amount: '5.5',
    });
    expect(sends()).toHaveLength(1);
  });

  it.each(Object.entries(REPLY_CODES))(
    'that is answered with code %s is what the table says, and is not repeated',
    async (code, meaning) => {
      upstream.script({ behaviour: { delivers: false, answer: { code: Number(code) } } });
      const outcome = await send(provider, aRecharge());
      expect(outcome.kind).toBe(meaning.outcome);
      if (meaning.outcome === 'rejected') expect(outcome).toMatchObject({ failure: meaning.failure });
      expect(sends()).toHaveLength(1);
    },
  );

  it.each([3, 207.5, 999, 0])('that is answered with a code in no table (%p) is unclear', async (code) => {
    upstream.script({ behaviour: { delivers: false, answer: { code } } });
    expect((await send(provider, aRecharge())).kind).toBe('unclear');
  });

  it.each([
    ['Target', 'invalid_target'],
    ['Amount', 'invalid_amount'],
    ['ProductId', 'product_unavailable'],
    ['CustomerSMS', 'product_unavailable'],
    ['RechargeOptions[0].Value', 'product_unavailable'],
  ])('that fails the validation of %s is rejected as %s', async (field, failure) => {
    upstream.script({ behaviour: { delivers: false, answer: { problem: field } } });
    expect(await send(provider, aRecharge())).toMatchObject({ kind: 'rejected', failure });
  });

  it('is unsent if nothing listens, or the login cannot be reached', async () => {
    const gone = hotrecharge({
      http: nodeHttp(),
      now: () => new Date(clock).toISOString(),
      credentials: async () => ({ baseUrl: 'http://127.0.0.1:9', ...HOTRECHARGE_FAKE_ACCOUNT }),
    });
    expect((await send(gone, aRecharge())).kind).toBe('unsent');
  });

  it('with a refused password is a refusal of us, without a vending call', async () => {
    const wrong = hotrecharge({
      http: nodeHttp(),
      now: () => new Date(clock).toISOString(),
      credentials: async () => ({ baseUrl: upstream.url, accessCode: 'x', accessPassword: 'y' }),
    });
    expect(await send(wrong, aRecharge())).toMatchObject({ kind: 'refuses_us', reason: 'credentials' });
    // Once more, with a secret that was read again.
    expect(upstream.requests()).toEqual(['POST /identity/login', 'POST /identity/login']);
  });
});

describe('a send to an upstream that misbehaves is one vending call, and', () => {
  const cases: [string, HotrechargeBehaviour, string][] = [
    ['a time-out after delivering', { delivers: true, answer: 'hang' }, 'unclear'],
    ['a time-out without delivering', { delivers: false, answer: 'hang' }, 'unclear'],
    ['a cut connection after delivering', { delivers: true, answer: 'reset' }, 'unclear'],
    ['a cut connection without delivering', { delivers: false, answer: 'reset' }, 'unclear'],
    ['garbage after delivering', { delivers: true, answer: 'garbage' }, 'unclear'],
    ['garbage without delivering', { delivers: false, answer: 'garbage' }, 'unclear'],
    ['nothing useful', { delivers: true, answer: 'empty' }, 'unclear'],
    ['500 after delivering', { delivers: true, answer: { status: 500 } }, 'unclear'],
    ['500 without delivering', { delivers: false, answer: { status: 500 } }, 'unclear'],
    ['503', { delivers: false, answer: { status: 503 } }, 'unclear'],
    ['429', { delivers: false, answer: { status: 429 } }, 'unclear'],
    ['403', { delivers: false, answer: { status: 403 } }, 'unclear'],
    ['a refusal with 500', { delivers: true, answer: { code: 217, status: 500 } }, 'unclear'],
    ['a failure after delivering', { delivers: true, answer: { code: 704 } }, 'unclear'],
    ['"duplicate"', { delivers: true, answer: { code: 216 } }, 'unclear'],
    ['"not found"', { delivers: true, answer: { code: 800 } }, 'unclear'],
    ['another reference', { delivers: true, answer: 'other_reference' }, 'unclear'],
    ['another amount', { delivers: true, answer: 'other_amount' }, 'unclear'],
    ['an answer in time', { delivers: true, answer: 'success', delayMs: 20 }, 'success'],
    ['an answer too late', { delivers: true, answer: 'success', delayMs: 2_000 }, 'unclear'],
  ];
  it.each(cases)('%s has the outcome that it proves', async (_name, behaviour, expected) => {
    upstream.script({ behaviour });
    const recharge = aRecharge();
    const isLate = behaviour.answer === 'hang' || behaviour.delayMs === 2_000;
    expect((await send(isLate ? unanswered() : provider, recharge)).kind).toBe(expected);
    expect(sends()).toHaveLength(1);
    expect(vendsOf(recharge)).toBe(behaviour.delivers && behaviour.delayMs !== 2_000 ? 1 : 0);
  });
});

describe('a send that is answered', () => {
  const good = { successful: true, rechargeId: 7, amount: 5.5, discount: 2.5 };
  const cases: [string, HttpAnswer, string][] = [
    ['as documented', json(200, good), 'success'],
    ['with an amount as text', json(200, { ...good, amount: '5.50' }), 'success'],
    ['with a code as text', json(200, { ReplyCode: '2', RechargeID: 7 }), 'success'],
    ['with a refusal as text', json(400, { ReplyCode: '217', Message: 'Wrong number' }), 'rejected'],
    ['with a refusal in small letters', json(200, { replyCode: 222, successful: false }), 'rejected'],
    ['without success and without a code', json(200, { ...good, successful: false }), 'unclear'],
    ['with a success that is not true', json(200, { ...good, successful: 'true' }), 'unclear'],
    ['with a success that has failed', json(400, { ReplyCode: 2 }), 'unclear'],
    ['with "pending" that has failed', json(400, { ReplyCode: 4 }), 'unclear'],
    ['with a success that it denies', json(200, { successful: false, ReplyCode: 2 }), 'unclear'],
    ['with a refusal that it denies', json(200, { successful: true, ReplyCode: 217 }), 'unclear'],
    ['about nothing', json(200, { ...good, amount: 0 }), 'unclear'],
    ['about an amount that is none', json(200, { ...good, amount: 'five' }), 'unclear'],
    ['with an empty code', json(200, { ReplyCode: '' }), 'unclear'],
    ['with a code that is a word', json(400, { ReplyCode: 'constructor' }), 'unclear'],
    ['with a code of null', json(400, { ReplyCode: null }), 'unclear'],
    ['with 201', json(201, good), 'success'],
    ['with a redirect', json(302, good), 'unclear'],
    ['with a redirect and a refusal', json(302, { ReplyCode: 217 }), 'unclear'],
    ['with a refusal and 429', json(429, { ReplyCode: 217 }), 'unclear'],
    ['with a list', json(200, [good]), 'unclear'],
    ['with null', json(200, 'null'), 'unclear'],
    ['in half', json(200, JSON.stringify(good).slice(0, -5)), 'unclear'],
    ['with a problem that names no field', json(400, { errors: {} }), 'unclear'],
    ['with a list of problems', json(400, { errors: ['Something'] }), 'unclear'],
    ['with a problem of the target', json(400, { errors: { '$.target': ['Bad'] } }), 'rejected'],
    ['with a problem of what was not sent', json(400, { errors: { upstream: ['Timed out'] } }), 'unclear'],
    ['with that beside one of the target', json(400, { errors: { Target: ['Bad'], upstream: ['No'] } }), 'unclear'],
    ['with a problem, and 500', json(500, { errors: { Target: ['Bad'] } }), 'unclear'],
    // Maybe because it knows the reference: the opposite of a failure.
    ['with a problem of the reference', json(400, { errors: { AgentReference: ['Used'] } }), 'unclear'],
    ['with problems of both', json(400, { errors: { Target: ['Bad'], AgentReference: ['Used'] } }), 'unclear'],
  ];
  it.each(cases)('%s is as certain as it proves, and no more', async (_name, answer, expected) => {
    const { adapter, paths } = over(() => answer);
    expect((await send(adapter, aRecharge())).kind).toBe(expected);
    expect(paths()).toEqual(['/identity/login', '/products/recharge']);
  });

  it.each([
    [0, 550],
    [2.5, 536],
    [10, 495],
    ['7.25', 510],
    [100, 0],
  ])('with a discount of %p %% cost us %i', async (discount, costMinor) => {
    const { adapter } = over(() => json(200, { ...good, discount }));
    expect(await send(adapter, aRecharge())).toMatchObject({ receipt: { providerRef: '7', costMinor } });
  });

  it.each([-1, 101, 'much'])('with a discount of %p has no cost', async (discount) => {
    const { adapter } = over(() => json(200, { ...good, discount }));
    expect(await send(adapter, aRecharge())).toEqual({
      kind: 'success',
      receipt: { providerRef: '7' },
      evidence: expect.any(String),
    });
  });

  it.each(['12345678901234567890', '1234 5678 9012 3456 7890', '1234-5678-9012-3456-7890'])(
    'with the token %s leaves only its end in what is kept as evidence',
    async (token) => {
      const { adapter } = over(() => json(200, { ...good, message: `Your token is ${token}.` }));
      const { evidence } = await send(adapter, aRecharge());
      expect(evidence).toContain('****************7890.');
      expect(evidence).not.toContain('3456');
    },
  );
});

describe('on the wire', () => {
  const sent = async (changes: Partial<Recharge>) => {
    const { adapter, requests } = over(() => json(200, { successful: true, customerName: 'T. Moyo' }));
    await send(adapter, aRecharge({ reference: 'ord-wire', ...changes }));
    return JSON.parse(requests.at(-1)?.body ?? '');
  };

  it('a send has exactly the documented fields', async () => {
    expect(await sent({})).toEqual({
      AgentReference: 'ord-wire',
      ProductId: 100,
      Target: '0772279099',
      Amount: 5.5,
    });
  });

  it("the merchant's own text goes with it", async () => {
    expect(await sent({ customSms: 'Enjoy' })).toMatchObject({ CustomerSMS: 'Enjoy' });
  });

  it('a meter is sent as it is, a bundle with its code', async () => {
    const zesa = { kind: 'zesa', providerProductId: '41', msisdn: '37112345678', amountMinor: 2000 } as const;
    expect(await sent(zesa)).toEqual({ AgentReference: 'ord-wire', ProductId: 41, Target: '37112345678', Amount: 20 });
    expect(await sent({ kind: 'data', providerProductId: '16', providerProductCode: 'WD1G' })).toMatchObject({
      ProductId: 16,
      RechargeOptions: [{ Name: 'ProductCode', Value: 'WD1G' }],
    });
  });
});

describe('a status query', () => {
  const stored = (data: unknown, agentReference: string | null = 'ord-asked') =>
    json(200, { agentReference, rawData: typeof data === 'string' ? data : JSON.stringify(data) });
  const cases: [string, HttpAnswer, string][] = [
    ['state 2 as text', stored({ ReplyCode: '2', Amount: 5.5 }), 'success'],
    ['state 2 as a number', stored({ ReplyCode: 2 }), 'success'],
    ['a stored answer of today', stored({ successful: true, rechargeId: 7, amount: 5.5 }), 'success'],
    ['busy', stored({ ReplyCode: 1 }), 'in_progress'],
    ['pending verification', stored({ ReplyCode: '4' }), 'in_progress'],
    ['what may be "failed"', stored({ ReplyCode: 3 }), 'unclear'],
    ['state 0', stored({ ReplyCode: 0 }), 'unclear'],
    ['a state nobody knows', stored({ ReplyCode: 77 }), 'unclear'],
    ['a stored refusal', stored({ ReplyCode: 224, ReplyMessage: 'Daily limit' }), 'rejected'],
    ['a stored time-out', stored({ ReplyCode: 704 }), 'unclear'],
    ['a stored "duplicate"', stored({ ReplyCode: 216 }), 'unclear'],
    ['a stored answer without success', stored({ successful: false }), 'unclear'],
    ['a stored answer that contradicts itself', stored({ successful: true, ReplyCode: 224 }), 'unclear'],
    ['nothing stored', stored(''), 'unclear'],
    ['what cannot be read', stored('{"ReplyCode":'), 'unclear'],
    ['another reference', stored({ ReplyCode: 2 }, 'ord-other'), 'unclear'],
    ['another reference inside', stored({ ReplyCode: 2, AgentReference: 'ord-other' }), 'unclear'],
    ['another amount', stored({ ReplyCode: 2, Amount: 55 }), 'unclear'],
    ['800', json(400, { ReplyCode: 800, ReplyMessage: 'Not found' }), 'not_found'],
    ['800 as text, found well', json(200, { ReplyCode: '800' }), 'not_found'],
    ['800 with 404', json(404, { ReplyCode: 800, ReplyMessage: 'Not found' }), 'not_found'],
    // What is stored under a reference is no proof that the reference is not known.
    ['800, stored', stored({ ReplyCode: 800 }), 'unclear'],
    ['800 beside a stored success', json(400, { ReplyCode: 800, rawData: '{"ReplyCode":2}' }), 'unclear'],
    ['800 of another reference', json(400, { ReplyCode: 800, agentReference: 'ord-other' }), 'unclear'],
    ['800 in a message', json(404, { message: 'ReplyCode 800' }), 'unclear'],
    // As an address that does not exist would answer about everything, also about what was delivered.
    ['404 by a proxy', json(404, { message: 'no Route matched with those values' }), 'unclear'],
    ['404 as a problem', json(404, { title: 'Not Found', status: 404 }), 'unclear'],
    ['404 with an empty object', json(404, {}), 'unclear'],
    ['404 in a page', json(404, '<html>No such page'), 'unclear'],
    ['404 with nothing', json(404, ''), 'unclear'],
    ['404 with another code', json(404, { ReplyCode: 219 }), 'unclear'],
    // What is wrong with the question says nothing of the recharge.
    ['that our login failed', json(400, { ReplyCode: 218 }), 'unclear'],
    ['that our login failed, with 401', json(401, { ReplyCode: 218 }), 'unclear'],
    ['that our account is not set up', json(400, { ReplyCode: 206 }), 'unclear'],
    ['that our question is wrong', json(400, { errors: { AgentReference: ['Bad'] } }), 'unclear'],
    ['2 about the question', json(200, { ReplyCode: 2 }), 'unclear'],
    ['500 with a stored success', { ...stored({ ReplyCode: 2 }), status: 500 }, 'unclear'],
    ['429', json(429, { ReplyCode: 800 }), 'unclear'],
    ['400 with a stored refusal', { ...stored({ ReplyCode: 217 }), status: 400 }, 'unclear'],
  ];
  it.each(cases)('answered with %s decides no more than that', async (_name, answer, expected) => {
    const { adapter } = over(() => answer);
    expect((await adapter.query(aRecharge({ reference: 'ord-asked' }))).kind).toBe(expected);
  });

  it('for electricity returns the tokens of an answer that was lost', async () => {
    upstream.script({ behaviour: { delivers: true, answer: 'reset' } });
    const recharge = aRecharge({ kind: 'zesa', providerProductId: '41', msisdn: '37112345678', amountMinor: 1000 });
    expect((await send(provider, recharge)).kind).toBe('unclear');
    expect(await provider.query(recharge)).toMatchObject({
      kind: 'success',
      receipt: { tokens: [{ token: '12345678901234567890' }, { token: '09876543210987654321' }] },
    });
  });

  it('for electricity, answered "the network refused", is unclear, as for a send', async () => {
    const { adapter } = over(() => stored({ ReplyCode: 210 }));
    expect((await adapter.query(aRecharge({ reference: 'ord-asked', kind: 'zesa' }))).kind).toBe('unclear');
  });
});

describe('electricity', () => {
  const meter = (changes: Partial<Recharge> = {}) =>
    aRecharge({ kind: 'zesa', providerProductId: '41', msisdn: '37112345678', amountMinor: 1000, ...changes });

  it('is bought after its holder was looked up, and returns all tokens in order', async () => {
    const outcome = await send(provider, meter());
    expect(outcome).toMatchObject({
      kind: 'success',
      receipt: {
        holder: { name: 'T. Moyo', address: '12 Samora Machel Ave, Harare' },
        tokens: [
          { token: '12345678901234567890', units: '40.5' },
          { token: '09876543210987654321', units: '2.0' },
        ],
      },
    });
    expect(JSON.stringify(outcome.evidence)).not.toContain('12345678901234567890');
    expect(upstream.requests().at(-2)).toMatch(/^GET \/query\/customer\/41\//);
  });

  it('is not bought for an unknown meter', async () => {
    const before = upstream.deliveries().length;
    expect(await send(provider, meter({ msisdn: '37112345001' }))).toMatchObject({
      kind: 'rejected',
      failure: 'invalid_target',
    });
    expect(upstream.deliveries()).toHaveLength(before);
  });

  it.each([
    ['a problem', json(404, { title: 'Not Found', status: 404 }), 'rejected'],
    ['that the meter is invalid', json(400, { ReplyCode: 223, ReplyMessage: 'Invalid meter' }), 'rejected'],
    ['a web service that is down', json(400, { ReplyCode: 703 }), 'unsent'],
    ['404 by a proxy', json(404, { message: 'no Route matched with those values' }), 'unsent'],
    ['404 in a page', json(404, '<html>No such page'), 'unsent'],
    ['404 with nothing', json(404, ''), 'unsent'],
    ['400 by a proxy', json(400, { message: 'Bad Request' }), 'unsent'],
  ])('is never bought when the holder is answered with %s', async (_what, answer, expected) => {
    const { adapter, paths } = over(() => answer);
    expect((await send(adapter, meter())).kind).toBe(expected);
    expect(paths()).not.toContain('/products/recharge');
  });

  it('that is pending verification is accepted, and queried later', async () => {
    upstream.script({ behaviour: { delivers: true, answer: { code: 4 } } });
    const recharge = meter();
    expect((await send(provider, recharge)).kind).toBe('accepted');
    expect((await provider.query(recharge)).kind).toBe('success');
  });

  it('refused by "the network" is unclear: the aggregator hides its time-outs behind that', async () => {
    upstream.script({ behaviour: { delivers: false, answer: { code: 210 } } });
    expect((await send(provider, meter())).kind).toBe('unclear');
  });
});

describe('the token', () => {
  it('is fetched once for many calls at once, refreshed before it expires, and replaced if it is refused', async () => {
    await Promise.all([provider.balances(), provider.balances(), send(provider, aRecharge())]);
    expect(upstream.requests().filter((request) => request.includes('/identity/'))).toEqual(['POST /identity/login']);
    clock += 271_000;
    await provider.balances();
    expect(upstream.requests().filter((request) => request.includes('/identity/'))).toEqual([
      'POST /identity/login',
      'POST /identity/refresh',
    ]);
    upstream.expireTokens();
    expect(await provider.balances()).toHaveLength(4);
  });

  it('that is refused with a send is renewed, and the send repeated once: nothing had been sold', async () => {
    await provider.balances();
    upstream.expireTokens();
    const before = upstream.deliveries().length;
    expect((await send(provider, aRecharge())).kind).toBe('success');
    expect(upstream.deliveries()).toHaveLength(before + 1);
  });
});

describe('a token', () => {
  const accounts = json(200, []);
  const dated = (seconds: number) =>
    `x.${Buffer.from(JSON.stringify({ iat: 0, exp: seconds })).toString('base64url')}.x`;
  const identities = (paths: string[]) => paths.filter((path) => path.startsWith('/identity/'));

  it.each([
    ['without dates', 'opaque', 270],
    ['with dates', dated(3600), 3570],
  ])('%s is kept until 30 s before its end', async (_name, token, seconds) => {
    const { adapter, paths } = over(
      () => accounts,
      () => json(200, { token, refreshToken: 'r' }),
    );
    await adapter.balances();
    clock += (seconds - 1) * 1000;
    await adapter.balances();
    expect(identities(paths())).toEqual(['/identity/login']);
    clock += 1000;
    await adapter.balances();
    expect(identities(paths())).toEqual(['/identity/login', '/identity/refresh']);
  });

  it.each<[string, Answering]>([
    ['is refused', () => json(401, { errors: ['Expired'] })],
    ['fails', () => json(500, '')],
    ['is no answer', () => json(200, '<html>')],
    ['breaks off', () => Promise.reject(new HttpFailure('reset', true))],
  ])('whose renewal %s is got by a login', async (_name, refresh) => {
    const { adapter, paths } = over(
      () => accounts,
      (request) => (request.url.endsWith('refresh') ? refresh(request) : json(200, { token: 't', refreshToken: 'r' })),
    );
    await adapter.balances();
    clock += 300_000;
    await adapter.balances();
    expect(identities(paths())).toEqual(['/identity/login', '/identity/refresh', '/identity/login']);
  });

  it('that is refused twice is not fetched a third time', async () => {
    const { adapter, paths } = over(() => json(401, ''));
    await expect(adapter.balances()).rejects.toThrow('answered 401');
    expect(identities(paths())).toHaveLength(2);
    expect((await adapter.query(aRecharge())).kind).toBe('unclear');
  });

  it('that is refused to ten calls at once is replaced once', async () => {
    let serial = 0;
    const { adapter, paths } = over(
      ({ headers }) => (headers?.authorization === 'Bearer t1' ? json(401, '') : accounts),
      () => json(200, { token: `t${++serial}` }),
    );
    await Promise.all(Array.from({ length: 10 }, () => adapter.balances()));
    expect(identities(paths())).toEqual(['/identity/login', '/identity/login']);
  });

  it('that was fetched meanwhile survives a late refusal of the one before', async () => {
    let serial = 0;
    let refuseLate = () => {};
    const late = new Promise<void>((resolve) => {
      refuseLate = resolve;
    });
    const { adapter, paths } = over(
      async ({ headers, url }) => {
        if (headers?.authorization !== 'Bearer t1') return url.includes('/products/') ? json(200, '<html>') : accounts;
        if (url.includes('/products/')) await late;
        return json(401, '');
      },
      () => json(200, { token: `t${++serial}` }),
    );
    const slow = adapter.catalogue();
    await adapter.balances();
    refuseLate();
    await expect(slow).rejects.toThrow('answered 200');
    expect(identities(paths())).toEqual(['/identity/login', '/identity/login']);
  });

  it('whose renewal hangs leaves the login half of the time', async () => {
    const { adapter, requests } = over(
      () => accounts,
      (request) => {
        if (request.url.endsWith('login')) return json(200, { token: 't', refreshToken: 'r' });
        clock += request.timeoutMs;
        throw new HttpFailure('no answer', true);
      },
    );
    await adapter.balances();
    clock += 300_000;
    await send(adapter, aRecharge());
    const [refresh, login] = requests.filter(({ url }) => url.includes('/identity/')).slice(1);
    expect([refresh?.timeoutMs, login?.timeoutMs]).toEqual([4_000, 4_000]);
  });

  it.each<[string, unknown, string, number]>([
    ['without a code is tried once more with a new one', {}, 'refuses_us', 2],
    ['with a code that refuses our login ends its reference', { ReplyCode: 218 }, 'refuses_us', 1],
    ['with a code that is no refusal is not repeated', { ReplyCode: 216 }, 'unclear', 1],
  ])('that is refused %s', async (_what, body, expected, calls) => {
    const { adapter, paths } = over(() => json(401, body));
    expect((await send(adapter, aRecharge())).kind).toBe(expected);
    expect(paths().filter((path) => path === '/products/recharge')).toHaveLength(calls);
  });

  it.each<[number, string]>([
    [207, 'credentials'],
    [218, 'credentials'],
    [220, 'credentials'],
    [208, 'balance'],
  ])('reply code %i refuses us: %s', async (code, reason) => {
    const { adapter } = over(() => json(400, { ReplyCode: code }));
    expect(await send(adapter, aRecharge())).toMatchObject({ kind: 'refuses_us', reason });
  });

  it.each([216, 219, 700, 701, 702, 703, 704, -1])(
    'reply code %i proves nothing, in an answer or when queried',
    async (code) => {
      const { adapter } = over(() => json(400, { ReplyCode: code }));
      expect((await send(adapter, aRecharge())).kind).toBe('unclear');
      const recharge = aRecharge();
      const rawData = JSON.stringify({ ReplyCode: code });
      const asked = over(() => json(200, { agentReference: recharge.reference, rawData }));
      expect((await asked.adapter.query(recharge)).kind).toBe('unclear');
    },
  );

  it('"not found" names the account that asked, which is the one that sends', async () => {
    const { adapter } = over(() => json(404, { ReplyCode: 800 }));
    const prepared = await adapter.prepare(aRecharge());
    const account = prepared.kind === 'ready' ? prepared.account : 'none';
    expect(await adapter.query(aRecharge())).toMatchObject({ kind: 'not_found', account });
    expect(account).toMatch(/^[0-9a-f]{16}$/);
  });

  it('the answer to a recharge says what is left in the account that paid', async () => {
    const { adapter } = over(() => json(200, { successful: true, balance: { balance: 12.34 } }));
    expect(await send(adapter, aRecharge())).toMatchObject({ kind: 'success', balanceMinor: 1_234 });
  });

  it('a login with a secret that was changed meanwhile succeeds at once', async () => {
    const passwords = ['old', 'new'];
    const adapter = hotrecharge({
      now: () => new Date(clock).toISOString(),
      credentials: async (isFresh) => ({
        baseUrl: 'http://hot/api/v3',
        accessCode: 'a',
        accessPassword: passwords[isFresh ? 1 : 0] ?? '',
      }),
      http: async ({ url, body = '' }) => {
        if (!url.endsWith('login')) return json(200, { successful: true });
        return body.includes('old') ? json(401, {}) : json(200, { token: 't' });
      },
    });
    expect((await send(adapter, aRecharge())).kind).toBe('success');
  });
});

describe('time', () => {
  /** Every call takes all the time it is given; from one on they fail. */
  const slowly = (from: number) => {
    let calls = 0;
    const takeAll: Answering = ({ timeoutMs }) => {
      calls += 1;
      clock += timeoutMs;
      if (calls >= from) throw new HttpFailure('no answer', true);
      return json(200, { token: 't', customerName: 'T. Moyo' });
    };
    return over(takeAll, takeAll).adapter;
  };
  const took = async (task: Promise<unknown>) => {
    const startedAt = new Date(clock).toISOString();
    await task.catch(() => {});
    return elapsed(startedAt, new Date(clock).toISOString());
  };

  it.each([1, 2])('of a look-up ends before ten seconds, however the upstream hangs at call %i', async (from) => {
    expect(await took(slowly(from).lookup?.('41', '37112345678') ?? Promise.resolve())).toBeLessThanOrEqual(10_000);
  });

  it.each([
    ['airtime', 1],
    ['airtime', 2],
    ['airtime', 9],
    ['zesa', 1],
    ['zesa', 2],
    ['zesa', 3],
    ['zesa', 9],
  ] as const)('is up for a send of %s well before its claim is given up, hanging at call %i', async (kind, from) => {
    const adapter = slowly(from);
    const recharge = aRecharge(kind === 'zesa' ? { kind, providerProductId: '41', msisdn: '37112345678' } : {});
    const { sendTimeoutMs } = adapter.capabilities;
    expect(await took(send(adapter, recharge))).toBeLessThan(sendTimeoutMs + (CLAIM_MARGIN_MS * 2) / 3);
  });

  it('of a recharge is as long as the aggregator may wait for a network', async () => {
    const { adapter, requests } = over(() => json(200, { successful: true }));
    await send(adapter, aRecharge());
    expect(requests.at(-1)).toMatchObject({ method: 'POST', timeoutMs: 60_000 });
  });
});

it.each(['', ' {} ', 'a1B2'.repeat(16)])(
  'a secret that was never set (%j) means that the provider is off',
  async (secret) => {
    expect(() => parseHotrechargeCredentials(secret)).toThrow(NotSetUp);
    const credentials = async () => parseHotrechargeCredentials(secret);
    const off = hotrecharge({
      http: nodeHttp({ loopbackOnly: true }),
      now: () => new Date().toISOString(),
      credentials,
    });
    await expect(off.catalogue()).rejects.toThrow(NotSetUp);
    expect((await send(off, aRecharge())).kind).toBe('unsent');
  },
);

it('a prepared send reads our secret no more: a throttle after the claim cannot burn it', async () => {
  let reads = 0;
  const adapter = hotrecharge({
    http: nodeHttp({ loopbackOnly: true }),
    now: () => new Date().toISOString(),
    credentials: async () => {
      reads += 1;
      return { baseUrl: upstream.url, ...HOTRECHARGE_FAKE_ACCOUNT };
    },
  });
  const prepared = await adapter.prepare(aRecharge());
  const before = reads;
  expect(prepared.kind === 'ready' && (await prepared.send())).toMatchObject({ kind: 'success' });
  expect(reads).toBe(before);
});

it.each([1, 2])('credentials that cannot be read at call %i leave an order unsent', async (from) => {
  let reads = 0;
  const adapter = hotrecharge({
    http: nodeHttp({ loopbackOnly: true }),
    now: () => new Date(clock).toISOString(),
    credentials: async () => {
      reads += 1;
      // A login reads them twice, the recharge once more.
      if (reads >= from * 2 - 1) throw new Error('no such secret');
      return { baseUrl: upstream.url, ...HOTRECHARGE_FAKE_ACCOUNT };
    },
  });
  expect((await send(adapter, aRecharge())).kind).toBe('unsent');
  expect(upstream.requests()).not.toContain('POST /products/recharge');
});

it('an account is read alone, overdrawn or of a type that we do not have', async () => {
  const one = over(() => json(200, { accountTypeId: 3, name: 'USD', balance: 12.5 }));
  expect(await one.adapter.balances()).toEqual([{ account: 'USD', currency: 'USD', balanceMinor: 1250 }]);
  const overdrawn = over(() =>
    json(200, [
      { accountTypeId: 1, name: 'ZWG', balance: -0.1 },
      { accountTypeId: 9, name: 'Gold', balance: 5 },
    ]),
  );
  expect(await overdrawn.adapter.balances()).toEqual([{ account: 'ZWG', currency: 'ZWG', balanceMinor: -10 }]);
});

it.each([
  [500, '{}'],
  [200, '<html>'],
  [200, '{"balance":"lots"}'],
])('balances that cannot be read (%i %s) are an error, not nothing', async (status, body) => {
  await expect(over(() => json(status, body)).adapter.balances()).rejects.toThrow('/account/balance/0');
});

it('the four accounts are separate, each in its currency', async () => {
  expect(await provider.balances()).toEqual([
    { account: 'ZWG', currency: 'ZWG', balanceMinor: 100_000_000 },
    { account: 'ZWG-utilities', currency: 'ZWG', balanceMinor: 100_000_000 },
    { account: 'USD', currency: 'USD', balanceMinor: 100_000_000 },
    { account: 'USD-utilities', currency: 'USD', balanceMinor: 100_000_000 },
  ]);
});

describe('the catalogue', () => {
  it('has the first document’s product 100 as it is there', async () => {
    const products = await provider.catalogue();
    expect(products.find((product) => product.id === 100)).toMatchObject({
      name: 'Airtime USD',
      network: 'any',
      kind: 'airtime',
      currency: 'USD',
      minMinor: 10,
      maxMinor: 30_000,
      stepMinor: 1,
    });
  });

  it('has denominations from stock, a product per bundle, meters for electricity, and ZWG for ZiG', async () => {
    const products = await provider.catalogue();
    const named = (name: string) => products.find((product) => product.name === name);
    expect(named('NetOne Airtime USD')?.denominationsMinor).toEqual([50, 100, 200, 500, 1000, 2000, 5000]);
    expect(named('Econet Weekly 1 GB')).toMatchObject({
      kind: 'data',
      currency: 'ZWG',
      denominationsMinor: [6000],
      providerProductId: '16',
      providerProductCode: 'WD1G',
    });
    expect(named('ZESA USD')).toMatchObject({ kind: 'zesa', targetType: 'meter', network: 'ZESA' });
    expect(new Set(products.map((product) => product.id)).size).toBe(products.length);
  });

  it('gives a bundle the same id every time', async () => {
    const ids = async () => (await provider.catalogue()).map((product) => product.id);
    expect(await ids()).toEqual(await ids());
  });

  const metaData = {
    TargetType: 'Mobile',
    MinimumRecharge: '0.10',
    MaxRecharge: '300',
    RechargeAmountIncrement: '0.01',
    Currency: 'USD',
    Network: 'Econet',
  };
  const plain = { productId: 900, name: 'Econet Airtime', accountTypeId: 3, metaData };
  const listed = (products: unknown[], stock: HttpAnswer = json(400, { status: 400 })) =>
    over(({ url }) => (url.includes('/query/stock/') ? stock : json(200, { products })));
  const idsOf = async (products: unknown[], stock?: HttpAnswer) =>
    (await listed(products, stock).adapter.catalogue()).map((product) => product.id);
  const withMeta = (changes: object) => ({ ...plain, metaData: { ...metaData, ...changes } });

  it.each<[string, unknown]>([
    ['in a currency that we do not have', withMeta({ Currency: 'ZAR' })],
    ['without a currency', withMeta({ Currency: null })],
    ['to a target that we do not serve', withMeta({ TargetType: 'Policy' })],
    ['to a meter of something else', { ...withMeta({ TargetType: 'Meter' }), name: 'TelOne ADSL' }],
    ['without a least amount', withMeta({ MinimumRecharge: '' })],
    ['without a step', withMeta({ RechargeAmountIncrement: undefined })],
    ['in steps finer than its currency', withMeta({ RechargeAmountIncrement: '0.001' })],
    ['with limits that are no amounts', withMeta({ MaxRecharge: 'unlimited' })],
    ['whose stock it does not have', withMeta({ StockQuery: 'true' })],
    ['in another shape', { productId: 'nine', name: 'Odd' }],
    ['that is null', null],
  ])('does not have a product %s, and has the others', async (_name, product) => {
    const other = { ...plain, productId: 901 };
    expect(await idsOf([product, other])).toEqual([901]);
  });

  it('requests no stock of products that we do not sell', async () => {
    const { adapter, paths } = listed([withMeta({ StockQuery: 'true', Currency: 'ZAR' }), plain]);
    await adapter.catalogue();
    expect(paths()).toEqual(['/identity/login', '/products/0']);
  });

  it.each(['True', 'yes', '/query/stock/900'])('reads "%s" as having a stock', async (StockQuery) => {
    const { adapter } = listed([withMeta({ StockQuery })], stocked(item('A', 1), item('B', 2), item('A2', 1)));
    expect(await adapter.catalogue()).toMatchObject([{ minMinor: 100, maxMinor: 200, denominationsMinor: [100, 200] }]);
  });

  const item = (productCode: string, value: number, currency?: string) => ({
    productId: 900,
    name: `Item ${productCode}`,
    productCode,
    value,
    ...(currency ? { currency } : {}),
  });
  const stocked = (...stock: unknown[]) => json(200, { stock });
  const bundles = { ...withMeta({ StockQuery: 'true' }), name: 'Econet Data Bundles' };

  it('gives a bundle an id from its parent and code, wherever it is in the list', async () => {
    const ids = await idsOf([bundles], stocked(item('A', 1), item('B', 2)));
    expect(ids).toHaveLength(2);
    expect(ids.every((id) => Math.floor(id / 1_000_000) === 900)).toBe(true);
    expect(await idsOf([bundles], stocked(item('C', 3), item('B', 2), item('A', 1)))).toEqual(
      expect.arrayContaining(ids),
    );
  });

  it('sells neither of two bundles with the same id: one could be sold for the other', async () => {
    expect(await idsOf([bundles], stocked(item('A', 1), item('A', 2), item('B', 3)))).toHaveLength(1);
  });

  it('does not have a bundle in another currency than its product, or for nothing', async () => {
    expect(await idsOf([bundles], stocked(item('A', 1, 'ZiG'), item('B', 0), item('C', 1, 'USD')))).toHaveLength(1);
  });

  it.each<[string, HttpAnswer, HttpAnswer | undefined]>([
    ['fails', json(500, ''), undefined],
    ['is in another shape', json(200, { items: [] }), undefined],
    ['has nothing that can be read', json(200, { products: [{ id: 1 }] }), undefined],
    ['has a stock that fails', json(200, { products: [bundles] }), json(503, '')],
    ['has a stock that cannot be read', json(200, { products: [bundles] }), json(200, { stock: 'none' })],
  ])('that %s is an error: nothing is withdrawn because of it', async (_name, list, stock) => {
    const { adapter } = over(({ url }) => (url.includes('/query/stock/') ? (stock ?? list) : list));
    await expect(adapter.catalogue()).rejects.toThrow('hotrecharge');
  });

  it('sells a bundle by its code', async () => {
    const bundle = (await provider.catalogue()).find((product) => product.providerProductCode === 'WD1G');
    const outcome = await send(
      provider,
      aRecharge({
        kind: 'data',
        providerProductId: '16',
        providerProductCode: 'WD1G',
        amountMinor: bundle?.minMinor ?? 0,
        currency: 'ZWG',
      }),
    );
    expect(outcome.kind).toBe('success');
  });
});

it.each(['baseUrl', 'accessCode', 'accessPassword'])(
  'credentials without %s are refused by its name and without any value',
  (missing) => {
    const all = { baseUrl: 'http://x', accessCode: 'a-code', accessPassword: 'a-password' };
    const text = JSON.stringify({ ...all, [missing]: undefined });
    expect(() => parseHotrechargeCredentials(text)).toThrow(`has no ${missing}`);
    expect(() => parseHotrechargeCredentials('{"accessPassword": "a-password')).toThrow('is not a JSON object');
  },
);

describe('the upstream fake', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotrecharge-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const sellingFrom = (other: HotrechargeFake) =>
    hotrecharge({
      http: nodeHttp({ loopbackOnly: true }),
      now: () => new Date(clock).toISOString(),
      credentials: async () => ({ baseUrl: other.url, ...HOTRECHARGE_FAKE_ACCOUNT }),
    });

  it('vends again if a request is repeated, so that tests can see it', async () => {
    const recharge = aRecharge();
    await send(provider, recharge);
    await send(provider, recharge);
    expect(vendsOf(recharge)).toBe(2);
  });

  it('can report a repeated reference as a duplicate: unclear, and vended once', async () => {
    const other = await startHotrechargeFake({ deduplicates: true });
    const adapter = sellingFrom(other);
    const recharge = aRecharge();
    expect((await send(adapter, recharge)).kind).toBe('success');
    expect((await send(adapter, recharge)).kind).toBe('unclear');
    expect(other.deliveries()).toHaveLength(1);
    await other.close();
  });

  it('remembers over a restart what it vended, at which cost and with which id', async () => {
    const recordFile = join(folder, 'record.jsonl');
    const before = await startHotrechargeFake({ recordFile });
    const recharge = aRecharge();
    const outcome = await send(sellingFrom(before), recharge);
    await before.close();
    const after = await startHotrechargeFake({ recordFile });
    const adapter = sellingFrom(after);
    expect(after.deliveries()).toMatchObject([{ reference: recharge.reference, target: '0772279099' }]);
    expect(await adapter.query(recharge)).toMatchObject({
      kind: 'success',
      receipt: { providerRef: 'receipt' in outcome ? outcome.receipt.providerRef : '' },
    });
    expect((await adapter.balances()).find(({ account }) => account === 'USD')?.balanceMinor).toBe(99_999_450);
    await after.close();
  });

  it.each<[string, Partial<Recharge>, string]>([
    ['a product it does not have', { providerProductId: '999' }, 'product_unavailable'],
    ['a number of another network', { providerProductId: '103' }, 'invalid_target'],
    ['too little', { amountMinor: 9 }, 'invalid_amount'],
    ['too much', { amountMinor: 30_001 }, 'invalid_amount'],
    [
      'a denomination it has not',
      { providerProductId: '102', msisdn: '+263712345678', amountMinor: 300 },
      'out_of_stock',
    ],
    [
      'a bundle without its code',
      { providerProductId: '35', msisdn: '+263712345678', amountMinor: 100 },
      'out_of_stock',
    ],
  ])('refuses %s', async (_name, changes, failure) => {
    const recharge = aRecharge(changes);
    expect(await send(provider, recharge)).toMatchObject({ kind: 'rejected', failure });
    expect(vendsOf(recharge)).toBe(0);
  });

  it('accepts a token for 300 s, and one account or product by its id', async () => {
    let time = Date.parse('2026-05-07T08:00:00.000Z');
    const other = await startHotrechargeFake({ now: () => time });
    const http = nodeHttp({ loopbackOnly: true });
    const { accessCode, accessPassword } = HOTRECHARGE_FAKE_ACCOUNT;
    const body = JSON.stringify({ AccessCode: accessCode, Password: accessPassword });
    const login = await http({ method: 'POST', url: `${other.url}/identity/login`, body, timeoutMs: 2_000 });
    const headers = { authorization: `Bearer ${JSON.parse(login.body).token}` };
    const get = (path: string) => http({ method: 'GET', url: other.url + path, headers, timeoutMs: 2_000 });
    time += 299_000;
    expect(JSON.parse((await get('/account/balance/3')).body)).toMatchObject([{ name: 'USD' }]);
    expect(JSON.parse((await get('/products/100')).body).products).toMatchObject([{ name: 'Airtime USD' }]);
    time += 1_000;
    expect((await get('/account/balance')).status).toBe(401);
    await other.close();
  });

  it('can be configured over HTTP, for one order', async () => {
    const recharge = aRecharge();
    const http = nodeHttp({ loopbackOnly: true });
    const tell = (body: unknown) =>
      http({ method: 'POST', url: `${upstream.url}/_admin/behaviour`, body: JSON.stringify(body), timeoutMs: 2_000 });
    const behaviour = { delivers: false, answer: { code: 224 } };
    expect((await tell({ match: { reference: recharge.reference }, behaviour })).status).toBe(200);
    expect((await tell({ behaviour: {} })).status).toBe(400);
    expect(await send(provider, recharge)).toMatchObject({ failure: 'limit_reached' });
    expect((await send(provider, aRecharge())).kind).toBe('success');
    const { body } = await http({ method: 'GET', url: `${upstream.url}/_admin/deliveries`, timeoutMs: 2_000 });
    expect(JSON.parse(body)).toEqual(upstream.deliveries());
  });
});
