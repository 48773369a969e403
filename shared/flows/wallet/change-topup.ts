import type { Topup, TopupChange } from '../../domain/topup.ts';
import { commitTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { decideAgain } from '../decide-again.ts';

/** The only way a top-up changes. What it changed is logged, and handed on where there is an event. */
export async function changeTopup(
  world: World,
  topup: Topup,
  decide: (current: Topup) => TopupChange | undefined,
): Promise<Topup> {
  const { there, change } = await decideAgain(topup, decide, (each) => commitTopup(world, each));
  if (change) await announce(world, change);
  return there;
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
