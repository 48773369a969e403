import { base32 } from './domain/key.ts';
import type { World } from './world.ts';

/** Prefixes of ids: an id shows what it is of, in a log or a support mail. */
type IdKind =
  | 'ord'
  | 'ent'
  | 'att'
  | 'key'
  | 'mer'
  | 'req'
  | 'wri'
  | 'whe'
  | 'evt'
  | 'ref'
  | 'set'
  | 'sta'
  | 'pre'
  | 'upl'
  | 'cmp';

/** A new id such as `ord_4k2v…`: 100 random bits, lower-case letters and digits. */
export function newId(world: Pick<World, 'bytes'>, kind: IdKind): string {
  return `${kind}_${base32(world.bytes(13)).slice(0, 20)}`;
}
