/** A UTC instant in ISO 8601 with milliseconds, e.g. `2026-05-07T08:00:00.000Z`. Instants sort as text. */
export type Instant = string;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The instant that many milliseconds after another; before it when negative. */
export function plus(at: Instant, ms: number): Instant {
  return new Date(Date.parse(at) + ms).toISOString();
}

/** Milliseconds from one instant to another; negative when `to` is the earlier one. */
export function elapsed(from: Instant, to: Instant): number {
  return Date.parse(to) - Date.parse(from);
}

/** The earlier of two instants, of which there may be none. */
export function earlier(a: Instant | undefined, b: Instant): Instant {
  return a !== undefined && a < b ? a : b;
}

/** The later of two instants. */
export function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
