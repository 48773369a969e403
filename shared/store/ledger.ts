import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Entry, EntryDraft, EntryKind, WalletId } from '../domain/ledger.ts';
import { append, covers, walletKey } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import { readItems } from './read.ts';
import type { Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/** Ledger items: `pk` is the wallet, `seq` the place in its chain. Put only where nothing is; never changed. */

export const APPEND_CONDITION = 'attribute_not_exists(pk)';

/** The last entry of a wallet, read consistently; `undefined` for a wallet nothing was ever written to. */
export async function readTail(world: World, wallet: WalletId): Promise<Entry | undefined> {
  const { entries } = await queryEntries(world, wallet, { limit: 1 });
  remember(world, entries[0]);
  return entries[0];
}

/** The tail this process saw last: a guess that saves a read. The append's condition tells when it is stale. */
export function recallTail(world: World, wallet: WalletId): Entry | undefined {
  return world.memo.get(memoKey(wallet)) as Entry | undefined;
}

export function remember(world: World, tail: Entry | undefined): void {
  if (tail) world.memo.set(memoKey(tail), tail);
}

export function forget(world: World, wallet: WalletId): void {
  world.memo.delete(memoKey(wallet));
}

/** The put that appends an entry, refused when another writer has taken its place. */
export function entryPut(entry: Entry): Put {
  return { table: 'ledger', item: { pk: walletKey(entry), ...entry }, condition: APPEND_CONDITION };
}

/** What a change of an item moves: an entry of a wallet, as of a moment. */
export interface Money {
  readonly wallet: WalletId;
  readonly entry: Omit<EntryDraft, 'id'>;
  readonly at: Instant;
}

interface Writing {
  readonly put: Put;
  readonly writeId: string;
  /** What must be written with it, as it is found before each try. */
  readonly companions?: (() => Promise<Put[]>) | undefined;
}

/**
 * Writes an item if it is still what its change was decided on: one put, or one transaction with an entry for each
 * wallet when money moves. A write of ours whose answer was lost is recognised by its write id and counts as done.
 * `moved` carries the item that is there instead; `uncovered` names the wallet that holds less than is taken, and
 * nothing was written.
 */
export async function putWithEntries(
  world: World,
  { put, writeId, moneys, companions }: Writing & { moneys: readonly Money[] },
): Promise<WithMoney> {
  const entryIds = moneys.map(() => newId(world, 'ent'));
  return withRetries(world, async (tries): Promise<WithMoney | Retry> => {
    const puts = [put, ...(companions ? await companions() : [])];
    for (const [index, { wallet, entry, at }] of moneys.entries()) {
      const last = await readTail(world, wallet);
      if (!covers(last, -entry.amountMinor)) {
        // An earlier try of ours, its answer lost, may be what emptied the wallet.
        const [there] = tries > 0 ? await readItems(world, put.table, [String(put.item.pk)]) : [];
        return there?.writeId === writeId ? { kind: 'done' } : { kind: 'uncovered', wallet };
      }
      puts.push(entryPut(append(wallet, last, { ...entry, id: entryIds[index] ?? '' }, at)));
    }
    const written = await write(world, puts);
    if (written.kind === 'done') return { kind: 'done' };
    for (const { wallet } of moneys) forget(world, wallet);
    if (written.kind === 'again') return new Retry(written.reason);
    const row = written.rows[0];
    if (!row) return new Retry('another entry, or what is beside it, came first');
    return row.writeId === writeId ? { kind: 'done' } : { kind: 'moved', row };
  });
}

type WithMoney =
  | { readonly kind: 'done' }
  | { readonly kind: 'moved'; readonly row: Record<string, unknown> }
  | { readonly kind: 'uncovered'; readonly wallet: WalletId };

/** The same for a change that moves money of one wallet at most. */
export function putWithEntry(
  world: World,
  { money, ...rest }: Writing & { money?: Money | undefined },
): Promise<WithMoney> {
  return putWithEntries(world, { ...rest, moneys: money ? [money] : [] });
}

export interface EntryFilter {
  readonly kind?: EntryKind | undefined;
  /** Stops at the first entry older than this. */
  readonly from?: Instant | undefined;
  /** Only entries below this place in the chain. */
  readonly belowSeq?: number | undefined;
  readonly limit: number;
}

/** Entries looked at for one page: a rare kind must not turn one request into a walk through years. */
const EXAMINED_MAX = 2000;

/**
 * A wallet's entries, newest first, consistent. `continueBelow` is set when more may follow; a page may be short then.
 */
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
  return below === undefined ? { entries } : { entries, continueBelow: below };
}

/** One entry by its place. */
export async function readEntry(world: World, wallet: WalletId, seq: number): Promise<Entry | undefined> {
  const { entries } = await queryEntries(world, wallet, { below: seq + 1, limit: 1 });
  return entries[0]?.seq === seq ? entries[0] : undefined;
}

/** The entries from one place to another, both included, oldest first, consistent. */
export async function listBetween(world: World, wallet: WalletId, from: number, to: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await world.db.send(
      new QueryCommand({
        TableName: world.table('ledger'),
        KeyConditionExpression: 'pk = :pk AND seq BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': walletKey(wallet), ':from': from, ':to': to },
        ConsistentRead: true,
        ...(start ? { ExclusiveStartKey: start } : {}),
      }),
    );
    entries.push(...(answer.Items ?? []).map(toEntry));
    start = answer.LastEvaluatedKey;
  } while (start);
  return entries;
}

/**
 * The place of the first entry at or after an instant, one past the last entry if there is none. Entries never go back
 * in time, so a binary search finds it in some twenty reads however long the ledger is.
 */
export async function seqAt(world: World, wallet: WalletId, at: Instant): Promise<number> {
  const tail = await readTail(world, wallet);
  let low = 1;
  let high = (tail?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { entries } = await queryEntries(world, wallet, { below: middle + 1, limit: 1 });
    if (entries[0] && entries[0].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function queryEntries(
  world: World,
  wallet: WalletId,
  { kind, below, limit }: { kind?: EntryKind | undefined; below?: number | undefined; limit: number },
): Promise<{ entries: Entry[]; examined: number; lastSeq?: number }> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('ledger'),
      KeyConditionExpression: below === undefined ? 'pk = :pk' : 'pk = :pk AND seq < :below',
      ...(kind ? { FilterExpression: '#kind = :kind', ExpressionAttributeNames: { '#kind': 'kind' } } : {}),
      ExpressionAttributeValues: {
        ':pk': walletKey(wallet),
        ...defined({ ':below': below }),
        ...(kind ? { ':kind': kind } : {}),
      },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  const lastSeq = answer.LastEvaluatedKey?.seq as number | undefined;
  return {
    entries: (answer.Items ?? []).map(toEntry),
    examined: Math.max(answer.ScannedCount ?? 0, 1),
    ...defined({ lastSeq }),
  };
}

/**
 * Appends one entry by itself: a deposit, a correction. Once only, also after a lost answer: the entry can only be
 * where it was put, so that place is looked at before it is put anywhere else. Asserts that the balance stays above
 * zero.
 */
export async function appendEntry(world: World, wallet: WalletId, draft: Omit<EntryDraft, 'id'>): Promise<Entry> {
  const id = newId(world, 'ent');
  let triedSeq: number | undefined;
  return withRetries(world, async () => {
    if (triedSeq !== undefined) {
      const { entries } = await queryEntries(world, wallet, { below: triedSeq + 1, limit: 1 });
      if (entries[0]?.id === id) return entries[0];
    }
    const entry = append(wallet, await readTail(world, wallet), { ...draft, id }, world.now());
    const written = await write(world, [entryPut(entry)]);
    if (written.kind === 'done') {
      remember(world, entry);
      return entry;
    }
    triedSeq = entry.seq;
    return new Retry(written.kind === 'again' ? written.reason : 'another entry came first');
  });
}

function toEntry(item: Record<string, unknown>): Entry {
  const { pk: _pk, ...entry } = item;
  return entry as unknown as Entry;
}

function memoKey(wallet: WalletId): string {
  return `tail ${walletKey(wallet)}`;
}
