import type { Actor } from './act.ts';
import type { Mode, Owner } from './ledger.ts';
import type { Instant } from './time.ts';
import { DAY, MINUTE, SECOND } from './time.ts';

/**
 * A merchant's terms: how fast it may do what, how many of a kind it may have, whether it is live or frozen. Stored is
 * what an operator changed; everything else follows from the defaults here.
 */

/** So many at once, and as many again in each window: the sustained rate is `quota` in `windowSeconds`. */
export interface Quota {
  readonly quota: number;
  readonly windowSeconds: number;
}

/** What is limited by rate. Sizes are in bytes, everything else in requests. */
export const RATE_NAMES = ['orders', 'meter_lookups', 'test_events', 'resends', 'new_keys', 'upload_bytes'] as const;
export type RateName = (typeof RATE_NAMES)[number];

/** What is limited by number. */
export const COUNT_NAMES = ['endpoints', 'campaigns', 'keys', 'members'] as const;
export type CountName = (typeof COUNT_NAMES)[number];

export interface Limits {
  readonly rates: Readonly<Record<RateName, Quota>>;
  readonly counts: Readonly<Record<CountName, number>>;
}

/** Limits of one mode that differ from the defaults. */
export interface ChangedLimits {
  readonly rates: Readonly<Partial<Record<RateName, Quota>>>;
  readonly counts: Readonly<Partial<Record<CountName, number>>>;
}

/**
 * In a frozen mode nothing is spent: nothing new is accepted, and nothing that was accepted is sent. What was sent runs
 * to its end, and everything can be read.
 */
export interface Freeze {
  readonly at: Instant;
  readonly by: Actor;
  readonly reason: string;
}

export interface Terms {
  readonly merchantId: string;
  readonly isLive: boolean;
  /** The modes that are frozen: an operator's freeze, or else the merchant's own. */
  readonly frozen?: Readonly<Partial<Record<Mode, Freeze>>>;
  /** The merchant's own freezes, of modes that an operator has frozen too. Versions before this knew one a mode. */
  readonly ownFreezes?: Readonly<Partial<Record<Mode, Freeze>>>;
  readonly limits: Readonly<Record<Mode, ChangedLimits>>;
  /** Increases with every change; 0: never changed, and not stored. */
  readonly version: number;
}

const per = (windowMs: number, quota: number): Quota => ({ quota, windowSeconds: windowMs / SECOND });
const MEGABYTE = 1024 * 1024;

/** Members are of the merchant and not of a mode: the limit of live holds. */
const COUNTS = { endpoints: 5, campaigns: 1_000, keys: 100, members: 50 };

export const DEFAULT_LIMITS: Readonly<Record<Mode, Limits>> = {
  live: {
    rates: {
      orders: per(10 * SECOND, 1_000),
      meter_lookups: per(MINUTE, 60),
      test_events: per(MINUTE, 10),
      resends: per(MINUTE, 60),
      new_keys: per(DAY, 100),
      upload_bytes: per(DAY, 500 * MEGABYTE),
    },
    counts: COUNTS,
  },
  test: {
    rates: {
      orders: per(10 * SECOND, 200),
      meter_lookups: per(MINUTE, 60),
      test_events: per(MINUTE, 10),
      resends: per(MINUTE, 60),
      new_keys: per(DAY, 100),
      upload_bytes: per(DAY, 100 * MEGABYTE),
    },
    counts: COUNTS,
  },
};

const UNCHANGED: ChangedLimits = { rates: {}, counts: {} };

/** The terms of a merchant for whom none were changed. */
export function defaultTerms(merchantId: string): Terms {
  return { merchantId, isLive: true, limits: { live: UNCHANGED, test: UNCHANGED }, version: 0 };
}

type Freezable = Pick<Terms, 'frozen' | 'ownFreezes'>;

/** The freezes of a mode, an operator's first: one of each side at most. It is frozen while there is one. */
export function freezesOf({ frozen, ownFreezes }: Freezable, mode: Mode): readonly Freeze[] {
  return [frozen?.[mode], ownFreezes?.[mode]].flatMap((freeze) => freeze ?? []);
}

/** Terms with a mode frozen; the same terms where this side has frozen it already. */
export function frozen(terms: Terms, mode: Mode, freeze: Freeze): Terms {
  const before = freezesOf(terms, mode);
  return before.some(isOfSide(freeze.by)) ? terms : withFreezes(terms, mode, [...before, freeze]);
}

/** Terms without the freeze of this side; the same terms where there is none. */
export function unfrozen(terms: Terms, mode: Mode, by: Actor): Terms {
  const before = freezesOf(terms, mode);
  const isOwn = isOfSide(by);
  return before.some(isOwn)
    ? withFreezes(
        terms,
        mode,
        before.filter((each) => !isOwn(each)),
      )
    : terms;
}

/** Whether only the other side can unfreeze a mode: the merchant and our operators each lift their own freeze. */
export function isFrozenByOthers(terms: Freezable, mode: Mode, by: Actor): boolean {
  const freezes = freezesOf(terms, mode);
  return freezes.length > 0 && !freezes.some(isOfSide(by));
}

function isOfSide({ kind }: Actor): (freeze: Freeze) => boolean {
  return ({ by }) => (by.kind === 'operator') === (kind === 'operator');
}

function withFreezes({ ownFreezes = {}, ...terms }: Terms, mode: Mode, freezes: readonly Freeze[]): Terms {
  const operators = freezes.find(({ by }) => by.kind === 'operator');
  const merchants = freezes.find((each) => each !== operators);
  const beneath = replaced(ownFreezes, mode, operators && merchants);
  return {
    ...terms,
    frozen: replaced(terms.frozen ?? {}, mode, operators ?? merchants),
    ...(Object.keys(beneath).length > 0 ? { ownFreezes: beneath } : {}),
  };
}

/** The limits that hold in a mode. */
export function limitsOf({ limits }: Pick<Terms, 'limits'>, mode: Mode): Limits {
  const base = DEFAULT_LIMITS[mode];
  return {
    rates: { ...base.rates, ...limits[mode].rates },
    counts: { ...base.counts, ...limits[mode].counts },
  };
}

export type LimitChange =
  | { readonly name: RateName; readonly value: Quota | undefined }
  | { readonly name: CountName; readonly value: number | undefined };

/** No merchant needs more, and a slip of the finger has more: a rate a second, and a number. */
const PER_SECOND_MAX = { requests: 1_000, bytes: MEGABYTE };
const COUNT_MAX = 100_000;
/** All of a team are in one item. */
const MEMBERS_MAX = 500;
/** What one request may count: with less at once, the largest file could never be uploaded. */
const QUOTA_MIN: Readonly<Partial<Record<RateName, number>>> = { upload_bytes: 10 * MEGABYTE };

/** An operator's change: `2000/10` for a rate, a number for a count, `default`. A sentence where it is none. */
export function readLimitChange(name: string, text: string): LimitChange | string {
  const isDefault = text === 'default';
  if (isRateName(name)) {
    const [, quota, windowSeconds] = (/^([1-9]\d{0,10})\/([1-9]\d{0,5})$/.exec(text) ?? []).map(Number);
    if (isDefault) return { name, value: undefined };
    if (quota === undefined || windowSeconds === undefined) return `${text} is no rate such as 2000/10`;
    const least = QUOTA_MIN[name] ?? 1;
    if (quota < least) return `${text} is less than the ${least} that one request may count`;
    const most = PER_SECOND_MAX[name === 'upload_bytes' ? 'bytes' : 'requests'];
    return quota / windowSeconds > most
      ? `${text} is more than ${most} a second`
      : { name, value: { quota, windowSeconds } };
  }
  const count = COUNT_NAMES.find((each) => each === name);
  if (!count) return `there is no limit ${name}; limits are ${[...RATE_NAMES, ...COUNT_NAMES].join(', ')}`;
  if (isDefault) return { name: count, value: undefined };
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  const max = count === 'members' ? MEMBERS_MAX : COUNT_MAX;
  return value <= max ? { name: count, value } : `${text} is no number up to ${max}`;
}

/** Terms with one limit changed, or as by default again. */
export function withLimit(terms: Terms, mode: Mode, { name, value }: LimitChange): Terms {
  const { rates, counts } = terms.limits[mode];
  const changed: ChangedLimits = isRateName(name)
    ? { rates: replaced(rates, name, value as Quota | undefined), counts }
    : { rates, counts: replaced(counts, name, value as number | undefined) };
  return { ...terms, limits: { ...terms.limits, [mode]: changed } };
}

export function isRateName(name: string): name is RateName {
  return RATE_NAMES.some((each) => each === name);
}

function replaced<T extends object>(all: T, name: keyof T & string, value: T[keyof T] | undefined): T {
  const others = Object.entries(all).filter(([each]) => each !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]) as T;
}

/** Whose limit it is, and which: under this name it is counted and leased. */
export function limitKey({ merchantId, mode }: Owner, name: RateName | CountName): string {
  return `${name}#${merchantId}#${mode}`;
}
