import type { Product, ProviderName } from '../domain/catalogue.ts';
import type { Currency } from '../domain/money.ts';
import type { Capabilities, Finding, Holder, Order, Outcome, Receipt } from '../domain/order.ts';
import type { Country } from '../domain/phone.ts';
import { excerpt } from '../domain/text.ts';
import type { Instant } from '../domain/time.ts';

/**
 * The port to an upstream. An adapter contains every detail of its protocol and answers only in our terms; an answer
 * that it does not recognise is `unclear`. `prepare`, `query` and `readCallback` never throw for what the upstream
 * did, and a prepared send makes at most one vending call.
 */
export interface Provider {
  readonly name: ProviderName;
  readonly capabilities: Capabilities;
  /**
   * Makes everything that the vending call needs, before its order is claimed: credentials, a login, the request. It
   * sells nothing, so whatever fails here leaves the order as it was.
   */
  prepare(recharge: Recharge): Promise<Preparation>;
  /** Queries the status of an earlier send. Safe to repeat, at most once per `capabilities.queryIntervalMs`. */
  query(recharge: Recharge): Promise<Finding>;
  /** Which of our accounts there pays for an order; absent where that is not known. */
  paysFrom?(order: Pick<Order, 'kind' | 'currency'>): string;
  /** Our prefunded balances at the upstream. Throws if it cannot read them. */
  balances(): Promise<readonly PrefundedBalance[]>;
  /** Everything that the upstream sells, as our products. Throws if it cannot read it, `NotSetUp` if it is off. */
  catalogue(): Promise<readonly Product[]>;
  /** Whether it is down for this one recharge, as the sandbox is for the numbers of that. It holds back no other. */
  isDownFor?(recharge: Recharge): boolean;
  /** The sandbox as if what it makes callers wait for were over. A provider of live orders has no such thing. */
  ahead?(): Provider;
  /** The holder of a meter; `undefined` if there is no such meter. Throws within ten seconds if it is not known. */
  lookup?(providerProductId: string, meter: string): Promise<Holder | undefined>;
  /**
   * Reads what was posted to the callback URL of an order. `undefined` if it is not a message of the upstream (invalid
   * signature, other shape). It is a claim about `reference`; the caller checks that it matches the order.
   */
  readCallback?(message: CallbackMessage): Promise<CallbackReading | undefined>;
}

/** The upstream's secret was never set: it is off. */
export class NotSetUp extends Error {}

/** A send that can follow its claim at once, or why there is none: nothing was sold in any of these cases. */
export type Preparation = ReadySend | Extract<Outcome, { kind: 'rejected' | 'unsent' | 'refuses_us' }>;

export interface ReadySend {
  readonly kind: 'ready';
  /** Our account that sends, as a fingerprint; absent where "not found" is never evidence. */
  readonly account?: string;
  /** Makes the one call that vends. Never repeats it after an answer that might mean a sale. */
  send(): Promise<Outcome>;
}

export interface CallbackMessage {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CallbackReading {
  /** The reference that the message is about, as we sent it. */
  readonly reference: string;
  readonly finding: Extract<Finding, { kind: 'success' | 'rejected' | 'unclear' }>;
  /** Further facts to check against the order; absent if the message does not contain them. */
  readonly msisdn?: string;
  readonly amount?: string;
  readonly providerRef?: string;
}

/** What an adapter needs to know of an order: nothing about the merchant, the wallet or the status. */
export interface Recharge {
  /** Ours, unique, at most 50 characters of [A-Za-z0-9-]; the same for a send and every query about it. */
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
  /** When the send started. */
  readonly sentAt: Instant;
  /** What earlier answers contained, for example the id at the upstream. */
  readonly receipt: Receipt;
  /** How many status queries were answered before. */
  readonly queryCount?: number;
  /** Where the upstream can post the result of this order: a URL that nobody can guess. */
  readonly callbackUrl?: string;
}

/** Our own money in an account at an upstream. */
export interface PrefundedBalance {
  readonly account: string;
  readonly currency: Currency;
  readonly balanceMinor: number;
}

const EVIDENCE_CHARACTERS_MAX = 600;

/** What is stored of an upstream's answer: enough for an operator's decision, bounded, on one line. */
export function evidence(text: string): string {
  return excerpt(text, EVIDENCE_CHARACTERS_MAX);
}
