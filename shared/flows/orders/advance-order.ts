import { assert } from '../../domain/assert.ts';
import type { Order } from '../../domain/order.ts';
import { isFinal } from '../../domain/order.ts';
import { keep } from '../../domain/order-life.ts';
import { plus, SECOND } from '../../domain/time.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { dispatchOrder } from './dispatch-order.ts';
import { changeUnmoved, isQueried, reconcileOrder } from './reconcile-order.ts';

/**
 * The test clock: makes the sandbox's next answer about one test order due, and handles it by the code that sends and
 * reconciles every order. No clock moves. What runs here sees one provider, the sandbox ahead of its time; no provider
 * of live orders has that, so nothing of this can reach a live order, nor can a live order reach this.
 */

/** More than any order of the sandbox has. */
const STEPS_MAX = 10;
const QUERY_MS_MAX = 5 * SECOND;
/** So often a step is tried while others write the order, such as who publishes its events or is sending it. */
const TRIES_MAX = 10;
const GAP_MS = 100;

/** The order after its next answer or, with `isToFinal`, after what decides it. `undefined`: no such order. */
export async function advanceOrder(
  world: World,
  key: OrderKey,
  { isToFinal }: { isToFinal: boolean },
): Promise<Order | undefined> {
  let order = await readOrder(world, key);
  for (let step = 0; order && isOpen(order) && step < STEPS_MAX; step += 1) {
    const before = progressOf(order);
    order = await takeStep(world, key, order);
    const isMoved = order !== undefined && progressOf(order) !== before;
    if (!isToFinal || !isMoved || (order && isFinal(order.status))) break;
  }
  return order;
}

/** The order after its next answer, by whomever it is handled; as it was where there is none. */
async function takeStep(world: World, key: OrderKey, before: Order): Promise<Order | undefined> {
  let order: Order | undefined = before;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (tries > 0) await world.sleep(GAP_MS);
    if (awaitsAnswer(order)) await answerNext(aheadFor(world, order), order);
    order = await readOrder(world, key);
    if (!order || progressOf(order) !== progressOf(before)) return order;
  }
  return order;
}

function isOpen(order: Order): boolean {
  return awaitsAnswer(order) || order.status === 'dispatching';
}

/** Whether an answer of the sandbox would change it. Being sent, in review and decided for good it stays as it is. */
function awaitsAnswer(order: Order): boolean {
  if (order.stored !== undefined || order.status === 'pending') return true;
  return isFinal(order.status) ? order.recheckAt !== undefined : isQueried(order);
}

function progressOf({ status, queryCount, attempts }: Order): string {
  return `${status} ${queryCount} ${attempts.length}`;
}

function aheadFor(world: World, order: Order): World {
  const ahead = world.provider(order.provider).ahead?.();
  assert(order.mode === 'test' && ahead, 'only an order of the sandbox is advanced');
  return { ...world, provider: () => ahead };
}

async function answerNext(world: World, order: Order): Promise<void> {
  const { merchantId, mode, agentReference } = order;
  const key = { merchantId, mode, agentReference };
  if (order.status === 'pending') return dispatchOrder(world, key);
  const at = world.now();
  const isDue = order.dueAt !== undefined && order.dueAt <= at;
  const recheckAt = order.recheckAt === undefined ? {} : { recheckAt: at };
  if (!isDue) await changeUnmoved(world, order, (current) => keep(current, { ...recheckAt, dueAt: at }));
  const calls = { isDown: async () => false, until: plus(at, QUERY_MS_MAX) };
  await reconcileOrder(world, key, { controls: new Map(), calls });
}
