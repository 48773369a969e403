import type { Scope } from '../domain/key.ts';

/**
 * Fields of answers that not every scope shows, wherever they appear: in an order, in an event of the delivery log, in
 * PesaWay's form. To a key with none of these scopes such a field is `null`, unless the route itself `needs` one of the
 * others: whoever places an order is shown its token.
 */
interface Ownership {
  readonly scopes: readonly Scope[];
  readonly needs?: readonly Scope[];
}

const ORDERS: Ownership = { scopes: ['orders:read'], needs: ['orders:write'] };
const WALLET: Ownership = { scopes: ['wallet:read'] };

export const OWNED_FIELDS: Readonly<Record<string, Ownership>> = {
  // Whoever has a token can key it into its meter.
  tokens: ORDERS,
  custom_sms: ORDERS,
  // A look-up shows it before a purchase.
  holder: { ...ORDERS, needs: ['orders:write', 'products:read'] },
  respondent_id: { scopes: ['campaigns:read'], needs: ['campaigns:write'] },
  balance: WALLET,
  // From what a test balance was changed.
  adjustment: WALLET,
  balance_after: WALLET,
  opening_balance: WALLET,
  closing_balance: WALLET,
  in_doubt: WALLET,
  low_balance_threshold: { ...WALLET, needs: ['wallet:write'] },
  // Of totals that a caller chooses, it gives the balance away; whoever may spend learns it by 402 anyway.
  is_covered: { scopes: ['wallet:read', 'orders:write'] },
  AccountAvailableFunds: WALLET,
  Balance: WALLET,
  AvailableBalance: WALLET,
};

/**
 * Fields with the number of a phone or a meter. Instead of `null` they are the last three digits where they are hidden,
 * as after erasure. A list of payouts shows the numbers of its campaign, and a look-up the one that it was asked for.
 */
export const NUMBER_FIELDS: Readonly<Record<string, Ownership>> = {
  target: { ...ORDERS, needs: ['orders:write', 'products:read', 'campaigns:read', 'campaigns:write'] },
  msisdn: ORDERS,
  PhoneNumber: ORDERS,
};

/** Fields with what a merchant's receiver answered to an event. */
export const ECHOES: ReadonlySet<string> = new Set(['excerpt']);
