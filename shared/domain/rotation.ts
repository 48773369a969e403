import { defined } from './defined.ts';
import type { Instant } from './time.ts';
import { plus } from './time.ts';

/** A rotating secret: the newest, and earlier ones that stay valid until their overlap ends. */
export interface Rotating {
  /** The version of the newest secret. Secrets are derived from their version, so none is stored. */
  readonly secretVersion: number;
  /** The version of our signing key that it is derived from; absent for the first. */
  readonly keyVersion?: number;
  /** Earlier versions that are still valid, newest first. */
  readonly retiring: readonly (SecretVersion & { readonly until: Instant })[];
}

/** One secret of a holder: its version, and that of the signing key that it is derived from. */
export interface SecretVersion {
  readonly version: number;
  readonly keyVersion?: number;
}

/** Before any rotation. */
export const FIRST_SECRET: Rotating = { secretVersion: 1, retiring: [] };

/** Makes the next version current, by this signing key; the one until now stays valid until the overlap ends. */
export function rotated(current: Rotating, keyVersion: number, overlapMs: number, at: Instant): Rotating {
  const earlier = current.retiring.filter(({ until }) => until > at);
  const last = { ...newestVersion(current), until: plus(at, overlapMs) };
  // A leaked secret is replaced without an overlap, which ends all earlier ones too.
  return { secretVersion: current.secretVersion + 1, keyVersion, retiring: overlapMs > 0 ? [last, ...earlier] : [] };
}

/** The versions that are valid now, newest first. */
export function activeVersions(current: Rotating, at: Instant): SecretVersion[] {
  return [newestVersion(current), ...current.retiring.filter(({ until }) => until > at)];
}

export function newestVersion({ secretVersion: version, keyVersion }: Rotating): SecretVersion {
  return { version, ...defined({ keyVersion }) };
}
