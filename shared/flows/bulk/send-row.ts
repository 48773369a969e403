import type { InitialRow } from '../../domain/claimed-row.ts';
import { claimRow, isClaimedBy } from '../../domain/claimed-row.ts';
import { acceptRow, applyPreparation, hold } from '../../domain/order-life.ts';
import { elapsed, plus, SECOND } from '../../domain/time.ts';
import { newId } from '../../id.ts';
import { readBatch } from '../../store/batches.ts';
import { createRow } from '../../store/orders.ts';
import { readFreeze } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { changeOrder } from '../orders/change-order.ts';
import { blockedUntil, recordOutcome } from '../orders/circuit-breaker.ts';
import { prepare, sendClaimed } from '../orders/dispatch-order.ts';
import { waitForCall } from '../orders/keep-pace.ts';

/** How long a row waits for its provider's pace. */
const PACE_MS_MAX = 20 * SECOND;
/** A row that waited longer is sent only if its batch is still running and its provider still up. */
const STALE_MS = 2 * SECOND;

/**
 * Makes the order of a row and sends it. The order is written already claimed, so that one write takes the reference
 * and the right to call. Only who finds its own attempt on the stored order calls: it wrote it, with or without an
 * answer. The order's id says nothing, because every run of the row derives the same one. Whoever finds another's order
 * leaves it alone: one that was not sent is due by itself, and a claim without an outcome is given up by its chunk.
 */
export async function sendRow(world: World, initial: InitialRow): Promise<void> {
  const provider = world.provider(initial.provider);
  const row = acceptRow(initial, world.now());
  const waitUntil = await blockedUntil(world, provider, row);
  if (waitUntil !== undefined) {
    await createRow(world, hold(row, waitUntil, world.now()).after);
    return;
  }
  if (!(await waitToSend(world, initial))) return;
  const attemptId = newId(world, 'att');
  const prepared = await prepare(world, provider, row);
  if (prepared.kind !== 'ready') {
    const order = await createRow(world, row);
    await changeOrder(world, order, (current) =>
      current.id === row.id && current.version === row.version
        ? applyPreparation(current, attemptId, prepared, world.now())
        : undefined,
    );
    await recordOutcome(world, provider, order, prepared);
    return;
  }
  // What came before may have waited for longer than a freeze takes to hold. The row waits for its chunk's next run.
  if (await readFreeze(world, row)) return;
  const order = await createRow(world, claimRow(row, attemptId, provider.capabilities, world.now(), prepared.account));
  if (isClaimedBy(order, attemptId)) await sendClaimed(world, provider, { order, attemptId, ready: prepared });
}

/** Waits for the provider's pace. False where the row is left to its chunk's next run: too long, down, or cancelled. */
async function waitToSend(world: World, { provider: name, mode, batchId }: InitialRow): Promise<boolean> {
  const startedAt = world.now();
  const provider = world.provider(name);
  const turn = await waitForCall(world, provider, { kind: 'sends', mode, until: plus(startedAt, PACE_MS_MAX) });
  if (turn === 'not in time') return false;
  if (elapsed(startedAt, world.now()) < STALE_MS) return true;
  const batch = await readBatch(world, batchId);
  const isRunning = batch?.status === 'running' && batch.cancelledAt === undefined;
  return isRunning && (await blockedUntil(world, provider, { mode })) === undefined;
}
