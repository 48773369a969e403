import { defined } from '../domain/defined.ts';
import { LOGGED_FIELDS } from '../manifest/logged-fields.ts';

/**
 * What may stand in a log line. Lines are read by more people than tables are, and nothing erases them, so a number or
 * an answer of an upstream never gets there: fields are listed, and texts are masked.
 */

const LISTED: ReadonlySet<string> = new Set(LOGGED_FIELDS);
/** Keys of items, which operators look for. */
const UNMASKED: ReadonlySet<string> = new Set(['item', 'ids']);

/** Nine digits or more that are no part of an id: a phone number, a meter, a token. */
const LONG_NUMBER = /(?<![\w.-])\+?\d(?: ?\d){8,}(?!\w)/g;

/** A text in which of long numbers only the last three digits are left. */
export function masked(text: string): string {
  return text.replace(LONG_NUMBER, (number) => `…${number.slice(-3)}`);
}

/** The fields of a line: those that are listed, and the names of the others. */
export function redacted(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (LISTED.has(name)) kept[name] = typeof value === 'string' && !UNMASKED.has(name) ? masked(value) : value;
    else dropped.push(name);
  }
  return dropped.length > 0 ? { ...kept, dropped: dropped.join(' ') } : kept;
}

interface AwsFacts {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** An error without what else it carries: those of DynamoDB carry whole items, which they compared with a condition. */
export function plainError(error: Error): object {
  const { code, $metadata } = error as AwsFacts;
  return {
    name: error.name,
    message: masked(error.message),
    ...defined({
      code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
      httpStatus: $metadata?.httpStatusCode,
      awsRequestId: $metadata?.requestId,
      stack: error.stack === undefined ? undefined : masked(error.stack),
      cause: error.cause instanceof Error ? plainError(error.cause) : undefined,
    }),
  };
}
