import { defined } from '../domain/defined.ts';
import { excerpt, isDamaged } from '../domain/text.ts';
import { Refusal } from './refusal.ts';

/** The number of digits that a double always represents exactly. */
const EXACT_DIGITS_MAX = 15;
const NAME_CHARACTERS_MAX = 40;

/**
 * Parses a body without changing a number: JSON.parse would silently round `5.0000000000000001` to 5, so a number with
 * more digits than a double represents is refused by the name of its field.
 */
export function parseJson(text: string): unknown {
  const refuseInexact = (name: string, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const digits = context.source.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
    if (digits.length <= EXACT_DIGITS_MAX && Number.isFinite(value)) return value;
    const detail = `${name || 'The number'} has more than ${EXACT_DIGITS_MAX} digits, too many to read exactly.`;
    throw new Refusal('invalid_request', { detail, ...defined({ param: name || undefined }) });
  };
  try {
    const value = JSON.parse(text, refuseInexact);
    requireReadable(value);
    return value;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed_json', { cause: error });
  }
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
