import { beforeEach, expect, it } from '@jest/globals';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import { sendEvents } from '../../../functions/workers/webhook-sender.ts';
import type { Change, Order } from '../../../shared/domain/order.ts';
import { acceptRow, applySendOutcome, claim } from '../../../shared/domain/order-life.ts';
import { MINUTE, plus, SECOND } from '../../../shared/domain/time.ts';
import { partitionsOf, reviewPartition } from '../../../shared/store/due-items.ts';
import { ordersInReview } from '../../../shared/store/due-orders.ts';
import { createRow, readOrder } from '../../../shared/store/orders.ts';
import { capabilities, initial, outcomes } from '../../domain/orders.ts';
import { repeats } from '../../support/length.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import { orderInDoubt, virtualWorld } from '../../support/virtual-world.ts';

/** Events whose message was lost: the sweep sends another, once while that lives, and they delay nothing else. */

let virtual: VirtualWorld;

beforeEach(() => {
  virtual = virtualWorld();
});

/** Stores orders that were decided at an instant and whose events nobody has published. */
async function unpublished(count: number, at: string): Promise<Order[]> {
  const store = (n: number) => {
    const row = { ...initial, id: `ord_u${n}`, agentReference: `u${n}`, batchId: 'bat_1' };
    const claimed = claim(acceptRow(row, at), 'att_1', capabilities, at).after;
    const decided = applySendOutcome(claimed, outcomes.success, capabilities, at) as Change;
    return createRow(virtual.world, decided.after);
  };
  return virtual.during(Promise.all(Array.from({ length: count }, (_, n) => store(n))));
}

const sent = () =>
  virtual.messages.filter(({ queue }) => queue === 'webhooks').map(({ message }) => JSON.stringify(message.body));

const LOST = repeats({ short: 4_000, long: 20_000 });

it(`beside ${LOST} of them, the first query of an unknown order comes within two sweeps, and each is sent once`, async () => {
  await unpublished(LOST, plus(virtual.clock.iso, -10 * MINUTE));
  const sentAt = plus(virtual.clock.iso, -MINUTE);
  await virtual.during(orderInDoubt(virtual, 'unknown', sentAt));
  const start = virtual.minute();
  await virtual.every(2, 6, () => reconcile(virtual.world));
  const [first] = virtual.providers.hotrecharge.queries;
  // It was due after a minute.
  expect((first?.minute ?? 99) - start - 1).toBeLessThan(4);
  expect(sent()).toHaveLength(LOST);
  expect(new Set(sent()).size).toBe(LOST);
}, 120_000);

it('one is sent again once its message must be dead, and no more once it is published', async () => {
  const [order] = await unpublished(1, virtual.clock.iso);
  if (!order) throw new Error('no order');
  await virtual.every(2, 30, () => reconcile(virtual.world));
  expect(sent()).toHaveLength(1);
  await virtual.every(2, 10, () => reconcile(virtual.world));
  expect(sent()).toHaveLength(2);
  const { merchantId, mode, agentReference } = order;
  await virtual.during(sendEvents(virtual.world, { merchantId, mode, agentReference }));
  await virtual.every(2, 60, () => reconcile(virtual.world));
  expect(sent()).toHaveLength(2);
  expect(await virtual.during(readOrder(virtual.world, order))).not.toHaveProperty('dueAt');
});

it('a message that cannot be sent leaves the order due, and is tried again by the next sweep', async () => {
  const [order] = await unpublished(1, plus(virtual.clock.iso, -10 * MINUTE));
  const send = virtual.world.queues.send;
  virtual.world.queues.send = async () => {
    throw new Error('throttled');
  };
  await virtual.during(reconcile(virtual.world));
  virtual.world.queues.send = send;
  await virtual.clock.runUntil(virtual.clock.now + 3 * MINUTE);
  await virtual.during(reconcile(virtual.world));
  expect(sent()).toHaveLength(1);
  expect(order).toBeDefined();
});

it('those of an order in review are sent too, and it stays in the list of reviews', async () => {
  virtual.providers.hotrecharge.finding = { kind: 'unclear', evidence: 'no answer' };
  await virtual.during(storedInDoubtFor25Hours());
  await virtual.during(reconcile(virtual.world));
  expect(await virtual.during(ordersInReview(virtual.world, 'live'))).toHaveLength(1);
  virtual.messages.length = 0;
  await virtual.clock.runUntil(virtual.clock.now + 10 * SECOND);
  await virtual.during(reconcile(virtual.world));
  expect(sent()).toHaveLength(1);
});

/** With the event that it is unknown unpublished. */
function storedInDoubtFor25Hours(): Promise<Order> {
  const at = plus(virtual.clock.iso, -25 * 60 * MINUTE);
  const row = { ...initial, id: 'ord_old', agentReference: 'old', batchId: 'bat_1' };
  const claimed = claim(acceptRow(row, at), 'att_1', capabilities, at).after;
  const unknown = applySendOutcome(claimed, outcomes.unclear, capabilities, at) as Change;
  return createRow(virtual.world, unknown.after);
}

it('no shard of a track has the number of its reviews', () => {
  const numbers = (['live', 'test', 'pesaway'] as const).flatMap(partitionsOf);
  for (const mode of ['live', 'test'] as const) {
    expect(numbers).not.toContain(reviewPartition(mode));
    expect(reviewPartition(mode) - Math.max(...partitionsOf(mode))).toBeGreaterThan(900);
  }
});
