import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import type { HotrechargeSimulator } from '../../shared/local/simulators/hotrecharge.ts';
import { HOTRECHARGE_SIMULATOR_ACCOUNT, startHotrechargeSimulator } from '../../shared/local/simulators/hotrecharge.ts';
import { hotrecharge, parseHotrechargeCredentials } from '../../shared/providers/hotrecharge.ts';
import { REPLY_CODES } from '../../shared/providers/hotrecharge-replies.ts';
import type { Provider, Recharge } from '../../shared/providers/provider.ts';

/** The adapter against a server that speaks the aggregator's protocol. */

let simulator: HotrechargeSimulator;
let provider: Provider;
let clock = Date.parse('2026-05-07T08:00:00.000Z');

beforeAll(async () => {
  simulator = await startHotrechargeSimulator();
});
afterAll(() => simulator.close());

beforeEach(() => {
  provider = hotrecharge({
    http: nodeHttp({ loopbackOnly: true }),
    now: () => new Date(clock).toISOString(),
    sendTimeoutMs: 150,
    credentials: async () => ({ baseUrl: simulator.url, ...HOTRECHARGE_SIMULATOR_ACCOUNT }),
  });
});
afterEach(() => simulator.reset());

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

describe('a send', () => {
  it('is one call, in national form and major units, and tells what it cost us', async () => {
    const recharge = aRecharge({ customSms: 'Enjoy' });
    expect(await provider.send(recharge)).toMatchObject({
      kind: 'success',
      receipt: { providerRef: expect.any(String), costMinor: 523 },
    });
    expect(simulator.deliveries().at(-1)).toMatchObject({
      reference: recharge.reference,
      target: '0772279099',
      amount: '5.5',
    });
    expect(simulator.requests().filter((request) => request === 'POST /products/recharge')).toHaveLength(1);
  });

  it.each(Object.entries(REPLY_CODES))(
    'that is answered with code %s is what the table says, and is not repeated',
    async (code, meaning) => {
      simulator.tell({ behaviour: { delivers: false, answer: { code: Number(code) } } });
      const outcome = await provider.send(aRecharge());
      expect(outcome.kind).toBe(meaning.outcome);
      if (meaning.outcome === 'rejected') expect(outcome).toMatchObject({ failure: meaning.failure });
      expect(simulator.requests().filter((request) => request === 'POST /products/recharge')).toHaveLength(1);
    },
  );

  it.each([3, 207.5, 999, 0])('that is answered with a code in no table (%p) is unclear', async (code) => {
    simulator.tell({ behaviour: { delivers: false, answer: { code } } });
    expect((await provider.send(aRecharge())).kind).toBe('unclear');
  });

  it.each([
    ['Target', 'invalid_target'],
    ['Amount', 'invalid_amount'],
    ['ProductId', 'product_unavailable'],
    ['Anything', 'product_unavailable'],
  ])('that fails the validation of %s is rejected as %s', async (field, failure) => {
    simulator.tell({ behaviour: { delivers: false, answer: { problem: field } } });
    expect(await provider.send(aRecharge())).toMatchObject({ kind: 'rejected', failure });
  });

  it('never left us when nothing listens, or the login cannot be had', async () => {
    const gone = hotrecharge({
      http: nodeHttp(),
      now: () => new Date(clock).toISOString(),
      credentials: async () => ({ baseUrl: 'http://127.0.0.1:9', ...HOTRECHARGE_SIMULATOR_ACCOUNT }),
    });
    expect((await gone.send(aRecharge())).kind).toBe('unsent');
  });

  it('with a password that is refused is rejected as our fault, and nothing is asked for', async () => {
    const wrong = hotrecharge({
      http: nodeHttp(),
      now: () => new Date(clock).toISOString(),
      credentials: async () => ({ baseUrl: simulator.url, accessCode: 'x', accessPassword: 'y' }),
    });
    expect(await wrong.send(aRecharge())).toMatchObject({ kind: 'rejected', failure: 'provider_unavailable' });
    expect(simulator.requests()).toEqual(['POST /identity/login']);
  });
});

describe('electricity', () => {
  const meter = (changes: Partial<Recharge> = {}) =>
    aRecharge({ kind: 'zesa', providerProductId: '41', msisdn: '37112345678', amountMinor: 1000, ...changes });

  it('is bought after its holder was asked, and brings all tokens in order', async () => {
    const outcome = await provider.send(meter());
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
    expect(simulator.requests().at(-2)).toMatch(/^GET \/query\/customer\/41\//);
  });

  it('is not bought for a meter that nobody knows', async () => {
    const before = simulator.deliveries().length;
    expect(await provider.send(meter({ msisdn: '37112345001' }))).toMatchObject({
      kind: 'rejected',
      failure: 'invalid_target',
    });
    expect(simulator.deliveries()).toHaveLength(before);
  });

  it('that is pending verification is accepted, and asked about', async () => {
    simulator.tell({ behaviour: { delivers: true, answer: { code: 4 } } });
    const recharge = meter();
    expect((await provider.send(recharge)).kind).toBe('accepted');
    expect((await provider.query(recharge)).kind).toBe('success');
  });

  it('refused by "the network" is unclear: the aggregator hides its time-outs behind that', async () => {
    simulator.tell({ behaviour: { delivers: false, answer: { code: 210 } } });
    expect((await provider.send(meter())).kind).toBe('unclear');
  });
});

describe('the token', () => {
  it('is got once for many calls at once, refreshed before it ends, and got anew when it is refused', async () => {
    await Promise.all([provider.balances(), provider.balances(), provider.send(aRecharge())]);
    expect(simulator.requests().filter((request) => request.includes('/identity/'))).toEqual(['POST /identity/login']);
    clock += 271_000;
    await provider.balances();
    expect(simulator.requests().filter((request) => request.includes('/identity/'))).toEqual([
      'POST /identity/login',
      'POST /identity/refresh',
    ]);
    simulator.expireTokens();
    expect(await provider.balances()).toHaveLength(4);
  });

  it('that is refused with a send leaves the send unsent: the next try goes through', async () => {
    await provider.balances();
    simulator.expireTokens();
    const before = simulator.deliveries().length;
    expect((await provider.send(aRecharge())).kind).toBe('unsent');
    expect(simulator.deliveries()).toHaveLength(before);
    expect((await provider.send(aRecharge())).kind).toBe('success');
  });
});

it('the four accounts are told apart, each in its currency', async () => {
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

  it('numbers bundles the same every time', async () => {
    const ids = async () => (await provider.catalogue()).map((product) => product.id);
    expect(await ids()).toEqual(await ids());
  });

  it('sells a bundle by its code', async () => {
    const bundle = (await provider.catalogue()).find((product) => product.providerProductCode === 'WD1G');
    const outcome = await provider.send(
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
