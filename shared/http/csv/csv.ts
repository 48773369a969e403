/** CSV as spreadsheets read it (RFC 4180), and such that no cell is taken for a formula. */

/** One row with its line end. Numbers go as they are; a text that a spreadsheet would run gets an apostrophe first. */
export function csvRow(cells: readonly (string | { readonly plain: string })[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? quoted(disarmed(cell)) : cell.plain));
  return `${texts.join(',')}\r\n`;
}

/** The text that `csvRow` was given, from the cell that it wrote. */
export function rearmed(cell: string): string {
  return cell.startsWith("'") && MAY_RUN.test(cell) ? cell.slice(1) : cell;
}

/**
 * What begins a formula, also behind blanks, which some spreadsheets drop, and behind apostrophes: these get one more,
 * so that taking one off always gives back the text as it was.
 */
const MAY_RUN = /^[\p{Z}\p{Cc}\p{Cf}']*[=+\-@\t\r\n]/u;

function disarmed(text: string): string {
  return MAY_RUN.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
