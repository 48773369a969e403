import type { FieldProblem, RowError } from './input-problem.ts';

/**
 * Every refusal of the API: what is wrong, and what the caller can do. The answers and the page of errors are made from
 * this table; `detail` is the sentence for a case that has none of its own. Anything else is a 500 without details.
 */
export const REFUSALS = {
  malformed_json: {
    status: 400,
    retryable: false,
    title: 'Invalid JSON body',
    detail: 'The request body is not valid JSON.',
    fix: 'Send one JSON object in UTF-8 with Content-Type: application/json.',
  },
  invalid_request: {
    status: 400,
    retryable: false,
    title: 'Invalid request',
    detail: 'A field is missing, unknown or malformed.',
    fix: 'Correct the field named in param, and any other in errors, and send the request again.',
  },
  invalid_cursor: {
    status: 400,
    retryable: false,
    title: 'Invalid cursor',
    detail: 'The cursor is not valid for this list.',
    fix: 'Pass next_cursor of the previous page unchanged, with the same filters, or omit cursor to start over.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    title: 'Missing or invalid API key',
    detail: 'The request has no valid API key.',
    fix: 'Send Authorization: Api-Key atk_… with an active key.',
  },
  signature_invalid: {
    status: 401,
    retryable: false,
    title: 'Invalid signature',
    detail: 'The signature does not match an active secret of this campaign.',
    fix: 'Sign the raw body, exactly as it is sent, with the current secret of the campaign.',
  },
  timestamp_required: {
    status: 401,
    retryable: false,
    title: 'Signed timestamp required',
    detail: 'This campaign accepts only signatures with an id and a timestamp.',
    fix: 'Send the headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks.',
  },
  timestamp_stale: {
    status: 401,
    retryable: true,
    title: 'Timestamp outside tolerance',
    detail: 'The signed timestamp is more than 300 seconds from our clock.',
    fix: 'Correct the clock of the sender, and sign each request again when it is sent.',
  },
  campaign_unfunded: {
    status: 402,
    retryable: true,
    title: 'Insufficient funds for payout',
    detail: 'The wallet in the currency of the campaign does not cover the payout.',
    fix: 'Top up the wallet, then sign and send the same request again.',
  },
  insufficient_funds: {
    status: 402,
    retryable: true,
    title: 'Insufficient funds',
    detail: 'The wallet does not cover the amount.',
    fix: 'Top up the wallet of this currency, then send a new request with a new reference.',
  },
  scope_missing: {
    status: 403,
    retryable: false,
    title: 'Missing scope',
    detail: 'This API key does not have a required scope.',
    fix: 'Use a key with the scopes named in detail.',
  },
  account_frozen: {
    status: 403,
    retryable: true,
    title: 'Account frozen',
    detail: 'The account is frozen: nothing new is accepted or sent.',
    fix: 'GET /api/v1/account says since when and why. Send the same request again when the account is not frozen.',
  },
  api_key_not_allowed: {
    status: 403,
    retryable: false,
    title: 'API key not accepted',
    detail: 'This campaign accepts only signed requests.',
    fix: 'Sign the request with the secret of the campaign, or set allow_api_key on the campaign.',
  },
  route_not_found: {
    status: 404,
    retryable: false,
    title: 'Unknown route',
    detail: 'There is no such route.',
    fix: 'Check the method and the path.',
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    title: 'Method not allowed',
    detail: 'This path does not have this method.',
    fix: 'Use one of the methods in the Allow header.',
  },
  order_not_found: {
    status: 404,
    retryable: false,
    title: 'Order not found',
    detail: 'There is no order with this reference.',
    fix: 'Check the reference. Live keys see only live orders, test keys only test orders.',
  },
  endpoint_not_found: {
    status: 404,
    retryable: false,
    title: 'Webhook endpoint not found',
    detail: 'There is no webhook endpoint with this id.',
    fix: 'Use an id from GET /api/v1/webhooks/endpoints. Live keys see only live endpoints, test keys only test ones.',
  },
  delivery_not_found: {
    status: 404,
    retryable: false,
    title: 'Webhook delivery not found',
    detail: 'There is no webhook delivery with this id.',
    fix: 'Use an id from GET /api/v1/webhooks/deliveries. Deliveries are kept for 90 days.',
  },
  topup_not_found: {
    status: 404,
    retryable: false,
    title: 'Top-up not found',
    detail: 'There is no top-up with this id.',
    fix: 'Use an id from GET /api/v1/wallet/topup. Live keys see only live top-ups, test keys only test ones.',
  },
  campaign_not_found: {
    status: 404,
    retryable: false,
    title: 'Campaign not found',
    detail: 'There is no campaign with this id.',
    fix: 'Check the campaign id. Live keys see only live campaigns, test keys only test ones.',
  },
  callback_not_ours: {
    status: 404,
    retryable: false,
    title: 'Unknown callback URL',
    detail: 'No order belongs to this callback URL.',
    fix: 'Post the result to the URL of the request, unchanged.',
  },
  meter_not_found: {
    status: 404,
    retryable: false,
    title: 'Meter not found',
    detail: 'The provider does not know this meter.',
    fix: 'Check the meter number with the customer.',
  },
  endpoint_disabled: {
    status: 409,
    retryable: false,
    title: 'Webhook endpoint disabled',
    detail: 'The webhook endpoint is disabled.',
    fix: 'Set enabled to true with PATCH /api/v1/webhooks/endpoints/{endpoint_id}, then send the request again.',
  },
  endpoint_limit_reached: {
    status: 409,
    retryable: false,
    title: 'Webhook endpoint limit reached',
    detail: 'There are as many webhook endpoints as one mode can have.',
    fix: 'Delete an endpoint that you do not use, or change its URL and events.',
  },
  campaign_limit_reached: {
    status: 409,
    retryable: false,
    title: 'Campaign limit reached',
    detail: 'There are as many campaigns as one mode can have.',
    fix: 'Change a campaign that you no longer need with PATCH /api/v1/campaigns/{campaign_id}, or ask us for more.',
  },
  request_replayed: {
    status: 409,
    retryable: false,
    title: 'webhook-id already used',
    detail: 'Another request with this webhook-id was answered with a payout.',
    fix: 'Use a new webhook-id for each request. To look up a payout, sign the same respondent_id with a new one.',
  },
  campaign_paused: {
    status: 409,
    retryable: true,
    title: 'Campaign paused',
    detail: 'The campaign is paused.',
    fix: 'Send the request again when the campaign is resumed.',
  },
  campaign_not_started: {
    status: 409,
    retryable: true,
    title: 'Campaign not started',
    detail: 'The campaign has not started.',
    fix: 'Send the request again at or after starts_at.',
  },
  campaign_ended: {
    status: 409,
    retryable: false,
    title: 'Campaign ended',
    detail: 'The campaign has ended.',
    fix: 'Stop sending payouts, or extend the campaign with a later ends_at.',
  },
  budget_spent: {
    status: 409,
    retryable: true,
    title: 'Campaign budget spent',
    detail: 'The remaining budget does not cover the payout.',
    fix: 'Raise budget or max_payouts, then send the request again. A failed payout returns its share of both.',
  },
  daily_cap_reached: {
    status: 409,
    retryable: true,
    title: 'Daily cap reached',
    detail: 'The remaining daily cap does not cover the payout.',
    fix: 'Send the request again after the seconds in Retry-After: the cap resets at midnight UTC.',
  },
  already_paid: {
    status: 409,
    retryable: false,
    title: 'Number already paid',
    detail: 'This campaign paid this number for another respondent.',
    fix: 'Pay each number once per campaign. Only a failed payout makes its number available again.',
  },
  statement_too_large: {
    status: 422,
    retryable: false,
    title: 'Statement too large',
    detail: 'The month has more entries than one statement can contain.',
    fix: 'Export the entries with GET /api/v1/wallet/ledger/export, which includes the balances.',
  },
  batch_not_found: {
    status: 404,
    retryable: false,
    title: 'Batch not found',
    detail: 'There is no batch with this id.',
    fix: 'Use an id from GET /api/v1/bulk. Live keys see only live batches, test keys only test ones.',
  },
  preview_not_found: {
    status: 404,
    retryable: false,
    title: 'Preview not found',
    detail: 'There is no preview with this id.',
    fix: 'Use the preview_id of POST /api/v1/bulk/preview within 24 hours, or preview the file again.',
  },
  upload_not_found: {
    status: 404,
    retryable: false,
    title: 'Upload not found',
    detail: 'No file was uploaded for this upload_id.',
    fix: 'PUT the file to the upload_url of POST /api/v1/bulk/uploads before it expires.',
  },
  batch_running: {
    status: 409,
    retryable: true,
    title: 'Batch still running',
    detail: 'The batch is not finished.',
    fix: 'Wait for the event batch.completed, or until GET /api/v1/bulk/{batch_id} shows completed or cancelled.',
  },
  nothing_to_retry: {
    status: 409,
    retryable: false,
    title: 'No failed rows',
    detail: 'No row of the batch failed.',
    fix: 'Send cancelled rows, or rows that were left out, in a new batch.',
  },
  batch_invalid: {
    status: 422,
    retryable: false,
    title: 'Invalid rows',
    detail: 'Some rows cannot be sent.',
    fix: 'Correct the rows in errors, or send accept: valid_rows to leave them out.',
  },
  currency_required: {
    status: 422,
    retryable: false,
    title: 'Currency required',
    detail: 'Airtime is sold in several currencies, and the file does not say in which to pay.',
    fix: 'Send currency beside the file, such as USD, or fill in a column currency.',
  },
  body_too_large: {
    status: 413,
    retryable: false,
    title: 'Request body too large',
    detail: 'The request body is too large.',
    fix: 'Send a smaller body.',
  },
  csv_too_large: {
    status: 413,
    retryable: false,
    title: 'CSV file too large',
    detail: 'The CSV file exceeds a limit.',
    fix: 'Split it into files of at most 100,000 rows, 20 columns and 10 MB, each with the header line.',
  },
  invalid_csv: {
    status: 422,
    retryable: false,
    title: 'Unreadable CSV file',
    detail: 'The file cannot be read as a CSV of recharges.',
    fix: 'Save it as "CSV UTF-8" with the header target,amount,product_id,currency,reference,custom_sms.',
  },
  product_not_found: {
    status: 422,
    retryable: false,
    title: 'Product not found',
    detail: 'There is no such product.',
    fix: 'Choose a product from GET /api/v1/products.',
  },
  product_unavailable: {
    status: 422,
    retryable: true,
    title: 'Product unavailable',
    detail: 'This product is not available at present.',
    fix: 'Choose a product that GET /api/v1/products shows as available, or try again later.',
  },
  invalid_amount: {
    status: 422,
    retryable: false,
    title: 'Invalid amount',
    detail: 'This amount is not allowed.',
    fix: 'Send an amount that is allowed, as described in detail.',
  },
  currency_not_payable: {
    status: 422,
    retryable: false,
    title: 'No online payment in this currency',
    detail: 'A wallet of this currency cannot be topped up by payment.',
    fix: 'Transfer the money to our bank account and send us the bank reference: we credit the wallet.',
  },
  invalid_target: {
    status: 422,
    retryable: false,
    title: 'Invalid target',
    detail: 'This target cannot be recharged.',
    fix: 'Correct the target, as described in detail.',
  },
  reference_reused: {
    status: 422,
    retryable: false,
    title: 'Reference already used',
    detail: 'This reference belongs to a request with other fields.',
    fix: 'Use a new value for a new request. To repeat a request, send exactly the same fields.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    title: 'Rate limit reached',
    detail: 'There were too many requests of this kind.',
    fix: 'Nothing was accepted. Send the same request again, unchanged, after the seconds in Retry-After.',
  },
  internal_error: {
    status: 500,
    retryable: true,
    title: 'Internal error',
    detail: 'Something went wrong on our side.',
    fix: 'Send the same request again, unchanged. If the error persists, contact support with the request_id.',
  },
  payments_unavailable: {
    status: 503,
    retryable: true,
    title: 'Payment gateway unavailable',
    detail: 'The payment gateway does not accept payments at present.',
    fix: 'Send the same request again after the seconds in Retry-After. Nothing was charged.',
  },
  provider_unavailable: {
    status: 503,
    retryable: true,
    title: 'Provider unavailable',
    detail: 'The provider does not answer at present.',
    fix: 'Try again after the seconds in Retry-After.',
  },
  busy: {
    status: 503,
    retryable: true,
    title: 'Too many concurrent requests',
    detail: 'The wallet or the system has too many requests at present.',
    fix: 'Send the same request again, unchanged, after the seconds in Retry-After.',
  },
} as const satisfies Record<string, RefusalText>;

interface RefusalText {
  readonly status: number;
  /** Nothing in the request is wrong: the same content may succeed later. As `retryable` of an order's failure. */
  readonly retryable: boolean;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
}

export type RefusalCode = keyof typeof REFUSALS;

interface RefusalFacts {
  /** The field or parameter with the problem. */
  readonly param?: string;
  /** This case in one sentence, for the caller. */
  readonly detail?: string;
  /** What to do in this case, where the table does not fit the route. */
  readonly fix?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The first of several problems. */
  readonly errors?: readonly (RowError | FieldProblem)[];
  /** For the log only. */
  readonly cause?: unknown;
}

/** An expected refusal. Any other error is a bug or a broken World, and answered as `internal_error`. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly param: string | undefined;
  readonly detail: string;
  readonly fix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: RefusalFacts['errors'];
  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    super(code, { cause: facts.cause });
    this.name = 'Refusal';
    this.code = code;
    this.param = facts.param;
    this.detail = facts.detail ?? REFUSALS[code].detail;
    this.fix = facts.fix ?? REFUSALS[code].fix;
    this.headers = facts.headers ?? {};
    this.errors = facts.errors;
  }
}
