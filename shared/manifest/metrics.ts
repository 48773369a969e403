import type { ProviderName } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';

/** The metrics that functions publish and alarms watch, named once so that both use the same name. */

export const METRIC_NAMESPACE = 'Airtime';
export const METRIC_SERVICE = 'airtime';

export const METRICS = {
  /** Age of the oldest order whose outcome is unknown, in seconds; 0 when there is none. */
  oldestUnknown: 'OldestUnknownAgeSeconds',
  /** Orders in manual review. */
  ordersInReview: 'OrdersInReview',
  /** Top-ups in manual review. */
  topupsInReview: 'TopupsInReview',
  /** A late result that moved money again, or could not: a wrong refund, a success that was reversed. */
  moneyAnomaly: 'MoneyAnomaly',
  /** Live wallets whose hash chain is broken, as the last verification found. */
  brokenLedgers: 'BrokenLedgers',
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
  /** Webhook endpoints that were disabled because every delivery failed. */
  webhookDisabled: 'WebhookDisabled',
  /** A live item that a sweep could not handle for the third time in a row, or more. */
  failingItems: 'FailingItems',
  /** Requests that were served without their rate limit, because its table did not answer. */
  limitsNotKept: 'LimitsNotKept',
  /** Requests that may not be in the request log, because its queue did not answer in time. */
  requestsNotKept: 'RequestsNotKept',
} as const;

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
