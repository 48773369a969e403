import type { Batch, BatchChange } from '../../domain/batch.ts';
import { commitBatch } from '../../store/batches.ts';
import type { World } from '../../world.ts';
import { decideAgain } from '../decide-again.ts';

/** The only way a batch changes. What it changed is logged, and handed on where there is an event. */
export async function changeBatch(
  world: World,
  batch: Batch,
  decide: (current: Batch) => BatchChange | undefined,
): Promise<Batch> {
  const { there, change } = await decideAgain(batch, decide, (each) => commitBatch(world, each));
  if (change) await announce(world, change);
  return there;
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
