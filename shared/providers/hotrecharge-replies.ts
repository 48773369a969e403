import type { FailureCode } from '../domain/order.ts';

/**
 * What HotRecharge's reply codes mean for money. A code is `rejected` only if it is certain that nothing was delivered;
 * a code that is not here is unclear. Failures on our side (credentials, prefunded balance, set-up) are
 * `provider_unavailable`, which raises an alarm.
 */
export type ReplyMeaning =
  | { readonly outcome: 'success' | 'accepted' | 'unclear' }
  | { readonly outcome: 'rejected'; readonly failure: FailureCode };

const refused = (failure: FailureCode): ReplyMeaning => ({ outcome: 'rejected', failure });
const unclear: ReplyMeaning = { outcome: 'unclear' };

export const REPLY_CODES: Readonly<Record<number, ReplyMeaning>> = {
  2: { outcome: 'success' },
  // Electricity whose token is still being generated: it can succeed, so its status is queried.
  4: { outcome: 'accepted' },
  204: refused('invalid_target'),
  205: refused('invalid_amount'),
  206: refused('product_unavailable'),
  207: refused('provider_unavailable'),
  208: refused('provider_unavailable'),
  209: refused('out_of_stock'),
  210: refused('network_refused'),
  // "Already received and being processed": the opposite of a failure.
  216: unclear,
  217: refused('invalid_target'),
  218: refused('provider_unavailable'),
  219: unclear,
  220: refused('provider_unavailable'),
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

/** Validation errors name a field. A field that is not here was not sent, so an error about it is not certain. */
export const FIELD_FAILURES: Readonly<Record<string, FailureCode>> = {
  target: 'invalid_target',
  amount: 'invalid_amount',
  productid: 'product_unavailable',
  customersms: 'product_unavailable',
  rechargeoptions: 'product_unavailable',
};
