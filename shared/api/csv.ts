/** CSV as spreadsheets read it (RFC 4180), and such that no cell is taken for a formula. */

/** One row with its line end. Numbers go as they are; a text that a spreadsheet would run gets an apostrophe first. */
export function csvRow(cells: readonly (string | { readonly plain: string })[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? quoted(disarmed(cell)) : cell.plain));
  return `${texts.join(',')}\r\n`;
}

function disarmed(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
