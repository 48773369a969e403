import type { Statement } from '../../../../sdk/typescript/src/api.ts';
import { moneyText } from '../../parts/money-text.ts';
import { wordFor } from '../../texts/language.ts';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import type { Row } from './chain.ts';
import { minorText } from './minor-text.ts';
import { MARGIN, type Mark, PAGE_HEIGHT, PAGE_WIDTH, pdfOf, wrapped } from './pdf.ts';

/** The statement of a month on paper: balances, totals, and each entry while there are not too many. */

export const PDF_ENTRIES_MAX = 5_000;

export interface StatementFacts {
  readonly business: string;
  readonly merchantId: string;
  readonly isTest: boolean;
  readonly madeAt: string;
  readonly statement: Statement;
  /** Absent where there are too many. */
  readonly rows: readonly Row[] | undefined;
}

const RIGHT = PAGE_WIDTH - MARGIN;
const BOTTOM = PAGE_HEIGHT - MARGIN - 14;
const LINE = 14;
/** Between the lines of one text. */
const LINE_WITHIN = 11;
const AMOUNT_X = RIGHT - 105;
const WHAT_X = MARGIN + 110;
const KIND_X = AMOUNT_X - 132;

export function statementPdf(facts: StatementFacts): Uint8Array<ArrayBuffer> {
  const { statement, rows } = facts;
  const pages: Mark[][] = [[]];
  let y = MARGIN + 8;
  const put = (marks: (at: number) => readonly Mark[], height = LINE) => {
    if (y + height > BOTTOM) {
      pages.push([]);
      y = MARGIN + 8;
      if (isListing) put(headings);
    }
    pages.at(-1)?.push(...marks(y));
    y += height;
  };
  let isListing = false;
  for (const each of beginning(facts)) put(...each);
  if (rows) {
    put((at) => [{ x: MARGIN, y: at + 10, text: texts.entries, size: 12, bold: true }], 28);
    put(headings);
    isListing = true;
    for (const each of rows.flatMap((row) => entry(row, statement.currency))) put(...each);
    isListing = false;
    const last = rows.at(-1);
    if (last) put((at) => [{ x: MARGIN, y: at + 8, text: texts.pdf.last(last.seq, last.hash), size: 7 }], 24);
  } else {
    const text = texts.pdf.tooMany(PDF_ENTRIES_MAX.toLocaleString());
    put((at) => [{ x: MARGIN, y: at + 10, text }], 28);
  }
  const title = texts.pdf.title(statement.currency, statement.month);
  return pdfOf(
    `${title} ${facts.business}`,
    pages.map((marks, at) => [...marks, ...foot(title, at + 1, pages.length)]),
  );
}

type Put = readonly [(at: number) => readonly Mark[], number];

function beginning({ business, merchantId, isTest, madeAt, statement }: StatementFacts): Put[] {
  const { currency, month, from, to, closed, totals } = statement;
  const money = (amount: number | null) => (amount === null ? '–' : moneyText(amount, currency));
  const pair = (label: string, value: string) => lines(value, RIGHT - WHAT_X, (y) => [{ x: MARGIN, y, text: label }]);
  const sum = (label: string, count: string, amount: string, bold = false): Put => [
    (y) => [
      { x: MARGIN, y, text: label, bold },
      { x: AMOUNT_X, y, text: count, right: true, bold },
      { x: RIGHT, y, text: amount, right: true, bold },
    ],
    LINE,
  ];
  const rule: Put = [(y) => [{ y: y - 5 }], 8];
  return [
    [(y) => [{ x: MARGIN, y: y + 8, text: texts.pdf.title(currency, month), size: 18, bold: true }], 32],
    ...(isTest ? [[(y: number) => [{ x: MARGIN, y, text: texts.pdf.test, bold: true }], 20] as const] : []),
    ...pair(texts.pdf.business, business),
    ...pair(texts.pdf.merchant, merchantId),
    ...pair(texts.pdf.period, texts.pdf.period1(utc(from), utc(to))),
    ...pair(texts.pdf.made, utc(madeAt)),
    ...pair(texts.addsUp, statement.first_flaw ? texts.addsUpNo(statement.first_flaw.seq) : texts.addsUpYes),
    rule,
    sum(texts.opening, '', money(statement.opening_balance), true),
    ...totals.map(({ kind, count, amount }) =>
      sum(wordFor(texts.kindWords, kind), count.toLocaleString(), money(amount)),
    ),
    sum(closed ? texts.closing : texts.closingNow, '', money(statement.closing_balance), true),
    rule,
  ];
}

function headings(y: number): Mark[] {
  return [
    { x: MARGIN, y, text: texts.pdf.date, bold: true },
    { x: WHAT_X, y, text: texts.what, bold: true },
    { x: KIND_X, y, text: texts.kind, bold: true },
    { x: AMOUNT_X, y, text: texts.amount, right: true, bold: true },
    { x: RIGHT, y, text: texts.balance, right: true, bold: true },
    { y: y + 4 },
  ];
}

function entry(row: Row, currency: string): Put[] {
  const money = (minor: number) => moneyText(minorText(minor, currency), currency).split(' ')[0] ?? '';
  return lines(row.description, KIND_X - WHAT_X - 8, (y) => [
    { x: MARGIN, y, text: utc(row.at) },
    { x: KIND_X, y, text: wordFor(texts.kindWords, row.kind) },
    { x: AMOUNT_X, y, text: money(row.amountMinor), right: true },
    { x: RIGHT, y, text: money(row.balanceMinor), right: true },
  ]);
}

/** A text in its column, in as many lines as it needs; beside the first is what else is in the row. */
function lines(text: string, width: number, beside: (y: number) => readonly Mark[]): Put[] {
  const all = wrapped(text, width);
  return all.map((each, at) => [
    (y) => [...(at === 0 ? beside(y) : []), { x: WHAT_X, y, text: each }],
    at === all.length - 1 ? LINE : LINE_WITHIN,
  ]);
}

function foot(title: string, page: number, pages: number): Mark[] {
  const y = PAGE_HEIGHT - MARGIN + 10;
  return [
    { x: MARGIN, y, text: title, size: 7 },
    { x: RIGHT, y, text: texts.pdf.page(page, pages), size: 7, right: true },
  ];
}

function utc(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
