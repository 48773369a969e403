import type { Instant } from './time.ts';
import { plus } from './time.ts';

/** A rotating secret: the newest, and earlier ones that stay valid until their overlap ends. */
export interface Rotating {
  /** The version of the newest secret. Secrets are derived from their version, so none is stored. */
  readonly secretVersion: number;
  /** Earlier versions that are still valid, newest first. */
  readonly retiring: readonly { readonly version: number; readonly until: Instant }[];
}

/** Before any rotation. */
export const FIRST_SECRET: Rotating = { secretVersion: 1, retiring: [] };

/** Makes the next version current; the one until now stays valid until the overlap ends. */
export function rotated({ secretVersion, retiring }: Rotating, overlapMs: number, at: Instant): Rotating {
  const earlier = retiring.filter(({ until }) => until > at);
  const last = { version: secretVersion, until: plus(at, overlapMs) };
  // A leaked secret is replaced without an overlap, which ends all earlier ones too.
  return { secretVersion: secretVersion + 1, retiring: overlapMs > 0 ? [last, ...earlier] : [] };
}

/** The versions that are valid now, newest first. */
export function activeVersions({ secretVersion, retiring }: Rotating, at: Instant): number[] {
  return [secretVersion, ...retiring.filter(({ until }) => until > at).map(({ version }) => version)];
}
