import { defined } from '../domain/defined.ts';
import { excerpt, isDamaged, withoutTrailing } from '../domain/text.ts';
import { duplicateKey } from './duplicate-key.ts';
import { Refusal } from './refusal.ts';

/** The number of digits that a double always represents exactly. */
const EXACT_DIGITS_MAX = 15;
const NAME_CHARACTERS_MAX = 40;
/** The number of digits that tells every double from its neighbours: what `%.17g` prints. */
const PRINTED_DIGITS_MAX = 17;

/**
 * Parses a body without changing a number: JSON.parse would silently round `5.0000000000000001` to 5, so a number that
 * no double represents exactly is refused by the name of its field. Many JSON libraries print a double with 17 digits:
 * `0.10000000000000001` is how they write 0.1, and is read as that.
 *
 * A name that occurs twice in one object is refused too, because readers disagree about which value counts. A byte
 * order mark before the body is skipped.
 */
export function parseJson(text: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  const refuseInexact = (name: string, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined || isExact(context.source, value)) return value;
    const detail = `${name || 'The number'} has more than ${EXACT_DIGITS_MAX} digits, too many to read exactly.`;
    throw new Refusal('invalid_request', { detail, ...defined({ param: name || undefined }) });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json, refuseInexact);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed_json', { cause: error });
  }
  requireReadable(parsed);
  const twice = duplicateKey(json);
  if (twice === undefined) return parsed;
  throw new Refusal('invalid_request', { param: twice, detail: `${twice} is in the same object twice.` });
}

/** Whether the double that was parsed is the number that was written, or was written by printing that double. */
function isExact(source: string, value: number): boolean {
  const digits = significant(source);
  if (digits.length > EXACT_DIGITS_MAX) return digits === significant(value.toPrecision(PRINTED_DIGITS_MAX));
  return Number.isFinite(value) && (value !== 0 || digits === '');
}

/** The digits of a number without the zeros at both ends, which say only where its point is. */
function significant(number: string): string {
  const digits = number.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  return withoutTrailing(digits, '0');
}

/**
 * Refuses a text that cannot be kept as it was meant, by the name of its field: one with NUL or half a surrogate pair,
 * or with the character that stands for bytes that are not UTF-8.
 */
export function requireReadable(value: unknown, path: readonly string[] = []): void {
  if (typeof value === 'string' && isDamaged(value)) throw unreadable(path);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    if (isDamaged(name)) throw unreadable([...path, excerpt(name, NAME_CHARACTERS_MAX)]);
    requireReadable(field, [...path, name]);
  }
}

function unreadable(path: readonly string[]): Refusal {
  const param = path.join('.');
  return new Refusal('invalid_request', {
    detail: `${param || 'The text'} has characters that cannot be read.`,
    fix: 'Send UTF-8, without NUL, U+FFFD and unpaired surrogates.',
    ...defined({ param: param || undefined }),
  });
}
