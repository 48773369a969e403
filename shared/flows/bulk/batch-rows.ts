import type { Batch, BatchRow, RowState } from '../../domain/batch.ts';
import { CHUNK_ROWS, chunksOf } from '../../domain/batch.ts';
import { stateOf } from '../../domain/batch-life.ts';
import { defined } from '../../domain/defined.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Order } from '../../domain/order.ts';
import { Refusal } from '../../http/refusal.ts';
import { readBatch, readRows } from '../../store/batches.ts';
import { readOrdersOf } from '../../store/orders.ts';
import type { World } from '../../world.ts';

/** A batch's rows with their current state: the rows as they were accepted, the state from their orders. */

const CHUNKS_AT_ONCE = 8;
/** For who reads them all: their orders are eight reads side by side, and less than two megabytes. */
export const CHUNKS_AT_ONCE_MAX = 32;

export interface RowNow {
  readonly row: BatchRow;
  readonly state: RowState;
  readonly order?: Order;
  /** Its position in the batch, from 0. */
  readonly place: number;
}

/** Excludes the keys of the other items in the table. */
const BATCH_ID = /^bat_[0-9a-f]{24}$/;

/** A merchant's own batch; one of another merchant or mode looks missing. */
export async function findBatch(world: World, { merchantId, mode }: Owner, id: string): Promise<Batch> {
  const batch = BATCH_ID.test(id) ? await readBatch(world, id) : undefined;
  if (batch?.merchantId !== merchantId || batch.mode !== mode) {
    throw new Refusal('batch_not_found', { param: 'batch_id' });
  }
  return batch;
}

/** The rows from a position on, some chunks at a time. */
export async function* walkRows(
  world: World,
  batch: Batch,
  { from = 0, atOnce = CHUNKS_AT_ONCE } = {},
): AsyncGenerator<RowNow[]> {
  const count = chunksOf(batch);
  for (let first = Math.floor(from / CHUNK_ROWS); first < count; first += atOnce) {
    const chunks = Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => first + index);
    const rows = (await readRows(world, batch, chunks)).flat();
    const references = rows.flatMap(({ order }) => order?.agentReference ?? []);
    const orders = await readOrdersOf(world, batch, references);
    const all = rows.map((row, index): RowNow => {
      const order = orders.get(row.order?.agentReference ?? '');
      const state = stateOf(batch, row, order);
      const own = state === 'taken' ? undefined : order;
      return { row, state, place: first * CHUNK_ROWS + index, ...defined({ order: own }) };
    });
    yield all.filter(({ place }) => place >= from);
  }
}
