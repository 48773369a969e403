import { worker } from '../../shared/aws/worker.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { advanceBatch, runChunk } from '../../shared/flows/bulk/run-batch.ts';
import { dueBatches } from '../../shared/store/batches.ts';
import type { World } from '../../shared/world.ts';

/** Leaves room below the function's timeout for the batch that is being looked after. */
const RUN_MS_MAX = 100 * SECOND;
const READ_PER_SHARD = 100;
const AT_ONCE = 4;

/** One message: the rows of one chunk, or, where it names none, a batch to look after. */
export async function runBulk(world: World, message: { batchId: string; chunk?: number }): Promise<void> {
  if (message.chunk === undefined) await advanceBatch(world, message.batchId);
  else await runChunk(world, message.batchId, message.chunk);
}

/**
 * Looks after every batch that is not ended. One that fails is logged and stays due; it does not stop the others, and
 * counts as a failure of the run once they are done, because nothing else would tell of a batch that cannot go on.
 */
export async function advanceBatches(world: World): Promise<void> {
  const startedAt = world.now();
  const due = await dueBatches(world, startedAt, READ_PER_SHARD);
  let failed = 0;
  while (due.length > 0 && elapsed(startedAt, world.now()) < RUN_MS_MAX) {
    const some = due.splice(0, AT_ONCE);
    const results = await Promise.allSettled(some.map((id) => advanceBatch(world, id)));
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') return;
      failed += 1;
      world.log.error('batch.failed', { batchId: some[index] }, result.reason);
    });
  }
  if (failed > 0) throw new Error(`${failed} batches could not be looked after`);
}

export const handler = worker({ onMessage: runBulk, onSchedule: advanceBatches });
