import type { Capabilities, Change, Finding, Order, Outcome, Status } from '../../shared/domain/order.ts';
import {
  accept,
  applySendOutcome,
  claim,
  refuse,
  reverse,
  sendToManualReview,
} from '../../shared/domain/order-life.ts';
import { applyQueryResult } from '../../shared/domain/order-queries.ts';
import { DAY, HOUR, MINUTE, plus } from '../../shared/domain/time.ts';

/** Orders in every status, and every outcome and finding of a provider, for the tests of their life. */

export const START = '2026-05-07T08:00:00.000Z';
export const AMOUNT = 500;

export const capabilities: Capabilities = {
  sendTimeoutMs: 60_000,
  answersQueries: true,
  notFoundFinalAfterMs: HOUR,
  queryIntervalMs: 2 * MINUTE,
  reviewAfterMs: DAY,
  sendsPerSecondMax: 100,
  queriesPerSecondMax: 20,
};

export const initial = {
  id: 'ord_1',
  merchantId: 'mer_1',
  mode: 'live',
  agentReference: 'r',
  productId: 100,
  target: '0772279099',
  msisdn: '+263772279099',
  amountMinor: AMOUNT,
  currency: 'USD',
  provider: 'hotrecharge',
  providerProductId: '100',
  kind: 'airtime',
  country: 'ZW',
  network: 'Econet',
} as const;

const evidence = 'seen';
const either = {
  success: { kind: 'success', receipt: { providerRef: 'p' }, evidence },
  rejected: { kind: 'rejected', failure: 'invalid_target', evidence },
  unclear: { kind: 'unclear', evidence },
} as const;

export const outcomes: { readonly [Kind in Outcome['kind']]: Extract<Outcome, { kind: Kind }> } = {
  ...either,
  accepted: { kind: 'accepted', receipt: {}, evidence },
  unsent: { kind: 'unsent', evidence },
  refuses_us: { kind: 'refuses_us', reason: 'credentials', evidence },
};

export const findings: { readonly [Kind in Finding['kind']]: Extract<Finding, { kind: Kind }> } = {
  ...either,
  in_progress: { kind: 'in_progress', evidence },
  not_found: { kind: 'not_found', evidence },
};

/** The order after a change that must happen. */
export function decided(change: Change | undefined): Order {
  if (!change) throw new Error('nothing changed');
  return change.after;
}

export function claimed(at = START): Order {
  return claim(accept(initial, at).order, 'att_1', capabilities, at).after;
}

/** Accepted by the provider, without a final outcome. */
export function acknowledged(at = START): Order {
  return decided(applySendOutcome(claimed(at), outcomes.accepted, capabilities, at));
}

export function unknownSince(at = START): Order {
  return decided(applySendOutcome(claimed(at), outcomes.unclear, capabilities, at));
}

/** In review after it was sent and undecided for a day. */
export function inReview(at = START): Order {
  return applyQueryResult(unknownSince(at), findings.unclear, capabilities, plus(at, DAY)).after;
}

export function successful(at = START): Order {
  return decided(applySendOutcome(claimed(at), outcomes.success, capabilities, at));
}

export function refunded(at = START): Order {
  return decided(applySendOutcome(claimed(at), outcomes.rejected, capabilities, at));
}

/** Orders of each status, one for each distinct way to reach it. */
export const SAMPLES: Readonly<Record<Status, readonly Order[]>> = {
  pending: [accept(initial, START).order, decided(applySendOutcome(claimed(), outcomes.unsent, capabilities, START))],
  dispatching: [claimed(), acknowledged()],
  unknown: [unknownSince()],
  review: [inReview(), sendToManualReview(accept(initial, START).order, 'poison', START).after],
  success: [successful()],
  refunded: [refunded()],
  failed: [refuse(initial, 'insufficient_funds', START)],
  reversed: [reverse(successful(), START, 'reversed by the provider').after],
};
