import { METRICS } from '../manifest/metrics.ts';
import type { Due } from '../store/due-items.ts';
import { putOff } from '../store/due-items.ts';
import type { World } from '../world.ts';
import { countLive } from './count-live.ts';

/** From this failure in a row on an operator is alarmed: one or two are mostly a database that was busy. */
const ALARMED_AFTER = 3;

/**
 * What a sweep does about an item that it could not handle: logs it, puts it off and counts it. An item of a test key
 * is not counted in the metric. Never throws, because the sweep must go on with the others.
 */
export async function putOffFailed(world: World, event: string, due: Due, error: unknown): Promise<void> {
  const { table, pk, track } = due;
  world.log.error(event, { table, item: pk }, error);
  try {
    const failures = await putOff(world, due);
    if (failures === undefined || failures < ALARMED_AFTER) return;
    world.log.error('sweep.item_keeps_failing', { table, item: pk, failures });
    countLive(world, { mode: track === 'test' || track === 'sandbox' ? 'test' : 'live' }, METRICS.failingItems);
  } catch (cause) {
    world.log.error('sweep.item_not_put_off', { table, item: pk }, cause);
  }
}
