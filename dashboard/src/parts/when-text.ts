/** Instants in words: in the zone of the reader, and in UTC. */

const DAY = { dateStyle: 'medium' } as const;
const TIME = { timeStyle: 'medium', hourCycle: 'h23' } as const;
const LOCAL_DAY = new Intl.DateTimeFormat(undefined, DAY);
const LOCAL_TIME = new Intl.DateTimeFormat(undefined, TIME);
const LOCAL_HOUR = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', hourCycle: 'h23' });
const UTC = new Intl.DateTimeFormat(undefined, { ...DAY, ...TIME, timeZone: 'UTC' });
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' });

/** The day and the time apart: where there is little room, they are in two lines. */
export function localText(at: string | number): readonly [day: string, time: string] {
  const date = new Date(at);
  return [LOCAL_DAY.format(date), LOCAL_TIME.format(date)];
}

/** The day and the hour of what is known to the hour alone. */
export function hourText(at: string | number): readonly [day: string, time: string] {
  const date = new Date(at);
  return [LOCAL_DAY.format(date), LOCAL_HOUR.format(date)];
}

export function utcText(at: string | number): string {
  return UTC.format(new Date(at));
}

/** `in 12 seconds`, `3 minutes ago`. */
export function relativeText(at: string | number, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1_000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}
