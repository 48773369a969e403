import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import type { Product } from '../../shared/domain/catalogue.ts';
import { fitAmount } from '../../shared/domain/catalogue.ts';
import { CURRENCIES } from '../../shared/domain/money.ts';
import { FAILURES } from '../../shared/domain/order.ts';
import { CLAIM_MARGIN_MS } from '../../shared/domain/order-life.ts';
import { PLANS, parsePhone } from '../../shared/domain/phone.ts';
import { HOUR, MINUTE, plus } from '../../shared/domain/time.ts';
import {
  HOTRECHARGE_FAKE_ACCOUNT,
  HOTRECHARGE_SUFFIXES,
  startHotrechargeFake,
} from '../../shared/local/upstreams/hotrecharge.ts';
import { PESAWAY_FAKE_ACCOUNT, PESAWAY_SUFFIXES, startPesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import { dispatchQueue } from '../../shared/manifest/access.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { Http } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { hotrecharge } from '../../shared/providers/hotrecharge.ts';
import { pesaway } from '../../shared/providers/pesaway.ts';
import type { Provider, Recharge } from '../../shared/providers/provider.ts';
import { SANDBOX_OUTCOMES, sandbox } from '../../shared/providers/sandbox.ts';
import { send } from '../support/send.ts';

/**
 * What every adapter promises to the dispatcher and the reconciler, which know none of them by name. Money is lost
 * where one says "rejected" of what was delivered, or "unsent" of what may have been.
 */

const SENT_AT = '2026-05-07T08:00:00.000Z';
/** Only for targets at which an upstream hangs; elsewhere a busy machine would run into it. */
const SHORT_TIMEOUT_MS = 120;
let clock = SENT_AT;
const now = () => clock;

interface Subject {
  make(options?: { http?: Http; sendTimeoutMs?: number }): Provider;
  readonly recharge: Omit<Recharge, 'reference' | 'sentAt' | 'receipt'>;
  /** Last digits of targets that make the upstream misbehave, each in its way. */
  readonly suffixes: readonly string[];
  /** How often it vended a reference, by its own record; `undefined` where it sells nothing at all. */
  vends(reference: string): number | undefined;
  /** Vending calls it has seen. */
  calls(): number;
  start(): Promise<void>;
  close(): Promise<void>;
}

const http = nodeHttp({ loopbackOnly: true });

function hotrechargeSubject(): Subject {
  let upstream: Awaited<ReturnType<typeof startHotrechargeFake>>;
  return {
    make: (options = {}) =>
      hotrecharge({
        http,
        now,
        credentials: async () => ({ baseUrl: upstream.url, ...HOTRECHARGE_FAKE_ACCOUNT }),
        ...options,
      }),
    recharge: {
      providerProductId: '100',
      kind: 'airtime',
      country: 'ZW',
      msisdn: '+263772279099',
      amountMinor: 500,
      currency: 'USD',
    },
    suffixes: Object.keys(HOTRECHARGE_SUFFIXES),
    vends: (reference) => upstream.deliveries().filter((delivery) => delivery.reference === reference).length,
    calls: () => upstream.requests().filter((request) => request === 'POST /products/recharge').length,
    async start() {
      upstream = await startHotrechargeFake();
    },
    close: () => upstream.close(),
  };
}

function pesawaySubject(): Subject {
  let upstream: Awaited<ReturnType<typeof startPesawayFake>>;
  return {
    make: (options = {}) =>
      pesaway({
        http,
        now,
        credentials: async () => ({ baseUrl: upstream.url, ...PESAWAY_FAKE_ACCOUNT }),
        ...options,
      }),
    recharge: {
      providerProductId: 'ke',
      kind: 'airtime',
      country: 'KE',
      msisdn: '+254712345678',
      amountMinor: 10_000,
      currency: 'KES',
    },
    suffixes: Object.keys(PESAWAY_SUFFIXES),
    vends: (reference) => upstream.deliveries().filter((delivery) => delivery.reference === reference).length,
    calls: () => upstream.requests().filter(({ path }) => path.endsWith('/airtime/send-airtime/')).length,
    async start() {
      upstream = await startPesawayFake();
    },
    close: () => upstream.close(),
  };
}

function sandboxSubject(): Subject {
  return {
    make: () => sandbox({ sleep: async () => {}, now }),
    recharge: {
      providerProductId: '100',
      kind: 'airtime',
      country: 'ZW',
      msisdn: '+263772279099',
      amountMinor: 500,
      currency: 'USD',
    },
    suffixes: Object.keys(SANDBOX_OUTCOMES),
    vends: () => undefined,
    calls: () => 1,
    async start() {},
    async close() {},
  };
}

const SUBJECTS: readonly [Provider['name'], Subject][] = [
  ['hotrecharge', hotrechargeSubject()],
  ['pesaway', pesawaySubject()],
  ['sandbox', sandboxSubject()],
];

/** One line, bounded, and nothing in it that opens an account. */
function expectEvidence(said: { evidence: string }): void {
  expect(said.evidence.length).toBeLessThanOrEqual(600);
  expect(said.evidence).not.toMatch(/\n|fake@|eyJ|Bearer|"(access_)?token"/);
}

describe.each(SUBJECTS)('%s', (name, subject) => {
  let provider: Provider;
  let references = 0;

  const aRecharge = (changes: Partial<Recharge> = {}): Recharge => {
    references += 1;
    return { ...subject.recharge, reference: `ord-${name}-${references}`, sentAt: SENT_AT, receipt: {}, ...changes };
  };
  const endingIn = (suffix: string) => aRecharge({ msisdn: `${subject.recharge.msisdn.slice(0, -3)}${suffix}` });

  beforeAll(() => subject.start());
  afterAll(() => subject.close());
  beforeEach(() => {
    clock = SENT_AT;
    provider = subject.make();
  });

  it('goes by its name', () => {
    expect(provider.name).toBe(name);
  });

  it('can be asked about a good send: it was delivered once, and asking changes nothing', async () => {
    const recharge = aRecharge();
    const outcome = await send(provider, recharge);
    expect(['success', 'accepted']).toContain(outcome.kind);
    expect(outcome).toMatchObject({ receipt: { providerRef: expect.stringMatching(/./) } });
    clock = plus(SENT_AT, HOUR);
    const findings = [await provider.query(recharge), await provider.query(recharge)];
    expect(findings.map((finding) => finding.kind)).toEqual(['success', 'success']);
    const providerRef = 'receipt' in outcome ? outcome.receipt.providerRef : undefined;
    expect(findings[0]).toMatchObject({ receipt: { providerRef } });
    expect([1, undefined]).toContain(subject.vends(recharge.reference));
  });

  it('says of what was never sent neither that it was delivered nor that it was rejected', async () => {
    const { kind } = await provider.query(aRecharge(name === 'sandbox' ? endingIn('017') : {}));
    expect(['not_found', 'in_progress', 'unclear']).toContain(kind);
  });

  it.each(subject.suffixes)('returns no wrong outcome that costs money, with a target ending in %s', async (suffix) => {
    provider = subject.make({ sendTimeoutMs: SHORT_TIMEOUT_MS });
    const recharge = endingIn(suffix);
    const callsBefore = subject.calls();
    const outcome = await send(provider, recharge);
    const vends = subject.vends(recharge.reference);
    expect(subject.calls() - callsBefore).toBeLessThanOrEqual(1);
    expectEvidence(outcome);
    if (outcome.kind === 'rejected') expect(Object.keys(FAILURES)).toContain(outcome.failure);
    if (outcome.kind === 'rejected' || outcome.kind === 'unsent') expect([0, undefined]).toContain(vends);
    if (outcome.kind === 'success') expect([1, undefined]).toContain(vends);

    for (const elapsedMs of [0, 90_000, 2 * HOUR]) {
      clock = plus(SENT_AT, elapsedMs);
      const finding = await provider.query(recharge);
      expectEvidence(finding);
      if (finding.kind === 'success') expect([1, undefined]).toContain(subject.vends(recharge.reference));
      if (finding.kind === 'rejected') expect([0, undefined]).toContain(subject.vends(recharge.reference));
      if (outcome.kind === 'success') expect(finding.kind).not.toBe('rejected');
      if (outcome.kind === 'rejected') expect(finding.kind).not.toBe('success');
    }
    expect(subject.vends(recharge.reference) ?? 1).toBeLessThanOrEqual(1);
  });

  it('keeps sends at the same time apart: each vends its own order, once', async () => {
    const recharges = Array.from({ length: 10 }, () => aRecharge());
    const outcomes = await Promise.all(recharges.map((recharge) => send(provider, recharge)));
    for (const outcome of outcomes) expect(['success', 'accepted']).toContain(outcome.kind);
    expect(new Set(outcomes.map((outcome) => 'receipt' in outcome && outcome.receipt.providerRef)).size).toBe(10);
    for (const { reference } of recharges) expect([1, undefined]).toContain(subject.vends(reference));
  });

  it('vends nothing when it is asked anything else', async () => {
    const before = subject.calls();
    await provider.balances();
    await provider.catalogue();
    await provider.query(aRecharge());
    await provider.lookup?.('41', '37112345678');
    expect(subject.calls()).toBe(before);
  });

  it('knows the holder of a meter, and says of another that there is none', async () => {
    if (!provider.lookup) return;
    expect(await provider.lookup('41', '37112345678')).toMatchObject({ name: expect.stringMatching(/./) });
    expect(await provider.lookup('41', '37112345001')).toBeUndefined();
  });

  it('counts its money in whole minor units of a currency we have', async () => {
    for (const { account, currency, balanceMinor } of await provider.balances()) {
      expect(account).toMatch(/./);
      expect(Object.keys(CURRENCIES)).toContain(currency);
      expect(Number.isSafeInteger(balanceMinor)).toBe(true);
    }
  });

  it('sells each product of its catalogue, at its least and its most', async () => {
    const products = await provider.catalogue();
    expect(new Set(products.map((product) => product.id)).size).toBe(products.length);
    for (const product of products) {
      expect(product).toMatchObject({ provider: name, available: true, name: expect.stringMatching(/./) });
      expect(Number.isSafeInteger(product.id) && product.id > 0 && product.id < 1e12).toBe(true);
      for (const amountMinor of new Set([product.minMinor, product.maxMinor])) {
        expect([product.id, fitAmount(product, amountMinor)]).toEqual([product.id, 'fits']);
        const outcome = await send(provider, aRecharge({ ...soldAs(product), amountMinor }));
        expect([product.id, ['success', 'accepted'].includes(outcome.kind)]).toEqual([product.id, true]);
      }
    }
  });

  it('has times that fit each other and the worker that sends', () => {
    const { capabilities } = subject.make();
    const worker = Object.values(workers).find((each) => 'queue' in each && each.queue === dispatchQueue(name));
    // The claim is kept for this long, and whoever holds it must be able to outlive it.
    expect(capabilities.sendTimeoutMs + CLAIM_MARGIN_MS).toBeLessThanOrEqual((worker?.timeoutSeconds ?? 0) * 1000);
    expect(capabilities.queryIntervalMs).toBeGreaterThanOrEqual(15_000);
    const { notFoundFinalAfterMs: horizon } = capabilities;
    // The sandbox sells nothing, and says "not found" only where that is final.
    if (horizon === null || name === 'sandbox') return;
    expect(horizon).toBeGreaterThan(capabilities.sendTimeoutMs + CLAIM_MARGIN_MS);
    expect(capabilities.reviewAfterMs).toBeGreaterThan(horizon + 2 * capabilities.queryIntervalMs);
  });
});

it('what each provider is trusted with is as the page of upstreams says', () => {
  const trusted = SUBJECTS.map(([name, subject]) => {
    const { notFoundFinalAfterMs, queryIntervalMs, reviewAfterMs } = subject.make().capabilities;
    return [name, notFoundFinalAfterMs, queryIntervalMs, reviewAfterMs];
  });
  expect(trusted).toEqual([
    ['hotrecharge', HOUR, 2 * MINUTE, 24 * HOUR],
    ['pesaway', null, 2 * MINUTE, 24 * HOUR],
    ['sandbox', 0, 30_000, HOUR],
  ]);
});

/** Upstreams over HTTP that are no upstream at all: none of these may look like a decision. */
const LINES: readonly [string, Http, string][] = [
  ['cannot be reached', () => Promise.reject(new HttpFailure('refused', false)), 'unsent'],
  ['breaks off every call', () => Promise.reject(new HttpFailure('reset', true)), 'unsent'],
  ['fails in a way nobody knows', () => Promise.reject(new Error('surprise')), 'unsent'],
  ['answers everything with a page', async () => ({ status: 200, headers: {}, body: '<html>' }), 'unsent'],
  ['answers everything with nothing', async () => ({ status: 200, headers: {}, body: '' }), 'unsent'],
  ['answers everything with null', async () => ({ status: 200, headers: {}, body: 'null' }), 'unsent'],
  ['is out of order', async () => ({ status: 503, headers: {}, body: '{}' }), 'unsent'],
  ['has too many callers', async () => ({ status: 429, headers: {}, body: '{}' }), 'unsent'],
  ['moved', async () => ({ status: 302, headers: { location: '/' }, body: '' }), 'unsent'],
];

describe.each(SUBJECTS.filter(([name]) => name !== 'sandbox'))('%s over a line that', (_name, subject) => {
  const aRecharge = { ...subject.recharge, reference: 'ord-line', sentAt: SENT_AT, receipt: {} };
  beforeAll(() => subject.start());
  afterAll(() => subject.close());

  it.each(LINES)('%s: nothing was sold yet, and asking decides nothing', async (_line, via, expected) => {
    const provider = subject.make({ http: via });
    const outcome = await send(provider, aRecharge);
    // Without a login no vending call was made, however the login itself ended.
    expect(outcome.kind).toBe(expected);
    expectEvidence(outcome);
    expect((await provider.query(aRecharge)).kind).toBe('unclear');
    await expect(provider.balances()).rejects.toThrow();
  });

  it.each(LINES)('%s once we are let in: unclear, unless it is certain that nothing left us', async (line, via) => {
    const provider = subject.make({
      http: (request) => (/identity|token\/$/.test(request.url) ? http(request) : via(request)),
    });
    const outcome = await send(provider, aRecharge);
    expect(outcome.kind).toBe(line === 'cannot be reached' ? 'unsent' : 'unclear');
    expect((await provider.query(aRecharge)).kind).toBe('unclear');
  });
});

/** A recharge of a product, to a number that it is sold for. */
function soldAs(product: Product): Partial<Recharge> {
  const { kind, country, currency, network, providerProductId, providerProductCode } = product;
  const code = providerProductCode === undefined ? {} : { providerProductCode };
  return { kind, country, currency, providerProductId, ...code, msisdn: targetOf(kind, country, network) };
}

function targetOf(kind: Product['kind'], country: Product['country'], network: string): string {
  if (kind === 'zesa') return '37112345678';
  const prefix = PLANS[country].networks[network]?.[0] ?? PLANS[country].example.slice(1, 3);
  const phone = parsePhone(`0${prefix.padEnd(9, '5')}`, country);
  if (typeof phone === 'string') throw new Error(`no number for ${network}: ${phone}`);
  return phone.msisdn;
}

it('the sandbox can fail in every way that a provider can', () => {
  const ownFailures = ['account_frozen', 'insufficient_funds', 'not_delivered', 'cancelled', 'reference_used'];
  const shown = Object.values(SANDBOX_OUTCOMES).flatMap(({ send, failure }) => (send === 'rejected' ? [failure] : []));
  expect(shown.toSorted()).toEqual(
    Object.keys(FAILURES)
      .filter((code) => !ownFailures.includes(code))
      .toSorted(),
  );
});
