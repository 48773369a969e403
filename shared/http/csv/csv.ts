/** CSV as spreadsheets read it (RFC 4180), written so that no cell runs as a formula. */

/** One row with its line end. Numbers stay as they are; a text that would run as a formula gets an apostrophe. */
export function csvRow(cells: readonly (string | { readonly plain: string })[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? quoted(disarmed(cell)) : cell.plain));
  return `${texts.join(',')}\r\n`;
}

/** The original text of a cell that `csvRow` wrote. */
export function rearmed(cell: string): string {
  return cell.startsWith("'") && MAY_RUN.test(cell) ? cell.slice(1) : cell;
}

/**
 * The start of a formula, also after blanks, which some spreadsheets drop, and after apostrophes: such a text gets one
 * more apostrophe, so that removing one always restores the original.
 */
const MAY_RUN = /^[\p{Z}\p{Cc}\p{Cf}']*[=+\-@\t\r\n]/u;

function disarmed(text: string): string {
  return MAY_RUN.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
