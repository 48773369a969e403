import type { Order } from '../../shared/domain/order.ts';
import { toOrder } from '../../shared/store/orders.ts';
import type { Item } from './expressions.ts';

const orders = new WeakMap<Item, Order>();

/** The order that a committed item stores. No such item changes: several auditors read each, as it was and as it is. */
export function storedOrder(item: Item): Order {
  const known = orders.get(item);
  if (known) return known;
  const order = toOrder(item);
  orders.set(item, order);
  return order;
}
