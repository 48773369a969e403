import { assert } from './assert.ts';
import type { Currency } from './money.ts';
import { AMOUNT_MINOR_MAX, formatAmount } from './money.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { later } from './time.ts';

/**
 * The ledger is the wallet. A wallet's entries are numbered 1, 2, 3 …, never edited and never deleted. Its balance is
 * the last entry's `balanceAfterMinor` and is stored nowhere else, so no second number can drift. Each entry holds the
 * hash of the one before it: an edit, a deletion, a swap or an insertion breaks the chain.
 */

export type Mode = 'live' | 'test';

/** The owner of a thing: a merchant, in one mode. Test and live share nothing. */
export interface Owner {
  readonly merchantId: string;
  readonly mode: Mode;
}

/** A wallet: one merchant's money of one currency in one mode. */
export interface WalletId extends Owner {
  readonly currency: Currency;
}

export const ENTRY_KINDS = [
  'order',
  'refund',
  'reversal',
  'correction',
  'adjustment',
  'topup',
  'topup_reversal',
  'batch',
  'batch_refund',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The other side of the double entry: where an entry's money came from or went to. */
const COUNTER_ACCOUNTS: Readonly<Record<EntryKind, string>> = {
  order: 'provider_payable',
  refund: 'provider_payable',
  reversal: 'provider_payable',
  correction: 'provider_payable',
  adjustment: 'operator_funding',
  topup: 'payment_gateway_receivable',
  topup_reversal: 'payment_gateway_receivable',
  batch: 'provider_payable',
  batch_refund: 'provider_payable',
};

/** An entry before it has a number in the chain. */
export interface EntryDraft {
  readonly id: string;
  readonly kind: EntryKind;
  /** Signed, in minor units; negative for a debit. Never zero. */
  readonly amountMinor: number;
  readonly description: string;
  readonly orderId?: string;
  readonly agentReference?: string;
  readonly topupId?: string;
  readonly batchId?: string;
}

export interface Entry extends EntryDraft, WalletId {
  readonly seq: number;
  readonly balanceAfterMinor: number;
  readonly counterAccount: string;
  readonly at: Instant;
  readonly previousHash: string;
  readonly hash: string;
  /** In a report: the fields that are stored as none can be, and are shown empty. Never stored. */
  readonly damaged?: readonly string[];
}

/** The key of a wallet's items. */
export function walletKey(wallet: WalletId): string {
  return `${wallet.merchantId}#${wallet.mode}#${wallet.currency}`;
}

/** A wallet without entries has a balance of zero. */
export function balanceOf(tail: Entry | undefined): number {
  return tail?.balanceAfterMinor ?? 0;
}

/**
 * The next entry of a wallet. Asserts that the balance does not become negative: callers check `covers` first. An entry
 * is never older than the one before it, whatever the clocks say.
 */
export function append(wallet: WalletId, tail: Entry | undefined, draft: EntryDraft, at: Instant): Entry {
  const balanceAfterMinor = balanceOf(tail) + draft.amountMinor;
  assert(Number.isSafeInteger(draft.amountMinor) && draft.amountMinor !== 0, 'an entry moves a whole, non-zero amount');
  assert(balanceAfterMinor >= 0, 'a wallet never goes below zero');
  assert(balanceAfterMinor <= AMOUNT_MINOR_MAX, 'a balance stays exact');
  assert(!tail || walletKey(tail) === walletKey(wallet), 'a chain belongs to one wallet');
  const unsealed = {
    ...draft,
    merchantId: wallet.merchantId,
    mode: wallet.mode,
    currency: wallet.currency,
    seq: (tail?.seq ?? 0) + 1,
    balanceAfterMinor,
    counterAccount: COUNTER_ACCOUNTS[draft.kind],
    at: tail ? later(tail.at, at) : at,
    previousHash: tail?.hash ?? genesisHash(wallet),
  };
  return { ...unsealed, hash: hashOf(unsealed) };
}

/** Whether the balance is enough for an amount (positive, minor units). */
export function covers(tail: Entry | undefined, amountMinor: number): boolean {
  return balanceOf(tail) >= amountMinor;
}

/** The `previousHash` of a wallet's first entry. */
export function genesisHash(wallet: WalletId): string {
  return sha256(`airtime ledger v1 ${walletKey(wallet)}`);
}

/** The first mismatch of an entry with the one before it; `undefined` when it continues the chain. */
export function mismatchIn(wallet: WalletId, previous: Entry | undefined, entry: Entry): string | undefined {
  const seq = (previous?.seq ?? 0) + 1;
  if (walletKey(entry) !== walletKey(wallet)) return `entry ${entry.seq} belongs to another wallet`;
  if (entry.seq !== seq) return `entry ${seq} is missing: found ${entry.seq}`;
  if (entry.previousHash !== (previous?.hash ?? genesisHash(wallet))) return `entry ${seq} does not continue the chain`;
  if (entry.damaged !== undefined || entry.hash !== hashOf(entry))
    return `entry ${seq} was changed after it was written`;
  const expected = balanceOf(previous) + entry.amountMinor;
  if (entry.balanceAfterMinor !== expected) {
    const said = formatAmount(entry.balanceAfterMinor, wallet.currency);
    return `entry ${seq} says balance ${said}, not ${formatAmount(expected, wallet.currency)}`;
  }
  return entry.balanceAfterMinor < 0 ? `entry ${seq} has a negative balance` : undefined;
}

function hashOf(entry: Omit<Entry, 'hash'>): string {
  return sha256(
    JSON.stringify([
      entry.previousHash,
      walletKey(entry),
      entry.seq,
      entry.id,
      entry.kind,
      entry.amountMinor,
      entry.balanceAfterMinor,
      entry.counterAccount,
      entry.description,
      entry.orderId ?? null,
      entry.agentReference ?? null,
      entry.at,
      // Only where there is one, so that the hashes of older entries stay valid.
      ...(entry.topupId === undefined ? [] : [entry.topupId]),
      ...(entry.batchId === undefined ? [] : [{ batchId: entry.batchId }]),
    ]),
  );
}
