import type { Currency } from '../../domain/money.ts';
import { Refusal } from '../refusal.ts';
import type { Column } from './sheet-cells.ts';
import { CELL_CHARACTERS_MAX, SCIENTIFIC, shown, splitMoney, trimmed } from './sheet-cells.ts';

/** The header of a merchant's sheet: which column has what, whatever people call it. */

/** Columns of the header, including those that we ignore. */
export const SHEET_COLUMNS_MAX = 20;

export const COLUMNS = Object.keys(CELL_CHARACTERS_MAX) as Column[];

/** The names that people give each column, in lower case and without blanks, underscores, dashes and dots. */
const NAMES: Readonly<Record<Column, string>> = {
  target:
    'target phone phoneno phonenumber telephone tel msisdn mobile mobileno mobilenumber mobilephone cell cellno ' +
    'cellnumber cellphone cellphonenumber number contactnumber recipient recipientnumber recipientphone receiver ' +
    'meter meterno meternumber',
  amount: 'amount amt value airtime airtimeamount airtimevalue rechargeamount topupamount',
  product_id: 'productid product',
  currency: 'currency currencycode ccy',
  reference: 'reference ref agentreference externalreference transactionreference orderreference',
  custom_sms: 'customsms sms smstext message note',
};

const COLUMN_OF: ReadonlyMap<string, Column> = new Map(
  COLUMNS.flatMap((column) => NAMES[column].split(' ').map((name) => [name, column] as const)),
);

export interface Header {
  readonly width: number;
  readonly places: readonly { readonly column: Column; readonly at: number }[];
  readonly ignoredColumns: readonly string[];
  /** The currency that the name of the amounts says, as in `Amount (USD)`. */
  readonly currency?: Currency | undefined;
  /** Where one of our own exports has the number as it was understood, beside the target as it was written. */
  readonly msisdnAt?: number;
}

export function readHeader(cells: readonly string[]): Header {
  const names = cells.map(trimmed);
  if (names.some(isPhoneLike) && !names.some(columnNamed)) {
    throw unusable(`The first row is data, not a header. Put this line above it: ${COLUMNS.join(',')}`);
  }
  const isOwn = isOwnExport(names);
  const columnOf = isOwn ? (name: string) => EXPORT_COLUMN_OF.get(name) : columnNamed;
  const found = names.filter((name) => name !== '');
  const nameOf = new Map<Column, string>();
  const places = names.flatMap((name, at) => {
    const column = columnOf(name);
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
  const msisdnAt = isOwn ? names.indexOf('msisdn') : -1;
  return {
    width: cells.length,
    places,
    ignoredColumns: found.filter((name) => !columnOf(name)),
    currency: splitMoney(nameOf.get('amount') ?? '').currency,
    ...(msisdnAt === -1 ? {} : { msisdnAt }),
  };
}

export function columnNamed(name: string): Column | undefined {
  if (name.length > 40) return undefined;
  const column = COLUMN_OF.get(plain(name));
  if (column) return column;
  const { text, currency } = splitMoney(name);
  return currency && COLUMN_OF.get(plain(text)) === 'amount' ? 'amount' : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\p{Z}\p{Cc}\p{Cf}_.-]/gu, '');
}

/** Columns that our own exports have and merchants' sheets have not. */
const EXPORT_ONLY = ['msisdn', 'agent_reference', 'order_id', 'provider_ref', 'finalized_at', 'same_as_row', 'failure'];

/** In our own exports `product` and `message` are for the reader, and `msisdn` repeats the target. */
const EXPORT_COLUMN_OF: ReadonlyMap<string, Column> = new Map([
  ...COLUMNS.map((column) => [column, column] as const),
  ['agent_reference', 'reference'],
]);

/** The report of a preview or the rows of a batch, also where some of its columns were deleted. */
function isOwnExport(names: readonly string[]): boolean {
  return names.includes('target') && EXPORT_ONLY.filter((name) => names.includes(name)).length >= 2;
}

function isPhoneLike(text: string): boolean {
  return text.length <= 40 && (/^[='"+(]*\d[\d\s().-]{6,}"?$/.test(text) || SCIENTIFIC.test(text));
}

export function unusable(detail: string): Refusal {
  return new Refusal('invalid_csv', { param: 'csv', detail });
}
