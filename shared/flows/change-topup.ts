import type { Topup, TopupChange } from '../domain/topup.ts';
import { commitTopup } from '../store/topups.ts';
import type { World } from '../world.ts';

const TRIES_MAX = 5;

/**
 * The only way a top-up changes: decide, write if nothing moved, else decide again from what is there. `decide` answers
 * `undefined` when there is nothing left to change.
 */
export async function changeTopup(
  world: World,
  topup: Topup,
  decide: (current: Topup) => TopupChange | undefined,
): Promise<Topup> {
  let current = topup;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const change = decide(current);
    if (!change) return current;
    const committed = await commitTopup(world, change);
    if (committed.isDone) {
      await announce(world, change);
      return committed.topup;
    }
    current = committed.topup;
  }
  throw new Error(`top-up ${topup.id} keeps changing`);
}

async function announce(world: World, { before, after }: TopupChange): Promise<void> {
  if (before.status === after.status) return;
  const { id: topupId, merchantId, mode } = after;
  world.log.info(`topup.${after.status}`, { topupId, merchantId, mode, from: before.status, failure: after.failure });
  if (after.events === before.events) return;
  try {
    await world.queues.send('webhooks', [{ body: { topupId }, group: merchantId }]);
  } catch (error) {
    world.log.error('events.not_enqueued', { topupId }, error);
  }
}
