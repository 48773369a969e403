import { worker } from '../../shared/aws/worker.ts';
import { DAYS_LOOKED_AT, dayOf, isRecountDue } from '../../shared/domain/figures.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { DAY, elapsed, plus, SECOND } from '../../shared/domain/time.ts';
import { countDay, recountDay } from '../../shared/flows/figures/count-day.ts';
import { workThrough } from '../../shared/flows/work-through.ts';
import { readFigures } from '../../shared/store/figures.ts';
import { listMerchants } from '../../shared/store/merchants.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the steps in hand. */
const RUN_MS_MAX = 240 * SECOND;
const OWNERS_AT_ONCE = 8;

/**
 * Counts the orders of all merchants by day: first what is new of every merchant, then days that are over, from the
 * beginning. It begins with any merchant, so that none waits behind the same others in every run.
 */
export async function countFigures(world: World): Promise<void> {
  const startedAt = world.now();
  const today = dayOf(startedAt);
  const yesterday = dayOf(plus(startedAt, -DAY));
  const first = dayOf(plus(startedAt, (1 - DAYS_LOOKED_AT) * DAY));
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const merchants = await listMerchants(world);
  const begin = Math.floor(world.random() * merchants.length);
  const owners = [...merchants.slice(begin), ...merchants.slice(0, begin)].flatMap(({ id }): Owner[] => [
    { merchantId: id, mode: 'live' },
    { merchantId: id, mode: 'test' },
  ]);
  const inPool = (work: (owner: Owner) => Promise<void>) =>
    workThrough(owners, work, {
      atOnce: OWNERS_AT_ONCE,
      isTimeLeft,
      onFailure: (error, owner) => world.log.error('figures.failed', { ...owner }, error),
    });
  const counts = await inPool(async (owner) => {
    const stored = new Map((await readFigures(world, owner, first, today)).map((each) => [each.day, each]));
    for (const day of new Set([today, yesterday, ...stored.keys()])) {
      await countDay(world, { owner, day, figures: stored.get(day), isTimeLeft });
    }
  });
  const recounts = await inPool(async (owner) => {
    const stored = await readFigures(world, owner, first, yesterday);
    for (const figures of stored.filter((each) => isRecountDue(each, startedAt))) {
      await recountDay(world, { owner, day: figures.day, figures, isTimeLeft });
    }
  });
  const failed = counts.failed + recounts.failed;
  world.log.info('figures.run', { failed, left: 2 * owners.length - counts.done - recounts.done });
  if (failed > 0) throw new Error(`the figures of ${failed} merchants were not counted`);
}

export const handler = worker({ schedule: 'count-figures', onSchedule: countFigures });
