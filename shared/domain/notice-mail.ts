import { unreachable } from './assert.ts';
import type { Fact, Gathered, Notice } from './notice.ts';
import { noticeTexts as texts } from './notice-texts.ts';
import type { NotificationKind } from './notification.ts';
import type { Country } from './phone.ts';
import { PLANS, parsePhone } from './phone.ts';
import type { Role } from './role.ts';
import type { Instant } from './time.ts';

const COUNTRIES = Object.keys(PLANS) as Country[];

/** The mail of a notice, as plain text: what happened, what it means, where to look, and where to turn it off. */

export interface NoticeMail {
  readonly subject: string;
  readonly text: string;
  readonly unsubscribeUrl: string;
}

interface Reader {
  readonly business: string;
  readonly role: Role;
  /** The origin of the dashboard. */
  readonly origin: string;
}

export function mailOf(notice: Notice, gathered: Gathered, { business, role, origin }: Reader): NoticeMail {
  const { kind, mode, count, facts } = { ...notice, ...gathered };
  const link = (path: string) => `${origin}/app${path}#business=${notice.merchantId}&mode=${mode}`;
  const unsubscribeUrl = link('/settings/notifications');
  const left = count - facts.length;
  const text = [
    `${business}: ${texts.subject[kind](count)}.`,
    [...facts.map(lineOf), ...(left > 0 ? [texts.earlier(left)] : [])].map((line) => `- ${line}`).join('\n'),
    texts.meaning[kind],
    `${texts.look}\n${link(pathOf(kind, notice.subject, gathered))}`,
    `${texts.why(role, business)} ${texts.turnOff}\n${unsubscribeUrl}`,
  ];
  const subject = `${mode === 'test' ? texts.test : ''}${business}: ${texts.subject[kind](count)}`;
  return { subject, text: text.join('\n\n'), unsubscribeUrl };
}

function lineOf(fact: Fact): string {
  return `${shownInstant(fact.at)}: ${saying(fact)}`;
}

function saying(fact: Fact): string {
  switch (fact.kind) {
    case 'low_balance':
      return texts.lowBalance(fact.balance, fact.threshold);
    case 'endpoint_failing':
      if (fact.disabled === 'gone') return texts.endpointGone(fact.host);
      if (fact.disabled) return texts.endpointDisabled(fact.host);
      return texts.endpointFailing(fact.host, shownInstant(fact.failingSince ?? fact.at));
    case 'batch_finished': {
      const { isCancelled, reference, rows, delivered } = fact;
      return (isCancelled ? texts.batchCancelled : texts.batch)(withoutNumbers(reference), rows, delivered);
    }
    case 'orders_under_review':
      return texts.order(withoutNumbers(fact.reference));
    case 'topup_problem': {
      const line = texts.topup[fact.status](withoutNumbers(fact.reference), fact.amount);
      return fact.failure ? `${line}. ${texts.failures[fact.failure]}` : line;
    }
    default:
      return unreachable(fact);
  }
}

/** Where the dashboard shows it: the one thing, where it is one. */
function pathOf(kind: NotificationKind, subject: string, { count, facts }: Gathered): string {
  const fact = count === 1 ? facts[0] : undefined;
  switch (kind) {
    case 'low_balance':
      return '/wallet';
    case 'endpoint_failing':
      return `/webhooks/${subject}`;
    case 'batch_finished':
      return fact?.kind === 'batch_finished' ? `/bulk/${fact.batchId}` : '/bulk';
    case 'orders_under_review':
      return '/orders?status=unknown';
    case 'topup_problem':
      return fact?.kind === 'topup_problem' ? `/wallet/topups/${fact.topupId}` : '/wallet';
    default:
      return unreachable(kind);
  }
}

/** As people read it, to the minute: who reads a mail may be anywhere, so in UTC. */
function shownInstant(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

const LONG_NUMBER = /\d{9,}/g;
/** The same with what a reference may have between digits. */
const PARTED_NUMBER = /\d(?:[-._:]?\d){8,}/g;

/** We ask for references without numbers of people. Of one that is there, its last three digits are shown. */
function withoutNumbers(reference: string): string {
  const end = (number: string) => `…${number.slice(-3)}`;
  return reference.replace(LONG_NUMBER, end).replace(PARTED_NUMBER, (parted) => {
    const digits = parted.replace(/\D/g, '');
    return isPhone(digits) ? end(digits) : parted;
  });
}

function isPhone(digits: string): boolean {
  return COUNTRIES.some((country) => typeof parsePhone(digits, country) !== 'string');
}
