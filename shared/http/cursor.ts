import type * as z from 'zod/mini';
import { Refusal } from './refusal.ts';

/** A place in a list as an opaque text. It names no owner: a list only ever walks what its caller owns. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place), 'utf8').toString('base64url');
}

/** The place a cursor of ours names; anything else is refused. */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodMiniType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    const result = schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (result.success) return result.data;
  } catch {
    // Not our JSON: the same answer as not our shape.
  }
  throw new Refusal('invalid_cursor', { param: 'cursor' });
}
