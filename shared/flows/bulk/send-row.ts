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
import { findHold, recordOutcome } from '../orders/circuit-breaker.ts';
import { prepare, sendClaimed } from '../orders/dispatch-order.ts';
import { waitForCall } from '../orders/keep-pace.ts';

/** How long a row waits for its provider's pace. */
const PACE_MS_MAX = 20 * SECOND;
/** A row that was looked at longer ago is sent only if its batch is still running and its provider still up. */
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
  const found = await findHold(world, provider, row);
  if (found) {
    await createRow(world, hold(row, found, world.now()).after);
    return;
  }
  const lookedAt = world.now();
  if (!(await waitForTurn(world, initial))) return;
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
  // Also where it was making the call ready that took long.
  if (elapsed(lookedAt, world.now()) >= STALE_MS && !(await mayStillBeSent(world, initial))) return;
  // Last, because all before it may take longer than a freeze takes to hold.
  if (await readFreeze(world, row)) return;
  const order = await createRow(world, claimRow(row, attemptId, provider.capabilities, world.now(), prepared.account));
  if (isClaimedBy(order, attemptId)) await sendClaimed(world, provider, { order, attemptId, ready: prepared });
}

/** Waits for the provider's pace. False where that lasts too long: the row is left to its chunk's next run. */
async function waitForTurn(world: World, { provider, mode }: InitialRow): Promise<boolean> {
  const until = plus(world.now(), PACE_MS_MAX);
  return (await waitForCall(world, world.provider(provider), { kind: 'sends', mode, until })) !== 'not in time';
}

/** False where the row is left to its chunk's next run: its batch was cancelled, or its provider is down. */
async function mayStillBeSent(world: World, { provider, mode, batchId }: InitialRow): Promise<boolean> {
  const batch = await readBatch(world, batchId);
  const isRunning = batch?.status === 'running' && batch.cancelledAt === undefined;
  return isRunning && (await findHold(world, world.provider(provider), { mode })) === undefined;
}
