import type { ProductKind } from './catalogue.ts';
import type { Currency } from './money.ts';
import type { Order, Status } from './order.ts';
import { isFinal } from './order.ts';
import type { Country } from './phone.ts';
import type { Instant } from './time.ts';
import { DAY, HOUR, plus } from './time.ts';

/**
 * The figures of a merchant's day: how many of the orders that were placed on it came to which end, and their amounts.
 * The orders are the truth. A day is counted along the merchant's list, and how far it was counted is stored with what
 * came of it, in one item: so no order is counted twice, however often a count is repeated.
 */

/** How many orders, and their amounts together. */
type Sum = readonly [orders: number, amountMinor: number];
/** Sums by currency, country, kind, status and network. */
export type Sums = Readonly<Record<string, Sum>>;

/** A count of a day's orders, up to a place of the merchant's list. */
export interface Progress {
  readonly upTo: string;
  /** Of the orders that are decided. */
  readonly decided: Sums;
  /** Of the others, as they were when they were last looked at. */
  readonly open: Sums;
  /** The others, by reference: looked at again by every count. */
  readonly openReferences: readonly string[];
}

export interface DayFigures extends Progress {
  /** In UTC, such as `2026-05-07`. */
  readonly day: string;
  /** Every order that was placed before is counted. */
  readonly asOf: Instant;
  readonly version: number;
  /** How often it was counted from the beginning since it ended. */
  readonly recounts: number;
  /** The count from the beginning that is under way. */
  readonly recount?: Progress | undefined;
}

/** An order becomes visible in the list within seconds; and most are decided by then. */
export const SETTLING_MS = 120_000;
/** So many are remembered, as a day is one item. Beyond, nothing more is counted until some of them are decided. */
export const OPEN_MAX = 200;
/** A day is written for so many orders, so that an order costs next to nothing, or once an hour. */
export const WORTH_WRITING = 50;
/** When a day is counted again: the night after it, and when no provider is asked any more about an order of it. */
const RECOUNTED_AFTER_MS = [HOUR, 6 * DAY];
/** Days that may have something to count: today's, and those before it up to the last count. */
export const DAYS_LOOKED_AT = 8;

export const startOf = (day: string): Instant => `${day}T00:00:00.000Z`;
export const endOf = (day: string): Instant => plus(startOf(day), DAY);
export const dayOf = (at: Instant): string => at.slice(0, 10);

export function emptyProgress(day: string): Progress {
  return { upTo: startOf(day), decided: {}, open: {}, openReferences: [] };
}

/**
 * What came of reading the open orders again, and those that follow, up to a place of the list. What was not found,
 * which can only be late, stays open.
 */
export function countOrders(
  progress: Progress,
  wanted: readonly string[],
  found: readonly Order[],
  upTo: string,
): Progress {
  const byReference = new Map(found.map((order) => [order.agentReference, order]));
  const decided: Record<string, Sum> = { ...progress.decided };
  const open: Record<string, Sum> = {};
  const openReferences: string[] = [];
  for (const reference of [...progress.openReferences, ...wanted]) {
    const order = byReference.get(reference);
    if (order) add(isFinal(order.status) ? decided : open, order);
    if (!order || !isFinal(order.status)) openReferences.push(reference);
  }
  return { upTo, decided, open, openReferences };
}

function add(sums: Record<string, Sum>, order: Order): void {
  const { currency, country, kind, status, network, amountMinor } = order;
  const key = [currency, country, kind, status, network].join('#');
  const [orders, sum] = sums[key] ?? [0, 0];
  sums[key] = [orders + 1, sum + amountMinor];
}

/** Whether a day may have orders that are not counted, or not decided. */
export function isCountDue(figures: DayFigures): boolean {
  return figures.asOf < endOf(figures.day) || figures.openReferences.length > 0;
}

/** Whether a day is to be counted from the beginning. */
export function isRecountDue({ day, recounts }: DayFigures, now: Instant): boolean {
  const after = RECOUNTED_AFTER_MS[recounts];
  return after !== undefined && now >= plus(endOf(day), after);
}

export interface Total {
  readonly currency: Currency;
  readonly country: Country;
  readonly kind: ProductKind;
  readonly status: Status;
  readonly network: string;
  readonly orders: number;
  readonly amountMinor: number;
}

/** The sums of a day, decided or not, one by one. */
export function totalsOf({ decided, open }: Progress): Total[] {
  return [...Object.entries(decided), ...Object.entries(open)].map(([key, [orders, amountMinor]]) => {
    const [currency, country, kind, status, ...network] = key.split('#');
    const of = { currency, country, kind, status } as Pick<Total, 'currency' | 'country' | 'kind' | 'status'>;
    return { ...of, network: network.join('#'), orders, amountMinor };
  });
}
