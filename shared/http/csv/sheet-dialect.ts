import Papa from 'papaparse';
import { Refusal } from '../refusal.ts';
import { shown } from './sheet-cells.ts';
import { columnNamed, unusable } from './sheet-header.ts';

/** The form of a CSV below its cells: its size, its separator, its quotation marks and its records. */

/** Rows of one file, without the header and blank lines. */
export const SHEET_ROWS_MAX = 100_000;
/** Bytes of one file in UTF-8: 100,000 rows with a short message in each are about 6 MB. */
export const SHEET_BYTES_MAX = 10 * 1024 * 1024;
/** Lines of one file, including blank ones: the size of a spreadsheet, because some programs save every line of it. */
export const SHEET_LINES_MAX = 1_048_576;

/** The comma is last, because it also occurs in amounts and texts: it wins only if no other fits better. */
const DELIMITERS = [';', '\t', '|', ','] as const;
/** Enough of the start of a file for a header with the maximum of columns. */
const HEAD_CHARACTERS = 10_000;
const HEAD_RECORDS = 5;

export function checkText(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > SHEET_BYTES_MAX) throw tooLarge(bytes, 'bytes', SHEET_BYTES_MAX);
  const at = text.search(/[\0\uFFFD]/);
  if (at === -1) return;
  if (text.startsWith('PK')) throw unusable('This is an Excel workbook or a zip file: save it as CSV UTF-8.');
  const line = 1 + lineCounter(text)(at);
  throw unusable(`Line ${line} has bytes that are not UTF-8 text: save the file as CSV UTF-8.`);
}

/** Excel's own first line `sep=;` names the separator; spreadsheets count it as a row. */
export function takeSeparatorLine(text: string): { body: string; separator?: string; firstRow: number } {
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
export function detectDelimiter(body: string): string {
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
export function checkRecords(body: string, delimiter: string, firstRow: number): void {
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
export function readRecords(
  body: string,
  delimiter: string,
  take: (cells: readonly string[], index: number) => void,
): void {
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

export function tooLarge(count: number, what: string, max: number): Refusal {
  const [given, most] = [count, max].map((each) => each.toLocaleString('en-US'));
  return new Refusal('csv_too_large', {
    param: 'csv',
    detail: `The file has ${given} ${what}; the maximum is ${most}.`,
  });
}
