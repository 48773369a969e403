import { worker } from '../../shared/aws/worker.ts';
import { DAY, elapsed, plus, SECOND } from '../../shared/domain/time.ts';
import { ROW_SET_LOST_MS } from '../../shared/flows/privacy/erase-items.ts';
import { eraseOldOf } from '../../shared/flows/privacy/erase-old.ts';
import { privacyHash } from '../../shared/flows/privacy/hash-of-number.ts';
import { workThrough } from '../../shared/flows/work-through.ts';
import type { ErasedList } from '../../shared/store/erasures.ts';
import { listMerchants } from '../../shared/store/merchants.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the pages in hand. */
const RUN_MS_MAX = 240 * SECOND;
const OWNERS_AT_ONCE = 4;
const LISTS: readonly ErasedList[] = ['orders', 'topups', 'batches', 'rowSets'];

/**
 * Erases the personal data of what is older than the stage keeps it: of orders, top-ups and the rows of batches; after
 * a day, the rows that no batch came of. Money, the ledger and whatever is still pending stay as they are. It begins
 * with any merchant, so that none waits behind the same others in every run.
 */
export async function eraseOld(world: World): Promise<void> {
  const startedAt = world.now();
  const hash = await privacyHash(world);
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const merchants = await listMerchants(world);
  const first = Math.floor(world.random() * merchants.length);
  const work = [...merchants.slice(first), ...merchants.slice(0, first)].flatMap(({ id }) =>
    (['live', 'test'] as const).flatMap((mode) => LISTS.map((list) => ({ owner: { merchantId: id, mode }, list }))),
  );
  const erased = { orders: 0, topups: 0, batches: 0, rowSets: 0 };
  const { done, failed } = await workThrough(
    work,
    async ({ owner, list }) => {
      const before = plus(startedAt, list === 'rowSets' ? -ROW_SET_LOST_MS : -world.retentionDays * DAY);
      erased[list] += await eraseOldOf(world, { owner, list, before, hash, isTimeLeft });
    },
    {
      atOnce: OWNERS_AT_ONCE,
      isTimeLeft,
      onFailure: (error, { owner, list }) => world.log.error('retention.failed', { ...owner, table: list }, error),
    },
  );
  const { rowSets: _lost, ...counts } = erased;
  world.log.info('retention.run', { ...counts, failed, left: work.length - done });
  if (failed > 0) throw new Error(`the old data of ${failed} lists was not erased`);
}

export const handler = worker({ schedule: 'erase-old', onSchedule: eraseOld });
