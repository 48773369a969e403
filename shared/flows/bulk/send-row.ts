import type { InitialRow } from '../../domain/claimed-row.ts';
import { claimRow, isClaimedBy } from '../../domain/claimed-row.ts';
import { acceptRow, applyPreparation, hold } from '../../domain/order-life.ts';
import { plus } from '../../domain/time.ts';
import { newId } from '../../id.ts';
import type { Provider } from '../../providers/provider.ts';
import { readBatch } from '../../store/batches.ts';
import { createRow } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { changeOrder } from '../orders/change-order.ts';
import { blockedUntil, recordOutcome } from '../orders/circuit-breaker.ts';
import { PACE_MS_MAX, prepare, sendClaimed } from '../orders/dispatch-order.ts';
import { waitForCall } from '../orders/keep-pace.ts';

/**
 * Makes the order of a row and sends it. The order is written already claimed, so that one write takes the reference
 * and the right to call. Only who finds its own attempt on the stored order calls: it wrote it, with or without an
 * answer. The order's id says nothing, because every run of the row derives the same one. Whoever finds another's order
 * leaves it alone: one that was not sent is due by itself, and a claim without an outcome is given up by its chunk.
 */
export async function sendRow(world: World, initial: InitialRow): Promise<void> {
  const provider = world.provider(initial.provider);
  if (await holdIfBlocked(world, provider, initial)) return;
  const until = plus(world.now(), PACE_MS_MAX);
  const turn = await waitForCall(world, provider, { kind: 'sends', mode: initial.mode, until });
  if (turn === 'after a wait') {
    // The next run of its chunk writes the row as cancelled.
    if ((await readBatch(world, initial.batchId))?.cancelledAt !== undefined) return;
    if (await holdIfBlocked(world, provider, initial)) return;
  }
  const row = acceptRow(initial, world.now());
  if (turn === 'not in time') {
    // It is due by itself.
    await createRow(world, row);
    return;
  }
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
  const order = await createRow(world, claimRow(row, attemptId, provider.capabilities, world.now(), prepared.account));
  if (isClaimedBy(order, attemptId)) await sendClaimed(world, provider, { order, attemptId, ready: prepared });
}

async function holdIfBlocked(world: World, provider: Provider, initial: InitialRow): Promise<boolean> {
  const row = acceptRow(initial, world.now());
  const waitUntil = await blockedUntil(world, provider, row);
  if (waitUntil === undefined) return false;
  await createRow(world, hold(row, waitUntil, world.now()).after);
  return true;
}
