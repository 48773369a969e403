import { defined } from '../../domain/defined.ts';
import type { Change, Order } from '../../domain/order.ts';
import { answerDueAt } from '../../domain/order-queries.ts';
import type { Instant } from '../../domain/time.ts';
import { elapsed, SECOND } from '../../domain/time.ts';
import { dispatchQueue } from '../../manifest/access.ts';
import type { OrderKey } from '../../store/orders.ts';
import { lastUnfrozenAt } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { queueGroup } from '../queue-group.ts';

/** An order to send. What was read a moment ago need not be read again. */
export interface DispatchMessage extends OrderKey {
  /** When its merchant was not frozen. */
  readonly unfrozenAt?: Instant;
  /** Of a test order that was sent: when the sandbox's next answer about it is due, which this message waited for. */
  readonly answerAt?: Instant;
}

/** What is due later is left to the sweep: no message shall look as if its queue stood still. */
const DELAY_SECONDS_MAX = 300;

/**
 * Puts an order on its provider's queue. A failure is logged and not thrown: the order was accepted and is in the due
 * index from its first write, so the sweep sends it.
 */
export async function enqueueOrder(world: World, order: Order): Promise<void> {
  const { merchantId, mode, agentReference } = order;
  const body: DispatchMessage = {
    merchantId,
    mode,
    agentReference,
    ...defined({ unfrozenAt: lastUnfrozenAt(world, order) }),
  };
  try {
    await world.queues.send(dispatchQueue(order.provider), [{ body, group: queueGroup(order) }]);
  } catch (error) {
    world.log.error('order.not_enqueued', { orderId: order.id }, error);
  }
}

/**
 * Has the sandbox's next answer about a test order handled when it is due, so that no tester waits for a sweep. Costs
 * live orders nothing: they have none. A failure is logged and not thrown, as above.
 */
export async function enqueueAnswer(world: World, { before, after }: Change): Promise<void> {
  const answerAt = answerDueAt(after);
  const delaySeconds = answerAt === undefined ? 0 : Math.ceil(elapsed(world.now(), answerAt) / SECOND);
  // What is due already is handled by who made it so.
  if (delaySeconds <= 0 || delaySeconds > DELAY_SECONDS_MAX || answerAt === answerDueAt(before)) return;
  const { merchantId, mode, agentReference } = after;
  const body: DispatchMessage = { merchantId, mode, agentReference, ...defined({ answerAt }) };
  try {
    await world.queues.send(dispatchQueue(after.provider), [{ body, group: queueGroup(after), delaySeconds }]);
  } catch (error) {
    world.log.error('order.not_enqueued', { orderId: after.id }, error);
  }
}
