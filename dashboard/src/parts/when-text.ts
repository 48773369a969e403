/** Instants in words: in the zone of the reader, and in UTC. */

const STYLE = { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' } as const;
const LOCAL = new Intl.DateTimeFormat(undefined, STYLE);
const UTC = new Intl.DateTimeFormat(undefined, { ...STYLE, timeZone: 'UTC' });
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' });

export function localText(at: string | number): string {
  return LOCAL.format(new Date(at));
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
