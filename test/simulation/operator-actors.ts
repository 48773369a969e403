import type { Order } from '../../shared/domain/order.ts';
import { providerReferences } from '../../shared/domain/order.ts';
import { HOUR, MINUTE } from '../../shared/domain/time.ts';
import { resolveOrder } from '../../shared/flows/orders/review.ts';
import type { Actors } from './actors.ts';

/**
 * Two operators. Every few hours both resolve orders in review at the same time, with the truth from the upstream, and
 * both also try orders that are not in review. `mayResolve` limits which orders they touch.
 */
export function resolveReviews(actors: Actors, until: number, mayResolve: (order: Order) => boolean): void {
  const { clock, auditor, upstream } = actors;
  const resolve = (operator: string) => {
    for (const order of auditor.orders.values()) {
      if (!mayResolve(order)) continue;
      const chance = actors.chance.fork(`${operator} on ${order.id} at ${clock.now}`);
      const wasInReview = order.status === 'review';
      if (!chance.happens(wasInReview ? 0.7 : 0.05)) continue;
      const isDelivered =
        order.mode === 'live' && providerReferences(order).some((each) => upstream.hasDelivered(each));
      const world = actors.process(`${operator} decides on ${order.id} at ${clock.now}`);
      const decision = { by: operator, reason: 'according to the upstream' };
      actors.trace(`${operator} resolves ${order.agentReference}`);
      resolveOrder(world, order, isDelivered ? 'delivered' : 'refunded', decision).then(
        () => actors.faults.count('operator: resolved'),
        () => actors.faults.count(wasInReview ? 'operator: too late' : 'operator: refused'),
      );
    }
  };
  const resolveTogether = () => {
    if (actors.isOver() || clock.now > until) return;
    resolve('one operator');
    resolve('another operator');
    clock.at(5 * HOUR, resolveTogether);
  };
  clock.at(30 * MINUTE, resolveTogether);
}
