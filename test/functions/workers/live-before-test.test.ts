import { beforeEach, expect, it } from '@jest/globals';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { ADVANCE_INTERVAL_MS } from '../../../shared/domain/batch.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { MINUTE, plus, SECOND } from '../../../shared/domain/time.ts';
import { withThreshold } from '../../../shared/domain/watch.ts';
import { newDelivery } from '../../../shared/domain/webhook.ts';
import { enqueueBatch } from '../../../shared/flows/bulk/enqueue-batch.ts';
import { enqueueOrder } from '../../../shared/flows/orders/enqueue-order.ts';
import { listReview, reverseOrder } from '../../../shared/flows/orders/review.ts';
import { enqueueOrderEvents } from '../../../shared/flows/webhooks/enqueue-events.ts';
import { QUEUES } from '../../../shared/manifest/access.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { saveDelivery } from '../../../shared/store/deliveries.ts';
import { saveEndpoint } from '../../../shared/store/endpoints.ts';
import { createRow } from '../../../shared/store/orders.ts';
import { readWatch, saveWatch } from '../../../shared/store/watches.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import { orderInDoubt, virtualWorld } from '../../support/virtual-world.ts';

/** What test keys set off never delays or hides what live ones do. */

let virtual: VirtualWorld;

beforeEach(() => {
  virtual = virtualWorld();
});

/** Stores due deliveries of an endpoint of its own. */
async function dueDeliveries(mode: Mode, count: number): Promise<void> {
  const { clock, world } = virtual;
  const at = plus(clock.iso, -10 * MINUTE);
  const endpoint = {
    id: `whe_${mode}`,
    merchantId: 'mer_1',
    mode,
    url: `https://${mode}.example/hook`,
    events: [],
    secretVersion: 1,
    retiring: [],
    createdAt: at,
    revision: 1,
  };
  await saveEndpoint(world, endpoint);
  const events = Array.from({ length: count }, (_, n) => {
    return { id: `evt_${mode}_${n}`, type: 'order.success', createdAt: at, sequence: 1, body: '{}' };
  });
  await Promise.all(events.map((event) => saveDelivery(world, newDelivery(endpoint, event, at))));
}

it('6,000 due test deliveries, whose endpoint hangs, delay no live one', async () => {
  await virtual.during(dueDeliveries('test', 6_000));
  await virtual.during(dueDeliveries('live', 100));
  const startedAt = virtual.clock.now;
  const delivered: number[] = [];
  virtual.endpoint = ({ url }) => {
    if (url.includes('test.example')) return { status: 500, afterMs: 9 * SECOND };
    delivered.push(virtual.clock.now - startedAt);
    return { status: 200, afterMs: 100 };
  };
  await virtual.during(sendDue(virtual.world));
  expect(delivered).toHaveLength(100);
  expect(Math.max(...delivered)).toBeLessThan(20 * SECOND);
});

it('messages of test orders and live ones of one merchant are of two groups, and none of a group is ordered', async () => {
  const { world, messages } = virtual;
  for (const mode of ['live', 'test'] as const) {
    const order = await virtual.during(orderInDoubt(virtual, `${mode}1`, virtual.clock.iso, { mode }));
    await virtual.during(enqueueOrder(world, order));
    await virtual.during(enqueueOrderEvents(world, order));
    await virtual.during(enqueueBatch(world, { id: 'bat_1', merchantId: 'mer_1', mode } as never, [{ chunk: 1 }]));
  }
  expect(messages.map(({ queue, message }) => `${queue} ${message.group}`)).toEqual([
    'dispatch-hotrecharge mer_1.live',
    'webhooks mer_1.live',
    'bulk mer_1.live',
    'dispatch-hotrecharge mer_1.test',
    'webhooks mer_1.test',
    'bulk mer_1.test',
  ]);
  // A FIFO queue would keep the order within a group; a standard queue uses groups for fairness alone.
  expect(Object.keys(QUEUES).filter((name) => name.endsWith('.fifo'))).toEqual([]);
});

it('700 test orders in review hide no live one', async () => {
  const review = async (reference: string, mode: Mode) => {
    const order = await orderInDoubt(virtual, `x${reference}`, virtual.clock.iso, { mode });
    const id = `ord_${reference}`;
    await createRow(virtual.world, {
      ...order,
      id,
      agentReference: reference,
      status: 'review',
      dueAt: order.createdAt,
    });
  };
  await virtual.during(Promise.all(Array.from({ length: 700 }, (_, n) => review(`t${n}`, 'test'))));
  await virtual.during(review('live', 'live'));
  const listed = await virtual.during(listReview(virtual.world, 'live'));
  expect(listed.map((order) => order.agent_reference)).toEqual(['live']);
  expect((await virtual.during(listReview(virtual.world, 'test'))).length).toBe(500);
});

it('a success that is taken back is an anomaly for an operator where it is live, and nothing where it is a test', async () => {
  const reversed = async (mode: Mode) => {
    const order = await orderInDoubt(virtual, `${mode}9`, virtual.clock.iso, { mode });
    const { dueAt: _dueAt, ...decided } = { ...order, id: `ord_${mode}`, agentReference: mode };
    await createRow(virtual.world, { ...decided, status: 'success', finalizedAt: order.createdAt });
    const key = { merchantId: 'mer_1', mode, agentReference: mode };
    const { status } = await reverseOrder(virtual.world, key, { by: 'operator', reason: 'proof' });
    expect(status).toBe('reversed');
  };
  await virtual.during(reversed('test'));
  expect(virtual.metrics).toEqual([]);
  await virtual.during(reversed('live'));
  expect(virtual.metrics.map(({ name }) => name)).toEqual([METRICS.moneyAnomaly]);
});

it('a watched balance is checked, and a batch advanced, in every sweep and not in every second', async () => {
  const { world } = virtual;
  const wallet = { merchantId: 'mer_1', mode: 'live', currency: 'USD' } as const;
  const watch = withThreshold(wallet, { before: undefined, thresholdMinor: 500, tail: undefined }, virtual.clock.iso);
  if (!watch) throw new Error('the threshold is another');
  await virtual.during(saveWatch(world, watch));
  await virtual.clock.runUntil(virtual.clock.now + 2 * MINUTE);
  await virtual.every(2, 20, () => sendDue(world));
  expect((await virtual.during(readWatch(world, wallet)))?.revision).toBe(11);
  expect(ADVANCE_INTERVAL_MS).toBeLessThan(workers.runBulk.everyMinutes * MINUTE);
});
