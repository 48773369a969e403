import type { ProviderName } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';

/** The metrics that functions publish and alarms watch, named once so that both use the same name. */

export const METRIC_NAMESPACE = 'Airtime';
export const METRIC_SERVICE = 'airtime';

export const METRICS = {
  /** Age of the oldest order whose outcome is unknown, in seconds; 0 when there is none. */
  oldestUnknown: 'OldestUnknownAgeSeconds',
  /** Age of the oldest live order that a sweep found unsent, in seconds; 0 when it found none. Not of frozen ones. */
  oldestPending: 'OldestPendingAgeSeconds',
  /** Orders in manual review. */
  ordersInReview: 'OrdersInReview',
  /** Top-ups in manual review. */
  topupsInReview: 'TopupsInReview',
  /** A late result that moved money again, or could not: a wrong refund, a success that was reversed. */
  moneyAnomaly: 'MoneyAnomaly',
  /** Live wallets whose hash chain is broken, as the last verification found. */
  brokenLedgers: 'BrokenLedgers',
  /** For how long the live wallet that has waited longest has been due for its verification, in seconds. */
  unverified: 'LedgerUnverifiedSeconds',
  /** A live wallet whose ledger contradicts the head before, or that it should have had: found by the next signing. */
  headMismatches: 'HeadMismatches',
  /** Age of the last signed head, in seconds; since 1970 when there is none or it is damaged. */
  headAge: 'LedgerHeadAgeSeconds',
  /** 1 while a provider's circuit breaker is open, else 0. By provider. */
  providerDown: 'ProviderDown',
  /** 1 when a provider that should be on has no credentials, else 0. By provider. */
  providerOff: 'ProviderOff',
  /** A provider refuses our account: credentials, prefunded balance or configuration. By provider. */
  providerRefusesUs: 'ProviderRefusesUs',
  /** 1 while our prefunded balance is low, else 0: what it is stays out of logs. By provider and account. */
  prefundedBalanceLow: 'ProviderFloatLow',
  /** 1 when a provider's answer lacked so many products that none was withdrawn, else 0. By provider. */
  catalogueShrunk: 'CatalogueShrunk',
  /** Since when the oldest live delivery is due whose receiver is not backed off, in seconds; 0 when there is none. */
  oldestDelivery: 'OldestDueDeliveryAgeSeconds',
  /** Webhook endpoints that were disabled because every delivery failed. */
  webhookDisabled: 'WebhookDisabled',
  /** A live item that a sweep could not handle for the third time in a row, or more. */
  failingItems: 'FailingItems',
  /** Requests that were served without their rate limit, because its table did not answer. */
  limitsNotKept: 'LimitsNotKept',
  /** Requests that may not be in the request log, because its queue did not answer in time. */
  requestsNotKept: 'RequestsNotKept',
  /** Members who did not get a mail about something of live mode, after all tries. */
  noticesNotMailed: 'NoticesNotMailed',
  /** 1 for each order of the canary that did all that an order should, 0 for one that did not. */
  canarySuccess: 'CanarySuccess',
  /** How long a step of the canary took; a webhook's since its order was placed. By step. */
  canarySeconds: 'CanarySeconds',
  /** 1 for each run of a schedule that came to its end. By schedule. */
  scheduleRan: 'ScheduleRan',
} as const;

interface LogMetric {
  readonly name: string;
  /** The value that a field of the JSON line must have, as text. */
  readonly where: Readonly<Record<string, string>>;
  /** The field whose value is a dimension. */
  readonly by?: string;
}

/** Metrics that CloudWatch counts in lines that are written anyway, so that they cost a request or an order nothing. */
export const LOG_METRICS = {
  /** Live orders that were delivered, and that were refunded, by provider. */
  delivered: { name: 'OrdersDelivered', where: { message: 'order.success', mode: 'live' }, by: 'provider' },
  refunded: { name: 'OrdersRefunded', where: { message: 'order.refunded', mode: 'live' }, by: 'provider' },
  /** Requests without a key that is valid, in the access log. */
  refusedKeys: { name: 'RefusedKeys', where: { status: '401' } },
} as const satisfies Record<string, LogMetric>;

/** A prefunded balance below this is low, in major units: it is an alarm, and it is read more often. */
export const PREFUNDED_BALANCE_MIN = { USD: 200, ZWG: 5_000, KES: 20_000, UGX: 500_000, TZS: 400_000 } as const;

/** Our accounts at providers. Each has an alarm of its own: a balance for airtime cannot pay for electricity. */
export const PREFUNDED_ACCOUNTS: readonly { provider: ProviderName; account: string; currency: Currency }[] = [
  { provider: 'hotrecharge', account: 'ZWG', currency: 'ZWG' },
  { provider: 'hotrecharge', account: 'ZWG-utilities', currency: 'ZWG' },
  { provider: 'hotrecharge', account: 'USD', currency: 'USD' },
  { provider: 'hotrecharge', account: 'USD-utilities', currency: 'USD' },
  { provider: 'pesaway', account: 'KES', currency: 'KES' },
  { provider: 'pesaway', account: 'UGX', currency: 'UGX' },
  { provider: 'pesaway', account: 'TZS', currency: 'TZS' },
];
