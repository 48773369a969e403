import type { Mode, Owner } from '../../domain/ledger.ts';
import type { Freeze, Quota, Terms } from '../../domain/terms.ts';
import { freezesOf, limitsOf } from '../../domain/terms.ts';
import type { Merchant } from '../../store/merchants.ts';
import { viewActor } from './actor-views.ts';

/** A merchant's account in one mode: its state, and the limits that hold. */
export function viewAccount({ id, name, createdAt }: Merchant, { mode }: Owner, terms: Terms) {
  const freezes = freezesOf(terms, mode).map(viewFreeze);
  const state = { live: terms.isLive, frozen: freezes.length > 0 };
  return {
    merchant_id: id,
    name,
    mode,
    ...state,
    freeze: freezes[0] ?? null,
    freezes,
    limits: viewLimits(terms, mode),
    created_at: createdAt,
  };
}

/** Since when, by whom and why. */
export function viewFreeze(freeze: Freeze) {
  return { since: freeze.at, by: viewActor(freeze.by), reason: freeze.reason };
}

/** The terms of both modes, for operators. */
export function viewTerms(terms: Terms) {
  const { merchantId, isLive } = terms;
  const [live, test] = (['live', 'test'] as const).map((mode) => freezesOf(terms, mode).map(viewFreeze));
  const frozen = { live, test };
  const limits = { live: viewLimits(terms, 'live'), test: viewLimits(terms, 'test') };
  return { merchant_id: merchantId, live: isLive, frozen, limits };
}

export function viewLimits(terms: Terms, mode: Mode) {
  const { rates, counts } = limitsOf(terms, mode);
  return { ...Object.fromEntries(Object.entries(rates).map(([limit, quota]) => [limit, viewQuota(quota)])), ...counts };
}

function viewQuota({ quota, windowSeconds }: Quota) {
  return { quota, window_seconds: windowSeconds };
}
