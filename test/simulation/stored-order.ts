import { defined } from '../../shared/domain/defined.ts';
import type { Order } from '../../shared/domain/order.ts';
import { toOrder } from '../../shared/store/orders.ts';
import type { Item } from './expressions.ts';

const orders = new WeakMap<Item, Order>();

/**
 * The order that a committed item stores, and how often a sweep has put it off. No such item changes: several auditors
 * read each, as it was and as it is.
 */
export function storedOrder(item: Item): Order {
  const known = orders.get(item);
  if (known) return known;
  const { sweepFailures } = item;
  const order = { ...toOrder(item), ...defined({ sweepFailures }) };
  orders.set(item, order);
  return order;
}
