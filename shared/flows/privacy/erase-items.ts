import type { Batch, BatchRow } from '../../domain/batch.ts';
import { chunksOf } from '../../domain/batch.ts';
import type { Hash } from '../../domain/erasure.ts';
import { eraseOrder, eraseRow, eraseTopup, mayBeErased, mayTopupBeErased } from '../../domain/erasure.ts';
import type { Order } from '../../domain/order.ts';
import { DAY } from '../../domain/time.ts';
import type { Topup } from '../../domain/topup.ts';
import type { Delivery } from '../../domain/webhook.ts';
import type { RowSet } from '../../store/batches.ts';
import { readBatch, rewriteRows } from '../../store/batches.ts';
import { saveDelivery } from '../../store/deliveries.ts';
import { commitUnmoved } from '../../store/orders.ts';
import { commitUnmovedTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { workThrough } from '../work-through.ts';

/**
 * Erases the personal data of single items. Each write is on the condition that its item is as it was read, so two runs
 * at once, or a change in between, do no harm. `left`: not final, or changed just now; a later run looks again.
 */
export type Erasure = 'erased' | 'left' | 'was erased';

const CHUNKS_AT_ONCE = 8;

export async function eraseFinalOrder(world: World, order: Order, hash: Hash): Promise<Erasure> {
  if (order.erased) return 'was erased';
  if (!mayBeErased(order)) return 'left';
  const { isDone } = await commitUnmoved(world, eraseOrder(order, hash, world.now()));
  return isDone ? 'erased' : 'left';
}

export async function eraseFinalTopup(world: World, topup: Topup): Promise<Erasure> {
  if (topup.erasedAt !== undefined) return 'was erased';
  if (!mayTopupBeErased(topup)) return 'left';
  const { isDone } = await commitUnmovedTopup(world, eraseTopup(topup, world.now()));
  return isDone ? 'erased' : 'left';
}

/** Far longer than any request takes: no batch comes any more of rows that were stored so long ago. */
export const ROW_SET_LOST_MS = DAY;

/** The rows of a request that no batch came of: another won, or it died. */
export async function isLost(world: World, { id, rowSet }: RowSet): Promise<boolean> {
  return (await readBatch(world, id))?.rowSet !== rowSet;
}

/** The rows of a batch that has ended, or some of them. Answers how many were erased now. */
export async function eraseRows(
  world: World,
  batch: RowSet,
  hash: Hash,
  isWanted: (row: BatchRow) => boolean = () => true,
): Promise<number> {
  let erased = 0;
  const failures: unknown[] = [];
  const work = async (chunk: number) => {
    erased += await rewriteRows(world, batch, chunk, (row) => (isWanted(row) ? eraseRow(row, hash) : row));
  };
  const chunks = [...Array(chunksOf(batch)).keys()];
  await workThrough(chunks, work, {
    atOnce: CHUNKS_AT_ONCE,
    onFailure: (error) => void failures.push(error),
  });
  if (failures.length > 0) throw failures[0];
  return erased;
}

/** Rows of which no batch came. Those of a batch are erased with it. */
export async function eraseLostRows(world: World, rows: RowSet, hash: Hash): Promise<Erasure> {
  if (!(await isLost(world, rows))) return 'was erased';
  return (await eraseRows(world, rows, hash)) > 0 ? 'erased' : 'was erased';
}

/** A delivery that is not tried any more, as it is without what is to go. */
export async function eraseDelivery(world: World, delivery: Delivery, after: Delivery): Promise<Erasure> {
  const isGone = after.event.body === delivery.event.body && delivery.attempts.every(({ excerpt }) => !excerpt);
  if (isGone) return 'was erased';
  if (delivery.dueAt !== undefined) return 'left';
  return (await saveDelivery(world, after)) ? 'erased' : 'left';
}

/** Whether a batch needs its rows no more: it has ended, and has published that. */
export function hasEnded({ status, dueAt, outbox }: Batch): boolean {
  return status !== 'running' && dueAt === undefined && outbox === undefined;
}
