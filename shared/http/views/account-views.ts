import type { Mode, Owner } from '../../domain/ledger.ts';
import type { Freeze, Quota, Terms } from '../../domain/terms.ts';
import { limitsOf } from '../../domain/terms.ts';
import type { Merchant } from '../../store/merchants.ts';
import { viewActor } from './actor-views.ts';

/** A merchant's account in one mode: its state, and the limits that hold. */
export function viewAccount({ id, name, createdAt }: Merchant, { mode }: Owner, terms: Terms) {
  const freeze = terms.frozen?.[mode];
  const state = { live: terms.isLive, frozen: freeze !== undefined };
  return {
    merchant_id: id,
    name,
    mode,
    ...state,
    freeze: viewFreeze(freeze),
    limits: viewLimits(terms, mode),
    created_at: createdAt,
  };
}

/** Since when, by whom and why. */
export function viewFreeze(freeze: Freeze | undefined) {
  if (!freeze) return null;
  return { since: freeze.at, by: viewActor(freeze.by), reason: freeze.reason };
}

/** The terms of both modes, for operators. */
export function viewTerms(terms: Terms) {
  const { merchantId, isLive } = terms;
  const frozen = { live: viewFreeze(terms.frozen?.live), test: viewFreeze(terms.frozen?.test) };
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
