import type { WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import type { Lead } from '../domain/line.ts';
import { givenBack, isHeld, taken } from '../domain/line.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, plus } from '../domain/time.ts';
import { Contention, isTransient } from '../transient-error.ts';
import type { World } from '../world.ts';
import { readCampaigns } from './campaigns.ts';
import { forget, readTail } from './ledger.ts';
import type { Row } from './lines.ts';
import { CLOCKS_DIFFER_MS, deleteRows, isInLine, putRow, readLead, readRows, rowOf, saveLead } from './lines.ts';
import type { Batch, BatchWritten, Posted, Posting } from './posting.ts';
import { booksOf, decideBatch, readPosted, writeBatch } from './posting.ts';
import { once, Retry } from './write.ts';

const FIRST_GAP_MS = 15;
const GAP_MS_MAX = 100;
/** A leader works shorter than its lead lasts, and not long after its own posting is decided. */
const LEADS_MS = 700;
const AFTER_OWN_MS = 300;
/** Nobody waits longer in memory for a leader: its process may be suspended, or a call of it may hang. */
const HERE_MS_MAX = 2_000;
/** Between two transactions, so that the next one has more to post. */
const GATHER_MS = 10;
/** An order and its entry are two of a transaction's hundred items. */
const BATCH_MAX = 49;
const BATCH_MIN = 8;
const BACK_OFF_MS = 10;
const BACK_OFF_DOUBLINGS_MAX = 4;

/**
 * Posts through the wallet's line: as its leader, where `free` is a lead that may be taken, or as a row that waits for
 * one. Nobody in another process is woken: whoever waits polls for its own item, and takes the lead where nobody has
 * it.
 */
export async function postInLine(world: World, posting: Posting, free: FreeLead | undefined): Promise<Posted> {
  const [movement] = posting.movements;
  if (!movement) throw new Error('a posting in a line moves a wallet');
  const { wallet } = movement;
  const row = rowOf(wallet, posting, world.now());
  const giveUpAt = plus(row.until, CLOCKS_DIFFER_MS);
  const watch = { version: -1, since: row.until };
  let posted = await postHere(world, wallet, row, free);
  let isQueued = false;
  let gapMs = FIRST_GAP_MS;
  for (let polls = 1; !posted; polls += 1) {
    if (world.now() > giveUpAt) throw new Contention('the line of this wallet is too long');
    isQueued ||= (await putRow(world, row)).kind !== 'again';
    await world.sleep(gapMs * (0.8 + 0.4 * world.random()));
    gapMs = Math.min(gapMs * 1.5, GAP_MS_MAX);
    const isSecond = isQueued && polls % 2 === 0;
    posted = await orUndefined(() => (isSecond ? pollLine(world, wallet, row, watch) : readPosted(world, posting)));
    posted ??= await postHere(world, wallet, row, undefined);
  }
  return posted;
}

/** A lead that nobody holds, as it was read; its item may be missing. */
export interface FreeLead {
  readonly lead: Lead | undefined;
}

/** Whether a request of this process leads: others of the same process wait for it in memory. */
export function leadsHere(world: World, wallet: WalletId): boolean {
  return leaderHere(world, wallet) !== undefined;
}

function leaderHere(world: World, wallet: WalletId): Leader | undefined {
  const leader = world.memo.get(memoKey(wallet)) as Leader | undefined;
  return leader && leader.leftMs(world) > 0 ? leader : undefined;
}

function memoKey(wallet: WalletId): string {
  return `leader ${walletKey(wallet)}`;
}

/** Posts by a leader of this process, or as one. `undefined` where neither ends it. */
async function postHere(
  world: World,
  wallet: WalletId,
  row: Row,
  free: FreeLead | undefined,
): Promise<Posted | undefined> {
  for (let next = free; world.now() < row.until; ) {
    const leader = leaderHere(world, wallet);
    const lead = next;
    if (!leader && !lead) return undefined;
    const served: Served = leader
      ? await leader.serve(world, row)
      : { posted: await orUndefined(() => takeLead(world, wallet, row, lead?.lead)) };
    if (served.posted) return served.posted;
    next = served.free;
  }
  return undefined;
}

/** Reads the own item and the lead. A row that is gone, and its item as it was, was dropped. */
async function pollLine(
  world: World,
  wallet: WalletId,
  row: Row,
  watch: { version: number; since: Instant },
): Promise<Posted | undefined> {
  const [posted, lead, isQueued] = await Promise.all([
    readPosted(world, row.posting),
    readLead(world, wallet),
    isInLine(world, row),
  ]);
  if (posted) return posted;
  if (!isQueued) return (await readPosted(world, row.posting)) ?? { kind: 'dropped' };
  const now = world.now();
  const version = lead?.version ?? 0;
  if (watch.version !== version) Object.assign(watch, { version, since: now });
  return isHeld(lead, now, elapsed(watch.since, now)) ? undefined : takeLead(world, wallet, row, lead);
}

async function takeLead(world: World, wallet: WalletId, own: Row, lead: Lead | undefined): Promise<Posted | undefined> {
  const mine = taken(lead, own.posting.id, world.now());
  const leader = new Leader(world, wallet, own);
  world.memo.set(memoKey(wallet), leader);
  let free: FreeLead | undefined;
  try {
    if (!(await saveLead(world, wallet, mine))) return undefined;
    free = { lead: givenBack(mine) };
    await leader.lead();
  } finally {
    forget(world, wallet);
    if (free) await orUndefined(() => Promise.all([leader.clear(), saveLead(world, wallet, givenBack(mine))]));
    if (world.memo.get(memoKey(wallet)) === leader) world.memo.delete(memoKey(wallet));
    leader.leave(free);
  }
  return leader.posted;
}

/** What a leader leaves to one that waits in its process: how its posting ended, or the lead. */
interface Served {
  readonly posted?: Posted | undefined;
  readonly free?: FreeLead | undefined;
}

interface Waiter {
  readonly row: Row;
  readonly answer: (served: Served) => void;
}

/** Posts what waits in a wallet's line, and its own. */
class Leader {
  /** How the own posting ended. */
  posted: Posted | undefined;
  readonly #world: World;
  readonly #wallet: WalletId;
  readonly #own: Row;
  readonly #since: Instant;
  /** Those of the same process that wait in memory, by the id of their posting. */
  readonly #waiters = new Map<string, Waiter>();
  /** Postings that were read from the line, and those that are decided. */
  readonly #queued = new Set<string>();
  readonly #decided = new Set<string>();
  /** Rows that are decided and still in the line. */
  readonly #left: Row[] = [];
  /** Rows that cannot be posted, each logged once. */
  readonly #damaged = new Set<string>();
  #sizeMax = BATCH_MAX;
  /** Whether something in the line cannot be written at all: then everybody posts only its own. */
  #isAlone = false;

  constructor(world: World, wallet: WalletId, own: Row) {
    this.#world = world;
    this.#wallet = wallet;
    this.#own = own;
    this.#since = world.now();
  }

  /** How much longer others of its process wait for it. */
  leftMs(world: World): number {
    return HERE_MS_MAX - Math.max(0, elapsed(this.#since, world.now()));
  }

  async lead(): Promise<void> {
    const world = this.#world;
    const startedAt = world.now();
    let decidedAt: Instant | undefined;
    for (let lost = 0; elapsed(startedAt, world.now()) < LEADS_MS; ) {
      if (decidedAt && elapsed(decidedAt, world.now()) >= AFTER_OWN_MS) return;
      const round = (await orUndefined(() => this.#round())) ?? 'lost';
      if (round === 'empty') return;
      if (this.posted) decidedAt ??= world.now();
      lost = round === 'done' ? 0 : lost + 1;
      if (lost === 0) await world.sleep(GATHER_MS);
      else await world.sleep(world.random() * BACK_OFF_MS * 2 ** Math.min(lost, BACK_OFF_DOUBLINGS_MAX));
    }
  }

  /** Answers one that waits in memory: with nothing, where that lasts too long. */
  async serve(world: World, row: Row): Promise<Served> {
    const { id } = row.posting;
    const served = new Promise<Served>((answer) => this.#waiters.set(id, { row, answer }));
    const answer = await world.within(this.leftMs(world), served);
    if (!answer) this.#waiters.delete(id);
    return answer ?? {};
  }

  /** The first that still waits in memory goes on with the lead, so that the others find it there. */
  leave(free: FreeLead | undefined): void {
    let lead = free;
    for (const { answer } of this.#waiters.values()) {
      answer({ free: lead });
      lead = undefined;
    }
    this.#waiters.clear();
  }

  /** Takes what is decided out of the line. */
  async clear(): Promise<void> {
    await deleteRows(this.#world, this.#left.splice(0));
  }

  async #round(): Promise<'done' | 'lost' | 'empty'> {
    const [found, tail] = await Promise.all([readRows(this.#world, this.#wallet), readTail(this.#world, this.#wallet)]);
    this.#report(found.damaged);
    const rows = this.#open(found.rows);
    if (rows.length === 0) return 'empty';
    const campaignIds = new Set(rows.flatMap(({ posting }) => posting.spending?.campaignId ?? []));
    const books = booksOf([tail], await readCampaigns(this.#world, [...campaignIds].slice(0, BATCH_MAX)));
    const postings = rows.map(({ posting }) => posting);
    const batch = decideBatch(books, postings, this.#sizeMax);
    const [written] = await Promise.all([this.#write(batch), orUndefined(() => this.clear())]);
    const results = written.kind === 'done' ? resultsOf(batch) : written.results;
    for (const row of rows) {
      const result = results.get(row.posting.id);
      if (result) this.#finish(row, result);
    }
    // A smaller transaction meets fewer others, and wins against whoever writes without reading the lead.
    if (written.kind === 'done') this.#sizeMax = Math.min(this.#sizeMax * 2, BATCH_MAX);
    else if (results.size === 0) this.#sizeMax = Math.max(Math.ceil(batch.parts.length / 2), BATCH_MIN);
    return written.kind;
  }

  #report(damaged: readonly string[]): void {
    for (const row of damaged.filter((sk) => !this.#damaged.has(sk))) {
      this.#damaged.add(row);
      this.#world.log.error('line.row_damaged', { ...this.#wallet, row });
    }
  }

  /** The rows that are not decided, and the own posting, the oldest first. */
  #open(found: readonly Row[]): Row[] {
    for (const { posting } of found) this.#queued.add(posting.id);
    const own = this.posted ? [] : [this.#own];
    if (this.#isAlone) return own;
    const now = this.#world.now();
    const waiters = [...this.#waiters.values()].map(({ row }) => row).filter(({ until }) => until > now);
    const others = found.filter(({ posting: { id } }) => !this.#decided.has(id));
    const rows = new Map([...others, ...waiters, ...own].map((row) => [row.posting.id, row]));
    return [...rows.values()].sort((a, b) => (a.sk < b.sk ? -1 : 1));
  }

  async #write(batch: Batch): Promise<BatchWritten> {
    try {
      return await writeBatch(this.#world, batch);
    } catch (error) {
      if (isTransient(error) || batch.parts.length === 1) throw error;
      this.#world.log.error('line.broken', { parts: batch.parts.length }, error);
      this.#isAlone = true;
      return { kind: 'lost', results: new Map(), reason: 'broken' };
    }
  }

  #finish(row: Row, result: Posted): void {
    const { id } = row.posting;
    this.#decided.add(id);
    if (this.#queued.has(id)) this.#left.push(row);
    if (id === this.#own.posting.id) this.posted = result;
    this.#waiters.get(id)?.answer({ posted: result });
    this.#waiters.delete(id);
  }
}

function resultsOf({ parts }: Batch): Map<string, Posted> {
  return new Map(
    parts.map(({ posting, decision, puts }) => {
      const kind = decision.kind === 'posted' ? 'done' : puts.length > 0 ? 'refused' : 'dropped';
      return [posting.id, { kind }];
    }),
  );
}

/** Every read and write of the line may fail for a moment: then it is done again at the next poll. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  const result = await once(work);
  return result instanceof Retry ? undefined : result;
}
