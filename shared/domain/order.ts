import { assert } from './assert.ts';
import type { ProductKind, ProviderName } from './catalogue.ts';
import type { RefusalReason } from './health.ts';
import type { EntryDraft, Owner, WalletId } from './ledger.ts';
import type { Currency } from './money.ts';
import type { Country } from './phone.ts';
import type { Instant } from './time.ts';

/** An order: its statuses and transitions, its fields, and what providers can answer about it. */

const REFERENCE_LENGTH_MAX = 50;

export type Status = 'pending' | 'dispatching' | 'unknown' | 'review' | 'success' | 'refunded' | 'failed' | 'reversed';

/** Every transition. `docs/architecture.md` draws them, and a test compares the two. */
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

/**
 * Why an order failed. `retryable` means the same as in a refusal: nothing in the request is wrong, so the same content
 * may succeed later. Merchants see these texts.
 */
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
  account_frozen: { message: 'The account was frozen and the order was not sent in time.', retryable: true },
  reference_used: { message: 'Another order had taken its reference.', retryable: true },
  not_delivered: {
    message: 'The provider has no record of the recharge and its time to deliver has passed.',
    retryable: true,
  },
} as const;
export type FailureCode = keyof typeof FAILURES;

/** What the timeline of an order says. Merchants see these texts; an order stores their codes, which are shorter. */
const NOTES = {
  accepted: 'Accepted; the wallet was debited.',
  row: 'Accepted as a row of its batch; the batch paid for it.',
  sent: 'Sent to the provider.',
  held: 'The provider is down; waiting for it.',
  frozen: 'The account is frozen; waiting until it is not.',
  refuses_us: 'The provider takes no orders from us at present; waiting for it. Nothing was sent.',
  uncovered: 'We cannot send it at present; waiting until we can. Neither your order nor your wallet is the cause.',
  unreachable: 'The provider could not be reached; nothing was sent.',
  confirmed: 'Confirmed by the provider.',
  found: 'Confirmed by the provider when queried.',
  reported: 'The provider reported it.',
  taken_back: 'The provider took it back; the money was returned.',
  unclear: 'The provider gave no clear answer; asking it.',
  lost: 'The answer was lost; asking the provider.',
  unconfirmed: 'The provider has not confirmed it yet; asking again.',
  undecided: 'The provider gave no clear answer in time; an operator decides.',
  expired: 'Not sent in time: the provider could not be reached.',
  delivered_late: 'Delivered after the refund; charged again.',
  written_off: 'Delivered after the refund. The wallet did not cover it; the loss is ours.',
} as const;

/** A code, or a text of its own, which has a space. The note of a failure is its message. */
export type Note = keyof typeof NOTES | FailureCode | `${string} ${string}`;

export function textOf(note: Note): string {
  if (note in NOTES) return NOTES[note as keyof typeof NOTES];
  return note in FAILURES ? FAILURES[note as FailureCode].message : note;
}

/** One try at sending an order upstream, kept as evidence. There is another only if the one before was never sent. */
export interface SendAttempt {
  readonly id: string;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly outcome?: Outcome['kind'];
  /** The provider reference it was sent under; absent where there was no call. */
  readonly reference?: string;
  /** Our account there that sent it, as a fingerprint. */
  readonly account?: string;
  /** What the provider answered, without secrets and truncated. */
  readonly evidence?: string;
}

export interface TimelineEvent {
  readonly at: Instant;
  readonly status: Status;
  readonly note: Note;
}

/** The fields of an order that merchants see and that change after it was placed. */
export type Shown = Pick<Order, 'status' | 'receipt' | 'failure' | 'dueAt' | 'finalizedAt' | 'heldSince'>;

/** An event that is not published yet, as its order stores it. */
export interface Unpublished {
  /** Increases with every event of an order: the highest is current, in whatever order they arrive. */
  readonly sequence: number;
  /** The order at the time of the event; absent while that is how it is. */
  readonly shown?: Shown;
}

/** A prepaid electricity token. A customer must enter several in their order. */
export interface Token {
  readonly token: string;
  readonly units?: string;
}

/** The holder of an electricity meter, shown before a purchase. */
export interface Holder {
  readonly name: string;
  readonly address?: string;
}

/** What a provider reports with the outcome. Amounts in minor units of the order's currency. */
export interface Receipt {
  readonly providerRef?: string;
  /** Our provider reference that was delivered, where it is not the order's latest. */
  readonly reference?: string;
  /** Empty when the whole amount went to arrears. */
  readonly tokens?: readonly Token[];
  /** The holder of the meter, as the provider reported before the purchase. */
  readonly holder?: Holder;
  /** Our cost of the recharge: the amount less the provider's discount. */
  readonly costMinor?: number;
}

/** What the merchant ordered, checked and normalised. */
export interface OrderRequest {
  readonly agentReference: string;
  readonly productId: number;
  /** As in the request. */
  readonly target: string;
  /** E.164, or the meter number. */
  readonly msisdn: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly customSms?: string;
  /** Where the result of this order is posted, in PesaWay's format. */
  readonly resultsUrl?: string;
  /** Set where that result must not have the balance: its key could not read the wallet. */
  readonly hidesFunds?: boolean;
}

/** For an order that is a row of a batch: the batch debits the wallet for it, and refunds it. */
export interface RowOf {
  readonly batchId?: string;
  /** Its row in the file, as spreadsheets number them. */
  readonly batchRow?: number;
  /** Set where its merchant wants no webhooks for single rows. */
  readonly isQuiet?: true;
}

/** For an order that pays a respondent of a campaign. */
export interface Paying {
  readonly payout?: {
    readonly campaignId: string;
    readonly respondentId: string;
    /** The day, in UTC, whose cap includes it, such as `2026-05-07`. */
    readonly day: string;
  };
}

/** Who placed it. */
export interface Placing {
  /**
   * The id of the key or the member; of a row, of who sent its batch. Absent where a signature stood for them, and in
   * orders of earlier releases. Under a short name, because an item has little room left.
   */
  readonly by?: string;
}

/** What the catalogue adds: which provider delivers the order, and as which product. */
export interface Fulfilment {
  readonly provider: ProviderName;
  readonly providerProductId: string;
  readonly providerProductCode?: string;
  readonly kind: ProductKind;
  readonly country: Country;
  readonly network: string;
}

/**
 * A certain outcome whose money has not moved yet: its wallet was busy when it arrived. Until it is completed the order
 * keeps its status, and of everything else that may happen to it only a success still counts.
 */
export interface StoredOutcome {
  /** The status that the order reaches when the money moves. */
  readonly status: 'refunded' | 'success' | 'reversed';
  readonly note: Note;
  readonly at: Instant;
  readonly failure?: FailureCode;
  readonly receipt?: Receipt;
}

/** What is kept of an order's personal data beside the hash of its number. */
export interface Erased {
  readonly at: Instant;
  /** The keyed hash of its `customSms`; absent if it had none. */
  readonly smsHash?: string;
}

export interface Order extends Owner, OrderRequest, Fulfilment, RowOf, Paying, Placing {
  readonly id: string;
  readonly status: Status;
  /** Increases by one with every change; each write is conditional on it. */
  readonly version: number;
  readonly receipt: Receipt;
  readonly failure?: FailureCode;
  readonly attempts: readonly SendAttempt[];
  /** How many sends the provider refused because of us. Each used up a provider reference. Absent: none. */
  readonly refusals?: number;
  readonly timeline: readonly TimelineEvent[];
  readonly createdAt: Instant;
  readonly finalizedAt?: Instant;
  /**
   * When the sweep handles this order next (in review: since when); absent exactly when no work is pending, which
   * unpublished events and a recheck are too. A row that was written claimed has none either: its chunk is due for it.
   */
  readonly dueAt?: Instant;
  /** When it was due before failed sweeps put it off: an event that is not published yet shows that. */
  readonly putOffFrom?: Instant;
  /** When a decided order is queried once more: one that was refunded as not found; in the sandbox, also a success. */
  readonly recheckAt?: Instant;
  /** Set while it waits for a provider that is down. */
  readonly heldSince?: Instant;
  /** It was found frozen when it was to be sent. */
  readonly isFrozen?: true;
  /** What its batch refunds for it, in minor units. It stays when the order is charged again later. */
  readonly returnedMinor?: number;
  /** What its batch kept of that, because the order was delivered after all. */
  readonly keptMinor?: number;
  /** Our loss, in minor units, where it was delivered and refunded and could not be charged again. */
  readonly lossMinor?: number;
  /** An outcome that waits for its money to move. It makes the order due at once. */
  readonly stored?: StoredOutcome;
  /** How many status queries were made, and how many of them were answered "not found". */
  readonly queryCount: number;
  readonly notFoundCount: number;
  /** What the last status query answered, without secrets and truncated. */
  readonly lastFinding?: string;
  /** Set once its personal data is gone: `msisdn` is then a keyed hash. */
  readonly erased?: Erased;
  /** How many events it has had. */
  readonly events: number;
  /** Unpublished events, oldest first; absent when there are none. Written with the change that they report. */
  readonly outbox?: readonly Unpublished[];
}

/**
 * The outcome of a send. `unsent` only where it is certain that no request reached the provider. `refuses_us` is as
 * certain that nothing was sold; the provider may know the reference, and the fault is ours, so the merchant waits.
 */
export type Outcome =
  | {
      readonly kind: 'success';
      readonly receipt: Receipt;
      readonly evidence: string;
      /** What is left in the account that paid, where the answer says it. */
      readonly balanceMinor?: number;
      /** The sandbox asks once more, this much later, whether it still stands. Nothing else does. */
      readonly recheckAfterMs?: number;
    }
  | { readonly kind: 'refuses_us'; readonly reason: RefusalReason; readonly evidence: string }
  | { readonly kind: 'accepted'; readonly receipt: Receipt; readonly evidence: string }
  | { readonly kind: 'rejected'; readonly failure: FailureCode; readonly evidence: string }
  | { readonly kind: 'unclear'; readonly evidence: string }
  | { readonly kind: 'unsent'; readonly evidence: string };

/** The result of a status query. */
export type Finding =
  | Exclude<Outcome, { kind: 'accepted' | 'unsent' | 'refuses_us' | 'unclear' }>
  /** `isLast`: no other answer will ever come, so a person decides now. */
  | { readonly kind: 'unclear'; readonly isLast?: true; readonly evidence: string }
  | { readonly kind: 'in_progress'; readonly evidence: string }
  /** `account` is the one that asked, as a fingerprint: it says nothing about what another account sent. */
  | { readonly kind: 'not_found'; readonly account?: string; readonly evidence: string };

/** Calls a second that an account at a provider takes, of all our processes together. */
export interface CallRates {
  readonly sendsPerSecondMax: number;
  readonly queriesPerSecondMax: number;
}

/** What a provider supports. The dispatcher and the reconciler depend on this and on no provider's name. */
export interface Capabilities extends CallRates {
  /** How long a send may take. Its claim lasts this long and a margin. */
  readonly sendTimeoutMs: number;
  readonly answersQueries: boolean;
  /** How long after a send "not found" may still become "delivered"; null when it is never proof. */
  readonly notFoundFinalAfterMs: number | null;
  /** Least time between two status queries of one order. */
  readonly queryIntervalMs: number;
  /** Age at which an unclear order goes to manual review. */
  readonly reviewAfterMs: number;
}

/** A decision, not yet written: one conditional write, or one transaction when money moves. */
export interface Change {
  readonly before: Order;
  readonly after: Order;
  /** The ledger entry of this change. It gets its id when it is written. */
  readonly entry?: Omit<EntryDraft, 'id'>;
}

export function walletOf(order: Pick<Order, 'merchantId' | 'mode' | 'currency'>): WalletId {
  return { merchantId: order.merchantId, mode: order.mode, currency: order.currency };
}

export function isFinal(status: Status): boolean {
  return status === 'success' || status === 'refunded' || status === 'failed' || status === 'reversed';
}

/**
 * Our reference of an order with a provider: unique across merchants, at most 50 characters of [A-Za-z0-9-]. Providers
 * take a reference once, so the next send after a refusal has a new one, with its number appended.
 */
export function providerReference({ id, refusals = 0 }: Pick<Order, 'id' | 'refusals'>): string {
  const reference = id.replace('_', '-') + (refusals === 0 ? '' : `-${refusals + 1}`);
  assert(reference.length <= REFERENCE_LENGTH_MAX, 'a provider reference fits');
  return reference;
}

/**
 * Every provider reference an order was sent under, oldest first. Only the last may have been sold: there is another
 * send only after one that certainly sold nothing. A provider that delivers an earlier one all the same is believed.
 */
export function providerReferences(order: Pick<Order, 'id' | 'refusals'>): string[] {
  const count = (order.refusals ?? 0) + 1;
  return Array.from({ length: count }, (_, refusals) => providerReference({ id: order.id, refusals }));
}

/** The provider reference that status queries are about: the one that was delivered, else the last. */
export function queriedReference(order: Pick<Order, 'id' | 'refusals' | 'receipt'>): string {
  return order.receipt.reference ?? providerReference(order);
}
