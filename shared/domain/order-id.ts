import { base32 } from './key.ts';
import type { Instant } from './time.ts';

/**
 * Ids of orders: `ord_`, the millisecond in which the order was placed (9 characters), and 55 random bits. The instant
 * is also in the sort key of the merchant's list, so an order is found by its id without an index of ids. The orders of
 * a batch have longer ids, which follow from the batch.
 */

export const ORDER_ID_BYTES = 7;
const TIME_CHARACTERS = 9;
const RANDOM_CHARACTERS = 11;
const BASE = 36;
const ORDER_ID = /^ord_([0-9a-z]{9})[0-9a-z]{11}$/;

export function composeOrderId(at: Instant, random: Uint8Array): string {
  const time = Date.parse(at).toString(BASE).padStart(TIME_CHARACTERS, '0');
  return `ord_${time}${base32(random).slice(0, RANDOM_CHARACTERS)}`;
}

/** When the order with this id was placed; `undefined` if the text is no such id. */
export function instantOfOrderId(id: string): Instant | undefined {
  const time = ORDER_ID.exec(id)?.[1];
  const at = time === undefined ? undefined : new Date(Number.parseInt(time, BASE));
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
