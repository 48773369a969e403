import type { BatchRow, RowInput } from './batch.ts';
import { defined } from './defined.ts';
import type { Change, Order } from './order.ts';
import { isFinal } from './order.ts';
import type { Instant } from './time.ts';
import type { Topup } from './topup.ts';
import { isDecided } from './topup.ts';
import { revisedWithEvents } from './versioned.ts';

/**
 * What is left of personal data once it is erased: of a number, a keyed hash and its last three digits; of a text, a
 * hash where a repeated request is compared with it, else nothing. Money, references, statuses and times stay.
 */

/** A keyed hash of a text. */
export type Hash = (text: string) => string;

/** A number as it is shown once it is erased. */
export function maskedNumber(number: string): string {
  return `…${number.slice(-3)}`;
}

/** Whether nothing can happen to an order by itself any more, so that nothing needs its number. */
export function mayBeErased({ status, erased, dueAt, stored, outbox }: Order): boolean {
  return isFinal(status) && !erased && dueAt === undefined && stored === undefined && outbox === undefined;
}

/** An order without its personal data. Whatever its money depends on stays as it is. */
export function eraseOrder(before: Order, hash: Hash, at: Instant): Change {
  const { customSms, resultsUrl: _url, lastFinding: _finding, payout, ...kept } = before;
  const { tokens: _tokens, holder: _holder, ...receipt } = before.receipt;
  const smsHash = customSms === undefined ? undefined : hash(customSms);
  const after: Order = {
    ...kept,
    target: maskedNumber(before.msisdn),
    msisdn: hash(before.msisdn),
    receipt,
    attempts: before.attempts.map(({ evidence: _evidence, ...attempt }) => attempt),
    ...(payout ? { payout: { ...payout, respondentId: '' } } : {}),
    erased: { at, ...defined({ smsHash }) },
    version: before.version + 1,
  };
  return { before, after };
}

/** The number of an order as its merchant sees it. */
export function shownNumber({ erased, target, msisdn }: Pick<Order, 'erased' | 'target' | 'msisdn'>): string {
  return erased ? target : msisdn;
}

export function mayTopupBeErased({ status, dueAt, queryAt, outbox, erasedAt }: Topup): boolean {
  const isPending = dueAt !== undefined || queryAt !== undefined || outbox !== undefined;
  return isDecided(status) && !isPending && erasedAt === undefined;
}

/** A top-up without what names its payer: the payment gateway's answers, and the page of the payment. */
export function eraseTopup(before: Topup, at: Instant): { before: Topup; after: Topup } {
  const gone = { lastFinding: undefined, orphans: undefined, redirectUrl: undefined };
  return { before, after: revisedWithEvents(before, { ...gone, erasedAt: at }) };
}

/** A row of a batch without its number and texts. It can no longer be sent again. */
export function eraseRow({ row, order, leftOut, erased }: BatchRow, hash: Hash): BatchRow {
  if (erased) return { row, ...defined({ order, leftOut }), erased };
  if (order) {
    const { customSms: _sms, resultsUrl: _url, ...kept } = order;
    return { row, order: { ...kept, target: maskedNumber(order.msisdn), msisdn: hash(order.msisdn) }, erased: true };
  }
  if (!leftOut) return { row, erased: true };
  // Any cell of a wrong row may hold the number, and the sentence about a cell repeats it. Nothing was accounted by it.
  const problems = leftOut.problems.map((problem) => ({ ...problem, detail: 'Erased.' }));
  return { row, leftOut: { target: maskedNumber(leftOut.target), amount: '', problems }, erased: true };
}

/** All that stands in a row which was left out. */
export function textsOfLeftOut({ problems, ...cells }: Omit<RowInput, 'row'>): string[] {
  return [...Object.values(cells), ...problems.map(({ detail }) => detail)];
}

/** The number of a row as its merchant sees it. */
export function rowNumber({ order, erased }: BatchRow): string {
  return (erased ? order?.target : order?.msisdn) ?? '';
}
