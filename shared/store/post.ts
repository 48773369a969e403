import { defined } from '../domain/defined.ts';
import type { EntryDraft, WalletId } from '../domain/ledger.ts';
import type { Spending } from '../domain/line.ts';
import { isHeld } from '../domain/line.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import { Contention } from '../transient-error.ts';
import type { World } from '../world.ts';
import { forget, recallTail, remember } from './ledger.ts';
import { readLead } from './lines.ts';
import type { FreeLead } from './post-in-line.ts';
import { leadsHere, postInLine } from './post-in-line.ts';
import type { Posted, Posting } from './posting.ts';
import { booksOf, decideBatch, readBooks, readPosted, writeBatch } from './posting.ts';
import type { Put } from './write.ts';
import { once, Retry, withRetries, write } from './write.ts';

/**
 * Posts a change that moves money, once: directly where its wallet is idle, else through the wallet's line. Throws
 * `Contention` where neither ends in time; then nothing was posted, and nothing of it will be.
 */
export async function post(world: World, posting: Posting): Promise<Posted> {
  try {
    // Only a batch of several currencies moves several wallets. It has no line, and goes on trying.
    if (posting.movements.length > 1) return await withRetries(world, () => postAcross(world, posting));
    const tried = await tryDirectly(world, posting);
    return 'posted' in tried ? tried.posted : await postInLine(world, posting, tried.free);
  } catch (error) {
    if (!(error instanceof Contention)) throw error;
    // Somebody may have posted it during our last call, which hung, or its answer was lost.
    const { posted } = await withRetries(world, async () => ({ posted: await readPosted(world, posting) }));
    if (posted) return posted;
    throw error;
  }
}

/** One try without the line. `undefined` where the wallet is busy. */
async function postNow(world: World, posting: Posting): Promise<Posted | undefined> {
  const tried = await tryDirectly(world, posting);
  return 'posted' in tried ? tried.posted : undefined;
}

async function postAcross(world: World, posting: Posting): Promise<Posted | Retry> {
  const tried = await tryDirectly(world, posting);
  return 'posted' in tried ? tried.posted : new Retry('another entry was written first');
}

/** Lost: another write came first, or somebody leads. `free`: the lead that nobody held. */
type Tried = { readonly posted: Posted } | { readonly free: FreeLead | undefined };

async function tryDirectly(world: World, posting: Posting): Promise<Tried> {
  const tried = await once(() => tryOnce(world, posting));
  return tried instanceof Retry ? { free: undefined } : tried;
}

/**
 * Whoever sees that somebody leads does not write: newcomers would else win against the leader. On a tail that this
 * process remembers, the lead is read while the transaction is under way, so an idle wallet costs no wait for it.
 */
async function tryOnce(world: World, posting: Posting): Promise<Tried> {
  const wallets = posting.movements.map(({ wallet }) => wallet);
  if (posting.refusal && wallets.some((wallet) => leadsHere(world, wallet))) return { free: undefined };
  const reading = wallets.length === 1 ? findFree(world, wallets[0]) : Promise.resolve({ lead: undefined });
  const remembered = recallBooks(world, posting);
  const books = remembered ?? (await readBooks(world, wallets, campaignsOf(posting)));
  const batch = decideBatch(books, [posting], 1);
  const decision = batch.parts[0]?.decision;
  if (decision?.kind === 'denied') return { posted: (await readPosted(world, posting)) ?? { kind: 'dropped' } };
  if (decision?.kind === 'uncovered' && !posting.refusal) {
    // Our own debit may have emptied the wallet: an earlier try whose answer was lost.
    return { posted: (await readPosted(world, posting)) ?? decision };
  }
  for (const wallet of wallets) forget(world, wallet);
  if (!remembered && !(await reading)) return { free: undefined };
  const written = await writeBatch(world, batch);
  const free = await reading;
  if (written.kind === 'done') {
    if (free) for (const tail of batch.after.tails.values()) remember(world, tail);
    return { posted: { kind: decision?.kind === 'posted' ? 'done' : 'refused' } };
  }
  const result = written.results.get(posting.id);
  return result ? { posted: result } : { free };
}

/** The lead, if nobody holds it. One that cannot be read counts as held. */
async function findFree(world: World, wallet: WalletId | undefined): Promise<FreeLead | undefined> {
  try {
    const lead = wallet && (await readLead(world, wallet));
    return isHeld(lead, world.now()) ? undefined : { lead };
  } catch {
    return undefined;
  }
}

/** What this process remembers of the wallet, for an order. Only a tail that was just read can refuse one. */
function recallBooks(world: World, posting: Posting) {
  const [movement] = posting.movements;
  if (!movement || !posting.refusal) return undefined;
  const tail = recallTail(world, movement.wallet);
  const books = tail && booksOf([tail], []);
  return books && decideBatch(books, [posting], 1).parts[0]?.decision.kind === 'posted' ? books : undefined;
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
  readonly spending?: Spending | undefined;
  /** Written with the item, in whichever form it is put. */
  readonly companions?: readonly Put[] | undefined;
  /**
   * What is put instead where the wallet is busy: the same item, with the decision stored and no wallet touched. A
   * certain outcome must not be lost because its wallet is busy.
   */
  readonly instead?: { readonly put: Put; readonly writeId: string } | undefined;
}

type PutResult =
  | Exclude<Posted, { readonly kind: 'refused' | 'dropped' }>
  /** The put of `instead` was written; no money moved. */
  | { readonly kind: 'stored' };

/**
 * Puts an item and appends an entry to each wallet that it moves, all in one transaction (a plain put where nothing
 * moves). A write of ours whose answer was lost counts as done.
 */
export function putWithEntries(
  world: World,
  { put, writeId, companions = [], instead, ...moves }: ItemWithEntries,
): Promise<PutResult> {
  if (moves.movements.length === 0) return putUnmoved(world, { put, writeId, companions });
  const movements = moves.movements.map(({ entry, ...movement }) => ({
    ...movement,
    entry: { ...entry, id: newId(world, 'ent') },
  }));
  const posting = { id: writeId, puts: [put, ...companions], movements, ...defined({ spending: moves.spending }) };
  return withRetries(world, async () => {
    const posted = await (instead ? postNow(world, posting) : post(world, posting));
    if (!posted && instead) return putUnmoved(world, { ...instead, companions }, { id: writeId });
    if (!posted || posted.kind === 'refused' || posted.kind === 'dropped') return new Retry('it was not posted');
    return posted;
  });
}

/** Puts an item that moves nothing. `whole`: the posting that it is put instead of, which may have been written. */
export function putUnmoved(
  world: World,
  { put, writeId, companions = [] }: Pick<ItemWithEntries, 'put' | 'writeId' | 'companions'>,
  whole?: { readonly id: string },
): Promise<PutResult> {
  const own = { kind: whole ? 'stored' : 'done' } as const;
  return withRetries(world, async (): Promise<PutResult | Retry> => {
    const written = await write(world, [put, ...companions]);
    if (written.kind === 'done') return own;
    if (written.kind === 'again') return new Retry(written.reason);
    const [row] = written.rows;
    if (!row) return new Retry('a companion was written first');
    if (row.writeId === whole?.id) return { kind: 'done' };
    return row.writeId === writeId ? own : { kind: 'moved', row };
  });
}

function campaignsOf({ spending }: Posting): string[] {
  return spending ? [spending.campaignId] : [];
}
