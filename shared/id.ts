import { base32 } from './domain/key.ts';
import { composeOrderId, ORDER_ID_BYTES } from './domain/order-id.ts';
import type { Instant } from './domain/time.ts';
import type { World } from './world.ts';

/** Prefixes of ids: an id shows what it is of, in a log or a support mail. */
type IdKind =
  | 'ent'
  | 'att'
  | 'key'
  | 'mer'
  | 'req'
  | 'wri'
  | 'whe'
  | 'whl'
  | 'evt_test'
  | 'ref'
  | 'set'
  | 'sta'
  | 'pre'
  | 'upl'
  | 'cmp'
  | 'act'
  | 'mem'
  | 'inv';

/** A new id such as `whe_4k2v…`: 100 random bits, lower-case letters and digits. */
export function newId(world: Pick<World, 'bytes'>, kind: IdKind): string {
  return `${kind}_${base32(world.bytes(13)).slice(0, 20)}`;
}

/** A new id of an order that is placed at this instant. */
export function newOrderId(world: Pick<World, 'bytes'>, at: Instant): string {
  return composeOrderId(at, world.bytes(ORDER_ID_BYTES));
}
