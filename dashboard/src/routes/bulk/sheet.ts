import Papa from 'papaparse';

/**
 * A merchant's CSV in the browser: its text, its cells, and the cells that somebody has corrected. What it means is
 * said by the API, which also says where it found each column. Rows keep their numbers: one that is left out is blank.
 */

/** A file in a request, and as much again for what JSON adds. */
export const FILE_BYTES_MAX = 3 * 1024 * 1024;

export interface SheetFile {
  readonly name: string;
  readonly text: string;
  /** Where it is not UTF-8. */
  readonly encoding?: string;
}

export interface Column {
  readonly column: string;
  /** From 1. */
  readonly position: number;
}

/** By the number of a row, by our name of a column: what the cell says instead. */
export type Fixes = Readonly<Record<string, Readonly<Record<string, string>> | null>>;

export type Cells = readonly (readonly string[])[];

/** As the API reads the bytes of a file: UTF-16 by its mark, else UTF-8, else what old spreadsheets save. */
export function decode(bytes: Uint8Array): { text: string; encoding?: string } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'UTF-16' };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'UTF-16' };
  const text = new TextDecoder().decode(bytes);
  // With characters of UTF-8 beside what is not, the file is damaged: the API says in which line.
  if (!text.includes('\uFFFD') || /[\u0080-\uFFFC]/.test(text)) return { text };
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
}

export function isWorkbook(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
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
  const header = next.findIndex((record) => record.some((cell) => cell.trim() !== '') && !isSeparatorLine(record));
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

/** `may.csv` as `may-corrected.csv`. */
export function correctedName(name: string, suffix: string): string {
  const base = name.replace(/\.\w+$/, '');
  return `${base.endsWith(`-${suffix}`) ? base : `${base}-${suffix}`}.csv`;
}
