import { messageOf } from '../../domain/message-of.ts';
import type { Order, Outcome } from '../../domain/order.ts';
import { DISPATCH_GRACE_MS } from '../../domain/order-life.ts';
import type { Instant } from '../../domain/time.ts';
import { plus } from '../../domain/time.ts';
import type { Provider } from '../../providers/provider.ts';
import { readHealth, recordFailure, recover, takeProbe } from '../../store/health.ts';
import type { World } from '../../world.ts';

/**
 * Until when an order must wait because its provider is down; `undefined` when it may be sent now. Whoever has the
 * right to probe asks for our balance, which sells nothing, and closes the breaker if that is answered. Test orders
 * always pass: the failures a tester provokes in the sandbox must not stop other testers.
 */
export async function blockedUntil(
  world: World,
  provider: Provider,
  order: Pick<Order, 'mode'>,
): Promise<Instant | undefined> {
  if (order.mode === 'test') return undefined;
  const { openSince } = await readHealth(world, provider.name);
  if (openSince === undefined) return undefined;
  if (await takeProbe(world, provider.name)) {
    try {
      await provider.balances();
      await recover(world, provider.name);
      return undefined;
    } catch (error) {
      const reason = messageOf(error);
      world.log.warn('provider.still_down', { provider: provider.name, since: openSince, reason });
    }
  }
  return plus(world.now(), DISPATCH_GRACE_MS);
}

/** Counts a send's outcome for the breaker: anything but a clear answer is a failure. */
export async function recordOutcome(world: World, provider: Provider, order: Order, outcome: Outcome): Promise<void> {
  if (order.mode === 'test') return;
  try {
    if (outcome.kind === 'unclear' || outcome.kind === 'unsent') await recordFailure(world, provider.name);
    else await recover(world, provider.name);
  } catch (error) {
    // The order's outcome is written already; a missing health count must not fail its message.
    world.log.error('provider.health_not_recorded', { provider: provider.name }, error);
  }
}
