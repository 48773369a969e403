import type { RefusalReason } from '../domain/health.ts';
import type { FailureCode } from '../domain/order.ts';

/**
 * What HotRecharge's reply codes mean for money. A code is `rejected` only if it is certain that nothing was delivered;
 * a code that is not here is unclear. Where it is our credentials or our balance that they refuse, nothing was sold
 * either, but the order waits. Every code has its source: the v3 reference, or clients of the v1 service
 * (docs/providers.md).
 */
export type ReplyMeaning =
  | { readonly outcome: 'success' | 'accepted' | 'unclear' }
  | { readonly outcome: 'rejected'; readonly failure: FailureCode }
  | { readonly outcome: 'refuses_us'; readonly reason: RefusalReason };

const refused = (failure: FailureCode): ReplyMeaning => ({ outcome: 'rejected', failure });
const refusesUs = (reason: RefusalReason): ReplyMeaning => ({ outcome: 'refuses_us', reason });
const unclear: ReplyMeaning = { outcome: 'unclear' };

export const REPLY_CODES: Readonly<Record<number, ReplyMeaning>> = {
  2: { outcome: 'success' },
  // Electricity whose token is still being generated: it can succeed, so its status is queried.
  4: { outcome: 'accepted' },
  204: refused('invalid_target'),
  205: refused('invalid_amount'),
  206: refused('product_unavailable'),
  207: refusesUs('credentials'),
  208: refusesUs('balance'),
  209: refused('out_of_stock'),
  210: refused('network_refused'),
  // "Already received and being processed": the opposite of a failure.
  216: unclear,
  217: refused('invalid_target'),
  218: refusesUs('credentials'),
  219: unclear,
  220: refusesUs('credentials'),
  222: refused('invalid_amount'),
  223: refused('invalid_target'),
  224: refused('limit_reached'),
  225: refused('limit_reached'),
  226: refused('limit_reached'),
  230: refused('product_unavailable'),
  700: unclear,
  701: unclear,
  702: unclear,
  703: unclear,
  704: unclear,
  [-1]: unclear,
};

/**
 * States of a recharge that are stored in place of a reply code: busy, and electricity that is being verified. From
 * clients of the v1 service.
 */
export const IN_PROGRESS: ReadonlySet<number> = new Set([1, 4]);

/** The only answer to a query that means that the reference is not known. From clients of the v1 service. */
export const NOT_FOUND = 800;

/** Validation errors name a field. A field that is not here was not sent, so an error about it is not certain. */
export const FIELD_FAILURES: Readonly<Record<string, FailureCode>> = {
  target: 'invalid_target',
  amount: 'invalid_amount',
  productid: 'product_unavailable',
  customersms: 'product_unavailable',
  rechargeoptions: 'product_unavailable',
};
