import type { ProviderName } from '../domain/catalogue.ts';
import type { CallRates } from '../domain/order.ts';

/** What a stage's accounts at providers take. */
export type StageRates = Readonly<Record<Exclude<ProviderName, 'sandbox'>, CallRates>>;

/** Providers name no limit of trial accounts either: a tenth of what an adapter sends from the live one. */
export const TRIAL_RATES: StageRates = {
  hotrecharge: { sendsPerSecondMax: 10, queriesPerSecondMax: 2 },
  pesaway: { sendsPerSecondMax: 5, queriesPerSecondMax: 1 },
};
