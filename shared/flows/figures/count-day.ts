import type { DayFigures, Progress } from '../../domain/figures.ts';
import {
  countOrders,
  emptyProgress,
  endOf,
  isCountDue,
  isRecountDue,
  OPEN_MAX,
  SETTLING_MS,
  WORTH_WRITING,
} from '../../domain/figures.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import { earlier, elapsed, HOUR, plus } from '../../domain/time.ts';
import { listOldest } from '../../store/erasures.ts';
import { saveFigures } from '../../store/figures.ts';
import { instantOfListSk } from '../../store/list-newest-first.ts';
import { keyOfPk, readSettled } from '../../store/orders.ts';
import type { World } from '../../world.ts';

/** What runs share of the work on one day of a merchant. */
export interface DayWork {
  readonly owner: Owner;
  readonly day: string;
  /** Absent before the day's first orders were counted. */
  readonly figures: DayFigures | undefined;
  isTimeLeft(): boolean;
}

interface Step {
  readonly progress: Progress;
  /** How many orders were added, or decided since the last look. */
  readonly changes: number;
  readonly isAll: boolean;
}

/**
 * Counts what was placed on a day since the last count, and what was decided. Each step is one put of the day, on the
 * condition that it is as it was read: where two count at once, one of them stops.
 */
export async function countDay(world: World, { owner, day, figures, isTimeLeft }: DayWork): Promise<void> {
  let last = figures ?? { ...emptyProgress(day), day, asOf: '', version: 0, recounts: 0 };
  while (isTimeLeft() && isCountDue(last)) {
    const until = plus(world.now(), -SETTLING_MS);
    const { progress, changes, isAll } = await step(world, owner, last, earlier(endOf(day), until));
    const isNews = changes > 0 || (isAll && last.asOf < endOf(day));
    const isOld = last.version > 0 && elapsed(last.asOf, until) >= HOUR && isNews;
    const isFirst = last.version === 0 && changes > 0;
    if (!isFirst && !isOld && changes < WORTH_WRITING) return;
    const next = { ...last, ...progress, asOf: reached(progress, isAll, until), version: last.version + 1 };
    if (!(await saveFigures(world, owner, next)) || isAll) return;
    last = next;
  }
}

/** Counts a day that is over from the beginning, beside what is shown until it is done. One that dies is continued. */
export async function recountDay(world: World, { owner, day, figures, isTimeLeft }: DayWork): Promise<void> {
  let last = figures;
  while (last && isTimeLeft() && isRecountDue(last, world.now())) {
    const before = last.recount ?? emptyProgress(day);
    const { progress, changes, isAll } = await step(world, owner, before, endOf(day));
    if (!isAll && changes === 0) return;
    const done = {
      ...progress,
      asOf: plus(world.now(), -SETTLING_MS),
      recounts: last.recounts + 1,
      recount: undefined,
    };
    const next: DayFigures = { ...last, ...(isAll ? done : { recount: progress }), version: last.version + 1 };
    if (isAll && !isSame(progress, last)) world.log.info('figures.corrected', { ...owner, day });
    if (!(await saveFigures(world, owner, next))) return;
    last = next;
  }
}

async function step(world: World, owner: Owner, progress: Progress, before: Instant): Promise<Step> {
  const limit = OPEN_MAX - progress.openReferences.length;
  const rows = limit > 0 ? await listOldest(world, 'orders', owner, { after: progress.upTo, before, limit }) : [];
  const wanted = rows.map(({ pk }) => keyOfPk(pk).agentReference);
  const found = await readSettled(world, owner, [...progress.openReferences, ...wanted]);
  const next = countOrders(progress, wanted, found, rows.at(-1)?.listSk ?? progress.upTo);
  const decided = progress.openReferences.length + wanted.length - next.openReferences.length;
  return { progress: next, changes: Math.max(decided, wanted.length), isAll: limit > 0 && rows.length < limit };
}

function reached({ upTo }: Progress, isAll: boolean, until: Instant): Instant {
  return isAll ? until : instantOfListSk(upTo);
}

function isSame(a: Progress, b: Progress): boolean {
  const text = ({ decided, open }: Progress) =>
    JSON.stringify([decided, open].map((sums) => Object.entries(sums).sort()));
  return text(a) === text(b);
}
