import type { Product, ProviderName } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';
import type { Capabilities, Finding, Holder, Order, Outcome, Receipt } from '../domain/order.ts';
import type { Country } from '../domain/phone.ts';
import type { Instant } from '../domain/time.ts';

/**
 * The port to an upstream. An adapter owns every spelling of its protocol and answers only in our words; what it does
 * not recognise is `unclear`. No method throws for what the upstream did; `send` makes at most one vending call.
 */
export interface Provider {
  readonly name: ProviderName;
  readonly capabilities: Capabilities;
  /** Makes the one call that vends. Never retries. */
  send(recharge: Recharge): Promise<Outcome>;
  /** Asks how an earlier send ended. Safe to repeat, within `capabilities.queryIntervalMs`. */
  query(recharge: Recharge): Promise<Finding>;
  /** What our accounts at the upstream hold. Throws when it cannot tell. */
  balances(): Promise<readonly PrefundedBalance[]>;
  /** Everything the upstream sells, as our products. Throws when it cannot tell. */
  catalogue(): Promise<readonly Product[]>;
  /** Who holds a meter; `undefined` when there is no such meter. Throws when it cannot tell, within ten seconds. */
  lookup?(providerProductId: string, meter: string): Promise<Holder | undefined>;
  /**
   * Reads what the upstream posted to an order's callback URL. `undefined` when it is not its message or does not say
   * it is (bad signature, other shape). It is a claim about `reference`; the caller checks that it fits the order.
   */
  readCallback?(message: CallbackMessage): Promise<CallbackReading | undefined>;
}

export interface CallbackMessage {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CallbackReading {
  /** The reference it speaks of, as we sent it. */
  readonly reference: string;
  readonly finding: Extract<Finding, { kind: 'success' | 'rejected' | 'unclear' }>;
  /** What else it says, for checking against the order; absent when it does not say. */
  readonly msisdn?: string;
  readonly amount?: string;
  readonly providerRef?: string;
}

/** What an adapter needs of an order: nothing about the merchant, the wallet or its status. */
export interface Recharge {
  /** Ours, unique, at most 50 characters of [A-Za-z0-9-]; the same for every look at one order. */
  readonly reference: string;
  readonly providerProductId: string;
  readonly providerProductCode?: string;
  readonly kind: Order['kind'];
  readonly country: Country;
  /** E.164 or meter number. */
  readonly msisdn: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly customSms?: string;
  /** When the send began. */
  readonly sentAt: Instant;
  /** What earlier answers told, e.g. the upstream's own id. */
  readonly receipt: Receipt;
  /** Where an upstream that calls back may say how this one order ended: a URL nobody can guess. */
  readonly callbackUrl?: string;
}

/** Our own money at an upstream. */
export interface PrefundedBalance {
  readonly account: string;
  readonly currency: Currency;
  readonly balanceMinor: number;
}

/** What is kept of an upstream's answer: enough for an operator to decide by, bounded, on one line. */
export function evidence(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 600);
}
