import type { Campaign } from '../../../../sdk/typescript/src/api.ts';

export type { Campaign } from '../../../../sdk/typescript/src/api.ts';
export type CampaignLike = Pick<Campaign, 'paused' | 'starts_at' | 'ends_at' | 'left' | 'payouts_left'>;

/** Whether a campaign pays now; if not, why: its end, then what somebody here has decided. */
export function stateOf({ paused, starts_at, ends_at, left, payouts_left }: CampaignLike, now: number) {
  if (ends_at !== null && new Date(ends_at).getTime() <= now) return 'ended';
  if (paused) return 'paused';
  if (left === 0 || payouts_left === 0) return 'spent';
  if (starts_at !== null && new Date(starts_at).getTime() > now) return 'waiting';
  return 'active';
}

/** How much of a bar is full: for the eye alone, the amounts stand beside it. */
export function shareOf(spent: number | null, all: number | null): number {
  if (spent === null || !all) return 0;
  return Math.min(100, Math.max(0, (100 * spent) / all));
}

/** What was spent of a day's limits today: the totals are of the latest day with a payout. */
export function todayOf({ latest_day: latest }: Pick<Campaign, 'latest_day'>, now: number) {
  const today = new Date(now).toISOString().slice(0, 10);
  return latest.day === today ? latest : { day: today, spent: 0, payouts: 0 };
}
