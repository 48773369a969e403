import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Entry, EntryDraft, EntryKind, WalletId } from '../domain/ledger.ts';
import { append, covers, walletKey } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { queryAll, readItems } from './read-items.ts';
import { adjustmentPut, newWalletPuts, readAdjustment } from './wallets.ts';
import type { Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/** Ledger items: `pk` is the wallet, `seq` the entry's number in its chain. Written once and never changed. */

const ENTRY: Shape<Entry> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  currency: 'string',
  kind: 'string',
  seq: 'number',
  amountMinor: 'number',
  balanceAfterMinor: 'number',
  at: 'string',
  hash: 'string',
};

export const APPEND_CONDITION = 'attribute_not_exists(pk)';

/** The last entry of a wallet, read consistently; `undefined` for a wallet without entries. */
export async function readTail(world: World, wallet: WalletId): Promise<Entry | undefined> {
  const { entries } = await queryEntries(world, wallet, { limit: 1 });
  remember(world, entries[0]);
  return entries[0];
}

/** The last tail that this process saw: a guess that saves a read. The append's condition fails when it is stale. */
export function recallTail(world: World, wallet: WalletId): Entry | undefined {
  return world.memo.get(memoKey(wallet)) as Entry | undefined;
}

export function remember(world: World, tail: Entry | undefined): void {
  if (tail) world.memo.set(memoKey(tail), tail);
}

export function forget(world: World, wallet: WalletId): void {
  world.memo.delete(memoKey(wallet));
}

/** The put that appends an entry. Its condition fails when another entry has this number. */
export function entryPut(entry: Entry): Put {
  return { table: 'ledger', item: { pk: walletKey(entry), ...entry }, condition: APPEND_CONDITION };
}

/** An entry to append to a wallet, as of an instant. */
export interface WalletMovement {
  readonly wallet: WalletId;
  readonly entry: Omit<EntryDraft, 'id'>;
  readonly at: Instant;
}

interface ItemWithEntries {
  readonly put: Put;
  /** The item's `writeId`, by which our own write is recognised when its answer was lost. */
  readonly writeId: string;
  readonly movements: readonly WalletMovement[];
  /** Further puts of the same transaction, computed again for each try. */
  readonly companions?: (() => Promise<Put[]>) | undefined;
  /**
   * What is put instead once the first try has lost its race: the same item, with the decision stored and no wallet
   * touched. A certain outcome must not be lost because its wallet is busy.
   */
  readonly instead?: { readonly put: Put; readonly writeId: string } | undefined;
}

type PutResult =
  | { readonly kind: 'done' }
  /** The put of `instead` was written; no money moved. */
  | { readonly kind: 'stored' }
  /** The condition failed: the item was changed first. `row` is what it is now. */
  | { readonly kind: 'moved'; readonly row: Record<string, unknown> }
  /** This wallet's balance does not cover its debit. Nothing was written. */
  | { readonly kind: 'uncovered'; readonly wallet: WalletId };

/**
 * Puts an item and appends an entry to each wallet that it moves, all in one transaction (a plain put where nothing
 * moves). Each try reads the wallets again. A write of ours whose answer was lost counts as done.
 */
export async function putWithEntries(
  world: World,
  { put, writeId, movements, companions, instead }: ItemWithEntries,
): Promise<PutResult> {
  return withRetries(world, async (tries): Promise<PutResult | Retry> => {
    if (tries > 0 && instead) return putInstead(world, instead, writeId);
    const puts = [put, ...((await companions?.()) ?? [])];
    for (const { wallet, entry, at } of movements) {
      const tail = await readTail(world, wallet);
      if (!covers(tail, -entry.amountMinor)) {
        // Our own debit may have emptied the wallet: an earlier try whose answer was lost.
        const isWritten = tries > 0 && (await hasWriteId(world, put, writeId));
        return isWritten ? { kind: 'done' } : { kind: 'uncovered', wallet };
      }
      const next = append(wallet, tail, { ...entry, id: newId(world, 'ent') }, at);
      puts.push(entryPut(next));
      puts.push(...newWalletPuts(next));
    }
    const written = await write(world, puts);
    if (written.kind === 'done') return { kind: 'done' };
    for (const { wallet } of movements) forget(world, wallet);
    if (written.kind === 'again') return new Retry(written.reason);
    const row = written.rows[0];
    if (!row) return new Retry('another entry or companion was written first');
    return row.writeId === writeId ? { kind: 'done' } : { kind: 'moved', row };
  });
}

/** The item may be there already: as the whole write whose answer was lost, or as an earlier try of this one. */
async function putInstead(
  world: World,
  instead: NonNullable<ItemWithEntries['instead']>,
  wholeWriteId: string,
): Promise<PutResult | Retry> {
  const written = await write(world, [instead.put]);
  if (written.kind === 'done') return { kind: 'stored' };
  if (written.kind === 'again') return new Retry(written.reason);
  const row = written.rows[0] ?? {};
  if (row.writeId === wholeWriteId) return { kind: 'done' };
  return row.writeId === instead.writeId ? { kind: 'stored' } : { kind: 'moved', row };
}

async function hasWriteId(world: World, { table, item }: Put, writeId: string): Promise<boolean> {
  const [there] = await readItems(world, table, [String(item.pk)]);
  return there?.writeId === writeId;
}

export interface EntryFilter {
  readonly kind?: EntryKind | undefined;
  /** Inclusive. */
  readonly from?: Instant | undefined;
  /** Only entries with a lower number. */
  readonly belowSeq?: number | undefined;
  readonly limit: number;
}

/** Entries examined for one page, so that a rare kind does not read years of entries in one request. */
const EXAMINED_MAX = 2000;

/** A wallet's entries, newest first, consistent. A page may be short while `continueBelow` is set: more may follow. */
export async function listWallet(
  world: World,
  wallet: WalletId,
  filter: EntryFilter,
): Promise<{ entries: Entry[]; continueBelow?: number }> {
  const entries: Entry[] = [];
  let below = filter.belowSeq;
  for (let examined = 0; examined < EXAMINED_MAX; ) {
    const answer = await queryEntries(world, wallet, {
      kind: filter.kind,
      below,
      limit: filter.kind ? 500 : filter.limit,
    });
    for (const entry of answer.entries) {
      if (filter.from && entry.at < filter.from) return { entries };
      entries.push(entry);
      if (entries.length === filter.limit) return entry.seq > 1 ? { entries, continueBelow: entry.seq } : { entries };
    }
    if (answer.lastSeq === undefined) return { entries };
    examined += answer.examined;
    below = answer.lastSeq;
  }
  return { entries, ...defined({ continueBelow: below }) };
}

/** One entry by its number, for a report. */
export async function readEntry(world: World, wallet: WalletId, seq: number): Promise<Entry | undefined> {
  const { entries } = await queryEntries(world, wallet, { below: seq + 1, limit: 1, read: toShownEntry });
  return entries[0]?.seq === seq ? entries[0] : undefined;
}

/** The entries from one number to another, both included, oldest first, consistent, for a report. */
export async function listBetween(world: World, wallet: WalletId, from: number, to: number): Promise<Entry[]> {
  const items = await queryAll(world, 'ledger', {
    KeyConditionExpression: 'pk = :pk AND seq BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': walletKey(wallet), ':from': from, ':to': to },
  });
  return items.map(toShownEntry);
}

/** The number of the last entry; 0 for a wallet without entries. */
export async function lastSeq(world: World, wallet: WalletId): Promise<number> {
  const { entries } = await queryEntries(world, wallet, { limit: 1, read: toShownEntry });
  return entries[0]?.seq ?? 0;
}

/**
 * The number of the first entry at or after an instant; one past the last entry if there is none. Instants never
 * decrease along the chain, so a binary search finds it in some twenty reads.
 */
export async function seqAt(world: World, wallet: WalletId, at: Instant): Promise<number> {
  let low = 1;
  let high = (await lastSeq(world, wallet)) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { entries } = await queryEntries(world, wallet, { below: middle + 1, limit: 1, read: toShownEntry });
    if (entries[0] && entries[0].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface LedgerQuery {
  readonly kind?: EntryKind | undefined;
  readonly below?: number | undefined;
  readonly limit: number;
  readonly read?: (item: Record<string, unknown>) => Entry;
}

async function queryEntries(
  world: World,
  wallet: WalletId,
  { kind, below, limit, read = toEntry }: LedgerQuery,
): Promise<{ entries: Entry[]; examined: number; lastSeq?: number }> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('ledger'),
      KeyConditionExpression: below === undefined ? 'pk = :pk' : 'pk = :pk AND seq < :below',
      ...(kind ? { FilterExpression: '#kind = :kind', ExpressionAttributeNames: { '#kind': 'kind' } } : {}),
      ExpressionAttributeValues: {
        ':pk': walletKey(wallet),
        ...defined({ ':below': below, ':kind': kind }),
      },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  const lastSeq = answer.LastEvaluatedKey?.seq as number | undefined;
  return {
    entries: (answer.Items ?? []).map(read),
    examined: Math.max(answer.ScannedCount ?? 0, 1),
    ...defined({ lastSeq }),
  };
}

/**
 * Appends one entry under a reference, such as an operator's adjustment. Exactly once, for any number of callers and
 * after a lost answer: the reference and the entry are one transaction. `isNew` is false where the reference has an
 * entry already; it may be of another wallet or amount. `undefined` where the wallet does not cover the debit.
 */
export function appendOnce(
  world: World,
  wallet: WalletId,
  draft: Omit<EntryDraft, 'id'>,
  reference: string,
): Promise<{ entry: Entry; isNew: boolean } | undefined> {
  const id = newId(world, 'ent');
  return withRetries(world, async () => {
    const tail = await readTail(world, wallet);
    const existing = await readAdjustment(world, wallet, reference);
    if (existing) return { entry: await entryOf(world, existing), isNew: existing.entryId === id };
    if (!covers(tail, -draft.amountMinor)) return undefined;
    const entry = append(wallet, tail, { ...draft, id }, world.now());
    const written = await write(world, [adjustmentPut(entry, reference), entryPut(entry), ...newWalletPuts(entry)]);
    if (written.kind === 'done') {
      remember(world, entry);
      return { entry, isNew: true };
    }
    forget(world, wallet);
    return new Retry(written.kind === 'again' ? written.reason : 'another entry was written first');
  });
}

async function entryOf(world: World, { seq, ...wallet }: WalletId & { readonly seq: number }): Promise<Entry> {
  const entry = await readEntry(world, wallet, seq);
  if (!entry) throw new Error(`entry ${seq} of ${walletKey(wallet)} is missing`);
  return entry;
}

function toEntry(item: Record<string, unknown>): Entry {
  return fromItem('ledger entry', ENTRY, item);
}

/**
 * An entry for a report, which names what is wrong with it: a field that is missing or of another type is shown empty,
 * and the entry's hash no longer matches. Nothing that moves money may build on such an entry.
 */
function toShownEntry(item: Record<string, unknown>): Entry {
  const empty = { number: 0, string: '', object: {} };
  const shown = { ...item };
  for (const [name, type] of Object.entries(ENTRY)) {
    if (typeof shown[name] !== type || Number.isNaN(shown[name])) shown[name] = empty[type];
  }
  return toEntry(shown);
}

function memoKey(wallet: WalletId): string {
  return `tail ${walletKey(wallet)}`;
}
