import type { Batch } from '../../domain/batch.ts';
import type { World } from '../../world.ts';
import { queueGroup } from '../queue-group.ts';

/**
 * Enqueues chunks of a batch to run or, where none is named, the batch to advance. A failure is logged and not thrown:
 * the sweep finds every batch that is not finished.
 */
export async function enqueueBatch(world: World, batch: Batch, work: readonly { chunk?: number }[]): Promise<void> {
  const { id: batchId } = batch;
  const group = queueGroup(batch);
  const messages = work.map((each) => ({ body: { batchId, ...each }, group }));
  try {
    if (messages.length > 0) await world.queues.send('bulk', messages);
  } catch (error) {
    world.log.error('batch.not_enqueued', { batchId }, error);
  }
}
