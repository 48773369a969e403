import type { Batch, BatchChange } from '../domain/batch.ts';
import type { Topup, TopupChange } from '../domain/topup.ts';
import { commitBatch } from '../store/batches.ts';
import { commitTopup } from '../store/topups.ts';
import type { Put } from '../store/write.ts';
import type { World } from '../world.ts';
import { enqueueEvents } from './webhooks/enqueue-events.ts';

const TRIES_MAX = 5;

/**
 * How everything with a version changes: decide, write on the condition of that version, and decide again from the
 * newer one where somebody else wrote first. `decide` answers `undefined` when nothing is left to change; `commit` says
 * what is stored after its try. `change` is what was written, if anything was.
 */
export async function decideAgain<T extends { readonly id: string }, C>(
  thing: T,
  decide: (current: T) => C | undefined,
  commit: (change: C) => Promise<{ readonly there: T; readonly isDone: boolean }>,
): Promise<{ there: T; change?: C }> {
  let current = thing;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const change = decide(current);
    if (!change) return { there: current };
    const { there, isDone } = await commit(change);
    if (isDone) return { there, change };
    current = there;
  }
  throw new Error(`${thing.id} keeps changing`);
}

/** The only way a batch changes. A new status is logged, and its event published. */
export async function changeBatch(
  world: World,
  batch: Batch,
  decide: (current: Batch) => BatchChange | undefined,
): Promise<Batch> {
  const { there, change } = await decideAgain(batch, decide, (each) => commitBatch(world, each));
  if (change && change.before.status !== there.status) {
    const { id: batchId, merchantId, mode, status, rows } = there;
    world.log.info(`batch.${status}`, { batchId, merchantId, mode, rows });
    await enqueueEvents(world, there, { batchId });
  }
  return there;
}

/**
 * The only way a top-up changes. The companions are written with the change. A new status is logged, and its event
 * published where it has one.
 */
export async function changeTopup(
  world: World,
  topup: Topup,
  decide: (current: Topup) => TopupChange | undefined,
  companions: readonly Put[] = [],
): Promise<Topup> {
  const { there, change } = await decideAgain(topup, decide, (each) => commitTopup(world, each, companions));
  if (change && change.before.status !== there.status) {
    const { id: topupId, merchantId, mode, status, failure } = there;
    world.log.info(`topup.${status}`, { topupId, merchantId, mode, from: change.before.status, failure });
    if (there.events > change.before.events) await enqueueEvents(world, there, { topupId });
  }
  return there;
}
