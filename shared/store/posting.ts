import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { assert } from '../domain/assert.ts';
import type { Campaign } from '../domain/campaign.ts';
import type { Entry, WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import type { Books, Decision, Moves } from '../domain/line.ts';
import { decidePosting } from '../domain/line.ts';
import type { World } from '../world.ts';
import { campaignPut, readCampaigns } from './campaigns.ts';
import { APPEND_CONDITION, entryPut, readTail } from './ledger.ts';
import { newWalletPuts } from './wallets.ts';
import type { Check, Put } from './write.ts';
import { write } from './write.ts';

/**
 * A change that moves money: puts on their own conditions, and the entries and campaign totals that belong to them, all
 * in one transaction. Several postings of one wallet may share a transaction. It is plain data, so that it can wait as
 * a row of the wallet's line.
 */
export interface Posting extends Moves {
  /** Also the `writeId` of the first put, by which our own write is recognised when its answer was lost. */
  readonly id: string;
  /** The first one is the item that the change is about; its table has no sort key. */
  readonly puts: readonly Put[];
  /** What is put instead, and no money moved, where the wallet does not cover the posting. */
  readonly refusal?: Put;
  /** Whether the first put also gets the number of the entry. */
  readonly isNumbered?: true;
}

export type Posted =
  | { readonly kind: 'done' }
  /** The refusal was written. */
  | { readonly kind: 'refused' }
  /** The item was changed first. `row` is what it is now. */
  | { readonly kind: 'moved'; readonly row: Record<string, unknown> }
  /** This wallet does not cover the posting, and nothing was written. */
  | { readonly kind: 'uncovered'; readonly wallet: WalletId }
  /** Nothing was written: decide again. */
  | { readonly kind: 'dropped' };

/** One posting within a transaction. */
interface Part {
  readonly posting: Posting;
  readonly decision: Decision;
  /** Its own puts come first, then its entries. */
  readonly puts: readonly Put[];
  readonly own: number;
}

/** A transaction that is decided and not written. */
export interface Batch {
  readonly parts: readonly Part[];
  readonly before: Books;
  readonly after: Books;
}

/** DynamoDB's limit for a transaction. */
const ITEMS_MAX = 100;

/** Decides postings one behind the other, as many as fit. Of two that put the same item the second is left out. */
export function decideBatch(books: Books, postings: readonly Posting[], sizeMax: number): Batch {
  const parts: Part[] = [];
  const keys = new Set<string>();
  let after = books;
  for (const posting of postings) {
    const own = posting.puts.map(keyOf);
    if (parts.length === sizeMax || own.some((key) => keys.has(key))) continue;
    const part = decidePart(after, posting);
    const count = [...parts, part].reduce((sum, { puts }) => sum + puts.length, 0);
    const campaigns = new Set([...parts, part].flatMap((each) => each.posting.spending?.campaignId ?? []));
    if (count + campaigns.size + 1 > ITEMS_MAX) break;
    for (const key of own) keys.add(key);
    parts.push(part);
    if (part.decision.kind === 'posted') after = part.decision.books;
  }
  return { parts, before: books, after };
}

function decidePart(books: Books, posting: Posting): Part {
  const decision = decidePosting(books, posting);
  const own = ownPuts(posting, decision);
  const entries = decision.kind === 'posted' ? decision.entries : [];
  const puts = [...own, ...entries.map(entryPut), ...entries.flatMap(newWalletPuts)];
  return { posting, decision, puts, own: own.length };
}

function ownPuts({ puts, refusal, isNumbered }: Posting, decision: Decision): readonly Put[] {
  if (decision.kind === 'uncovered') return refusal ? [refusal] : [];
  if (decision.kind === 'denied') return [];
  const [first, ...others] = puts;
  assert(first !== undefined, 'a posting has an item');
  return isNumbered ? [{ ...first, item: { ...first.item, seq: decision.entries[0]?.seq } }, ...others] : puts;
}

export type BatchWritten =
  | { readonly kind: 'done' }
  /** Nothing was written, or that is not known. `results`: of postings whose own conditions failed, by id. */
  | { readonly kind: 'lost'; readonly results: ReadonlyMap<string, Posted>; readonly reason: string };

/**
 * Writes a batch. A refusal is true of the very moment at which it is written: where no entry is written that proves
 * it, a check does that nothing lies behind the tail.
 */
export function writeBatch(world: World, batch: Batch): Promise<BatchWritten> {
  return writeEntries(world, batch, tailChecks(batch.parts, batch.before));
}

/** The same of a batch that refuses nothing, which needs no check. */
export async function writeEntries(
  world: World,
  { parts, before, after }: Batch,
  checks: readonly Check[] = [],
): Promise<BatchWritten> {
  const puts = parts.flatMap((part) => part.puts);
  const writes: (Put | Check)[] = [...puts, ...campaignPuts(world, before, after), ...checks];
  if (puts.length === 0) return { kind: 'done' };
  const written = await write(world, writes);
  if (written.kind === 'done') return written;
  const results = new Map<string, Posted>();
  if (written.kind === 'again') return { kind: 'lost', results, reason: written.reason };
  let place = 0;
  for (const { posting, puts, own } of parts) {
    const row = written.rows[place];
    const isDropped = written.rows.slice(place, place + own).some((each) => each !== undefined);
    if (row) results.set(posting.id, resultOf(posting.id, row));
    else if (isDropped) results.set(posting.id, { kind: 'dropped' });
    place += puts.length;
  }
  return { kind: 'lost', results, reason: 'another entry was written first' };
}

function campaignPuts(world: World, before: Books, after: Books): Put[] {
  return [...after.campaigns].flatMap(([id, campaign]) => {
    const was = before.campaigns.get(id);
    return was && was !== campaign ? [campaignPut(world, { ...campaign, version: was.version + 1 })] : [];
  });
}

function tailChecks(parts: readonly Part[], { tails }: Books): Check[] {
  const hasEntries = parts.some(({ decision }) => decision.kind === 'posted');
  const refused = parts.find(({ decision, puts }) => decision.kind === 'uncovered' && puts.length > 0);
  if (hasEntries || refused?.decision.kind !== 'uncovered') return [];
  const pk = walletKey(refused.decision.wallet);
  return [{ table: 'ledger', key: { pk, seq: (tails.get(pk)?.seq ?? 0) + 1 }, condition: APPEND_CONDITION }];
}

/** What postings build on, read consistently. */
export async function readBooks(
  world: World,
  wallets: readonly WalletId[],
  campaignIds: readonly string[],
): Promise<Books> {
  const [tails, campaigns] = await Promise.all([
    Promise.all(wallets.map((wallet) => readTail(world, wallet))),
    readCampaigns(world, campaignIds),
  ]);
  return booksOf(tails, campaigns);
}

export function booksOf(tails: readonly (Entry | undefined)[], campaigns: readonly Campaign[]): Books {
  return {
    tails: new Map(tails.flatMap((tail) => (tail ? [[walletKey(tail), tail]] : []))),
    campaigns: new Map(campaigns.map((campaign) => [campaign.id, campaign])),
  };
}

/** How a posting ended, by its own item; `undefined` while that is as it was when the posting was decided. */
export async function readPosted(world: World, { id, puts }: Posting): Promise<Posted | undefined> {
  const [put] = puts;
  assert(put !== undefined, 'a posting has an item');
  const get = new GetCommand({ TableName: world.table(put.table), Key: { pk: put.item.pk }, ConsistentRead: true });
  const { Item: row } = await world.db.send(get);
  const version = put.values?.[':version'];
  return row && (version === undefined || row.version !== version) ? resultOf(id, row) : undefined;
}

function resultOf(id: string, row: Record<string, unknown>): Posted {
  return row.writeId === id ? { kind: 'done' } : { kind: 'moved', row };
}

function keyOf({ table, item }: Put): string {
  return `${table} ${item.pk} ${item.sk ?? ''}`;
}
