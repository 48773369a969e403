import type { CellProblem, RowInput } from '../../domain/batch.ts';
import type { Currency } from '../../domain/money.ts';
import { parseCurrency } from '../../domain/money.ts';
import { csvRow } from './csv.ts';
import type { Column } from './sheet-cells.ts';
import {
  CELL_CHARACTERS_MAX,
  CELL_PROBLEMS,
  cellProblem,
  currencyOfMark,
  DECIMAL_COMMA,
  isGroupedOrDecimal,
  shown,
  splitMoney,
  textOf,
  trimmed,
} from './sheet-cells.ts';
import {
  checkRecords,
  checkText,
  detectDelimiter,
  readRecords,
  SHEET_ROWS_MAX,
  takeSeparatorLine,
  tooLarge,
} from './sheet-dialect.ts';
import type { Header } from './sheet-header.ts';
import { COLUMNS, readHeader, SHEET_COLUMNS_MAX, unusable } from './sheet-header.ts';

/**
 * Reads a merchant's CSV of recharges as people and spreadsheets really write it. It checks the format only: whether
 * a number can be recharged, and a product is sold in an amount, is checked later. It never guesses: a cell that can be
 * read in two ways, or has lost digits in a spreadsheet, is a problem of its row, never an amount or a number.
 *
 * A file that cannot be used at all is refused with `invalid_csv` or `csv_too_large`.
 */
export function readSheet(text: string): Sheet {
  checkText(text);
  const { body, separator, firstRow } = takeSeparatorLine(text.replace(/^\uFEFF+/, '').replace(/\r\n?/g, '\n'));
  const delimiter = separator ?? detectDelimiter(body);
  checkRecords(body, delimiter, firstRow);
  let header: Header | undefined;
  let rowCount = 0;
  const rows: RowInput[] = [];
  readRecords(body, delimiter, (cells, index) => {
    const width = filledWidth(cells);
    if (width === 0) return;
    if (header === undefined) {
      if (width > SHEET_COLUMNS_MAX) throw tooLarge(width, 'columns', SHEET_COLUMNS_MAX);
      header = readHeader(cells.slice(0, width));
      return;
    }
    rowCount += 1;
    if (rowCount <= SHEET_ROWS_MAX) rows.push(readRow(cells, width, header, firstRow + index));
  });
  if (header === undefined) throw unusable('The file is empty.');
  if (rowCount === 0) throw unusable('The file has a header and no rows.');
  if (rowCount > SHEET_ROWS_MAX) throw tooLarge(rowCount, 'rows', SHEET_ROWS_MAX);
  const hasCommas = delimiter !== ',' && agreeOnCommas(rows);
  return {
    rows: hasCommas ? rows.map(withPoint) : rows,
    columns: header.places.map(({ column }) => column),
    positions: header.places.map(({ at }) => at + 1),
    ignoredColumns: header.ignoredColumns,
    delimiter,
    notes: hasCommas ? [DECIMAL_COMMAS_NOTE] : [],
  };
}

export interface Sheet {
  readonly rows: readonly RowInput[];
  /** The columns that we know, in the order of the file. */
  readonly columns: readonly Column[];
  /** The place of each of them in its row, from 1. */
  readonly positions: readonly number[];
  /** The names of columns that we do not know, as written. */
  readonly ignoredColumns: readonly string[];
  readonly delimiter: string;
  /** How the file was understood, where another reading was possible. */
  readonly notes: readonly SheetNote[];
}

export interface SheetNote {
  readonly code: string;
  readonly detail: string;
}

const DECIMAL_COMMAS_NOTE: SheetNote = {
  code: 'decimal_commas',
  detail: 'The amounts have decimal commas: 5,50 is read as 5.50.',
};

/** A file to start from: one row with every column filled, one with only the required columns. */
export const TEMPLATE_CSV = [
  COLUMNS,
  ['0772279099', { plain: '5.00' }, '100', 'USD', 'INVOICE-1001', 'Thank you for your order'],
  ['254712345678', { plain: '50' }, '', '', '', ''],
]
  .map(csvRow)
  .join('');

const FIELD_OF = {
  target: 'target',
  amount: 'amount',
  product_id: 'productId',
  currency: 'currency',
  reference: 'reference',
  custom_sms: 'customSms',
} as const satisfies Record<Column, keyof RowInput>;

/** Shared by all rows without problems. */
const NO_PROBLEMS: readonly CellProblem[] = [];

function readRow(cells: readonly string[], width: number, header: Header, row: number): RowInput {
  const read: { -readonly [Field in keyof RowInput]: RowInput[Field] } = {
    row,
    target: '',
    amount: '',
    problems: NO_PROBLEMS,
  };
  const problems: CellProblem[] = [];
  let written: Currency | undefined;
  for (const { column, at } of header.places) {
    let text = textOf(cells[at] ?? '', column);
    if (column === 'amount') ({ text, currency: written } = splitMoney(text));
    const problem = cellProblem(column, text);
    if (problem) problems.push(problem);
    if (text !== '') read[FIELD_OF[column]] = text.slice(0, CELL_CHARACTERS_MAX[column]).toWellFormed();
  }
  if (read.currency) read.currency = parseCurrency(read.currency) ?? read.currency.toUpperCase();
  problems.push(...setCurrency(read, [written, header.currency]), ...msisdnProblem(read, cells, header));
  if (width > header.width) read.problems = [tooManyCells(cells, width, header)];
  else if (problems.length > 0) read.problems = problems;
  return read;
}

/** The currency that the row, its amount or its header names; two that differ are a problem. */
function setCurrency(read: { currency?: string }, others: readonly (Currency | undefined)[]): CellProblem[] {
  if (read.currency !== undefined && !/^[A-Z]{3}$/.test(read.currency)) return [];
  const own = currencyOfMark(read.currency ?? '') ?? read.currency;
  const named = [...new Set([own, ...others].flatMap((each) => each ?? []))];
  const [first, second] = named;
  if (first !== undefined) read.currency = first;
  if (second === undefined) return [];
  const { says, fix } = CELL_PROBLEMS.two_currencies;
  return [{ column: 'currency', code: 'two_currencies', detail: `The row ${says}: ${first} and ${second}.`, fix }];
}

/** Digits at the end that two spellings of one number share. */
const SHARED_DIGITS = 9;

/** In our own export the target may have been changed, and the number beside it not, or the other way round. */
function msisdnProblem({ target }: { target: string }, cells: readonly string[], { msisdnAt }: Header): CellProblem[] {
  const msisdn = msisdnAt === undefined ? '' : textOf(cells[msisdnAt] ?? '', 'target');
  const [one, other] = [target, msisdn].map((text) => text.replace(/\D/g, '').slice(-SHARED_DIGITS));
  if (msisdn === '' || target === '' || one === other) return [];
  const { says, fix } = CELL_PROBLEMS.two_targets;
  const detail = `The row ${says}: ${shown(target)} and ${shown(msisdn)}.`;
  return [{ column: 'target', code: 'two_targets', detail, fix }];
}

/**
 * Whether a file without commas between its cells has decimal commas in its amounts, and nothing that says otherwise:
 * no decimal point, no group of three digits. Then a comma has one meaning only.
 */
function agreeOnCommas(rows: readonly RowInput[]): boolean {
  return (
    rows.some(({ amount }) => DECIMAL_COMMA.test(amount)) &&
    rows.every(({ amount }) => DECIMAL_COMMA.test(amount) || !isGroupedOrDecimal(amount))
  );
}

function withPoint(row: RowInput): RowInput {
  if (!DECIMAL_COMMA.test(row.amount)) return row;
  const problems = row.problems.filter(({ code }) => code !== 'decimal_comma');
  return { ...row, amount: row.amount.replace(',', '.'), problems };
}

/** Reported as the only problem of its row, because it is unknown which cell belongs to which column. */
function tooManyCells(cells: readonly string[], width: number, header: Header): CellProblem {
  const surplus = shown(trimmed(cells[header.width] ?? ''));
  return {
    column: 'row',
    code: 'too_many_cells',
    detail: `The row has ${width} cells and the header ${header.width} columns; the first cell too many is ${surplus}.`,
    fix: CELL_PROBLEMS.too_many_cells.fix,
  };
}

/** The number of cells up to the last that is not blank. */
function filledWidth(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 0 && trimmed(cells[width - 1] ?? '') === '') width -= 1;
  return width;
}
