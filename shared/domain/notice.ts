import type { Owner } from './ledger.ts';
import type { NotificationKind } from './notification.ts';
import { KINDS } from './notification.ts';
import type { Instant } from './time.ts';
import { DAY, elapsed, later, MINUTE, plus } from './time.ts';
import type { TopupFailure } from './topup.ts';
import type { DisabledReason } from './webhook.ts';

/**
 * A notice: what the members of a merchant are notified of by e-mail, of one thing such as a wallet, an endpoint or all
 * its batches. What happens waits in it until the next mail may go; then it is what one mailing says, which goes to one
 * member after the other and keeps who has it. So several things that happen are one mail, a mailing that dies is
 * continued with those who have no mail yet, and of two runs at once one has it.
 */

/** One thing that happened, as a mail says it. Never a number of a customer, a text, or a URL with its path. */
export type Fact =
  | {
      readonly kind: 'low_balance';
      readonly at: Instant;
      /** Amounts as texts, with the currency. */
      readonly balance: string;
      readonly threshold: string;
    }
  | {
      readonly kind: 'endpoint_failing';
      readonly at: Instant;
      readonly host: string;
      readonly failingSince?: Instant;
      /** Set where it gets nothing more. */
      readonly disabled?: DisabledReason;
    }
  | {
      readonly kind: 'batch_finished';
      readonly at: Instant;
      readonly batchId: string;
      readonly reference: string;
      readonly isCancelled: boolean;
      readonly rows: number;
      readonly delivered: number;
    }
  | { readonly kind: 'orders_under_review'; readonly at: Instant; readonly reference: string }
  | {
      readonly kind: 'topup_problem';
      readonly at: Instant;
      readonly topupId: string;
      readonly reference: string;
      readonly amount: string;
      readonly status: 'failed' | 'reversed' | 'review';
      readonly failure?: TopupFailure;
    };

export interface Gathered {
  readonly count: number;
  /** The latest ones, the oldest of them first. */
  readonly facts: readonly Fact[];
}

export interface Mailing extends Gathered {
  readonly startedAt: Instant;
  /** How often a run took it on: only the last one of them goes on with it. */
  readonly claims: number;
  /** The members who have it, by the ids of their memberships. */
  readonly mailedTo: readonly string[];
  /** How often mail to somebody was not taken. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Which notice: of a kind there is one for each wallet or endpoint, and of the other kinds one for all. */
export interface NoticeKey extends Owner {
  readonly kind: NotificationKind;
  readonly subject: string;
}

/** A fact, with its notice. By its id it is added once, however often it is found. */
export interface Occurrence {
  readonly key: NoticeKey;
  readonly id: string;
  readonly fact: Fact;
}

export interface Notice extends NoticeKey {
  readonly waiting?: Gathered;
  readonly mailing?: Mailing;
  /** When it was mailed last. */
  readonly mailedAt?: Instant;
  /** When to mail what waits, or to go on with the mailing; absent exactly when there is neither. */
  readonly dueAt?: Instant;
  /** Increases with every change; 0: not stored. */
  readonly version: number;
}

/** More of them than a mail lists are counted. */
export const FACTS_KEPT = 5;
/** Longer than a run has for the mailings of one merchant. If it dies, the next one takes over then. */
export const MAILING_LEASE_MS = 90_000;
/** So often mail to one person is tried: the last time an hour after the first. */
export const MAIL_TRIES_MAX = 6;
const RETRY_MS = 2 * MINUTE;
/** What could not be mailed in a day is of no use any more. */
const MAILING_MS_MAX = DAY;

/** The subject of a kind of which there is one notice. */
export const ALL = 'all';

export function newNotice(key: NoticeKey): Notice {
  return { ...key, version: 0 };
}

/** A notice with what else has happened. It is due once so much time has passed since the last mail. */
export function withOccurrences(notice: Notice, added: readonly Occurrence[], at: Instant): Notice {
  const { count = 0, facts = [] } = notice.waiting ?? {};
  const all = [...facts, ...added.map(({ fact }) => fact)];
  return {
    ...notice,
    waiting: { count: count + added.length, facts: all.slice(-FACTS_KEPT) },
    dueAt: notice.dueAt ?? earliest(notice, at),
    version: notice.version + 1,
  };
}

function earliest({ kind, mailedAt }: Notice, at: Instant): Instant {
  return mailedAt === undefined ? at : later(at, plus(mailedAt, KINDS[kind].gapMs));
}

export type Claimed = Notice & { readonly mailing: Mailing };

/** Takes on a mailing that is due: the one that another run left, or one of all that waits. `undefined`: none is. */
export function claimMailing(notice: Notice, at: Instant): Claimed | undefined {
  const { waiting, mailing: left, ...rest } = notice;
  if (notice.dueAt === undefined || notice.dueAt > at) return undefined;
  const claim = { dueAt: plus(at, MAILING_LEASE_MS), version: notice.version + 1 };
  if (left) return { ...notice, ...claim, mailing: { ...left, claims: left.claims + 1 } };
  if (!waiting) return undefined;
  return { ...rest, ...claim, mailing: { ...waiting, startedAt: at, claims: 1, mailedTo: [], failures: {} } };
}

/** Whether a mailing is still that of whoever claimed it. */
export function isStillMine(notice: Notice, { mailing: mine }: Claimed): notice is Claimed {
  return notice.mailing?.claims === mine.claims && notice.mailing.startedAt === mine.startedAt;
}

/** Whether somebody is still to get a mailing: they do not have it, and not all tries are used. */
export function isLeft({ mailedTo, failures }: Mailing, memberId: string): boolean {
  return !mailedTo.includes(memberId) && (failures[memberId] ?? 0) < MAIL_TRIES_MAX;
}

/** Who is to get a mailing, those first whose mail failed least often. */
export function byFailures<M extends { readonly id: string }>({ failures }: Mailing, members: readonly M[]): M[] {
  return members.toSorted((a, b) => (failures[a.id] ?? 0) - (failures[b.id] ?? 0));
}

/** Keeps that a member has the mail, or that it was not taken. */
export function attempted(notice: Claimed, memberId: string, isTaken: boolean): Claimed {
  const { mailing } = notice;
  const { [memberId]: before = 0 } = mailing.failures;
  const next = isTaken
    ? { ...mailing, mailedTo: [...mailing.mailedTo, memberId] }
    : { ...mailing, failures: { ...mailing.failures, [memberId]: before + 1 } };
  return { ...notice, mailing: next, version: notice.version + 1 };
}

/**
 * The notice when a run leaves its mailing. It is over when nobody is left, or it is a day old; else it is due again:
 * at once where somebody was not tried yet, or after a time that grows with the failures.
 */
export function leaveMailing(notice: Claimed, left: readonly { readonly id: string }[], at: Instant): Notice {
  const { mailing, dueAt: _lease, ...over } = notice;
  const version = notice.version + 1;
  if (left.length > 0 && elapsed(mailing.startedAt, at) < MAILING_MS_MAX) {
    const failures = Math.min(...left.map(({ id }) => mailing.failures[id] ?? 0));
    return { ...notice, dueAt: failures === 0 ? at : plus(at, RETRY_MS * 2 ** (failures - 1)), version };
  }
  const mailed = { ...over, ...(mailing.mailedTo.length > 0 ? { mailedAt: at } : {}), version };
  return mailed.waiting ? { ...mailed, dueAt: earliest(mailed, at) } : mailed;
}
