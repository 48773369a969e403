import type { CellProblem } from '../../domain/batch.ts';
import type { Currency } from '../../domain/money.ts';
import { AGENT_REFERENCE } from '../fields.ts';
import { rearmed } from './csv.ts';

/** What a cell of a merchant's sheet may contain in each column, and the problem reported for anything else. */

/** The maximum length of a cell in each column; the same as for the field of a single order, where there is one. */
export const CELL_CHARACTERS_MAX = {
  target: 40,
  amount: 40,
  product_id: 15,
  currency: 20,
  reference: 64,
  custom_sms: 135,
} as const;

export type Column = keyof typeof CELL_CHARACTERS_MAX;

/** Everything that can be wrong with a cell or a row: the end of the detail's sentence, and the fix. */
export const CELL_PROBLEMS = {
  missing: {
    says: 'is empty',
    fix: 'Fill in target and amount in every row, or delete the row.',
  },
  too_many_cells: {
    says: 'has more cells than the header has columns',
    fix: 'Put a cell that contains the separator in quotation marks, and write amounts with a decimal point: 5.50.',
  },
  too_long: {
    says: 'is too long',
    fix: 'Shorten the text.',
  },
  invisible_characters: {
    says: 'has a line break, a tab or an invisible character inside',
    fix: 'Clear the cell and type a single value again.',
  },
  spreadsheet_error: {
    says: 'is a spreadsheet error, not a value',
    fix: 'Correct the formula, or widen the column if it shows ####, and save the file again.',
  },
  formula: {
    says: 'is a formula, not a value',
    fix: 'Replace the formula with its value: copy, then paste as values.',
  },
  scientific_notation: {
    says: 'was shortened by a spreadsheet, which loses digits',
    fix: 'Format the column as text and type the number again.',
  },
  decimals_in_target: {
    says: 'has decimals, which no phone or meter number has',
    fix: 'Format the column as text and write the number without the decimals.',
  },
  decimal_comma: {
    says: 'has a comma where the decimal point belongs',
    fix: 'Write amounts with a decimal point: write 5.50.',
  },
  thousands_separator: {
    says: 'can be read in two ways, because its digits are in groups',
    fix: 'Write amounts without separators between thousands: write 1000 or 1000.50.',
  },
  negative_amount: {
    says: 'is less than zero',
    fix: 'Write the amount that the recipient will receive, without a sign.',
  },
  not_an_amount: {
    says: 'is not an amount',
    fix: 'Write the number only, such as 5 or 5.50, and put the currency in the column currency.',
  },
  not_a_product_id: {
    says: 'is not the id of a product',
    fix: 'Write the whole number that GET /api/v1/products shows as id, or leave the cell empty.',
  },
  not_a_currency: {
    says: 'is not a currency code',
    fix: 'Write the three letters of the currency, such as USD, or leave the cell empty.',
  },
  two_currencies: {
    says: 'names two currencies',
    fix: 'Write one currency: in the column currency, beside the amount, or in the name of the column amount.',
  },
  two_targets: {
    says: 'has another number in target than in msisdn',
    fix: 'Correct target, and delete the column msisdn.',
  },
  invalid_reference: {
    says: 'is not a reference: 1 to 64 letters, digits or . _ : - that begin with a letter or digit',
    fix: 'Use letters, digits and . _ : - only, or leave the cell empty.',
  },
} as const satisfies Record<string, { says: string; fix: string }>;

/** The same for rows whose reference is not theirs alone. */
export const REFERENCE_PROBLEMS = {
  duplicate_reference: {
    says: 'has the reference of an earlier row',
    fix: 'Give each row a reference of its own.',
  },
  reference_used: {
    says: 'has the reference of an order, or of a row of a batch, that exists',
    fix: 'Leave the row out, or give it a new reference, or none, if it is to be sent again.',
  },
} as const;

type CellProblemCode = keyof typeof CELL_PROBLEMS;

/** The first problem of a cell's text, if it has any. */
export function cellProblem(column: Column, text: string): CellProblem | undefined {
  const max = CELL_CHARACTERS_MAX[column];
  const code = text.length > max ? 'too_long' : codeOf(column, text);
  if (!code) return undefined;
  const { says, fix } = CELL_PROBLEMS[code];
  const subject = text === '' ? 'The cell' : shown(text);
  const what = code === 'too_long' ? `has ${text.length} characters; the maximum is ${max}` : says;
  const advice = code === 'decimal_comma' ? `Write amounts with a decimal point: write ${withPoint(text)}.` : fix;
  return { column, code, detail: `${subject} in column ${column} ${what}.`, fix: advice };
}

const CURRENCY_OF_MARK: ReadonlyMap<string, Currency> = new Map([
  ...(['USD', 'ZWG', 'KES', 'UGX', 'TZS'] as const).map((currency) => [currency, currency] as const),
  ...([
    ['$', 'USD'],
    ['US$', 'USD'],
    ['ZIG', 'ZWG'],
    ['KSH', 'KES'],
    ['USH', 'UGX'],
    ['TSH', 'TZS'],
  ] as const),
]);
const MARK = '(US\\$|\\$|USD|ZWG|ZIG|KES|KSH|UGX|USH|TZS|TSH)';
const MARK_BEFORE = new RegExp(`^${MARK}[\\s.:]*(?=[\\d(\\p{L}])(.+)$`, 'iu');
const MARK_AFTER = new RegExp(`^(.*?[\\d\\p{L}])[\\s_-]*[([]?(?:in )?${MARK}[)\\]]?$`, 'iu');

/** The currency that people write as this sign or abbreviation, or by its code. */
export function currencyOfMark(mark: string): Currency | undefined {
  return CURRENCY_OF_MARK.get(mark.toUpperCase());
}

/**
 * Takes the currency from an amount or from the name of its column: `$5.00`, `5 USD`, `Amount (USD)`. The dollar is
 * that of the United States: no other currency of ours has the sign.
 */
export function splitMoney(text: string): { text: string; currency?: Currency } {
  if (text.length > CELL_CHARACTERS_MAX.amount) return { text };
  const before = MARK_BEFORE.exec(text);
  const after = before ? null : MARK_AFTER.exec(text);
  const [rest, mark] = before ? [before[2], before[1]] : [after?.[1], after?.[2]];
  const currency = currencyOfMark(mark ?? '');
  return rest !== undefined && currency ? { text: rest.trim(), currency } : { text };
}

const SPREADSHEET_ERROR = /^#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|#+)$/i;

function codeOf(column: Column, text: string): CellProblemCode | undefined {
  if (text === '') return column === 'target' || column === 'amount' ? 'missing' : undefined;
  if (SPREADSHEET_ERROR.test(text)) return 'spreadsheet_error';
  if (column === 'custom_sms') return undefined;
  // Direction marks and the like come along with copied numbers, and are not part of them.
  const invisible = column === 'target' ? /[\p{Cc}\p{Zl}\p{Zp}]/u : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  if (invisible.test(text)) return 'invisible_characters';
  if (text.startsWith('=')) return 'formula';
  return FORM[column](text);
}

/** The reference that we give a row without one, as our own exports show it. */
const GENERATED_REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,49}(~r\d{1,3})?~\d{1,7}$/;

/** How Excel and others shorten a long number: `2.63772E+11`. */
export const SCIENTIFIC = /^[-+]?\d+([.,]\d+)?E[-+]?\d+$/i;

const FORM: Readonly<Record<Exclude<Column, 'custom_sms'>, (text: string) => CellProblemCode | undefined>> = {
  target(text) {
    if (SCIENTIFIC.test(text)) return 'scientific_notation';
    return /^\+?\d+[.,]0+$/.test(text) ? 'decimals_in_target' : undefined;
  },
  amount: amountForm,
  product_id: (text) => (/^\d+$/.test(text) ? undefined : 'not_a_product_id'),
  currency: (text) => (/^[A-Za-z]{3}$/.test(text) ? undefined : 'not_a_currency'),
  reference(text) {
    if (AGENT_REFERENCE.test(text) || GENERATED_REFERENCE.test(text)) return undefined;
    return SCIENTIFIC.test(text) ? 'scientific_notation' : 'invalid_reference';
  },
};

/** An amount with a comma that can only be decimal, unless the file says otherwise. */
export const DECIMAL_COMMA = /^\d{1,15},\d{1,2}$/;

/** The same with a decimal point, and a digit before it. */
function withPoint(amount: string): string {
  return amount.replace(/^,/, '0,').replace(',', '.');
}

/** Whether an amount has anything between or behind its digits that separates groups or decimals. */
export function isGroupedOrDecimal(amount: string): boolean {
  return /\d[.,\s'’_]/.test(amount);
}

/** Three digits after a separator can be thousands or decimals: `1.000` is refused like `1,000`. */
function amountForm(text: string): CellProblemCode | undefined {
  if (SCIENTIFIC.test(text)) return 'scientific_notation';
  if (/^[-\u2212\u2013(]\s*\d/.test(text)) return 'negative_amount';
  if (/^[1-9]\d{0,2}([,.\s'’_]\d{2,3})*[,.\s'’_]\d{3}([.,]\d{1,2})?$/.test(text)) return 'thousands_separator';
  if (/^\d*,\d+$/.test(text)) return 'decimal_comma';
  return /^\d{1,15}(\.\d{1,20})?$/.test(text) ? undefined : 'not_an_amount';
}

/**
 * The text of a cell, without blanks at both ends, without Excel's `="0772279099"` form, and without the apostrophe
 * that marks a text. A message may start with an apostrophe of its own; it loses only one that `csvRow` added.
 */
export function textOf(cell: string, column: Column): string {
  const text = trimmed(cell);
  const formula = text.startsWith('="') ? /^="([^"]*)"$/.exec(text) : null;
  if (formula) return trimmed(formula[1] ?? '');
  if (!text.startsWith("'")) return text;
  return trimmed(column === 'custom_sms' ? rearmed(cell) : text.slice(1));
}

/** Removes blanks, zero-width characters and direction marks at both ends. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text, start)) start += 1;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  return end - start === text.length ? text : text.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code <= 0x20 || code >= 0x7f) && /[\p{Z}\p{Cc}\p{Cf}]/u.test(text.charAt(at));
}

/** At most 40 characters of a text, in quotation marks; an invisible character is shown as its code. */
export function shown(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 39).toWellFormed()}…` : text;
  const seen = short.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${seen}"`;
}
