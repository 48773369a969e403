import Papa from 'papaparse';
import type { CellProblem, RowInput } from '../../domain/batch.ts';
import { parseCurrency } from '../../domain/money.ts';
import { Refusal } from '../refusal.ts';
import { csvRow } from './csv.ts';
import type { Column } from './sheet-cells.ts';
import { CELL_CHARACTERS_MAX, CELL_PROBLEMS, cellProblem, SCIENTIFIC, shown, textOf, trimmed } from './sheet-cells.ts';

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
      header = readHeader(cells.slice(0, width));
      return;
    }
    rowCount += 1;
    if (rowCount <= SHEET_ROWS_MAX) rows.push(readRow(cells, width, header, firstRow + index));
  });
  if (header === undefined) throw unusable('The file is empty.');
  if (rowCount === 0) throw unusable('The file has a header and no rows.');
  if (rowCount > SHEET_ROWS_MAX) throw tooLarge(rowCount, 'rows', SHEET_ROWS_MAX);
  return {
    rows,
    columns: header.places.map(({ column }) => column),
    ignoredColumns: header.ignoredColumns,
    delimiter,
  };
}

/** Rows of one file, without the header and blank lines. */
export const SHEET_ROWS_MAX = 100_000;
/** Bytes of one file in UTF-8: 100,000 rows with a short message in each are about 6 MB. */
export const SHEET_BYTES_MAX = 10 * 1024 * 1024;
/** Columns of the header, including those that we ignore. */
export const SHEET_COLUMNS_MAX = 20;
/** Lines of one file, including blank ones: the size of a spreadsheet, because some programs save every line of it. */
export const SHEET_LINES_MAX = 1_048_576;

export interface Sheet {
  readonly rows: readonly RowInput[];
  /** The columns that we know, in the order of the file. */
  readonly columns: readonly Column[];
  /** The names of columns that we do not know, as written. */
  readonly ignoredColumns: readonly string[];
  readonly delimiter: string;
}

const COLUMNS = Object.keys(CELL_CHARACTERS_MAX) as Column[];

/** A file to start from: one row with every column filled, one with only the required columns. */
export const TEMPLATE_CSV = [
  COLUMNS,
  ['0772279099', '5.00', '100', 'USD', 'INVOICE-1001', 'Thank you for your order'],
  ['254712345678', '50', '', '', '', ''],
]
  .map(csvRow)
  .join('');

/** The names that people give each column, in lower case and without blanks, underscores, dashes and dots. */
const NAMES: Readonly<Record<Column, string>> = {
  target:
    'target phone phoneno phonenumber telephone tel msisdn mobile mobileno mobilenumber mobilephone cell cellno ' +
    'cellnumber cellphone cellphonenumber number contactnumber recipient recipientnumber recipientphone receiver ' +
    'meter meterno meternumber',
  amount: 'amount value airtime airtimeamount airtimevalue rechargeamount topupamount',
  product_id: 'productid product',
  currency: 'currency currencycode ccy',
  reference: 'reference ref agentreference externalreference transactionreference orderreference',
  custom_sms: 'customsms sms smstext message note',
};

const COLUMN_OF = new Map(COLUMNS.flatMap((column) => NAMES[column].split(' ').map((name) => [name, column])));

/** The comma is last, because it also occurs in amounts and texts: it wins only if no other fits better. */
const DELIMITERS = [';', '\t', '|', ','] as const;
/** Enough of the start of a file for a header with the maximum of columns. */
const HEAD_CHARACTERS = 10_000;
const HEAD_RECORDS = 5;

interface Header {
  readonly width: number;
  readonly places: readonly { readonly column: Column; readonly at: number }[];
  readonly ignoredColumns: readonly string[];
}

function checkText(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > SHEET_BYTES_MAX) throw tooLarge(bytes, 'bytes', SHEET_BYTES_MAX);
  const at = text.search(/[\0\uFFFD]/);
  if (at === -1) return;
  if (text.startsWith('PK')) throw unusable('This is an Excel workbook or a zip file: save it as CSV UTF-8.');
  const line = 1 + lineCounter(text)(at);
  throw unusable(`Line ${line} has bytes that are not UTF-8 text: save the file as CSV UTF-8.`);
}

/** Excel's own first line `sep=;` names the separator; spreadsheets count it as a row. */
function takeSeparatorLine(text: string): { body: string; separator?: string; firstRow: number } {
  const body = text.endsWith('\n') ? text : `${text}\n`;
  const match = /^"?sep=([^\n])"?[ \t,;|]*\n/i.exec(body);
  if (!match) return { body, firstRow: 1 };
  const separator = DELIMITERS.find((each) => each === match[1]);
  if (separator === undefined) {
    throw unusable(`The first line says that ${shown(match[1] ?? '')} separates cells; use , ; | or a tab.`);
  }
  return { body: body.slice(match[0].length), separator, firstRow: 2 };
}

/** The separator that finds the most column names at the start of the file, then the most cells. */
function detectDelimiter(body: string): string {
  const start = Math.max(0, body.search(/[^\s,;|]/));
  const head = body.slice(start, start + HEAD_CHARACTERS);
  const found = DELIMITERS.map((delimiter) => {
    const cells: string[] = [];
    readRecords(head, delimiter, (record, index) => {
      if (index < HEAD_RECORDS) cells.push(...record);
    });
    return { delimiter, names: cells.filter((cell) => columnNamed(cell)).length, cells: cells.length };
  });
  return found.reduce((best, each) =>
    each.names > best.names || (each.names === best.names && each.cells > best.cells) ? each : best,
  ).delimiter;
}

/**
 * Counts lines and refuses unpaired quotation marks before the parser runs: on such a file the parser would collect
 * millions of errors, and its time could grow with the square of the file size.
 */
function checkRecords(body: string, delimiter: string, firstRow: number): void {
  const countTo = lineCounter(body);
  let inCells = 0;
  let at = 0;
  for (let quote = body.indexOf('"'); quote !== -1; quote = body.indexOf('"', at)) {
    at = quote + 1;
    const before = body[quote - 1] ?? '\n';
    if (before !== '\n' && before !== delimiter) continue;
    const row = firstRow + countTo(quote) - inCells;
    at = endOfQuoted(body, quote, delimiter);
    if (at === -1) {
      throw unusable(`In row ${row} a cell begins with a quotation mark (") that is not closed at its end.`);
    }
    inCells += firstRow + countTo(at) - inCells - row;
  }
  const lines = firstRow - 1 + countTo(body.length) - inCells;
  if (lines > SHEET_LINES_MAX) throw tooLarge(lines, 'lines', SHEET_LINES_MAX);
}

/** The position of the separator or line end after a quoted cell; -1 if the quotation is not closed before it. */
function endOfQuoted(body: string, start: number, delimiter: string): number {
  let quote = body.indexOf('"', start + 1);
  while (quote !== -1 && body[quote + 1] === '"') quote = body.indexOf('"', quote + 2);
  if (quote === -1) return -1;
  let end = quote + 1;
  while (body[end] !== delimiter && body[end] !== '\n' && /\s/.test(body[end] ?? '')) end += 1;
  return body[end] === delimiter || body[end] === '\n' ? end : -1;
}

/**
 * Counts the line ends before a position, which may not be less than the last one: each is found once, however often
 * it is asked and however long a line is.
 */
function lineCounter(text: string): (to: number) => number {
  let count = 0;
  let next = text.indexOf('\n');
  return (to) => {
    for (; next !== -1 && next < to; next = text.indexOf('\n', next + 1)) count += 1;
    return count;
  };
}

/** Passes on one record at a time, so that a million blank ones need no memory. */
function readRecords(body: string, delimiter: string, take: (cells: readonly string[], index: number) => void): void {
  let index = 0;
  Papa.parse<string[]>(body, {
    delimiter,
    newline: '\n',
    header: false,
    dynamicTyping: false,
    skipEmptyLines: false,
    fastMode: false,
    step: ({ data }) => {
      take(data, index);
      index += 1;
    },
  });
}

function readHeader(cells: readonly string[]): Header {
  if (cells.length > SHEET_COLUMNS_MAX) throw tooLarge(cells.length, 'columns', SHEET_COLUMNS_MAX);
  const names = cells.map(trimmed);
  if (names.some(isPhoneLike) && !names.some(columnNamed)) {
    throw unusable(`The first row is data, not a header. Put this line above it: ${COLUMNS.join(',')}`);
  }
  const found = names.filter((name) => name !== '');
  const nameOf = new Map<Column, string>();
  const places = names.flatMap((name, at) => {
    const column = columnNamed(name);
    if (!column) return [];
    const other = nameOf.get(column);
    if (other !== undefined) {
      throw unusable(`The columns ${shown(other)} and ${shown(name)} both mean ${column}: delete or rename one.`);
    }
    nameOf.set(column, name);
    return [{ column, at }];
  });
  const missing = (['target', 'amount'] as const).filter((column) => !nameOf.has(column));
  if (missing.length > 0) {
    const list = found.map(shown).join(', ');
    throw unusable(`The header has no column ${missing.join(' and no column ')}; it has ${list}.`);
  }
  return { width: cells.length, places, ignoredColumns: found.filter((name) => !columnNamed(name)) };
}

function columnNamed(name: string): Column | undefined {
  if (name.length > 40) return undefined;
  return COLUMN_OF.get(name.toLowerCase().replace(/[\p{Z}\p{Cc}\p{Cf}_.-]/gu, '')) as Column | undefined;
}

function isPhoneLike(text: string): boolean {
  return text.length <= 40 && (/^[='"+(]*\d[\d\s().-]{6,}"?$/.test(text) || SCIENTIFIC.test(text));
}

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
  for (const { column, at } of header.places) {
    const text = textOf(cells[at] ?? '', column);
    const problem = cellProblem(column, text);
    if (problem) problems.push(problem);
    if (text !== '') read[FIELD_OF[column]] = text.slice(0, CELL_CHARACTERS_MAX[column]).toWellFormed();
  }
  if (read.currency) read.currency = parseCurrency(read.currency) ?? read.currency.toUpperCase();
  if (width > header.width) read.problems = [tooManyCells(cells, width, header)];
  else if (problems.length > 0) read.problems = problems;
  return read;
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

function unusable(detail: string): Refusal {
  return new Refusal('invalid_csv', { param: 'csv', detail });
}

function tooLarge(count: number, what: string, max: number): Refusal {
  const [given, most] = [count, max].map((each) => each.toLocaleString('en-US'));
  return new Refusal('csv_too_large', {
    param: 'csv',
    detail: `The file has ${given} ${what}; the maximum is ${most}.`,
  });
}
