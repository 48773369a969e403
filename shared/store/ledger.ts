import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Entry, EntryKind, WalletId } from '../domain/ledger.ts';
import { ENTRY_KINDS, walletKey } from '../domain/ledger.ts';
import { AMOUNT_MINOR_MAX } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { queryAll } from './read-items.ts';
import type { Put } from './write.ts';

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

interface Remembered {
  readonly tail: Entry;
  readonly at: Instant;
}

const REMEMBERED_MS_MAX = SECOND;

/** The tail that this process saw just now: a guess that saves a read. If it is stale, the append's condition fails. */
export function recallTail(world: World, wallet: WalletId): Entry | undefined {
  const remembered = world.memo.get(memoKey(wallet)) as Remembered | undefined;
  return remembered && elapsed(remembered.at, world.now()) < REMEMBERED_MS_MAX ? remembered.tail : undefined;
}

export function remember(world: World, tail: Entry | undefined): void {
  if (tail) world.memo.set(memoKey(tail), { tail, at: world.now() } satisfies Remembered);
}

export function forget(world: World, wallet: WalletId): void {
  world.memo.delete(memoKey(wallet));
}

/** The put that appends an entry. Its condition fails when another entry has this number. */
export function entryPut(entry: Entry): Put {
  return { table: 'ledger', item: { pk: walletKey(entry), ...entry }, condition: APPEND_CONDITION };
}

export interface EntryFilter {
  readonly kind?: EntryKind | undefined;
  /** Inclusive. */
  readonly from?: Instant | undefined;
  /** Only entries with a lower number. */
  readonly belowSeq?: number | undefined;
  readonly limit: number;
  /** For a report: a damaged entry is shown as one, and the others with it. Else it is an error. */
  readonly isReport?: true;
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
      ...(filter.isReport ? { read: toShownEntry } : {}),
    });
    for (const entry of answer.entries) {
      if (filter.from && entry.at < filter.from && !entry.damaged?.includes('at')) return { entries };
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

/** The last entry and the one before it, newest first, for a report. */
export async function readLastTwo(world: World, wallet: WalletId): Promise<Entry[]> {
  const { entries } = await queryEntries(world, wallet, { limit: 2, read: toShownEntry });
  return entries;
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

function toEntry(item: Record<string, unknown>): Entry {
  return fromItem('ledger entry', ENTRY, item);
}

const isText = (value: unknown) => typeof value === 'string';
const isTextOrAbsent = (value: unknown) => value === undefined || isText(value);
const isMoney = (value: unknown) => Number.isSafeInteger(value) && Math.abs(Number(value)) <= AMOUNT_MINOR_MAX;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What each field of a stored entry must be to be shown; `seq` is part of the key, so it is a number. */
const SHOWN: Readonly<Record<Exclude<keyof Entry, 'seq' | 'currency' | 'damaged'>, (value: unknown) => boolean>> = {
  id: isText,
  merchantId: isText,
  mode: isText,
  kind: (value) => ENTRY_KINDS.some((kind) => kind === value),
  amountMinor: isMoney,
  balanceAfterMinor: isMoney,
  description: isText,
  counterAccount: isText,
  at: (value) => isText(value) && INSTANT.test(String(value)),
  previousHash: isText,
  hash: isText,
  orderId: isTextOrAbsent,
  agentReference: isTextOrAbsent,
  topupId: isTextOrAbsent,
  batchId: isTextOrAbsent,
};

/**
 * An entry for a report, which shows the others and says what is wrong with this one: a field that cannot be what it
 * says is shown empty and named, so that the entry no longer continues the chain. Nothing that moves money may build on
 * such an entry.
 */
function toShownEntry(item: Record<string, unknown>): Entry {
  const shown = { ...item };
  const damaged = Object.entries(SHOWN).flatMap(([name, isRight]) => (isRight(item[name]) ? [] : [name]));
  for (const name of damaged) shown[name] = name.endsWith('Minor') ? 0 : '';
  // The wallet is the key of the entry, so its currency is known whatever the field says.
  const currency = String(item.pk).split('#')[2];
  if (item.currency !== currency) damaged.push('currency');
  return toEntry({ ...shown, currency, damaged: damaged.length > 0 ? damaged : undefined });
}

function memoKey(wallet: WalletId): string {
  return `tail ${walletKey(wallet)}`;
}
