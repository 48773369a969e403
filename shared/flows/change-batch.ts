import type { Batch, BatchChange } from '../domain/batch.ts';
import { commitBatch } from '../store/batches.ts';
import type { World } from '../world.ts';

const TRIES_MAX = 5;

/**
 * The only way a batch changes: decide, write if nothing moved, else decide again from what is there. `decide` answers
 * `undefined` when there is nothing left to change.
 */
export async function changeBatch(
  world: World,
  batch: Batch,
  decide: (current: Batch) => BatchChange | undefined,
): Promise<Batch> {
  let current = batch;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const change = decide(current);
    if (!change) return current;
    const committed = await commitBatch(world, change);
    if (committed.isDone) {
      await announce(world, change);
      return committed.batch;
    }
    current = committed.batch;
  }
  throw new Error(`batch ${batch.id} keeps changing`);
}

async function announce(world: World, { before, after }: BatchChange): Promise<void> {
  if (before.status === after.status) return;
  const { id: batchId, merchantId, mode, status, rows } = after;
  world.log.info(`batch.${status}`, { batchId, merchantId, mode, rows });
  try {
    await world.queues.send('webhooks', [{ body: { batchId }, group: merchantId }]);
  } catch (error) {
    world.log.error('events.not_enqueued', { batchId }, error);
  }
}
