import type { NotificationKind } from './notification.ts';
import type { Role } from './role.ts';
import type { TopupFailure } from './topup.ts';
import { TOPUP_FAILURES } from './topup.ts';

/** The words of mails about what happened, one language each: English first. */

interface NoticeTexts {
  readonly test: string;
  /** What happened so often, in a line of whoever reads a list of mails. */
  readonly subject: Readonly<Record<NotificationKind, (count: number) => string>>;
  /** What it means, and what to do. */
  readonly meaning: Readonly<Record<NotificationKind, string>>;
  readonly lowBalance: (balance: string, threshold: string) => string;
  readonly endpointFailing: (host: string, since: string) => string;
  readonly endpointDisabled: (host: string) => string;
  readonly endpointGone: (host: string) => string;
  readonly batch: (reference: string, rows: number, delivered: number) => string;
  readonly batchCancelled: (reference: string, rows: number, delivered: number) => string;
  readonly order: (reference: string) => string;
  readonly topup: Readonly<Record<'failed' | 'reversed' | 'review', (reference: string, amount: string) => string>>;
  readonly failures: Readonly<Record<TopupFailure, string>>;
  readonly earlier: (count: number) => string;
  readonly look: string;
  readonly why: (role: Role, business: string) => string;
  readonly turnOff: string;
}

const en: NoticeTexts = {
  test: '[Test] ',
  subject: {
    low_balance: () => 'a balance is low',
    endpoint_failing: () => 'a webhook endpoint is failing',
    batch_finished: (count) => (count === 1 ? 'a batch is finished' : `${count} batches are finished`),
    orders_under_review: (count) => (count === 1 ? 'an order is under review' : `${count} orders are under review`),
    topup_problem: (count) => (count === 1 ? 'a top-up did not go through' : `${count} top-ups did not go through`),
  },
  meaning: {
    low_balance: 'Orders are refused once the wallet does not cover them. Top it up in time.',
    endpoint_failing:
      'While it fails, it gets no events. What it missed is kept for 90 days and can be sent again once it answers.',
    batch_finished: 'Each of its rows is decided. The money of rows that were not delivered is back in the wallet.',
    orders_under_review:
      'The provider does not say whether they were delivered, so a person of ours finds out. Their money stays on ' +
      'hold until then. Do not order them again: each gets its final status, and its webhook.',
    topup_problem:
      'A top-up that failed credits nothing, and one that was reversed is taken out of the wallet again. Of one ' +
      'under review it is not clear what was paid: a person of ours finds out and decides.',
  },
  lowBalance: (balance, threshold) => `the balance fell to ${balance}; your threshold is ${threshold}`,
  endpointFailing: (host, since) => `${host} has taken no event since ${since}`,
  endpointDisabled: (host) => `${host} is disabled, because it took no event for days`,
  endpointGone: (host) => `${host} is disabled, because it answered 410 Gone`,
  batch: (reference, rows, delivered) => `${reference}: ${delivered} of ${rows} rows were delivered`,
  batchCancelled: (reference, rows, delivered) =>
    `${reference} was cancelled: ${delivered} of ${rows} rows were delivered`,
  order: (reference) => reference,
  topup: {
    failed: (reference, amount) => `${reference} of ${amount} failed`,
    reversed: (reference, amount) => `${reference} of ${amount} was reversed`,
    review: (reference, amount) => `${reference} of ${amount} is under review`,
  },
  failures: TOPUP_FAILURES,
  earlier: (count) => `and ${count} before`,
  look: 'Look at it here:',
  why: (role, business) => `You get this as ${role} of ${business}.`,
  turnOff: 'What is mailed to you, and to turn it off:',
};

export const noticeTexts = en;
