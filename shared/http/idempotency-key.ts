import { Refusal } from './refusal.ts';

/**
 * Takes the `Idempotency-Key` header of a request as the field that makes it idempotent, where the body has none. Both
 * with different values are refused: it would be a guess which of them identifies the request. The header's draft
 * standard puts the value in quotation marks; many clients do not.
 */
export function withIdempotencyKey(input: unknown, field: string, headers: Readonly<Record<string, string>>): unknown {
  const key = headers['idempotency-key']?.trim().replace(/^"(.*)"$/, '$1');
  if (key === undefined || typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const given = (input as Record<string, unknown>)[field] ?? undefined;
  if (given === undefined) return { ...input, [field]: key };
  if (given === key) return input;
  const detail = `Idempotency-Key and ${field} differ.`;
  const fix = `Send only ${field}, or the same value in both.`;
  throw new Refusal('invalid_request', { param: 'Idempotency-Key', detail, fix });
}
