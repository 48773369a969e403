import type { Batch, BatchRow } from '../../domain/batch.ts';
import { chunksOf } from '../../domain/batch.ts';
import type { Sum } from '../../domain/batch-life.ts';
import { heldIn, keepBack, measureChunk, sumUp } from '../../domain/batch-life.ts';
import type { Change, Order } from '../../domain/order.ts';
import { chargeToBatch } from '../../domain/order-life.ts';
import { batchChangePut, readBatch, readChunkProgress, readRows } from '../../store/batches.ts';
import type { Committed } from '../../store/orders.ts';
import { commitWithBatch, readOrdersOf } from '../../store/orders.ts';
import type { Put } from '../../store/write.ts';
import type { World } from '../../world.ts';

/**
 * A row that was refunded and then delivered is charged to its batch while that has still to refund as much: its wallet
 * may be empty now and get that very money a moment later, and a loss would have been written off for nothing.
 * `undefined` where the change is no such charge, or the batch does not hold enough: then the wallet is charged.
 */
export async function chargeBatch(
  world: World,
  change: Change,
  companions: readonly Put[] = [],
): Promise<Committed | undefined> {
  const { before: order, entry } = change;
  const { batchId, currency, amountMinor } = order;
  if (entry?.kind !== 'correction' || batchId === undefined || order.returnedMinor === undefined) return undefined;
  const charge = async () => {
    const batch = await readBatch(world, batchId);
    if (batch?.status !== 'running') return undefined;
    // Sums only grow, and the write is on the condition of this version: the batch holds at least this much.
    if (heldIn(batch, await measure(world, batch, order), currency) < amountMinor) return undefined;
    return batchChangePut(world, keepBack(batch, currency, amountMinor));
  };
  return commitWithBatch(world, chargeToBatch(change), charge, companions);
}

/** What is to be refunded by the last measures, with the chunk of this row measured now. */
async function measure(world: World, batch: Batch, order: Order): Promise<Sum> {
  const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) => chunk);
  const progresses = await readChunkProgress(world, batch.id, chunks);
  const { chunk, rows } = await chunkWith(world, batch, order.batchRow ?? 0);
  const orders = await readOrdersOf(
    world,
    batch,
    rows.flatMap((row) => row.order?.agentReference ?? []),
  );
  const pairs = rows.map((row) => [row, orders.get(row.order?.agentReference ?? '')] as const);
  const before = progresses.find((progress) => progress.chunk === chunk);
  const others = progresses.filter((progress) => progress.chunk !== chunk);
  return sumUp(batch, [...others, measureChunk(batch, before, chunk, pairs)]);
}

/** The chunk that has a row of the file. Rows are stored in the order of their numbers, which may have gaps. */
async function chunkWith(world: World, batch: Batch, row: number): Promise<{ chunk: number; rows: BatchRow[] }> {
  let low = 0;
  let high = chunksOf(batch) - 1;
  for (;;) {
    const chunk = Math.floor((low + high) / 2);
    const [rows = []] = await readRows(world, batch, [chunk]);
    const isBefore = row < (rows[0]?.row ?? 0);
    const isAfter = row > (rows.at(-1)?.row ?? 0);
    if (low >= high || !(isBefore || isAfter)) return { chunk, rows };
    if (isBefore) high = chunk - 1;
    else low = chunk + 1;
  }
}
