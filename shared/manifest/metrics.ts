import type { ProviderName } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';

/** Names of numbers that functions publish and alarms watch: written once, so that neither can misspell the other. */

export const METRIC_NAMESPACE = 'Airtime';
export const METRIC_SERVICE = 'airtime';

export const METRICS = {
  /** Age of the oldest order whose outcome nobody knows, in seconds; 0 when there is none. */
  oldestUnknown: 'OldestUnknownAgeSeconds',
  /** Orders that wait for an operator's decision. */
  ordersInReview: 'OrdersInReview',
  /** Top-ups that wait for an operator's decision. */
  topupsInReview: 'TopupsInReview',
  /** Late truth that moved money again, or could not: a wrong refund, a success taken back. */
  moneyAnomaly: 'MoneyAnomaly',
  /** 1 while a provider's breaker is open, else 0. By provider. */
  providerDown: 'ProviderDown',
  /** A provider refuses us: credentials, float or set-up. By provider. */
  providerRefusesUs: 'ProviderRefusesUs',
  /** What we hold at a provider, in major units. By provider and account. */
  prefundedBalance: 'ProviderFloat',
  /** Webhook endpoints that were disabled because nothing got through. */
  webhookDisabled: 'WebhookDisabled',
} as const;

/** The accounts we keep at upstreams, each watched on its own: airtime money cannot pay for electricity. */
export const PREFUNDED_ACCOUNTS: readonly { provider: ProviderName; account: string; currency: Currency }[] = [
  { provider: 'hotrecharge', account: 'ZWG', currency: 'ZWG' },
  { provider: 'hotrecharge', account: 'ZWG-utilities', currency: 'ZWG' },
  { provider: 'hotrecharge', account: 'USD', currency: 'USD' },
  { provider: 'hotrecharge', account: 'USD-utilities', currency: 'USD' },
  { provider: 'pesaway', account: 'KES', currency: 'KES' },
  { provider: 'pesaway', account: 'UGX', currency: 'UGX' },
  { provider: 'pesaway', account: 'TZS', currency: 'TZS' },
];
