import { defined } from '../domain/defined.ts';
/**
 * Every way we say no. Each code says what is wrong and what to do; one table makes the answers and the error pages.
 * What is not in it is a 500 that tells nothing.
 */
export const REFUSALS = {
  malformed_json: {
    status: 400,
    retryable: false,
    title: 'The body is not valid JSON.',
    fix: 'Send one JSON object, UTF-8, with Content-Type: application/json.',
  },
  invalid_request: {
    status: 400,
    retryable: false,
    title: 'A field is missing, unknown or not of the right form.',
    fix: 'Correct the field named in param as detail says and send the request again.',
  },
  invalid_cursor: {
    status: 400,
    retryable: false,
    title: 'The cursor is not one of ours.',
    fix: 'Pass next_cursor of the previous page unchanged, with the same filters, or leave cursor out to start over.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    title: 'There is no valid API key on this request.',
    fix: 'Send Authorization: Api-Key atk_… with a key that is active.',
  },
  signature_invalid: {
    status: 401,
    retryable: false,
    title: 'The request is not signed with a secret of this campaign.',
    fix: "Sign the raw body, exactly as it is sent, with the campaign's secret; docs/campaigns.md has code to copy.",
  },
  timestamp_required: {
    status: 401,
    retryable: false,
    title: 'This campaign takes signatures with an id and a timestamp only.',
    fix: 'Send webhook-id, webhook-timestamp and webhook-signature, as docs/campaigns.md shows.',
  },
  timestamp_stale: {
    status: 401,
    retryable: true,
    title: 'The signed timestamp is more than 300 seconds from our clock.',
    fix: 'Set the clock of the sender, and sign the request anew each time it is sent.',
  },
  campaign_unfunded: {
    status: 402,
    retryable: true,
    title: "The wallet of the campaign's currency does not cover the payout.",
    fix: 'Top up the wallet, then send the same request again, signed anew: nothing was refused for good.',
  },
  insufficient_funds: {
    status: 402,
    retryable: false,
    title: 'The wallet does not cover the amount.',
    fix: 'Top up the wallet of this currency, then send the order under a new agent_reference: this one stays refused.',
  },
  scope_missing: {
    status: 403,
    retryable: false,
    title: 'This key may not do that.',
    fix: 'Use a key that has the scopes named in detail.',
  },
  api_key_not_allowed: {
    status: 403,
    retryable: false,
    title: 'This campaign takes signed requests only.',
    fix: "Sign the request with the campaign's secret, or set allow_api_key on the campaign.",
  },
  route_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such endpoint.',
    fix: 'Check method and path against the endpoint list.',
  },
  order_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no order under this reference.',
    fix: 'Check the agent_reference; a live order is seen only with a live key, a test order only with a test key.',
  },
  endpoint_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such webhook endpoint.',
    fix: 'Use an id from GET /api/v1/webhooks/endpoints; a live key sees live endpoints only, a test key test ones.',
  },
  delivery_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such webhook delivery.',
    fix: 'Use an id from GET /api/v1/webhooks/deliveries; deliveries are kept for 90 days.',
  },
  topup_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such top-up.',
    fix: 'Use an id from GET /api/v1/wallet/topup; a live key sees live top-ups only, a test key test ones.',
  },
  campaign_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such campaign.',
    fix: 'Use an id from GET /api/v1/campaigns; a live key sees live campaigns only, a test key test ones.',
  },
  callback_not_ours: {
    status: 404,
    retryable: false,
    title: 'There is no order behind this URL.',
    fix: 'Post results to the URL that came with the request, unchanged.',
  },
  meter_not_found: {
    status: 404,
    retryable: false,
    title: 'The provider does not know this meter.',
    fix: 'Check the meter number with the customer.',
  },
  endpoint_disabled: {
    status: 409,
    retryable: false,
    title: 'The webhook endpoint is disabled.',
    fix: 'Enable it with PATCH /api/v1/webhooks/endpoints/{id} {"enabled": true}, then send this again.',
  },
  endpoint_limit_reached: {
    status: 409,
    retryable: false,
    title: 'There are as many webhook endpoints as there may be.',
    fix: 'Delete one that is not used, or change its URL and events.',
  },
  request_replayed: {
    status: 409,
    retryable: false,
    title: 'A payout was answered to a request with this webhook-id.',
    fix: 'Give each request an id of its own. To hear of a payout again, sign the same respondent under a new id.',
  },
  campaign_paused: {
    status: 409,
    retryable: true,
    title: 'The campaign is paused.',
    fix: 'Send the request again once its merchant has set paused to false.',
  },
  campaign_not_started: {
    status: 409,
    retryable: true,
    title: 'The campaign has not started.',
    fix: 'Send the request again at or after starts_at.',
  },
  campaign_ended: {
    status: 409,
    retryable: false,
    title: 'The campaign has ended.',
    fix: 'Nothing is paid any more, unless its merchant moves ends_at.',
  },
  budget_spent: {
    status: 409,
    retryable: false,
    title: 'What is left of the budget does not cover the payout.',
    fix: 'Raise budget or max_payouts, then send the request again. A payout that fails gives its part back.',
  },
  daily_cap_reached: {
    status: 409,
    retryable: true,
    title: 'What is left of the daily cap does not cover the payout.',
    fix: 'Send the request again after the seconds in Retry-After: the next day, in UTC, has its own.',
  },
  already_paid: {
    status: 409,
    retryable: false,
    title: 'This number was paid for another respondent.',
    fix: 'The campaign pays each number once; a payout that fails leaves its number to another respondent.',
  },
  statement_too_large: {
    status: 422,
    retryable: false,
    title: 'The month has more entries than one statement takes.',
    fix: 'Export the entries with GET /api/v1/wallet/ledger/export; the balances before and after are in them.',
  },
  batch_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such batch.',
    fix: 'Use an id from GET /api/v1/bulk; a live key sees live batches only, a test key test ones.',
  },
  preview_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such preview.',
    fix: 'Use the preview_id of POST /api/v1/bulk/preview within 24 hours, or preview the file again.',
  },
  upload_not_found: {
    status: 404,
    retryable: false,
    title: 'Nothing was uploaded under this upload_id.',
    fix: 'PUT the file to the upload_url of POST /api/v1/bulk/uploads first, before it expires.',
  },
  batch_running: {
    status: 409,
    retryable: true,
    title: 'The batch is not finished.',
    fix: 'Wait for batch.completed, or until GET /api/v1/bulk/{id} shows it as completed or cancelled.',
  },
  nothing_to_retry: {
    status: 409,
    retryable: false,
    title: 'No row of the batch failed.',
    fix: 'Nothing is left to send again; rows that were cancelled or left out need a batch of their own.',
  },
  batch_invalid: {
    status: 422,
    retryable: false,
    title: 'Some rows cannot be sent.',
    fix: 'Correct the rows in errors, or send accept: valid_rows to leave them out.',
  },
  body_too_large: {
    status: 413,
    retryable: false,
    title: 'The body is too large.',
    fix: 'Send one order per request, which needs less than 16 kB. Upload a large CSV: POST /api/v1/bulk/uploads.',
  },
  csv_too_large: {
    status: 413,
    retryable: false,
    title: 'The CSV file is larger than one file may be.',
    fix: 'Split it into files of at most 100,000 rows, 20 columns and 10 MB, each with the header line.',
  },
  invalid_csv: {
    status: 422,
    retryable: false,
    title: 'The file cannot be read as a CSV of recharges.',
    fix: 'Save it as "CSV UTF-8" under the header target,amount,product_id,currency,reference,custom_sms.',
  },
  product_not_found: {
    status: 422,
    retryable: false,
    title: 'There is no such product.',
    fix: 'Use an id from GET /api/v1/products.',
  },
  product_unavailable: {
    status: 422,
    retryable: true,
    title: 'This product is not sold at present.',
    fix: 'Choose a product that GET /api/v1/products shows as available, or try again later.',
  },
  invalid_amount: {
    status: 422,
    retryable: false,
    title: 'The product is not sold in this amount.',
    fix: "Choose an amount within the product's min, max and step, or one of its denominations.",
  },
  invalid_target: {
    status: 422,
    retryable: false,
    title: 'The target cannot be recharged with this product.',
    fix: "Send a mobile number of the product's country and network, or a meter number for electricity.",
  },
  reference_reused: {
    status: 422,
    retryable: false,
    title: 'This reference was used for something else.',
    fix: 'Use a new reference, or respondent_id, for something new; to repeat a request, send exactly the same fields.',
  },
  internal_error: {
    status: 500,
    retryable: true,
    title: 'Something went wrong on our side.',
    fix: 'Repeat it with the same agent_reference: nothing runs twice. If it persists, send us the request_id.',
  },
  payments_unavailable: {
    status: 503,
    retryable: true,
    title: 'The payment gateway does not take payments at present.',
    fix: 'Repeat the same request, with the same reference, after the seconds in Retry-After. Nothing was charged.',
  },
  provider_unavailable: {
    status: 503,
    retryable: true,
    title: 'The provider does not answer at present.',
    fix: 'Try again after the seconds in Retry-After.',
  },
  busy: {
    status: 503,
    retryable: true,
    title: 'Too much is asked at this moment, of this wallet or of the system.',
    fix: 'Repeat the same request, an order under the same agent_reference, after the seconds in Retry-After.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string; fix: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** One of many things that are wrong, as rows of a file are. */
export interface RowError {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

interface RefusalFacts {
  /** The field or parameter that is at fault. */
  readonly param?: string;
  /** This case in one sentence, for the caller's eyes. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is wrong one by one, where that is many things; the first of them. */
  readonly errors?: readonly RowError[];
  /** For the log only. */
  readonly cause?: unknown;
}

/** An expected no. Anything else that is thrown is a bug or a broken world, and answered as `internal_error`. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly param: string | undefined;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly RowError[] | undefined;
  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    super(code, { cause: facts.cause });
    this.name = 'Refusal';
    this.code = code;
    this.param = facts.param;
    this.detail = facts.detail ?? REFUSALS[code].title;
    this.headers = facts.headers ?? {};
    this.errors = facts.errors;
  }
}

/** The answer's body: RFC 9457 problem details, and our members. */
export function problem(refusal: Refusal, requestId: string): Record<string, unknown> {
  const { status, title, fix, retryable } = REFUSALS[refusal.code];
  return {
    type: `/docs/errors#${refusal.code}`,
    title,
    status,
    detail: refusal.detail,
    code: refusal.code,
    ...defined({ param: refusal.param }),
    fix,
    ...defined({ errors: refusal.errors }),
    retryable,
    request_id: requestId,
  };
}
