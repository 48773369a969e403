import type { Currency } from './money.ts';

/** What the wallets of a new merchant hold, in minor units: play money in test mode, and all of the demo's. */
export const PLAY_MONEY: Readonly<Record<Currency, number>> = {
  USD: 1_000_00,
  ZWG: 25_000_00,
  KES: 100_000_00,
  UGX: 3_000_000,
  TZS: 2_000_000_00,
};
