import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Owner } from '../../shared/domain/ledger.ts';
import type { LimitChange, RateName } from '../../shared/domain/terms.ts';
import { readLimitChange, withLimit } from '../../shared/domain/terms.ts';
import { DAY, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { SHEET_BYTES_MAX } from '../../shared/http/csv/sheet-dialect.ts';
import type { Admission } from '../../shared/http/limits.ts';
import { admit, admitBadKey, BAD_KEYS } from '../../shared/http/limits.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import type { World } from '../../shared/world.ts';
import { Chance } from '../simulation/chance.ts';
import { OPERATOR } from '../support/origin.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import { virtualWorld } from '../support/virtual-world.ts';

/** Rate limits across many processes, on virtual time and a model of the database. */

const OWNER = { merchantId: 'mer_1', mode: 'live' } as const;
/** As by default: at once, and in so many seconds. */
const ORDERS = 1_000;
const WINDOW_MS = 10 * SECOND;
const PER_SECOND = ORDERS / 10;
const BLOCK = 10;
const WRITES_MAX = 0.105;

let virtual: VirtualWorld;
let chance: Chance;
let writes: number;
let asked: number;
let delayMs: number;
let fails: boolean;

beforeEach(() => {
  virtual = virtualWorld();
  chance = new Chance(7);
  writes = 0;
  asked = 0;
  delayMs = 0;
  fails = false;
});

/** A process of its own, whose database takes some time and counts writes of limits. */
function process(): World {
  const send = async (command: { constructor: { name: string }; input: { TableName?: string } }) => {
    const isOfLimits = command.input.TableName === 'limits';
    if (isOfLimits && command.constructor.name === 'GetCommand') asked += 1;
    if (isOfLimits && command.constructor.name === 'UpdateCommand') writes += 1;
    await virtual.clock.sleep(isOfLimits ? delayMs + chance.next() * 10 : 0);
    if (isOfLimits && fails) throw Object.assign(new Error('throttled'), { name: 'ThrottlingException' });
    return (virtual.world.db.send as (command: unknown) => Promise<unknown>)(command);
  };
  const db = { send } as unknown as World['db'];
  return { ...virtual.world, db, memo: new Map(), random: () => chance.next() };
}

const processes = (count: number) => Array.from({ length: count }, process);

/** Requests at a rate for some time, each to a process by chance. Answers when the admitted ones came. */
async function offer(all: readonly World[], { perSecond, forMs }: { perSecond: number; forMs: number }) {
  const admitted: number[] = [];
  let refused = 0;
  const running: Promise<void>[] = [];
  const end = virtual.clock.now + forMs;
  while (virtual.clock.now < end) {
    const world = all[Math.floor(chance.next() * all.length)] ?? process();
    const at = virtual.clock.now;
    const request = admit(world, OWNER, 'orders').then(({ refusal }) => {
      if (refusal) refused += 1;
      else admitted.push(at);
    });
    running.push(request);
    await virtual.clock.runUntil(at + (2 * chance.next() * SECOND) / perSecond);
  }
  await virtual.during(Promise.all(running));
  return { admitted: admitted.sort((a, b) => a - b), refused, offered: admitted.length + refused };
}

/** The most that was admitted in any window of this length. */
function mostIn(moments: readonly number[], windowMs: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < moments.length; to += 1) {
    while ((moments[to] ?? 0) - (moments[from] ?? 0) >= windowMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

describe('below the limit', () => {
  it.each([1, 20, 200])(
    'nothing is refused and a request costs a tenth of a write, with %i processes',
    async (count) => {
      const all = processes(count);
      const { refused, offered } = await offer(all, { perSecond: 0.8 * PER_SECOND, forMs: 20 * SECOND });
      expect(refused).toBe(0);
      // Chance shows: each process has begun with what it may have.
      expect(writes / offered).toBeLessThanOrEqual(0.11);
      writes = 0;
      const later = await offer(all, { perSecond: 0.8 * PER_SECOND, forMs: 30 * SECOND });
      expect(later.refused).toBe(0);
      expect(writes / later.offered).toBeLessThanOrEqual(WRITES_MAX);
    },
  );

  it('a merchant with an order now and then costs no more, in whichever process it comes', async () => {
    const { refused, offered } = await offer(processes(500), { perSecond: 0.02, forMs: DAY });
    expect(refused).toBe(0);
    expect(offered).toBeGreaterThan(1_500);
    // So few that chance shows: each process has begun with what it may have.
    expect(writes / offered).toBeLessThanOrEqual(0.13);
  });
});

describe.each([1, 50, 500])('far above the limit, %i processes', (count) => {
  it('admit no more than the limit and a block each, in any window, and the limit in the long run', async () => {
    const forMs = 25 * SECOND;
    const { admitted, refused } = await offer(processes(count), { perSecond: 4 * PER_SECOND, forMs });
    expect(refused).toBeGreaterThan(0);
    for (const windowMs of [SECOND, WINDOW_MS, 2 * WINDOW_MS, forMs]) {
      const bound = ORDERS + (windowMs / SECOND) * PER_SECOND + BLOCK * count;
      expect(mostIn(admitted, windowMs)).toBeLessThanOrEqual(bound);
    }
    // What was there at first, and what came back: nearly all of it is given out, and no more.
    const due = ORDERS + (forMs / SECOND) * PER_SECOND;
    expect(admitted.length).toBeGreaterThan(0.9 * due - BLOCK * count);
    expect(admitted.length).toBeLessThanOrEqual(due + BLOCK * count);
    expect(writes / (admitted.length + refused)).toBeLessThanOrEqual(0.1);
  });
});

it('what processes saved up is given out once, not again in each window', async () => {
  const all = processes(50);
  await offer(all, { perSecond: 0.5 * PER_SECOND, forMs: 20 * SECOND });
  const flood = await offer(all, { perSecond: 5 * PER_SECOND, forMs: 35 * SECOND });
  expect(mostIn(flood.admitted, SECOND)).toBeLessThanOrEqual(ORDERS + PER_SECOND + BLOCK * all.length);
  const later = flood.admitted.filter((at) => at > (flood.admitted[0] ?? 0) + 2 * WINDOW_MS);
  expect(mostIn(later, WINDOW_MS)).toBeLessThanOrEqual(ORDERS * 1.05 + BLOCK);
});

describe('an answer', () => {
  it('has the policy and what is left of it; a refusal says when to come again, and closes until then', async () => {
    const world = { ...process(), random: () => 0 };
    const first = await virtual.during(admit(world, OWNER, 'test_events'));
    expect(first.headers).toEqual({
      'ratelimit-policy': '"test_events";q=10;w=60',
      ratelimit: '"test_events";r=9;t=60',
    });
    const rest = Array.from({ length: 10 }, () => admit(world, OWNER, 'test_events'));
    const [refusal, ...served] = (await virtual.during(Promise.all(rest))).map((each) => each.refusal).reverse();
    expect(served).toEqual(Array.from({ length: 9 }, () => undefined));
    expect(refusal).toMatchObject({ code: 'rate_limited', headers: { 'retry-after': '6' } });
    expect(refusal?.headers.ratelimit).toBe('"test_events";r=0;t=6');
    await virtual.clock.runUntil(virtual.clock.now + 5 * SECOND);
    expect((await virtual.during(admit(world, OWNER, 'test_events'))).refusal?.headers['retry-after']).toBe('1');
    await virtual.clock.runUntil(virtual.clock.now + SECOND);
    expect((await virtual.during(admit(world, OWNER, 'test_events'))).refusal).toBe(undefined);
  });

  it('counts bytes where the limit is in bytes, and says so', async () => {
    const world = process();
    const take = (bytes: number) => virtual.during(admit(world, { ...OWNER, mode: 'test' }, 'upload_bytes', bytes));
    const { headers } = await take(60 * 2 ** 20);
    expect(headers['ratelimit-policy']).toBe('"upload_bytes";q=104857600;qu="content-bytes";w=86400');
    expect((await take(41 * 2 ** 20)).refusal?.code).toBe('rate_limited');
    expect(
      (await virtual.during(admit(process(), { ...OWNER, mode: 'test' }, 'upload_bytes', 40 * 2 ** 20))).refusal,
    ).toBe(undefined);
  });
});

describe('a limit with blocks of one', () => {
  it('is exact: forty processes at once admit what it is', async () => {
    const all = await virtual.during(Promise.all(processes(40).map((world) => admit(world, OWNER, 'test_events'))));
    expect(all.filter(({ refusal }) => !refusal)).toHaveLength(10);
  });
});

/** The terms of the live mode with another rate, known at once to processes that have not read them. */
const setRate = (name: RateName, quota: number, windowSeconds: number, of: Owner = OWNER) =>
  virtual.during(
    changeTerms(process(), of, OPERATOR, (terms) =>
      withLimit(terms, of.mode, { name, value: { quota, windowSeconds } }),
    ),
  );

const admittedOf = (all: readonly Admission[]) => all.filter(({ refusal }) => !refusal).length;

describe('processes that begin all the time', () => {
  it('admit what the limit is, on average', async () => {
    let admitted = 0;
    const forSeconds = 20;
    for (let second = 0; second < forSeconds; second += 1) {
      const endsAt = virtual.clock.now + SECOND;
      const requests = processes(50).flatMap((world) => Array.from({ length: 8 }, () => admit(world, OWNER, 'orders')));
      admitted += admittedOf(await virtual.during(Promise.all(requests)));
      await virtual.clock.runUntil(endsAt);
    }
    expect(admitted).toBeLessThanOrEqual(1.1 * (ORDERS + forSeconds * PER_SECOND));
  });

  it('refuse nothing below the limit, also five hundred at once', async () => {
    const all = await virtual.during(Promise.all(processes(500).map((world) => admit(world, OWNER, 'orders'))));
    expect(admittedOf(all)).toBe(500);
  });

  it('admit exactly what a small limit is', async () => {
    await setRate('orders', 5, 3_600);
    const requests = processes(100).flatMap((world) => Array.from({ length: 5 }, () => admit(world, OWNER, 'orders')));
    expect(admittedOf(await virtual.during(Promise.all(requests)))).toBe(5);
  });

  it.each([
    [15, 1],
    [50, 5],
    [400, 10],
  ])('take a tenth of a limit of %i at a time, and ten at most', async (quota, block) => {
    await setRate('orders', quota, 3_600);
    const world = process();
    for (let n = 0; n < quota; n += 1) await virtual.during(admit(world, OWNER, 'orders'));
    expect(writes).toBeGreaterThanOrEqual(quota / block - 1);
    expect(writes).toBeLessThanOrEqual(quota / block + 1);
  });
});

it('many addresses with bad keys do not make a process forget what a merchant has used up', async () => {
  await setRate('orders', 20, 999_999);
  const world = { ...process(), random: () => 0.99 };
  const order = async () => admittedOf([await virtual.during(admit(world, OWNER, 'orders'))]);
  let admitted = 0;
  for (let n = 0; n < 30; n += 1) admitted += await order();
  const asking = asked;
  const tries = Array.from({ length: 5_001 }, (_, n) => admitBadKey(world, `address ${n}`));
  await virtual.during(Promise.all(tries));
  const before = asked - asking;
  expect(await order()).toBe(0);
  expect([admitted <= 21, before, asked - asking]).toEqual([true, 5_001, 5_001]);
});

describe('bytes', () => {
  const of = { ...OWNER, mode: 'test' } as const;
  const MEGABYTE = 2 ** 20;

  it('beyond a whole limit are never taken, however full it is', async () => {
    await setRate('upload_bytes', 1_000_000, 86_400, of);
    for (const world of [process(), process(), process()]) {
      expect(admittedOf([await virtual.during(admit(world, of, 'upload_bytes', 10 * MEGABYTE))])).toBe(0);
      expect(admittedOf([await virtual.during(admit(world, of, 'upload_bytes', 100_000))])).toBe(1);
    }
    await virtual.clock.runUntil(virtual.clock.now + 2 * DAY);
    expect(admittedOf([await virtual.during(admit(process(), of, 'upload_bytes', 10 * MEGABYTE))])).toBe(0);
  });

  it('an operator allows no less than one file', () => {
    expect(readLimitChange('upload_bytes', `${SHEET_BYTES_MAX - 1}/86400`)).toContain('one request');
    expect(readLimitChange('upload_bytes', `${SHEET_BYTES_MAX}/86400`)).toMatchObject({ name: 'upload_bytes' });
  });

  it('that are too many for a large file are there for a small one, in the same process and in another', async () => {
    const world = process();
    const take = (bytes: number, by = world) => virtual.during(admit(by, of, 'upload_bytes', bytes));
    await take(97 * MEGABYTE);
    const large = await take(10 * MEGABYTE);
    expect(large.refusal?.code).toBe('rate_limited');
    expect(large.headers.ratelimit).toMatch(/^"upload_bytes";r=314\d{4};t=6048$/);
    for (const by of [world, process()]) {
      for (const bytes of [1, 1_000, MEGABYTE]) expect((await take(bytes, by)).refusal).toBe(undefined);
    }
    const asking = asked;
    for (let n = 0; n < 5; n += 1) expect((await take(10 * MEGABYTE)).refusal?.code).toBe('rate_limited');
    expect(asked - asking).toBe(1);
  });
});

describe('the terms', () => {
  it('are those of the merchant and mode, and a change holds after five seconds', async () => {
    const world = process();
    const change: LimitChange = { name: 'test_events', value: { quota: 2, windowSeconds: 60 } };
    await virtual.during(admit(world, OWNER, 'test_events'));
    await virtual.during(changeTerms(process(), OWNER, OPERATOR, (terms) => withLimit(terms, 'live', change)));
    await virtual.clock.runUntil(virtual.clock.now + 5 * SECOND);
    const { headers } = await virtual.during(admit(world, OWNER, 'test_events'));
    expect(headers['ratelimit-policy']).toBe('"test_events";q=2;w=60');
    const other = await virtual.during(admit(world, { ...OWNER, mode: 'test' }, 'test_events'));
    expect(other.headers['ratelimit-policy']).toBe('"test_events";q=10;w=60');
  });

  it('open at once what was closed by a smaller quota', async () => {
    const world = process();
    const of = { ...OWNER, mode: 'test' } as const;
    const take = () => virtual.during(admit(world, of, 'upload_bytes', 80 * 2 ** 20));
    await take();
    expect((await take()).refusal?.code).toBe('rate_limited');
    const change: LimitChange = { name: 'upload_bytes', value: { quota: 2 ** 30, windowSeconds: 86_400 } };
    await virtual.during(
      changeTerms(process(), { ...OWNER, mode: 'test' }, OPERATOR, (terms) => withLimit(terms, 'test', change)),
    );
    await virtual.clock.runUntil(virtual.clock.now + 5 * SECOND);
    expect((await take()).refusal).toBe(undefined);
  });

  it('that were a whole day of quota ahead do not hold a shorter window up', async () => {
    const world = process();
    await virtual.during(admit(world, OWNER, 'test_events', 10));
    const key = { pk: `lease#test_events#${OWNER.merchantId}#live` };
    const [row] = virtual.db.items('limits').filter(({ pk }) => pk === key.pk);
    Object.assign(row ?? {}, { fullAt: virtual.clock.now + DAY });
    expect((await virtual.during(admit(process(), OWNER, 'test_events'))).refusal).toBe(undefined);
  });
});

describe('where the table of limits does not answer', () => {
  it.each([
    ['fails', () => (fails = true)],
    ['hangs', () => (delayMs = MINUTE)],
  ])(
    'because it %s, requests are served, soon and without asking each time, and a metric says so',
    async (_how, breaks) => {
      breaks();
      const world = { ...process(), random: () => 0 };
      const requests = Array.from({ length: 20 }, () => admit(world, OWNER, 'orders'));
      const startedAt = virtual.clock.now;
      let endedAt = 0;
      const all = Promise.all(requests).finally(() => {
        endedAt = virtual.clock.now;
      });
      expect((await virtual.during(all)).filter(({ refusal }) => refusal)).toEqual([]);
      expect(endedAt - startedAt).toBeLessThanOrEqual(1.1 * SECOND);
      expect(asked).toBe(1);
      expect(virtual.metrics.map(({ name }) => name)).toContain(METRICS.limitsNotKept);
      fails = false;
      delayMs = 0;
      await virtual.clock.runUntil(virtual.clock.now + 2 * SECOND);
      expect((await virtual.during(admit(world, OWNER, 'orders'))).headers.ratelimit).toMatch(/^"orders";r=\d+;t=10$/);
    },
  );
});

describe('bad keys', () => {
  it('are counted by address, a block at a time', async () => {
    const all = processes(10);
    const tries = Array.from({ length: 2 * BAD_KEYS.quota }, (_, n) =>
      admitBadKey(all[n % 10] ?? process(), '192.0.2.1'),
    );
    const refused = (await virtual.during(Promise.all(tries))).filter(({ refusal }) => refusal);
    expect(refused.length).toBeGreaterThanOrEqual(BAD_KEYS.quota - BLOCK * all.length);
    // Of those that begin at once, one writes first and the others once more.
    expect(writes).toBeLessThanOrEqual(0.1 * BAD_KEYS.quota + 2 * all.length);
    expect((await virtual.during(admitBadKey(process(), '192.0.2.2'))).refusal).toBe(undefined);
  });

  it('of a network of IPv6 are counted together, because whoever has one address of it has all', async () => {
    const world = process();
    const tries = Array.from({ length: 3_000 }, (_, n) => admitBadKey(world, `2001:db8:0:7::${n.toString(16)}`));
    const admitted = (await virtual.during(Promise.all(tries))).filter(({ refusal }) => !refusal);
    expect(admitted.length).toBeLessThanOrEqual(BAD_KEYS.quota + BLOCK);
    expect((await virtual.during(admitBadKey(world, '2001:db8:0:8::1'))).refusal).toBe(undefined);
    expect((await virtual.during(admitBadKey(world, '192.0.2.1'))).refusal).toBe(undefined);
  });
});
