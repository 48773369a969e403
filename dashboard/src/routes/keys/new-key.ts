import type { CreateKeyBody } from '../../../../sdk/typescript/src/api.ts';

/** What is typed to make a key, and the request that it makes. */
export interface KeyForm {
  readonly name: string;
  readonly scopes: readonly string[];
  /** `never`, a number of days, or `date` for what `day` says. */
  readonly expiry: string;
  readonly day: string;
  readonly ranges: string;
}

export const NEW_KEY: KeyForm = {
  name: '',
  scopes: ['orders:write', 'orders:read'],
  expiry: 'never',
  day: '',
  ranges: '',
};

const DAY_MS = 86_400_000;

/** The end that was chosen; `undefined` for a key without one, and `null` for what is no day to come. */
export function expiryOf({ expiry, day }: KeyForm, now: number): string | undefined | null {
  if (expiry === 'never') return undefined;
  if (expiry !== 'date') return new Date(now + Number(expiry) * DAY_MS).toISOString();
  const end = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T23:59:59.000Z`) : undefined;
  return end && end.getTime() > now ? end.toISOString() : null;
}

export function bodyOf(form: KeyForm, now: number): CreateKeyBody {
  const ranges = form.ranges.split(/[\s,]+/).filter(Boolean);
  const expiresAt = expiryOf(form, now);
  return {
    name: form.name.trim(),
    scopes: form.scopes as CreateKeyBody['scopes'],
    ...(expiresAt ? { expires_at: expiresAt } : {}),
    ...(ranges.length > 0 ? { allowed_ranges: ranges } : {}),
  };
}
