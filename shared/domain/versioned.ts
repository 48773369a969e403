import { defined } from './defined.ts';
import type { Instant } from './time.ts';
import { elapsed, MINUTE, plus, SECOND } from './time.ts';

/**
 * Objects with a version and an outbox of unpublished events. Each is in the due index while anything is pending on it,
 * its events too, so it has one row for all of that.
 */

/** When a sweep has the events of a decided object published, should the message that was sent with them be lost. */
const EVENT_GRACE_MS = 2 * MINUTE;
/** What the message needs. */
const EVENT_GRACE_MS_MIN = 30 * SECOND;
/** How long a message of a sweep is alive: it is received five times, and hidden for six minutes after each. */
export const EVENT_MESSAGE_MS = 30 * MINUTE;
/** How much later than wanted an object may be due where it is due already. */
const KEPT_DUE_MS_MAX = 2 * MINUTE;

/**
 * When an object is due that must not be due before `earliest`: as it is, where that is late enough and not much too
 * late, because a change costs two writes of the index; else `otherwise`.
 */
export function keptDue(dueAt: Instant | undefined, earliest: Instant, otherwise = earliest): Instant {
  const isKept = dueAt !== undefined && dueAt >= earliest && elapsed(earliest, dueAt) <= KEPT_DUE_MS_MAX;
  return isKept ? dueAt : otherwise;
}

/** When an object is due that was decided at this moment and has an event of it. */
export function dueForEvents(dueAt: Instant | undefined, at: Instant): Instant {
  return keptDue(dueAt, plus(at, EVENT_GRACE_MS_MIN), plus(at, EVENT_GRACE_MS));
}

/** Whether the message of an object's last event counts as lost. Until then the sweep leaves its events alone. */
export function isOverdue(outbox: readonly { readonly at: Instant }[] | undefined, at: Instant): boolean {
  const last = outbox?.at(-1);
  return last !== undefined && elapsed(last.at, at) >= EVENT_GRACE_MS;
}

/** New values of some fields; `undefined` removes a field. */
export type Changes<T> = { -readonly [K in keyof T]?: T[K] | undefined };

/** The next version. */
export function revised<T extends { readonly version: number }>(before: T, changes: Changes<T>): T {
  return defined({ ...before, ...changes, version: before.version + 1 }) as T;
}

/** The next version of an object with events: it stays due while it has any. */
export function revisedWithEvents<
  T extends { readonly version: number; readonly dueAt?: Instant; readonly outbox?: readonly unknown[] },
>(before: T, changes: Changes<T>): T {
  const after = revised(before, changes);
  return after.outbox && after.dueAt === undefined && before.dueAt ? { ...after, dueAt: before.dueAt } : after;
}

/** Whether two versions differ in their counters alone. */
export function isUnchanged<T extends object>(before: T, after: T, counters: readonly (keyof T)[]): boolean {
  const names = Object.keys({ ...before, ...after }) as (keyof T)[];
  return names.every((name) => counters.includes(name) || isSame(before[name], after[name]));
}

/** Whether two values hold the same. Stored objects come back with their fields in another order. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  return isUnchanged(one, other, []);
}

/** An outbox without the events up to this one: the same object if none is removed, `undefined` if none is left. */
export function withoutUpTo<E extends { readonly sequence: number }>(
  outbox: readonly E[] | undefined,
  sequence: number,
): readonly E[] | undefined {
  const left = outbox?.filter((event) => event.sequence > sequence) ?? [];
  if (left.length === outbox?.length) return outbox;
  return left.length > 0 ? left : undefined;
}
