import type { ProductKind, ProviderName } from './catalogue.ts';
import { defined } from './defined.ts';
import type { EntryDraft, Mode, WalletId } from './ledger.ts';
import type { Currency } from './money.ts';
import type { Country } from './phone.ts';
import type { Instant } from './time.ts';

/** An order: its statuses and the arrows between them, what it holds, and what providers can say about it. */

export type Status = 'pending' | 'dispatching' | 'unknown' | 'review' | 'success' | 'refunded' | 'failed' | 'reversed';

/** Every arrow there is. Drawn in `docs/architecture.md`; a test holds the two together. */
export const TRANSITIONS: Readonly<Record<Status, readonly Status[]>> = {
  pending: ['dispatching', 'success', 'refunded', 'review'],
  dispatching: ['pending', 'success', 'refunded', 'unknown'],
  unknown: ['success', 'refunded', 'review'],
  review: ['success', 'refunded'],
  success: ['reversed'],
  refunded: ['success'],
  failed: [],
  reversed: [],
};

/** Why an order did not go through, and whether the same order under a new reference may. Shown to merchants. */
export const FAILURES = {
  insufficient_funds: { message: 'The wallet did not cover the amount.', retryable: true },
  invalid_target: {
    message: 'The provider does not know this number or meter, or it is of another network.',
    retryable: false,
  },
  invalid_amount: { message: 'The provider does not sell this amount.', retryable: false },
  out_of_stock: { message: 'The provider has no stock of this denomination.', retryable: true },
  limit_reached: { message: 'The network has reached a recharge limit for this number.', retryable: true },
  network_refused: { message: 'The network refused the recharge.', retryable: true },
  product_unavailable: { message: 'The provider does not sell this product at present.', retryable: true },
  provider_unavailable: { message: 'The provider cannot take orders at present.', retryable: true },
  cancelled: { message: 'Its batch was cancelled before it was sent.', retryable: true },
  reference_used: { message: 'Another order had taken its reference.', retryable: true },
  not_delivered: {
    message: 'The provider has no record of the recharge and its time to deliver has passed.',
    retryable: true,
  },
} as const;
export type FailureCode = keyof typeof FAILURES;

/**
 * One try at sending an order upstream, kept as evidence. There is more than one only if earlier ones never left us.
 */
export interface SendAttempt {
  readonly id: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly outcome?: Outcome['kind'];
  /** What the provider said, cleaned of secrets and cut short. */
  readonly evidence?: string;
}

export interface TimelineEvent {
  readonly at: Instant;
  readonly status: Status;
  readonly note: string;
}

/** What merchants are told of by webhook, by the status an order has reached. */
export const EVENTS: Readonly<Partial<Record<Status, string>>> = {
  success: 'order.success',
  refunded: 'order.failed',
  failed: 'order.failed',
  unknown: 'order.unknown',
  reversed: 'order.reversed',
};

/** What changes about an order after it was placed, of what a merchant is shown. */
export type Shown = Pick<Order, 'status' | 'receipt' | 'failure' | 'dueAt' | 'finalizedAt' | 'heldSince'>;

/** Something that happened to an order and has not been handed on to its merchant's webhooks yet. */
export interface OrderEvent {
  readonly type: string;
  /** Rises with every event of an order: whoever keeps the highest ends with the truth, in whatever order they come. */
  readonly sequence: number;
  readonly at: Instant;
  /** The order as it was then: the event tells that, whatever the order has become when it is sent. */
  readonly shown: Shown;
}

/** A prepaid electricity token, in the order in which the customer must key them in. */
export interface Token {
  readonly token: string;
  readonly units?: string;
}

/** Who an electricity meter belongs to: shown before money is spent on it. */
export interface Holder {
  readonly name: string;
  readonly address?: string;
}

/** What a provider tells beside the outcome. Amounts in minor units of the order's currency. */
export interface Receipt {
  readonly providerRef?: string;
  /** Empty when the whole amount went to arrears. */
  readonly tokens?: readonly Token[];
  /** Who the meter belongs to, as the provider said before the purchase. */
  readonly holder?: Holder;
  /** What the recharge cost us: the amount less the provider's discount. */
  readonly costMinor?: number;
}

/** What the merchant asked for, checked and normalised. */
export interface OrderRequest {
  readonly agentReference: string;
  readonly productId: number;
  /** As the merchant wrote it. */
  readonly target: string;
  /** E.164, or the meter number. */
  readonly msisdn: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly customSms?: string;
  /** Where this one order's result is posted, in PesaWay's form. */
  readonly resultsUrl?: string;
}

/** For an order that is a row of a batch: it was paid with the batch, and what it does not use goes back with it. */
export interface RowOf {
  readonly batchId?: string;
  /** Its row in the file, as spreadsheets number them. */
  readonly batchRow?: number;
  /** Its merchant did not ask to be told of single rows. */
  readonly isQuiet?: true;
}

/** For an order that pays a respondent of a campaign. */
export interface Paying {
  readonly payout?: {
    readonly campaignId: string;
    readonly respondentId: string;
    /** The day, in UTC, whose cap it was taken from, as `2026-05-07`. */
    readonly day: string;
    /** The status under which its campaign counts it: that of the last event that was handed on. */
    readonly countedAs?: Status;
  };
}

/** What the catalogue adds: who will be asked to deliver, and as what. */
export interface Fulfilment {
  readonly provider: ProviderName;
  readonly providerProductId: string;
  readonly providerProductCode?: string;
  readonly kind: ProductKind;
  readonly country: Country;
  readonly network: string;
}

export interface Order extends OrderRequest, Fulfilment, RowOf, Paying {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly status: Status;
  /** Rises by one with every change; each write is conditional on it. */
  readonly version: number;
  readonly receipt: Receipt;
  readonly failure?: FailureCode;
  readonly attempts: readonly SendAttempt[];
  readonly timeline: readonly TimelineEvent[];
  readonly createdAt: Instant;
  readonly finalizedAt?: Instant;
  /** When somebody must look at this order again (in review: since when); absent exactly when nothing is owed on it. */
  readonly dueAt?: Instant;
  /** Since when it waits for a provider that is down. */
  readonly heldSince?: Instant;
  /** What its batch gives back for it, in minor units: once given back, for ever, whatever is charged again later. */
  readonly returnedMinor?: number;
  /** What it cost us: delivered, refunded, and not to be charged again. Minor units. */
  readonly lossMinor?: number;
  /** How often the provider was asked how an unclear order ended, and how often it answered "not found". */
  readonly queryCount: number;
  readonly notFoundCount: number;
  /** What the provider answered when it was asked last, cleaned of secrets and cut short. */
  readonly lastFinding?: string;
  /** Events so far. */
  readonly events: number;
  /** Events that were not handed on yet, oldest first; absent when all were. Written with what they tell of. */
  readonly outbox?: readonly OrderEvent[];
}

/** What sending said. `unsent` only where it is certain that the request never left us. */
export type Outcome =
  | { readonly kind: 'success'; readonly receipt: Receipt; readonly evidence: string }
  | { readonly kind: 'accepted'; readonly receipt: Receipt; readonly evidence: string }
  | { readonly kind: 'rejected'; readonly failure: FailureCode; readonly evidence: string }
  | { readonly kind: 'unclear'; readonly evidence: string }
  | { readonly kind: 'unsent'; readonly evidence: string };

/** What asking about an earlier send said. */
export type Finding =
  | Exclude<Outcome, { kind: 'accepted' | 'unsent' }>
  | { readonly kind: 'in_progress'; readonly evidence: string }
  | { readonly kind: 'not_found'; readonly evidence: string };

/** What a provider can be trusted with. The dispatcher and reconciler read this and know no provider by name. */
export interface Capabilities {
  /** How long a send may take; its claim is open for this long and a margin. */
  readonly sendTimeoutMs: number;
  readonly answersQueries: boolean;
  /** How long after sending "not found" may still turn into "delivered"; null when it is never proof. */
  readonly notFoundFinalAfterMs: number | null;
  /** Least time between two looks at one order. */
  readonly queryIntervalMs: number;
  /** Age at which an unclear order goes to an operator. */
  readonly reviewAfterMs: number;
}

/** A decision, not yet written: one conditional write, or one transaction when money moves. */
export interface Change {
  readonly before: Order;
  readonly after: Order;
  /** The money this change moves; its id is given when it is written. */
  readonly entry?: Omit<EntryDraft, 'id'>;
}

export function shownOf({ status, receipt, failure, dueAt, finalizedAt, heldSince }: Order): Shown {
  return {
    status,
    receipt,
    ...defined({ failure, dueAt, finalizedAt, heldSince }),
  };
}

/** The order as it was when something happened to it. */
export function asOf(order: Order, { shown }: OrderEvent): Order {
  const { failure: _f, dueAt: _d, finalizedAt: _z, heldSince: _h, ...rest } = order;
  return { ...rest, ...shown };
}

export function walletOf(order: Pick<Order, 'merchantId' | 'mode' | 'currency'>): WalletId {
  return { merchantId: order.merchantId, mode: order.mode, currency: order.currency };
}

export function isFinal(status: Status): boolean {
  return status === 'success' || status === 'refunded' || status === 'failed' || status === 'reversed';
}

/** The reference a provider knows an order by: ours, unique over merchants, at most 50 of [A-Za-z0-9-]. */
export function providerReference(order: Pick<Order, 'id'>): string {
  return order.id.replace('_', '-');
}
