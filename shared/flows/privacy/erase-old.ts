import type { Hash } from '../../domain/erasure.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import { toBatch } from '../../store/batches.ts';
import type { Cursor, ErasedTable } from '../../store/erasures.ts';
import { listOldest, readCursor, saveCursor } from '../../store/erasures.ts';
import { toOrder } from '../../store/orders.ts';
import { readMany } from '../../store/read-items.ts';
import { toTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { workThrough } from '../work-through.ts';
import type { Erasure } from './erase-items.ts';
import { eraseFinalOrder, eraseFinalTopup, eraseRows, hasEnded } from './erase-items.ts';

/** One read of the list, and one write of the cursor, for so many items. */
const PAGE = 100;
const AT_ONCE = 8;
/** What is not final after so long is with an operator, and is little. */
const LEFT_MAX = 300;

/** What runs share of the work on one table of a merchant. */
export interface OldWork {
  readonly owner: Owner;
  readonly table: ErasedTable;
  /** Items that were created before are old. */
  readonly before: Instant;
  readonly hash: Hash;
  isTimeLeft(): boolean;
}

/**
 * Erases the personal data of a merchant's old items, oldest first. A cursor says how far: it moves once a page is
 * done, so a run that dies is continued by the next, and nothing is looked at for ever but what was not final. Answers
 * how many were erased.
 */
export async function eraseOldOf(world: World, work: OldWork): Promise<number> {
  const { owner, table, before, isTimeLeft } = work;
  let cursor = await readCursor(world, table, owner);
  let erased = 0;
  let again = cursor.left;
  const left: string[] = [];
  while (isTimeLeft()) {
    const page = await listOldest(world, table, owner, { after: cursor.upTo, before, limit: PAGE });
    const looked = await lookAt(world, work, [...again, ...page.map(({ pk }) => pk)]);
    erased += looked.erased;
    left.push(...looked.left);
    if (left.length > LEFT_MAX) throw new Error(`${left.length} old ${table} of ${owner.merchantId} are not final`);
    const upTo = page.at(-1)?.listSk ?? cursor.upTo;
    const next: Cursor = { upTo, left: [...left], revision: cursor.revision + 1 };
    const isChanged = page.length > 0 || left.length !== cursor.left.length;
    // Where another run was first, it goes on from there.
    if (isChanged && !(await saveCursor(world, table, owner, next))) break;
    if (page.length === 0) break;
    cursor = next;
    again = [];
  }
  return erased;
}

/** One that cannot be erased is left for the next run, so that it stops nothing else. */
async function lookAt(
  world: World,
  work: OldWork,
  pks: readonly string[],
): Promise<{ erased: number; left: string[] }> {
  const left: string[] = [];
  let erased = 0;
  const items = await readMany(world, work.table, pks);
  const look = async (item: Record<string, unknown>) => {
    const found = await eraseItem(world, work, item);
    if (found === 'left') left.push(String(item.pk));
    if (found === 'erased') erased += 1;
  };
  await workThrough(items, look, {
    atOnce: AT_ONCE,
    onFailure: (error, { pk }) => {
      left.push(String(pk));
      world.log.error('retention.item_failed', { table: work.table, item: String(pk) }, error);
    },
  });
  return { erased, left };
}

async function eraseItem(world: World, { table, hash }: OldWork, item: Record<string, unknown>): Promise<Erasure> {
  if (table === 'orders') return eraseFinalOrder(world, toOrder(item), hash);
  if (table === 'topups') return eraseFinalTopup(world, toTopup(item));
  const batch = toBatch(item);
  if (!hasEnded(batch)) return 'left';
  return (await eraseRows(world, batch, hash)) > 0 ? 'erased' : 'was erased';
}
