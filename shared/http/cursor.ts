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
    const result = schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (result.success) return result.data;
  } catch {
    // Not JSON: refused like JSON of another shape.
  }
  throw new Refusal('invalid_cursor', { param: 'cursor' });
}
