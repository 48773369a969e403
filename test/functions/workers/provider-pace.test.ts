import { beforeEach, describe, expect, it } from '@jest/globals';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import type { Outcome } from '../../../shared/domain/order.ts';
import { acceptRow, hold } from '../../../shared/domain/order-life.ts';
import { HOUR, MINUTE, plus, SECOND } from '../../../shared/domain/time.ts';
import { waitForCall, waitToEnqueue } from '../../../shared/flows/orders/keep-pace.ts';
import { recordFailure, recover } from '../../../shared/store/health.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { createRow } from '../../../shared/store/orders.ts';
import { takeCalls } from '../../../shared/store/pace.ts';
import type { World } from '../../../shared/world.ts';
import { initial } from '../../domain/orders.ts';
import { repeats } from '../../support/length.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import { orderInDoubt, virtualWorld } from '../../support/virtual-world.ts';

/** What waited for a provider is sent as fast as it allows, by all processes together: on virtual time. */

const PER_SECOND = 20;
const PROCESSES = 20;
const SLOTS = 10;

let virtual: VirtualWorld;
/** When each send began, in ms since the start. */
let sends: number[];
let outcome: () => Outcome;
let sendMs: number;

beforeEach(() => {
  virtual = virtualWorld();
  sends = [];
  sendMs = 800;
  outcome = () => ({ kind: 'success', receipt: {}, evidence: '' });
  const { clock } = virtual;
  const { port } = virtual.providers.hotrecharge;
  const startedAt = clock.now;
  Object.assign(port, {
    capabilities: { ...port.capabilities, sendsPerSecondMax: PER_SECOND, queriesPerSecondMax: PER_SECOND },
    prepare: async () => ({
      kind: 'ready',
      account: 'ours',
      async send() {
        sends.push(clock.now - startedAt);
        const answer = outcome();
        await clock.sleep(sendMs);
        return answer;
      },
    }),
  });
});

/** A process of its own. */
const process = (): World => ({ ...virtual.world, memo: new Map() });

/** Dispatchers, each with its slots. A message is taken by the first that has one free. */
function startDispatchers(): void {
  for (let n = 0; n < PROCESSES; n += 1) {
    const world = process();
    const poll = async () => {
      const next = virtual.messages.shift();
      if (next) await dispatch(world, next.message.body as OrderKey);
      virtual.clock.at(next ? 0 : 500, () => void poll());
    };
    for (let slot = 0; slot < SLOTS; slot += 1) void poll();
  }
}

async function goDown(): Promise<void> {
  for (let n = 0; n < 10; n += 1) await virtual.during(recordFailure(virtual.world, 'hotrecharge'));
  // Until the next probe.
  await virtual.clock.runUntil(virtual.clock.now + 10 * SECOND);
}

/** Orders that came at an even rate while the provider was down, and wait for it. */
async function heldOrders(count: number, forMs: number): Promise<void> {
  const end = virtual.clock.iso;
  const store = async (n: number) => {
    const agentReference = `held${n}`;
    const at = plus(end, -forMs + (n * forMs) / count);
    const row = { ...initial, id: `ord_${n}`, agentReference, batchId: 'bat_1', isQuiet: true } as const;
    await createRow(virtual.world, hold(acceptRow(row, at), { until: end, note: 'held' }, at).after);
  };
  await virtual.during(Promise.all(Array.from({ length: count }, (_, n) => store(n))));
}

const most = (moments: readonly number[], withinMs: number) =>
  Math.max(...moments.map((at, n) => moments.slice(n).findIndex((other) => other >= at + withinMs)));

/** A tenth of 36,000 orders at a tenth of 200 a second; in `npm test` a third of that. */
const HELD = repeats({ short: 1_200, long: 3_600 });

it('orders held for an hour are all sent within ten minutes, in a ramp and then no faster than the provider allows', async () => {
  await goDown();
  await heldOrders(HELD, HOUR);
  startDispatchers();
  await virtual.every(2, 10, () => reconcile(process()));
  expect(sends).toHaveLength(HELD);
  expect(new Set(virtual.db.items('orders').map(({ status }) => status))).toEqual(new Set(['success']));
  const [first = 0] = sends;
  const inSeconds = (from: number, to: number) =>
    sends.filter((at) => at >= first + from * SECOND && at < first + to * SECOND).length;
  expect(inSeconds(0, 10)).toBeLessThanOrEqual(12);
  expect(inSeconds(0, 20)).toBeLessThanOrEqual(35);
  expect(most(sends, SECOND)).toBeLessThanOrEqual(2 * PER_SECOND);
  expect(most(sends, 10 * SECOND)).toBeLessThanOrEqual(11.5 * PER_SECOND);
}, 60_000);

it('orders that come at once are sent by all processes together at the pace of one provider', async () => {
  const store = async (n: number) => {
    const agentReference = `new${n}`;
    const row = { ...initial, id: `ord_${n}`, agentReference, batchId: 'bat_1', isQuiet: true } as const;
    await createRow(virtual.world, acceptRow(row, virtual.clock.iso));
    const { merchantId, mode } = initial;
    const message = { body: { merchantId, mode, agentReference }, group: '' };
    virtual.messages.push({ queue: 'dispatch-hotrecharge', message });
  };
  await virtual.during(Promise.all(Array.from({ length: 400 }, (_, n) => store(n))));
  startDispatchers();
  await virtual.clock.runUntil(virtual.clock.now + 15 * SECOND);
  expect(sends.length).toBeGreaterThan(0.75 * 15 * PER_SECOND);
  expect(sends.length).toBeLessThanOrEqual(15 * PER_SECOND + PROCESSES);
  // Each process has one call of its own at once.
  expect(most(sends, SECOND)).toBeLessThanOrEqual(2 * PER_SECOND + PROCESSES);
});

it('orders in doubt are queried as fast as the provider allows, with as many at once as that takes', async () => {
  const sentAt = plus(virtual.clock.iso, -10 * MINUTE);
  const names = Array.from({ length: 1_000 }, (_, n) => `h${n}`);
  virtual.providers.hotrecharge.takesMs = SECOND;
  await virtual.during(Promise.all(names.map((name) => orderInDoubt(virtual, name, sentAt))));
  const startedAt = virtual.minute();
  await virtual.during(reconcile(virtual.world));
  const moments = virtual.providers.hotrecharge.queries.map(({ minute }) => (minute - startedAt) * MINUTE);
  expect(moments).toHaveLength(1_000);
  expect(Math.max(...moments)).toBeLessThan(60 * SECOND);
  expect(most(moments, 10 * SECOND)).toBeLessThanOrEqual(10.5 * PER_SECOND);
});

it('the pace falls back when answers are unclear again', async () => {
  await goDown();
  await heldOrders(400, HOUR);
  startDispatchers();
  const backAt = virtual.clock.now + 41 * SECOND;
  // Every tenth answer is clear, so that the breaker stays closed.
  outcome = () =>
    virtual.clock.now < backAt || sends.length % 10 === 0
      ? { kind: 'success', receipt: {}, evidence: '' }
      : { kind: 'unclear', evidence: '' };
  await virtual.every(2, 1.4, () => reconcile(process()));
  const [first = 0] = sends;
  const during = (from: number, to: number) =>
    sends.filter((at) => at >= first + from * SECOND && at < first + to * SECOND).length;
  expect(during(32, 41)).toBeGreaterThan(50);
  expect(during(60, 80)).toBeLessThan(60);
});

it('a held order is enqueued once while its message waits behind others', async () => {
  await goDown();
  await heldOrders(100, HOUR);
  await virtual.during(recover(virtual.world, 'hotrecharge', 'probe'));
  await virtual.every(2, 8, () => reconcile(process()));
  const references = virtual.messages.map(({ message }) => (message.body as OrderKey).agentReference);
  expect(new Set(references).size).toBe(references.length);
  expect(references.length).toBeGreaterThan(90);
});

describe('the line of calls', () => {
  const take = (world: World, count: number) =>
    virtual.during(takeCalls(world, 'hotrecharge', { kind: 'sends', count, gapMs: 50 }));

  it('gives no two processes the same moment', async () => {
    const startedAt = virtual.clock.now;
    const taken = await virtual.during(
      Promise.all(
        Array.from({ length: 4 }, async () => {
          const world = process();
          const waitMs = await takeCalls(world, 'hotrecharge', { kind: 'sends', count: 2, gapMs: 50 });
          return virtual.clock.now + (waitMs ?? Number.NaN) - startedAt;
        }),
      ),
    );
    const sorted = taken.toSorted((a, b) => a - b);
    for (const [n, at] of sorted.slice(1).entries()) expect(at - (sorted[n] ?? 0)).toBeGreaterThanOrEqual(90);
  });

  it('is not longer than two seconds, and begins now when it was empty', async () => {
    for (let n = 0; n < 3; n += 1) expect(await take(process(), 20)).toBeGreaterThanOrEqual(0);
    expect(await take(process(), 10)).toBeUndefined();
    await virtual.clock.runUntil(virtual.clock.now + 5 * SECOND);
    expect(await take(process(), 1)).toBe(0);
  });

  it('is not held up by what its own process was given before its clock was set back', async () => {
    const until = (world: World) => plus(world.now(), MINUTE);
    const memo = new Map<string, unknown>();
    const ahead = { ...virtual.world, memo, now: () => plus(virtual.clock.iso, 5 * MINUTE) };
    const { port } = virtual.providers.hotrecharge;
    // The second one in a row is given two, of which it leaves one.
    for (let n = 0; n < 2; n += 1) {
      await virtual.during(waitForCall(ahead, port, { kind: 'queries', mode: 'live', until: until(ahead) }));
    }
    expect(await virtual.during(waitToEnqueue(ahead, port, { mode: 'live', until: until(ahead) }))).toBe(true);
    const now = { ...virtual.world, memo };
    const startedAt = virtual.clock.now;
    await virtual.during(waitForCall(now, port, { kind: 'queries', mode: 'live', until: until(now) }));
    await virtual.during(waitToEnqueue(now, port, { mode: 'live', until: until(now) }));
    expect(virtual.clock.now - startedAt).toBeLessThan(5 * SECOND);
  });

  it('is not held up by a process whose clock was minutes ahead', async () => {
    const ahead = { ...process(), now: () => plus(virtual.clock.iso, 5 * MINUTE) };
    await take(ahead, 10);
    expect(await take(process(), 1)).toBe(0);
  });
});
