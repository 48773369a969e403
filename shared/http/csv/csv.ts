/** CSV as spreadsheets read it (RFC 4180), written so that no cell runs as a formula or is rewritten. */

/**
 * One row with its line end. Numbers stay as they are; a text that would run as a formula, or that a spreadsheet would
 * save as another number or date, gets an apostrophe, which keeps it a text. `rearmed` takes it back.
 */
export function csvRow(cells: readonly (string | { readonly plain: string })[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? quoted(guarded(cell)) : cell.plain));
  return `${texts.join(',')}\r\n`;
}

/** An amount that a merchant wrote: a number beside those of other rows, and no text, where it reads as one. */
export function amountCell(text: string): string | { readonly plain: string } {
  return /^(?:0|[1-9]\d{0,10})(?:\.\d+)?$/.test(text) ? { plain: text } : text;
}

/** The original text of a cell that `csvRow` wrote. */
export function rearmed(cell: string): string {
  return cell.startsWith("'") && needsGuard(cell.slice(1)) ? cell.slice(1) : cell;
}

/**
 * The start of a formula, also after blanks, which some spreadsheets drop, and after apostrophes: such a text gets one
 * more apostrophe, so that removing one always restores the original.
 */
const MAY_RUN = /^[\p{Z}\p{Cc}\p{Cf}']*[=+\-@\t\r\n]/u;

/**
 * What a spreadsheet takes for something else than text: numbers of 12 digits and more, which it saves as 2.64E+11, of
 * which the last digits are lost; leading zeros, except in a phone number of ten digits, which is read without its zero
 * too; decimals, exponents, dates, times and truth values.
 */
const MONTH =
  'jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?';
const REWRITTEN_FORMS = [
  '\\d{12,}',
  '0\\d{1,8}|0\\d{10}',
  '\\d+[.,]\\d+',
  '\\d+([.,]\\d+)?e[+-]?\\d+',
  '\\d{1,4}([-/.:]\\d{1,4}){1,2}',
  `\\d{1,2}[ -]?(${MONTH})([ -]?\\d{1,4})?|(${MONTH})[ -]?\\d{1,4}`,
  'true|false',
];
const REWRITTEN = new RegExp(`^[\\p{Z}']*(${REWRITTEN_FORMS.join('|')})\\p{Z}*$`, 'iu');

function needsGuard(text: string): boolean {
  return MAY_RUN.test(text) || REWRITTEN.test(text);
}

function guarded(text: string): string {
  return needsGuard(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
