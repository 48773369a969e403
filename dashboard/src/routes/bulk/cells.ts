import Papa from 'papaparse';

/**
 * The cells of a merchant's CSV, and what somebody has corrected in them. The API says what separates them and where it
 * found each column. Rows keep their numbers: one that is left out is blank.
 */

export type Cells = readonly (readonly string[])[];

/** By the number of a row, by our name of a column: what the cell says instead. A row that is left out has null. */
export type Fixes = Readonly<Record<string, Readonly<Record<string, string>> | null>>;

export interface Column {
  readonly column: string;
  /** From 1. */
  readonly position: number;
}

/** Cells by row and place. The row of number 1 is the first. */
export function cellsOf(text: string, separator: string): Cells {
  const body = text.replace(/^\uFEFF+/, '').replace(/\r\n?/g, '\n');
  return Papa.parse<string[]>(body, { delimiter: separator, newline: '\n', header: false, skipEmptyLines: false }).data;
}

export function cellAt(cells: Cells, row: number, { position }: Column): string {
  return cells[row - 1]?.[position - 1] ?? '';
}

/** The text of the file with what was corrected. A column that it has not is added to its header. */
export function corrected(cells: Cells, separator: string, columns: readonly Column[], fixes: Fixes): string {
  const next = cells.map((record) => [...record]);
  const header = headerOf(next);
  const places = new Map(columns.map(({ column, position }) => [column, position - 1]));
  const placeOf = (column: string): number => {
    const known = places.get(column);
    if (known !== undefined) return known;
    const place = filledWidth(next[header] ?? []);
    places.set(column, place);
    put(next[header], place, column);
    return place;
  };
  for (const [row, fixed] of Object.entries(fixes)) {
    const at = Number(row) - 1;
    if (fixed === null) next[at] = [''];
    else for (const [column, text] of Object.entries(fixed)) put(next[at], placeOf(column), text);
  }
  return Papa.unparse(next, { delimiter: separator, newline: '\r\n' });
}

/**
 * The file as it is saved for a spreadsheet: what would run there as a formula has an apostrophe before it, which the
 * API takes off again. The names of the columns that the API knows stay, because it would not know them any more, and
 * so does `="0772279099"`, by which Excel keeps a number a text.
 */
export function forSpreadsheet(text: string, separator: string, columns: readonly Column[]): string {
  const cells = cellsOf(text, separator);
  const header = headerOf(cells);
  const known = new Set(columns.map(({ position }) => position - 1));
  const guarded = cells.map((record, row) =>
    record.map((cell, place) => (mayRun(cell) && !(row === header && known.has(place)) ? `'${cell}` : cell)),
  );
  const isSame = guarded.every((record, row) => record.every((cell, place) => cell === cells[row]?.[place]));
  return isSame ? text : Papa.unparse(guarded, { delimiter: separator, newline: '\r\n' });
}

/** Some spreadsheets drop blanks before a formula. After them an apostrophe makes a text, too. */
const MAY_RUN = /^[\p{Z}\p{Cc}\p{Cf}]*[=+\-@]|^[\t\r\n][\p{Z}\p{Cc}\p{Cf}]*[^\p{Z}\p{Cc}\p{Cf}']/u;
const IS_TEXT = /^[\p{Z}\p{Cc}\p{Cf}]*="[^"]*"[\p{Z}\p{Cc}\p{Cf}]*$/u;

function mayRun(cell: string): boolean {
  return MAY_RUN.test(cell) && !IS_TEXT.test(cell);
}

function headerOf(cells: Cells): number {
  return cells.findIndex((record) => record.some((cell) => cell.trim() !== '') && !isSeparatorLine(record));
}

/** Excel's own first line says `sep=;`. */
function isSeparatorLine([first = '']: readonly string[]): boolean {
  return /^sep=/i.test(first);
}

function filledWidth(record: readonly string[]): number {
  return record.findLastIndex((cell) => cell.trim() !== '') + 1;
}

function put(record: string[] | undefined, place: number, text: string): void {
  if (!record) return;
  while (record.length <= place) record.push('');
  record[place] = text;
}
