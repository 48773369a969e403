import { defined } from '../domain/defined.ts';
import { Refusal } from './refusal.ts';

/** The number of digits that a double always represents exactly. */
const EXACT_DIGITS_MAX = 15;

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
    return JSON.parse(text, refuseInexact);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed_json', { cause: error });
  }
}
