import type { Mode, Owner } from '../../domain/ledger.ts';
import type { Quota, Terms } from '../../domain/terms.ts';
import { limitsOf } from '../../domain/terms.ts';
import type { Merchant } from '../../store/merchants.ts';

/** A merchant's account in one mode: its state, and the limits that hold. */
export function viewAccount({ id, name, createdAt }: Merchant, { mode }: Owner, terms: Terms) {
  const state = { live: terms.isLive, frozen: terms.frozenAt !== undefined, frozen_at: terms.frozenAt ?? null };
  return { merchant_id: id, name, mode, ...state, limits: viewLimits(terms, mode), created_at: createdAt };
}

/** The terms of both modes, for operators. */
export function viewTerms(terms: Terms) {
  const { merchantId, isLive, frozenAt = null } = terms;
  const limits = { live: viewLimits(terms, 'live'), test: viewLimits(terms, 'test') };
  return { merchant_id: merchantId, live: isLive, frozen_at: frozenAt, limits };
}

export function viewLimits(terms: Terms, mode: Mode) {
  const { rates, counts } = limitsOf(terms, mode);
  return { ...Object.fromEntries(Object.entries(rates).map(([limit, quota]) => [limit, viewQuota(quota)])), ...counts };
}

function viewQuota({ quota, windowSeconds }: Quota) {
  return { quota, window_seconds: windowSeconds };
}
