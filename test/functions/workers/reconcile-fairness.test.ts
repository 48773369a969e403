import { beforeEach, describe, expect, it } from '@jest/globals';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import { acceptRow } from '../../../shared/domain/order-life.ts';
import { MINUTE, plus, SECOND } from '../../../shared/domain/time.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { DUE_INDEX } from '../../../shared/manifest/tables.ts';
import { partitionsOf } from '../../../shared/store/due-items.ts';
import { measureDoubt, ordersInReview, sumInDoubt } from '../../../shared/store/due-orders.ts';
import { recordFailure, recover, refuse, takeProbe } from '../../../shared/store/health.ts';
import { createRow, toOrder } from '../../../shared/store/orders.ts';
import { readTopup } from '../../../shared/store/topups.ts';
import type { World } from '../../../shared/world.ts';
import { initial } from '../../domain/orders.ts';
import { repeats } from '../../support/length.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import { orderInDoubt, pendingTopup, virtualWorld } from '../../support/virtual-world.ts';

/** Nobody's backlog delays anybody else: numbers on virtual time. */

let virtual: VirtualWorld;

beforeEach(() => {
  virtual = virtualWorld();
});

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

/** Stores orders in doubt that were sent ten minutes before the start, and so are due. */
async function inDoubt(references: readonly string[], of: Parameters<typeof orderInDoubt>[3] = {}): Promise<void> {
  const sentAt = plus(virtual.clock.iso, -10 * MINUTE);
  await virtual.during(Promise.all(references.map((reference) => orderInDoubt(virtual, reference, sentAt, of))));
}

async function run(): Promise<void> {
  await virtual.during(reconcile(virtual.world));
}

describe.each([300, 2_500])('beside %i orders in doubt whose provider hangs for 20 s', (count) => {
  beforeEach(async () => {
    virtual.providers.hotrecharge.takesMs = 20 * SECOND;
    virtual.providers.hotrecharge.finding = { kind: 'unclear', evidence: 'no answer' };
    await inDoubt(names('h', count));
  });

  it("a paid top-up is credited and every due order of another provider queried, in the first run's first minute", async () => {
    const id = await virtual.during(pendingTopup(virtual, 'paid', plus(virtual.clock.iso, -2 * MINUTE)));
    virtual.gateway.finding = { kind: 'paid', amountMinor: 500, currency: 'USD', evidence: '' };
    await inDoubt(names('p', 200), { provider: 'pesaway' });
    const startedAt = virtual.minute();
    await run();
    const { queries } = virtual.providers.pesaway;
    expect(new Set(queries.map(({ reference }) => reference)).size).toBe(200);
    expect(Math.max(...queries.map(({ minute }) => minute)) - startedAt).toBeLessThan(1);
    const topup = await virtual.during(readTopup(virtual.world, id));
    expect(topup?.status).toBe('success');
    expect(Date.parse(topup?.finalizedAt ?? '')).toBeLessThan(virtual.clock.now - MINUTE);
  });

  it('no order is queried again before its gap, over four runs', async () => {
    await virtual.every(2, 8, () => reconcile(virtual.world));
    const { queries } = virtual.providers.hotrecharge;
    const last = new Map<string, number>();
    for (const { reference, minute } of queries) {
      expect(minute - (last.get(reference) ?? -9)).toBeGreaterThanOrEqual(2);
      last.set(reference, minute);
    }
    expect(queries.length).toBeGreaterThanOrEqual(300);
  });

  it('a run ends before the next begins, and has at most 20 queries at that provider at once', async () => {
    const startedAt = virtual.minute();
    await run();
    expect(virtual.minute() - startedAt).toBeLessThan(2.05);
    const begun = virtual.providers.hotrecharge.queries;
    expect(begun.length).toBeGreaterThanOrEqual(100);
    for (const { minute } of begun) {
      const beside = begun.filter((other) => other.minute <= minute && other.minute > minute - 20 / 60);
      expect(beside.length).toBeLessThanOrEqual(20);
    }
  });
});

it('a slot is free when its own call ends, not when the slowest of a group does', async () => {
  const { hotrecharge } = virtual.providers;
  await inDoubt(names('h', 60));
  // Every twentieth query hangs: in groups, each group would last as long as it.
  let asked = 0;
  const { query } = hotrecharge.port;
  hotrecharge.port.query = (recharge) => {
    asked += 1;
    hotrecharge.takesMs = asked % 20 === 1 ? 20 * SECOND : 200;
    return query(recharge);
  };
  const startedAt = virtual.minute();
  await run();
  const last = Math.max(...hotrecharge.queries.map(({ minute }) => minute));
  expect((last - startedAt) * 60).toBeLessThan(5);
});

describe('while the breaker of a provider is open', () => {
  beforeEach(async () => {
    virtual.providers.hotrecharge.isDown = true;
    await inDoubt(names('h', 100));
    for (let failures = 0; failures < 10; failures += 1) {
      await virtual.during(recordFailure(virtual.world, 'hotrecharge'));
    }
    await virtual.clock.runUntil(virtual.clock.now + MINUTE);
  });

  it('nothing is queried there, its orders stay due, and a probe goes on', async () => {
    const due = virtual.db.items('orders').map(({ dueAt }) => dueAt);
    await run();
    expect(virtual.providers.hotrecharge.queries).toEqual([]);
    expect(virtual.providers.hotrecharge.balancesAsked).toBe(1);
    expect(virtual.db.items('orders').map(({ dueAt }) => dueAt)).toEqual(due);
  });

  it('the run whose probe is answered queries them all', async () => {
    virtual.providers.hotrecharge.isDown = false;
    await run();
    expect(virtual.providers.hotrecharge.queries).toHaveLength(100);
  });

  const another = () => ({ ...virtual.world, memo: new Map() });

  /** Another process takes the right to probe; its probe is answered, or never ends. */
  async function probedByAnother(probe?: { endsAfterMs: number }): Promise<void> {
    expect(await virtual.during(takeProbe(another(), 'hotrecharge'))).toBe(true);
    if (!probe) return;
    virtual.clock.at(probe.endsAfterMs, () => void recover(another(), 'hotrecharge', 'probe'));
  }

  it.each([
    ['is answered', { endsAfterMs: 5 * SECOND }],
    ['died with its process', undefined],
  ])('the run queries them all when the probe of another process %s', async (_probe, probe) => {
    virtual.providers.hotrecharge.isDown = probe !== undefined;
    await probedByAnother(probe);
    await run();
    expect(virtual.providers.hotrecharge.queries).toHaveLength(100);
  });

  it('held orders that take the probe in the same run leave the queries of the others', async () => {
    virtual.providers.hotrecharge.isDown = false;
    const at = plus(virtual.clock.iso, -30 * MINUTE);
    for (const agentReference of names('held', 25)) {
      const row = { ...initial, id: `ord_${agentReference}`, agentReference, batchId: 'bat_1', isQuiet: true } as const;
      await virtual.during(createRow(virtual.world, acceptRow(row, at)));
    }
    await run();
    expect(virtual.providers.hotrecharge.queries).toHaveLength(100);
    expect(virtual.providers.hotrecharge.balancesAsked).toBe(1);
  });

  it('where the provider refuses us, the run waits for the next probe, a minute after one that failed', async () => {
    virtual.providers.hotrecharge.isDown = false;
    await virtual.during(refuse(virtual.world, 'hotrecharge', 'suspended'));
    await virtual.clock.runUntil(virtual.clock.now + MINUTE);
    await probedByAnother();
    await run();
    // As many as its pace allows in the rest of the run: it doubles every ten seconds.
    expect(virtual.providers.hotrecharge.queries.length).toBeGreaterThan(60);
  });

  it('a run whose probe others always take gives up after half a minute', async () => {
    const startedAt = virtual.minute();
    for (let second = 0; second < 100; second += 0.5) {
      virtual.clock.at(second * SECOND, () => void takeProbe(another(), 'hotrecharge'));
    }
    await run();
    expect(virtual.minute() - startedAt).toBeLessThan(0.6);
    expect(virtual.providers.hotrecharge.queries).toEqual([]);
  });

  it('orders of other providers and of the sandbox are queried', async () => {
    await inDoubt(names('p', 10), { provider: 'pesaway' });
    await inDoubt(names('s', 10), { provider: 'sandbox', mode: 'test' });
    await run();
    expect(virtual.providers.pesaway.queries).toHaveLength(10);
    expect(virtual.providers.sandbox.queries).toHaveLength(10);
  });

  it('an order that has been in doubt for a day goes to review all the same', async () => {
    const old = plus(virtual.clock.iso, -25 * 60 * MINUTE);
    await virtual.during(orderInDoubt(virtual, 'old', old));
    await run();
    const review = await virtual.during(ordersInReview(virtual.world, 'live'));
    expect(review.map(({ agentReference }) => agentReference)).toEqual(['old']);
    expect(virtual.providers.hotrecharge.queries).toHaveLength(1);
  });

  it('so does one that is due behind a hundred others', async () => {
    const old = await virtual.during(orderInDoubt(virtual, 'old', plus(virtual.clock.iso, -25 * 60 * MINUTE)));
    const stored = virtual.db.items('orders').find((item) => toOrder(item).id === old.id);
    Object.assign(stored ?? {}, { dueAt: virtual.clock.iso });
    await run();
    expect(virtual.providers.hotrecharge.queries.map(({ reference }) => reference)).toEqual(['ord-old']);
  });
});

/** The sandbox takes 20 s for each here: either number is hours of work. */
const TEST_ORDERS = repeats({ short: 2_000, long: 6_000 });

describe(`beside ${TEST_ORDERS} due test orders`, () => {
  beforeEach(async () => {
    virtual.providers.sandbox.takesMs = 20 * SECOND;
    await inDoubt(names('t', TEST_ORDERS), { provider: 'sandbox', mode: 'test' });
  });

  it("a live order's first query comes within two sweeps of its due time", async () => {
    const sentAt = virtual.clock.iso;
    await virtual.during(orderInDoubt(virtual, 'live', sentAt));
    const sentMinute = (Date.parse(sentAt) - virtual.clock.now) / MINUTE + virtual.minute();
    await virtual.every(2, 10, () => reconcile(virtual.world));
    const [first] = virtual.providers.hotrecharge.queries;
    expect((first?.minute ?? 99) - sentMinute).toBeGreaterThanOrEqual(2);
    expect((first?.minute ?? 99) - sentMinute).toBeLessThan(4);
  });

  it('the metrics and lists of live orders are those of live orders', async () => {
    // Due last of all, and the oldest.
    await inDoubt(['live']);
    const age = async () => {
      const { oldestUnknownSince = '' } = await virtual.during(measureDoubt(virtual.world));
      return (virtual.clock.now - Date.parse(oldestUnknownSince)) / MINUTE;
    };
    expect(await age()).toBeCloseTo(10, 0);
    await run();
    const recorded = virtual.metrics.filter(({ name }) => name === METRICS.oldestUnknown);
    expect(recorded[0]?.value).toBeGreaterThanOrEqual(10 * 60);
    const owner = { merchantId: 'mer_1', mode: 'live' } as const;
    expect(await virtual.during(sumInDoubt(virtual.world, owner))).toEqual(new Map([['USD', 500]]));
  });

  it('an old live order counts that is due behind 5,000 others', async () => {
    const recent = plus(virtual.clock.iso, -3 * MINUTE);
    await virtual.during(Promise.all(names('new', 5_000).map((reference) => orderInDoubt(virtual, reference, recent))));
    const old = await virtual.during(orderInDoubt(virtual, 'old', plus(virtual.clock.iso, -90 * MINUTE)));
    // Its last query was a moment ago, so its next is due in an hour.
    const later = virtual.db.items('orders').find((item) => toOrder(item).id === old.id);
    Object.assign(later ?? {}, { dueAt: plus(virtual.clock.iso, 60 * MINUTE) });
    const { oldestUnknownSince } = await virtual.during(measureDoubt(virtual.world));
    expect(oldestUnknownSince).toBe(old.createdAt);
  });
});

describe('a gap as long as the interval of the schedule', () => {
  it.each([3, 30, 90])(
    'an order sent %i s after a sweep is queried 2, 4, 8, 16 and 32 minutes later',
    async (offset) => {
      const sentAt = plus(virtual.clock.iso, offset * SECOND);
      await virtual.during(orderInDoubt(virtual, 'one', sentAt));
      const start = virtual.minute();
      await virtual.every(2, 40, () => reconcile(virtual.world));
      const { queries } = virtual.providers.hotrecharge;
      const times = [start + offset / 60, ...queries.map(({ minute }) => minute)];
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(gaps.length).toBe(5);
      for (const [index, gap] of gaps.entries()) {
        const wanted = [2, 2, 4, 8, 16][index] ?? 0;
        expect(gap).toBeGreaterThanOrEqual(wanted - 0.01);
        expect(gap).toBeLessThan(wanted + 0.5);
      }
    },
  );
});

it("a provider's orders that cannot be read hold up nobody else's, and fail the run at its end", async () => {
  await inDoubt(names('h', 3));
  await inDoubt(names('p', 3), { provider: 'pesaway' });
  const { world } = virtual;
  const send = async (command: { input: Record<string, unknown> }) => {
    const { IndexName, ExpressionAttributeValues: values } = command.input as Record<string, Record<string, unknown>>;
    const isOfHotRecharge = partitionsOf('hotrecharge').includes(Number(values?.[':partition']));
    if (String(IndexName) === DUE_INDEX && isOfHotRecharge) throw new Error('the index cannot be read');
    return (world.db.send as unknown as (command: unknown) => Promise<unknown>)(command);
  };
  const broken = { ...world, db: { send } as unknown as World['db'] };
  await virtual.during(expect(reconcile(broken)).rejects.toThrow('the index cannot be read'));
  expect(virtual.providers.pesaway.queries).toHaveLength(3);
  expect(virtual.providers.hotrecharge.queries).toEqual([]);
});
