import { worker } from '../../shared/aws/worker.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { NoticeKey } from '../../shared/domain/notice.ts';
import { elapsed, plus, SECOND } from '../../shared/domain/time.ts';
import { addReviews } from '../../shared/flows/notices/add-reviews.ts';
import { mailNotice } from '../../shared/flows/notices/mail-notice.ts';
import { inEachMode, workThrough } from '../../shared/flows/work-through.ts';
import { dueNotices } from '../../shared/store/notices.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the mails in flight. */
const RUN_MS_MAX = 40 * SECOND;
/** What one merchant takes of a run, however many it has to tell and however slowly mail is taken. */
const MERCHANT_MS_MAX = 10 * SECOND;
const READ_PER_SHARD = 250;
const MERCHANTS_AT_ONCE = 10;
/** For those of test mode, beside those of live mode. */
const TEST_MERCHANTS_AT_ONCE = 3;

/** Adds what went to manual review to notices, and mails those that are due. Nothing of an order waits for either. */
export function mailNotices(world: World): Promise<void> {
  return inEachMode((mode) => mailNoticesOf(world, mode));
}

async function mailNoticesOf(world: World, mode: Mode): Promise<void> {
  const startedAt = world.now();
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const reviews = await Promise.allSettled([
    addReviews(world, 'orders', mode, isTimeLeft),
    addReviews(world, 'topups', mode, isTimeLeft),
  ]);
  await mailDue(world, mode, isTimeLeft);
  for (const part of reviews) if (part.status === 'rejected') throw part.reason;
}

/** Merchant by merchant, so that no number of notices or members of one takes the slots of the others. */
async function mailDue(world: World, mode: Mode, isTimeLeft: () => boolean): Promise<void> {
  const due = await dueNotices(world, mode, world.now(), READ_PER_SHARD);
  const byMerchant = [...Map.groupBy(due, ({ merchantId }) => merchantId).values()];
  const atOnce = mode === 'live' ? MERCHANTS_AT_ONCE : TEST_MERCHANTS_AT_ONCE;
  const { failed } = await workThrough(byMerchant, (own) => mailMerchant(world, own), {
    atOnce,
    isTimeLeft,
    onFailure: (error, own) => world.log.error('notice.failed', { merchantId: own[0]?.merchantId, mode }, error),
  });
  if (failed > 0) throw new Error(`the notices of ${failed} merchants were not mailed`);
}

/** One that fails is taken up again when its lease ends, and the others of its merchant by the next run. */
async function mailMerchant(world: World, notices: readonly NoticeKey[]): Promise<void> {
  const endsAt = plus(world.now(), MERCHANT_MS_MAX);
  for (const key of notices) {
    if (world.now() >= endsAt) return;
    await mailNotice(world, key, endsAt);
  }
}

export const handler = worker({ schedule: 'mail-notices', onSchedule: mailNotices });
