import { defined } from '../../domain/defined.ts';
import type { Hash } from '../../domain/erasure.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import { toBatch, toRowSet } from '../../store/batches.ts';
import type { Cursor, ErasedList, ListedRow } from '../../store/erasures.ts';
import { listOldest, readCursor, readListed, saveCursor } from '../../store/erasures.ts';
import { toOrder } from '../../store/orders.ts';
import { toTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { workThrough } from '../work-through.ts';
import type { Erasure } from './erase-items.ts';
import { eraseFinalOrder, eraseFinalTopup, eraseLostRows, eraseRows, hasEnded } from './erase-items.ts';

/** One read of the list, and one write of the cursor, for so many items. */
const PAGE = 100;
const AT_ONCE = 8;
/** So many are remembered by key, as the cursor is one item. Others are found again by their place in the list. */
const LEFT_MAX = 300;
/** Of places where more was left, so many pages are looked at again in a run, so that they do not fill it. */
const MISSED_PAGES_MAX = 10;

/** What runs share of the work on one list of a merchant. */
export interface OldWork {
  readonly owner: Owner;
  readonly list: ErasedList;
  /** Items that were created before are old. */
  readonly before: Instant;
  readonly hash: Hash;
  isTimeLeft(): boolean;
}

/**
 * Erases the personal data of a merchant's old items, oldest first. A cursor says how far: it moves once a page is
 * done, so a run that dies is continued by the next, and nothing is looked at for ever but what was not final. However
 * much that is, it stops nothing else. Answers how many were erased.
 */
export async function eraseOldOf(world: World, work: OldWork): Promise<number> {
  const walk = new Walk(world, work, await readCursor(world, work.list, work.owner));
  // Where another run was first, it goes on from there.
  if (await walk.again()) {
    await walk.missed();
    await walk.forward();
  }
  return walk.erased;
}

class Walk {
  erased = 0;
  readonly #world: World;
  readonly #work: OldWork;
  #cursor: Cursor;

  constructor(world: World, work: OldWork, cursor: Cursor) {
    this.#world = world;
    this.#work = work;
    this.#cursor = cursor;
  }

  /** Looks at what was left by key. */
  async again(): Promise<boolean> {
    const before = this.#cursor.left;
    const left = await this.#look(before);
    return left.length === before.length || this.#save({ left });
  }

  /** Looks again where more was left than can be remembered: some pages in each run, and then from the first again. */
  async missed(): Promise<void> {
    for (let pages = 0; pages < MISSED_PAGES_MAX && this.#cursor.missed && this.#work.isTimeLeft(); pages += 1) {
      const { at, to, again } = this.#cursor.missed;
      const page = await this.#page(at, to);
      const { left, isAll } = await this.#lookAtPage(page);
      const upTo = page.at(-1)?.listSk ?? to;
      const next = isAll ? again : { from: again?.from ?? at, to: upTo };
      const isOver = page.length === 0 || upTo >= to;
      const missed = isOver ? next && { at: next.from, to: next.to } : { at: upTo, to, ...defined({ again: next }) };
      if (!(await this.#save({ left, missed })) || isOver) return;
    }
  }

  async forward(): Promise<void> {
    while (this.#work.isTimeLeft()) {
      const { upTo: at, missed } = this.#cursor;
      const page = await this.#page(at, this.#work.before);
      const upTo = page.at(-1)?.listSk;
      if (upTo === undefined) return;
      const { left, isAll } = await this.#lookAtPage(page);
      const next = isAll ? missed : { at, ...missed, to: upTo };
      if (!(await this.#save({ upTo, left, missed: next }))) return;
    }
  }

  #page(after: string, before: string): Promise<ListedRow[]> {
    return listOldest(this.#world, this.#work.list, this.#work.owner, { after, before, limit: PAGE });
  }

  /** What is left by key then, and whether that is all. */
  async #lookAtPage(page: readonly ListedRow[]): Promise<{ left: readonly string[]; isAll: boolean }> {
    const known = new Set(this.#cursor.left);
    const found = await this.#look(page.map(({ pk }) => pk).filter((pk) => !known.has(pk)));
    const left = [...known, ...found];
    return { left: left.slice(0, LEFT_MAX), isAll: left.length <= LEFT_MAX };
  }

  async #look(pks: readonly string[]): Promise<readonly string[]> {
    const { erased, left } = await lookAt(this.#world, this.#work, pks);
    this.erased += erased;
    return left;
  }

  async #save(change: Partial<Cursor>): Promise<boolean> {
    this.#cursor = { ...this.#cursor, ...change, revision: this.#cursor.revision + 1 };
    return saveCursor(this.#world, this.#work.list, this.#work.owner, this.#cursor);
  }
}

/** One that cannot be erased is left for the next run, so that it stops nothing else. */
async function lookAt(
  world: World,
  work: OldWork,
  pks: readonly string[],
): Promise<{ erased: number; left: string[] }> {
  const left: string[] = [];
  let erased = 0;
  const items = await readListed(world, work.list, pks);
  const look = async (item: Record<string, unknown>) => {
    const found = await eraseItem(world, work, item);
    if (found === 'left') left.push(String(item.pk));
    if (found === 'erased') erased += 1;
  };
  await workThrough(items, look, {
    atOnce: AT_ONCE,
    onFailure: (error, { pk }) => {
      left.push(String(pk));
      world.log.error('retention.item_failed', { table: work.list, item: String(pk) }, error);
    },
  });
  return { erased, left };
}

async function eraseItem(world: World, { list, hash }: OldWork, item: Record<string, unknown>): Promise<Erasure> {
  if (list === 'orders') return eraseFinalOrder(world, toOrder(item), hash);
  if (list === 'topups') return eraseFinalTopup(world, toTopup(item));
  if (list === 'rowSets') return eraseLostRows(world, toRowSet(item), hash);
  const batch = toBatch(item);
  if (!hasEnded(batch)) return 'left';
  return (await eraseRows(world, batch, hash)) > 0 ? 'erased' : 'was erased';
}
