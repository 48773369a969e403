import type * as z from 'zod/mini';
import { Refusal } from './refusal.ts';

/** A position in a list as an opaque text. It contains no owner: a list contains only what its caller owns. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/** The position in a cursor that we made; anything else is refused. */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodMiniType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'), requireKeyText);
    const result = schema.safeParse(position);
    if (result.success) return result.data;
  } catch {
    // Not JSON, or text that is no key: refused like JSON of another shape.
  }
  throw new Refusal('invalid_cursor', { param: 'cursor' });
}

/** The longest sort key of the database, in bytes. */
const KEY_BYTES_MAX = 1024;

/** Each text of a position may be read as a key. What the database refuses as a key was in no cursor of ours. */
function requireKeyText(_name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value === '' || !value.isWellFormed() || Buffer.byteLength(value) > KEY_BYTES_MAX) throw new Error('not a key');
  return value;
}
