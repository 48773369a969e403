import { assert } from '../../domain/assert.ts';
import { answerDueAt } from '../../domain/order-queries.ts';
import { elapsed, plus, SECOND } from '../../domain/time.ts';
import { readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import type { DispatchMessage } from './enqueue-order.ts';
import { reconcileOrder } from './reconcile-order.ts';

/** The clocks of two machines, and of the queue, differ by less. */
const EARLY_MS_MAX = 2 * SECOND;
const QUERY_MS_MAX = 5 * SECOND;

/**
 * Handles the sandbox's answer about a test order that is due now, by the code of the sweep, which does the same where
 * this message is lost. It may come twice, late, or after the answer was handled: then nothing is due.
 */
export async function answerTestOrder(world: World, { answerAt, ...key }: DispatchMessage): Promise<void> {
  assert(key.mode === 'test' && answerAt !== undefined, 'only the sandbox says when it answers');
  const earlyMs = elapsed(world.now(), answerAt);
  if (earlyMs > 0) await world.sleep(Math.min(earlyMs, EARLY_MS_MAX));
  const order = await readOrder(world, key);
  // It was handled before, by a sweep or by the test clock.
  if (order && answerDueAt(order) === undefined) return;
  const calls = { isDown: async () => false, until: plus(world.now(), QUERY_MS_MAX) };
  await reconcileOrder(world, key, { controls: new Map(), calls });
}
