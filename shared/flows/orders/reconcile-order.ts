import { unreachable } from '../../domain/assert.ts';
import type { Change, Finding, Order } from '../../domain/order.ts';
import {
  abandon,
  applyQueryResult,
  DISPATCH_GRACE_MS,
  expire,
  hold,
  isAbandoned,
  PENDING_AGE_MAX_MS,
  postpone,
} from '../../domain/order-life.ts';
import { elapsed, plus } from '../../domain/time.ts';
import type { Provider } from '../../providers/provider.ts';
import { evidence } from '../../providers/provider.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { changeOrder } from './change-order.ts';
import { rechargeOf } from './dispatch-order.ts';
import { enqueue } from './place-order.ts';
import { waitUntil } from './provider-gate.ts';

/**
 * Does what is owed on one due order: sends a lost message again, gives up a dead dispatcher's claim, or asks the
 * provider how a send ended. Never sends anything itself. Safe beside other reconcilers: all writes are conditional.
 */
export async function reconcileOrder(world: World, key: OrderKey): Promise<void> {
  const order = await readOrder(world, key);
  const isDue = order?.dueAt !== undefined && order.dueAt <= world.now();
  if (!order || !isDue) return;
  const provider = world.provider(order.provider);
  switch (order.status) {
    case 'pending':
      return sendAgain(world, provider, order);
    case 'dispatching':
      return order.attempts.at(-1)?.outcome === 'accepted'
        ? look(world, provider, order)
        : release(world, provider, order);
    case 'unknown':
      return look(world, provider, order);
    case 'review':
    case 'success':
    case 'refunded':
    case 'failed':
    case 'reversed':
      throw new Error(`order ${order.id} is ${order.status} and yet due`);
    default:
      return unreachable(order.status);
  }
}

/** The queue lost the message, or nobody could send: puts it on the queue again, until the order is too old to want. */
async function sendAgain(world: World, provider: Provider, order: Order): Promise<void> {
  const at = world.now();
  if (elapsed(order.createdAt, at) >= PENDING_AGE_MAX_MS) {
    await changeOrder(
      world,
      order,
      ifStill(order, (current) => expire(current, at)),
    );
    return;
  }
  const heldUntil = await waitUntil(world, provider, order);
  if (heldUntil !== undefined) {
    await changeOrder(
      world,
      order,
      ifStill(order, (current) => hold(current, heldUntil, at)),
    );
    return;
  }
  const postponed = await changeOrder(
    world,
    order,
    ifStill(order, (current) => postpone(current, plus(at, DISPATCH_GRACE_MS))),
  );
  if (postponed.isMine) await enqueue(world, postponed.order);
}

async function release(world: World, provider: Provider, order: Order): Promise<void> {
  const at = world.now();
  await changeOrder(
    world,
    order,
    ifStill(order, (current) =>
      isAbandoned(current, provider.capabilities, at) ? abandon(current, provider.capabilities, at) : undefined,
    ),
  );
}

async function look(world: World, provider: Provider, order: Order): Promise<void> {
  const finding = await ask(world, provider, order);
  await changeOrder(world, order, (current) => {
    const isInDoubt = current.status === 'unknown' || current.status === 'dispatching';
    // Another reconciler's answer to the same look came first.
    if (!isInDoubt || current.queryCount !== order.queryCount) return undefined;
    return applyQueryResult(current, finding, provider.capabilities, world.now());
  });
}

async function ask(world: World, provider: Provider, order: Order): Promise<Finding> {
  const startedAt = world.now();
  let finding: Finding;
  try {
    finding = await provider.query(rechargeOf(order));
  } catch (error) {
    world.log.error('provider.threw', { provider: provider.name, orderId: order.id }, error);
    finding = { kind: 'unclear', evidence: evidence(error instanceof Error ? error.message : String(error)) };
  }
  world.log.info('provider.asked', {
    provider: provider.name,
    orderId: order.id,
    finding: finding.kind,
    queryCount: order.queryCount + 1,
    ms: elapsed(startedAt, world.now()),
  });
  return finding;
}

/** Decides only on the order that was looked at: if anybody moved it, what is owed is theirs. */
function ifStill(order: Order, decide: (current: Order) => Change | undefined) {
  return (current: Order) => (current.version === order.version ? decide(current) : undefined);
}
