import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getFigures } from '../../../functions/orders/get-figures.ts';
import { countFigures } from '../../../functions/workers/count-figures.ts';
import type { DayFigures } from '../../../shared/domain/figures.ts';
import { OPEN_MAX, totalsOf } from '../../../shared/domain/figures.ts';
import type { Outcome } from '../../../shared/domain/order.ts';
import { DAY, HOUR, MINUTE } from '../../../shared/domain/time.ts';
import { countDay, recountDay } from '../../../shared/flows/figures/count-day.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { readFigures } from '../../../shared/store/figures.ts';
import { allItems } from '../../support/all-items.ts';
import { call } from '../../support/call.ts';
import { UnitCounter } from '../../support/count-units.ts';
import { granted } from '../../support/granted.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** Each order is in the figures of its day once, whoever counts, and however often. */

let world: TestWorld;
let merchant: TestMerchant;
let day: string;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  day = world.now().slice(0, 10);
});
afterAll(stopEngine);

const DELIVERED: Outcome = { kind: 'success', receipt: { providerRef: '77' }, evidence: '' };
const REFUSED: Outcome = { kind: 'rejected', failure: 'network_refused', evidence: '' };
const UNCLEAR: Outcome = { kind: 'unclear', evidence: '' };

const live = () => ({ merchantId: merchant.id, mode: 'live' }) as const;

async function order(reference: string, outcome: Outcome, amount = 1): Promise<void> {
  const body = { product_id: 100, target: '0772279099', amount, agent_reference: reference };
  world.upstream.script.push(outcome);
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  await world.dispatchAll();
}

async function putOrders(items: readonly Record<string, unknown>[]): Promise<void> {
  const table = world.table('orders');
  for (let first = 0; first < items.length; first += 25) {
    const puts = items.slice(first, first + 25).map((Item) => ({ PutRequest: { Item } }));
    await world.db.send(new BatchWriteCommand({ RequestItems: { [table]: puts } }));
  }
}

/** So many orders like the only one there is, placed a millisecond apart from now on. */
async function placeMany(count: number, prefix = 'copy', change: object = {}): Promise<void> {
  const [{ listSk: _place, dueShard: _due, doubtPk: _doubt, ...item } = {}] = await allItems(world, 'orders');
  const start = Date.parse(world.now());
  const copy = (n: number) => {
    const listSk = `${new Date(start + n).toISOString()}#ord_${prefix}_${n}`;
    return { ...item, pk: `${merchant.id}#live#${prefix}-${n}`, listSk, ...change };
  };
  await putOrders(Array.from({ length: count }, (_, n) => copy(n)));
}

async function count(minutes = 10): Promise<void> {
  world.advance(minutes * MINUTE);
  await countFigures(granted(world, workers.countFigures.access));
}

const stored = async () => (await readFigures(world, live(), day, day))[0];
const work = (figures: DayFigures | undefined) => ({ owner: live(), day, figures, isTimeLeft: () => true });

async function sums(): Promise<Record<string, [number, number]>> {
  const figures = await stored();
  const totals = figures ? totalsOf(figures) : [];
  return Object.fromEntries(totals.map(({ status, orders, amountMinor }) => [status, [orders, amountMinor]]));
}

const ask = (query: Record<string, string> = {}) =>
  call(granted(world, routes.getFigures.access), getFigures, { headers: merchant.headers(), query });

it('shows what the orders of a day came to, and follows those that were open', async () => {
  await order('one', DELIVERED);
  await order('two', DELIVERED, 2.5);
  await order('three', REFUSED, 4);
  world.upstream.finding = UNCLEAR as typeof world.upstream.finding;
  await order('four', UNCLEAR, 8);
  const asked = world.now();
  await count();
  const of = { currency: 'USD', country: 'ZW', network: 'Econet', kind: 'airtime' };
  const reply = await ask();
  expect(reply.status).toBe(200);
  expect(reply.json.data).toEqual([
    {
      date: day,
      as_of: expect.any(String),
      totals: [
        { ...of, status: 'refunded', orders: 1, amount: 4 },
        { ...of, status: 'success', orders: 2, amount: 3.5 },
        { ...of, status: 'unknown', orders: 1, amount: 8 },
      ],
    },
  ]);
  expect(reply.json.data[0].as_of > asked).toBe(true);
  world.upstream.finding = DELIVERED as typeof world.upstream.finding;
  for (let sweeps = 0; sweeps < 5; sweeps += 1) await world.sweep(10);
  await count(61);
  expect(await sums()).toEqual({ success: [3, 1150], refunded: [1, 400] });
});

it('answers the days asked for, and refuses more than 92 and what is no day', async () => {
  await order('one', DELIVERED);
  await count();
  expect((await ask({ from: day, to: day })).json).toMatchObject({ from: day, to: day, data: [{ date: day }] });
  expect((await ask({ from: '2026-01-01', to: '2026-01-31' })).json.data).toEqual([]);
  expect((await ask({ from: '2026-01-01', to: '2026-04-02' })).status).toBe(200);
  for (const query of [
    { from: '2026-01-01', to: '2026-04-03' },
    { from: '2026-02-02', to: '2026-02-01' },
    { from: '2026-02-30', to: '2026-03-01' },
    { from: '0000-00-00' },
  ]) {
    expect((await ask(query)).json.code).toBe('invalid_request');
  }
});

it('waits with what was placed a moment ago, which the list may not have yet', async () => {
  await order('one', DELIVERED);
  await count(1);
  expect(await sums()).toEqual({});
  await count(2);
  expect(await sums()).toEqual({ success: [1, 100] });
});

describe('no order is counted twice', () => {
  beforeEach(() => order('first', DELIVERED));

  it('by two at once, nor by a repeat', async () => {
    await placeMany(120);
    world.advance(10 * MINUTE);
    await Promise.all([countDay(world, work(undefined)), countDay(world, work(undefined))]);
    expect(await sums()).toEqual({ success: [121, 12_100] });
    await placeMany(60, 'more');
    world.advance(10 * MINUTE);
    const before = await stored();
    await Promise.all([countDay(world, work(before)), countDay(world, work(before))]);
    await countDay(world, work(before));
    expect(await sums()).toEqual({ success: [181, 18_100] });
  });

  it('where the answer to a write was lost', async () => {
    await placeMany(60);
    world.advance(10 * MINUTE);
    let lost = 0;
    world.fault = (command) => {
      if (command !== 'PutCommand' || lost > 0) return undefined;
      lost += 1;
      return 'after';
    };
    await countDay(world, work(undefined));
    await countDay(world, work(await stored()));
    expect([lost, await sums()]).toEqual([1, { success: [61, 6100] }]);
  });

  it('nor is one lost, where a run dies between any two steps, of a recount too', async () => {
    await placeMany(2 * OPEN_MAX);
    world.advance(10 * MINUTE);
    for (let runs = 0; runs < 4; runs += 1) {
      let steps = 0;
      const isTimeLeft = () => {
        steps += 1;
        return steps === 1;
      };
      await countDay(world, { ...work(await stored()), isTimeLeft });
    }
    expect(await sums()).toEqual({ success: [1 + 2 * OPEN_MAX, 100 + 200 * OPEN_MAX] });
    // Nor by a recount with a count in between, of which one gives way.
    world.advance(DAY + HOUR);
    const before = await stored();
    let steps = 0;
    await recountDay(world, { ...work(before), isTimeLeft: () => steps++ === 0 });
    expect((await stored())?.recount).toBeDefined();
    // Still as it was read before the recount began.
    await countDay(world, work(before));
    expect((await stored())?.recount).toBeDefined();
    await countDay(world, work(await stored()));
    await Promise.all([recountDay(world, work(await stored())), countFigures(world)]);
    const after = await stored();
    expect([await sums(), after?.recount, after?.recounts]).toEqual([
      { success: [1 + 2 * OPEN_MAX, 100 + 200 * OPEN_MAX] },
      undefined,
      1,
    ]);
  });
});

it('is counted again from the orders in the night after, and six days later', async () => {
  await order('one', DELIVERED);
  await count();
  const put = (change: object) => placeMany(1, 'one-late', { listSk: `${day}T00:00:00.001Z#ord_late`, ...change });
  await put({});
  await count(DAY / MINUTE);
  await count(2 * (HOUR / MINUTE));
  expect([await sums(), (await stored())?.recounts]).toEqual([{ success: [2, 200] }, 1]);
  const [item] = (await allItems(world, 'orders')).filter(({ pk }) => String(pk).endsWith('one-late-0'));
  await putOrders([{ ...item, status: 'reversed' }]);
  await count(DAY / MINUTE);
  expect(await sums()).toEqual({ success: [2, 200] });
  await count((5 * DAY) / MINUTE);
  expect([await sums(), (await stored())?.recounts]).toEqual([{ success: [1, 100], reversed: [1, 100] }, 2]);
});

it('remembers so many open orders, and goes on where some of them are decided', async () => {
  await order('first', DELIVERED);
  await placeMany(OPEN_MAX + 10, 'open', { status: 'unknown' });
  await count();
  await count(120);
  expect(await sums()).toEqual({ success: [1, 100], unknown: [OPEN_MAX, 100 * OPEN_MAX] });
  const upTo = (await stored())?.asOf ?? '';
  expect(upTo < world.now()).toBe(true);
  const items = (await allItems(world, 'orders')).filter(({ status }) => status === 'unknown');
  await putOrders(items.map((item) => ({ ...item, status: 'success' })));
  await count();
  expect(await sums()).toEqual({ success: [OPEN_MAX + 11, 100 * (OPEN_MAX + 11)] });
});

it('costs a tenth of a unit an order at most, and a quiet day a unit an hour', async () => {
  await order('first', DELIVERED);
  const counted = { ...world };
  const units = new UnitCounter(counted);
  const spent = (minutes = 10) => {
    world.advance(minutes * MINUTE);
    return units.during(async () => countDay(counted, work(await stored())));
  };
  expect((await spent()).write).toBe(1);
  await order('second', DELIVERED);
  expect((await spent()).write).toBe(0);
  await placeMany(60);
  const busy = await spent();
  expect(busy.write).toBeLessThanOrEqual(6);
  // Half a unit to read an order, and a fortieth to find it.
  expect(busy.read).toBeLessThanOrEqual(61 * 0.55 + 1);
  expect(await spent()).toMatchObject({ write: 0 });
  await order('third', DELIVERED);
  expect((await spent(61)).write).toBe(1);
});
