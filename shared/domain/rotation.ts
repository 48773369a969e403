import type { Instant } from './time.ts';
import { plus } from './time.ts';

/** Secrets that follow one another: the newest, and earlier ones that hold beside it until their overlap ends. */
export interface Rotating {
  /** Which secret is the newest; the text is derived from it, so none is stored. */
  readonly secretVersion: number;
  /** Earlier secrets that still hold, newest first. */
  readonly retiring: readonly { readonly version: number; readonly until: Instant }[];
}

/** What a thing begins with. */
export const FIRST_SECRET: Rotating = { secretVersion: 1, retiring: [] };

/** The next secret; the one until now holds beside it until the overlap ends. */
export function rotated({ secretVersion, retiring }: Rotating, overlapMs: number, at: Instant): Rotating {
  const left = retiring.filter(({ until }) => until > at);
  const last = { version: secretVersion, until: plus(at, overlapMs) };
  // A leaked secret is replaced without an overlap, and then earlier ones end with it.
  return { secretVersion: secretVersion + 1, retiring: overlapMs > 0 ? [last, ...left] : [] };
}

/** The versions that hold now, newest first. */
export function activeVersions({ secretVersion, retiring }: Rotating, at: Instant): number[] {
  return [secretVersion, ...retiring.filter(({ until }) => until > at).map(({ version }) => version)];
}
