import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Papa from 'papaparse';
import type { RowInput } from '../../../shared/domain/batch.ts';
import { csvRow } from '../../../shared/http/csv/csv.ts';
import { readSheet, TEMPLATE_CSV } from '../../../shared/http/csv/read-sheet.ts';
import type { Column } from '../../../shared/http/csv/sheet-cells.ts';
import { CELL_CHARACTERS_MAX, CELL_PROBLEMS } from '../../../shared/http/csv/sheet-cells.ts';
import { SHEET_BYTES_MAX, SHEET_LINES_MAX, SHEET_ROWS_MAX } from '../../../shared/http/csv/sheet-dialect.ts';
import { SHEET_COLUMNS_MAX } from '../../../shared/http/csv/sheet-header.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { REFUSALS } from '../../../shared/manifest/refusals.ts';
import { cpuMsOf } from '../../support/cpu-time.ts';
import { repeats } from '../../support/length.ts';

const PHONE = '0772279099';

/** What a row says: its number, texts and the codes of its problems. */
function textsOf({ problems, ...texts }: RowInput): Record<string, unknown> {
  return problems.length === 0
    ? texts
    : { ...texts, problems: problems.map(({ column, code }) => `${column} ${code}`) };
}

function rowsOf(text: string): Record<string, unknown>[] {
  return readSheet(text).rows.map(textsOf);
}

function refusalOf(text: string): Refusal {
  try {
    readSheet(text);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('the file was read');
}

/** The only row of a file with these cells, each in quotation marks. */
function rowWith(cells: Partial<Record<Column, string>>): RowInput {
  const all = { target: PHONE, amount: '5', ...cells };
  const line = Object.values(all).map((cell) => `"${cell.replaceAll('"', '""')}"`);
  const [row] = readSheet(`${Object.keys(all).join(',')}\n${line.join(',')}\n`).rows;
  if (!row) throw new Error('there is no row');
  return row;
}

const ONE = { row: 2, target: PHONE, amount: '5' };
const THIRD = { row: 3, target: '0772279100', amount: '6.50' };

describe('a file', () => {
  it.each<[string, string, Record<string, unknown>[]]>([
    ['as simple as can be', `target,amount\n${PHONE},5\n`, [ONE]],
    ['without a last line end', `target,amount\n${PHONE},5`, [ONE]],
    ['with CRLF', `target,amount\r\n${PHONE},5\r\n`, [ONE]],
    ['with CR only', `target,amount\r${PHONE},5\r`, [ONE]],
    ['with line ends of each kind', `target,amount\r\n${PHONE},5\n0772279100,6.50\r`, [ONE, THIRD]],
    ['with CRLF after quoted cells and LF elsewhere', `"target","amount"\n"${PHONE}","5"\r\n`, [ONE]],
    ['with a byte order mark', `\uFEFFtarget,amount\n${PHONE},5\n`, [ONE]],
    ['with a byte order mark before a quoted header', `\uFEFF"target","amount"\n${PHONE},5\n`, [ONE]],
    ['with two byte order marks', `\uFEFF\uFEFFtarget,amount\n${PHONE},5\n`, [ONE]],
    ['with semicolons', `target;amount\n${PHONE};5\n`, [ONE]],
    ['with tabs', `target\tamount\n${PHONE}\t5\n`, [ONE]],
    ['with bars', `target|amount\n${PHONE}|5\n`, [ONE]],
    [
      'with semicolons and more commas than semicolons',
      `target;amount;message\n${PHONE};5;a,b,c,d\n`,
      [{ ...ONE, customSms: 'a,b,c,d' }],
    ],
    ['with semicolons and decimal commas', `target;amount\n${PHONE};5,50\n`, [{ ...ONE, amount: '5.50' }]],
    [
      'with tabs and decimal commas beside whole amounts',
      `target\tamount\n${PHONE}\t5,5\n0772279100\t6\n0772279100\t$1000,50\n`,
      [
        { ...ONE, amount: '5.5' },
        { ...THIRD, amount: '6' },
        { ...THIRD, row: 4, amount: '1000.50', currency: 'USD' },
      ],
    ],
    ...['6.50', '1,000', '1.000,50', '1 000'].map((other): [string, string, Record<string, unknown>[]] => [
      `with semicolons and decimal commas that do not agree with ${other}`,
      `target;amount\n${PHONE};5,50\n0772279100;${other}\n`,
      [
        { ...ONE, amount: '5,50', problems: ['amount decimal_comma'] },
        { ...THIRD, amount: other, ...(other === '6.50' ? {} : { problems: ['amount thousands_separator'] }) },
      ],
    ]),
    ...[
      'Amount (USD)',
      'Amt (US$)',
      'amount USD',
      'Value in USD',
      'USD amount',
      'Amount [usd]',
      'AMT_USD',
      '$ Value',
    ].map((name): [string, string, Record<string, unknown>[]] => [
      `with a currency in the name of its amounts, ${name}`,
      `target,${name}\n${PHONE},5\n`,
      [{ ...ONE, currency: 'USD' }],
    ]),
    [
      'with two currencies in a row',
      `target,Amount (USD),currency\n${PHONE},5,ZWG\n0772279100,ZiG 6.50,\n${PHONE},5,USD\n`,
      [
        { ...ONE, currency: 'ZWG', problems: ['currency two_currencies'] },
        { ...THIRD, currency: 'ZWG', problems: ['currency two_currencies'] },
        { ...ONE, row: 4, currency: 'USD' },
      ],
    ],
    [
      'that is our own export, with the number twice and a message that is none',
      `row,status,target,msisdn,product,amount,agent_reference,failure,message\n2,failed,${PHONE},'+263772279099,Econet,5,may~2,x,No\n`,
      [{ ...ONE, reference: 'may~2' }],
    ],
    [
      'that is our own export, in which the target was changed',
      `target,msisdn,amount,same_as_row,reference\n0772279100,'+263772279099,6.50,,june~r1~20\n0772279100,,6.50,,a\n`,
      [
        { ...THIRD, row: 2, reference: 'june~r1~20', problems: ['target two_targets'] },
        { ...THIRD, reference: 'a' },
      ],
    ],
    ['with a sep= line', `sep=;\r\ntarget;amount\r\n${PHONE};5\r\n`, [{ ...ONE, row: 3 }]],
    ['with a sep= line in capitals and quotes', `"SEP=;"\ntarget;amount\n${PHONE};5\n`, [{ ...ONE, row: 3 }]],
    ['with a sep= line for a tab', `sep=\t\ntarget\tamount\n${PHONE}\t5\n`, [{ ...ONE, row: 3 }]],
    ['with a sep= line after a mark', `\uFEFFsep=,\ntarget,amount\n${PHONE},5\n`, [{ ...ONE, row: 3 }]],
    ['with a sep= line with empty columns', `sep=;;;\ntarget;amount;;\n${PHONE};5;;\n`, [{ ...ONE, row: 3 }]],
    ['with a blank line before the header', `\n\ntarget,amount\n${PHONE},5\n`, [{ ...ONE, row: 4 }]],
    ['with a line of separators before the header', `,,,\ntarget,amount\n${PHONE},5\n`, [{ ...ONE, row: 3 }]],
    ['with quoted nothing before the header', `"";""\ntarget;amount\n${PHONE};5\n`, [{ ...ONE, row: 3 }]],
    [
      'with blank lines',
      `target,amount\n\n${PHONE},5\n  \n,,\n0772279100,6.50\n\n`,
      [
        { ...ONE, row: 3 },
        { ...THIRD, row: 6 },
      ],
    ],
    ['with blank lines of invisible characters', `target,amount\n\u00a0,\u200b\n${PHONE},5\n`, [{ ...ONE, row: 3 }]],
    ['with empty columns at the end', `target,amount,,,\n${PHONE},5,,,\n`, [ONE]],
    ['with empty cells beyond the header', `target,amount\n${PHONE},5,,,\n`, [ONE]],
    ['with a column without a name at the beginning', `,target,amount\n0,${PHONE},5\n`, [ONE]],
    ['with a column without a name in the middle', `target,,amount\n${PHONE},x,5\n`, [ONE]],
    ['with its columns in another order', `amount,note,target\n5,Hi,${PHONE}\n`, [{ ...ONE, customSms: 'Hi' }]],
    [
      'with a line break in quotes, which is no row of a spreadsheet',
      `target,amount,sms\n${PHONE},5,"one\r\ntwo"\n0772279100,6.50,three\n`,
      [
        { ...ONE, customSms: 'one\ntwo' },
        { ...THIRD, customSms: 'three' },
      ],
    ],
    ['with a line break in the header', `"target","amount\n"\n${PHONE},5\n`, [ONE]],
    ['with doubled quotes', `target,amount,sms\n${PHONE},5,"a ""b"" c"\n`, [{ ...ONE, customSms: 'a "b" c' }]],
    ['with a separator in quotes', `target,amount,sms\n${PHONE},5,"a, b"\n`, [{ ...ONE, customSms: 'a, b' }]],
    ['with a quote inside a cell', `target,amount,sms\n${PHONE},5,5" pipe\n`, [{ ...ONE, customSms: '5" pipe' }]],
    ['with blanks after a closing quote', `target,amount\n"${PHONE}"  ,"5"  \n`, [ONE]],
    ['with blanks after the last closing quote', `target,amount\n"${PHONE}","5"  `, [ONE]],
    ['with blanks around cells', `target , amount\n ${PHONE} ,  5 \n`, [ONE]],
    ['with names in capitals', `TARGET,AMOUNT\n${PHONE},5\n`, [ONE]],
    ['with names that have blanks, dashes and dots', `Phone No.,Air-Time Amount\n${PHONE},5\n`, [ONE]],
    [
      'with everything',
      `target,amount,product_id,currency,reference,custom_sms\n${PHONE},5,12,usd,INV-1,Hi\n`,
      [{ ...ONE, productId: '12', currency: 'USD', reference: 'INV-1', customSms: 'Hi' }],
    ],
    [
      'with a cell too few',
      `target,amount\n${PHONE}\n`,
      [{ row: 2, target: PHONE, amount: '', problems: ['amount missing'] }],
    ],
    ['with cells too few that are not needed', `target,amount,reference,sms\n${PHONE},5\n`, [ONE]],
    ['with no target', `target,amount\n,5\n`, [{ row: 2, target: '', amount: '5', problems: ['target missing'] }]],
    [
      'with a row that has only a note',
      `target,amount,note\n,,Hi\n`,
      [{ row: 2, target: '', amount: '', customSms: 'Hi', problems: ['target missing', 'amount missing'] }],
    ],
    [
      'with a decimal comma that makes a cell too many',
      `target,amount\n${PHONE},5,50\n`,
      [{ ...ONE, problems: ['row too_many_cells'] }],
    ],
    [
      'with such a comma under a header with empty columns',
      `target,amount,,\n${PHONE},5,50,\n`,
      [{ ...ONE, problems: ['row too_many_cells'] }],
    ],
    [
      'with a decimal comma in quotes',
      `target,amount\n${PHONE},"5,50"\n`,
      [{ ...ONE, amount: '5,50', problems: ['amount decimal_comma'] }],
    ],
    [
      'with several problems in a row',
      `target,amount,currency\n2.6E+11,5%,dollars\n`,
      [
        {
          row: 2,
          target: '2.6E+11',
          amount: '5%',
          currency: 'DOLLARS',
          problems: ['target scientific_notation', 'amount not_an_amount', 'currency not_a_currency'],
        },
      ],
    ],
    [
      'with its header twice',
      `target,amount\n${PHONE},5\ntarget,amount\n`,
      [ONE, { row: 3, target: 'target', amount: 'amount', problems: ['amount not_an_amount'] }],
    ],
  ])('%s', (_what, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
  });

  it.each([
    ['0,5', '0.5'],
    ['12,25', '12.25'],
    [',5', '0.5'],
  ])('says how to write the amount %s itself', (amount, written) => {
    const [row] = readSheet(`target,amount\n${PHONE},"${amount}"\n`).rows;
    expect(row?.problems[0]?.fix).toBe(`Write amounts with a decimal point: write ${written}.`);
  });

  it('says which columns it has, which are ignored, and its separator', () => {
    const text = `No;Name;Mobile Number;Value;Name;CCY\n1;Ann;${PHONE};5;A;USD\n`;
    expect(readSheet(text)).toEqual({
      rows: [{ ...ONE, currency: 'USD', problems: [] }],
      columns: ['target', 'amount', 'currency'],
      positions: [3, 4, 6],
      ignoredColumns: ['No', 'Name', 'Name'],
      delimiter: ';',
      notes: [],
    });
  });

  it('says that its amounts have decimal commas', () => {
    const { notes } = readSheet(`target;amount\n${PHONE};5,50\n`);
    expect(notes).toEqual([{ code: 'decimal_commas', detail: expect.stringContaining('5,50 is read as 5.50') }]);
  });

  it('is its template, without a problem', () => {
    const sheet = readSheet(TEMPLATE_CSV);
    expect(sheet.columns).toEqual(['target', 'amount', 'product_id', 'currency', 'reference', 'custom_sms']);
    expect(sheet.rows.map(textsOf)).toEqual([
      {
        row: 2,
        target: '0772279099',
        amount: '5.00',
        productId: '100',
        currency: 'USD',
        reference: 'INVOICE-1001',
        customSms: 'Thank you for your order',
      },
      { row: 3, target: '254712345678', amount: '50' },
    ]);
  });
});

describe('a column is known by', () => {
  it.each<[Column, string[]]>([
    ['target', ['target', 'Phone', 'phone_number', 'Phone-Number', 'MSISDN', 'Mobile', 'mobile number', 'cell']],
    ['target', ['Cellphone', 'NUMBER', 'Recipient', 'meter', 'Meter.Number', 'meter no.', '\u200bTarget\u00a0']],
    ['amount', ['amount', 'Value', 'AIRTIME', 'airtime amount', 'Airtime_Amount']],
    ['product_id', ['product_id', 'Product', 'productid', 'Product ID']],
    ['currency', ['currency', 'CCY']],
    ['reference', ['reference', 'agent_reference', 'Ref', 'External Reference', 'externalReference']],
    ['reference', ['transaction reference']],
    ['custom_sms', ['custom_sms', 'SMS', 'Message', 'note']],
  ])('%s: %j', (column, names) => {
    for (const name of names) {
      const needed = ['target', 'amount'].filter((each) => each !== column);
      const text = `${[name, ...needed].join(',')}\n1,2,3\n`;
      expect([name, readSheet(text).columns[0]]).toEqual([name, column]);
    }
  });
});

describe('a cell', () => {
  const good: [Column, string, string][] = [
    ['amount', '5', '5'],
    ['amount', '5.5', '5.5'],
    ['amount', '5.50', '5.50'],
    ['amount', ' 5.50\u00a0', '5.50'],
    ['amount', "'5.50", '5.50'],
    ['amount', '="5.50"', '5.50'],
    ['amount', '$5.00', '5.00'],
    ['amount', 'US$ 5', '5'],
    ['amount', 'USD5', '5'],
    ['amount', '5.50 usd', '5.50'],
    ['amount', 'ZiG 5', '5'],
    ['amount', 'KSh. 50', '50'],
    ['amount', '0', '0'],
    ['amount', '0.500', '0.500'],
    ['amount', '1000', '1000'],
    ['amount', '1000.50', '1000.50'],
    ['target', '772279099', '772279099'],
    ['target', `'${PHONE}`, PHONE],
    ['target', `="${PHONE}"`, PHONE],
    ['target', '+263772279099', '+263772279099'],
    ['target', "'+263772279099", '+263772279099'],
    ['target', '\u202a+263 77 227 9099\u202c', '+263 77 227 9099'],
    ['target', '0772\u200b279099', '0772\u200b279099'],
    ['target', '\u200b\ufeff0772\u00a0279\u00a0099\u200f', '0772\u00a0279\u00a0099'],
    ['target', '077-227-9099', '077-227-9099'],
    ['target', '077.227.9099', '077.227.9099'],
    ['target', 'not a number at all', 'not a number at all'],
    ['product_id', '12', '12'],
    ['currency', 'usd', 'USD'],
    ['currency', ' Zwg ', 'ZWG'],
    ['reference', 'INV_2026-05:7.a', 'INV_2026-05:7.a'],
    ['reference', '202511051829000000', '202511051829000000'],
    ['reference', '45E7', '45E7'],
    ['reference', "'INV-1", 'INV-1'],
    ['reference', 'may~17', 'may~17'],
    ['reference', 'may~r1~17', 'may~r1~17'],
    ['custom_sms', "'tis the season", "'tis the season"],
    ['custom_sms', "'=1+1", '=1+1'],
    ['custom_sms', '=1+1', '=1+1'],
    ['custom_sms', 'a\u200db', 'a\u200db'],
  ];
  it.each(good)('of %s, %j, is read as %j', (column, text, read) => {
    const row = rowWith({ [column]: text });
    const field = { target: row.target, amount: row.amount, product_id: row.productId, currency: row.currency };
    const all = { ...field, reference: row.reference, custom_sms: row.customSms };
    expect([all[column], row.problems]).toEqual([read, []]);
  });

  const bad: [Column, string, string][] = [
    ['amount', '5,50', 'decimal_comma'],
    ['amount', '5,5', 'decimal_comma'],
    ['amount', '0,500', 'decimal_comma'],
    ['amount', ',50', 'decimal_comma'],
    ['amount', '1000,50', 'decimal_comma'],
    ['amount', '1,000', 'thousands_separator'],
    ['amount', '1.000', 'thousands_separator'],
    ['amount', '1 000', 'thousands_separator'],
    ['amount', '1\u202f000', 'thousands_separator'],
    ['amount', "1'000", 'thousands_separator'],
    ['amount', '1’000', 'thousands_separator'],
    ['amount', '1,000.50', 'thousands_separator'],
    ['amount', '1.000,50', 'thousands_separator'],
    ['amount', '10,00,000', 'thousands_separator'],
    ['amount', '$1,000', 'thousands_separator'],
    ['amount', '$(5.00)', 'negative_amount'],
    ['amount', '-$5', 'not_an_amount'],
    ['amount', '$-5', 'not_an_amount'],
    ['amount', '$$5', 'not_an_amount'],
    ['amount', '$', 'not_an_amount'],
    ['amount', '€5', 'not_an_amount'],
    ['amount', '5 EUR', 'not_an_amount'],
    ['amount', '5.', 'not_an_amount'],
    ['amount', '.5', 'not_an_amount'],
    ['amount', '+5', 'not_an_amount'],
    ['amount', 'five', 'not_an_amount'],
    ['amount', '5%', 'not_an_amount'],
    ['amount', '٥', 'not_an_amount'],
    ['amount', '2.6E+11', 'scientific_notation'],
    ['amount', '1e3', 'scientific_notation'],
    ['amount', '-5', 'negative_amount'],
    ['amount', "'-5", 'negative_amount'],
    ['amount', '(5.00)', 'negative_amount'],
    ['amount', '\u22125', 'negative_amount'],
    ['amount', '=5+1', 'formula'],
    ['amount', '=5', 'formula'],
    ['amount', '', 'missing'],
    ['amount', ' \u00a0', 'missing'],
    ['amount', '#VALUE!', 'spreadsheet_error'],
    ['amount', '5\n6', 'invisible_characters'],
    ['target', '2.6E+11', 'scientific_notation'],
    ['target', '2.63772E+11', 'scientific_notation'],
    ['target', '2,63772e+11', 'scientific_notation'],
    ['target', '="2.63772E+11"', 'scientific_notation'],
    ['target', '772279099.0', 'decimals_in_target'],
    ['target', '772279099,00', 'decimals_in_target'],
    ['target', '=0772279099', 'formula'],
    ['target', '=A1&B1', 'formula'],
    ['target', '#N/A', 'spreadsheet_error'],
    ['target', '##########', 'spreadsheet_error'],
    ['target', '0772279099\n0772279100', 'invisible_characters'],
    ['target', '0772\t279099', 'invisible_characters'],
    ['target', '0772\u0007279099', 'invisible_characters'],
    ['target', '', 'missing'],
    ['target', "'", 'missing'],
    ['product_id', 'Econet', 'not_a_product_id'],
    ['product_id', '12.0', 'not_a_product_id'],
    ['product_id', '-1', 'not_a_product_id'],
    ['currency', '$', 'not_a_currency'],
    ['currency', 'US Dollars', 'not_a_currency'],
    ['currency', 'ßa', 'not_a_currency'],
    ['reference', 'INV 1', 'invalid_reference'],
    ['reference', 'may~x', 'invalid_reference'],
    ['reference', '~2', 'invalid_reference'],
    ['reference', '-INV', 'invalid_reference'],
    ['reference', '05/11/2026', 'invalid_reference'],
    ['reference', '1.23E+15', 'scientific_notation'],
    ['reference', 'INV\u00071', 'invisible_characters'],
    ['reference', '#REF!', 'spreadsheet_error'],
    ['custom_sms', '#NAME?', 'spreadsheet_error'],
  ];
  it.each(bad)('of %s, %j, is a problem: %s', (column, text, code) => {
    const { problems } = rowWith({ [column]: text });
    const fix = code === 'decimal_comma' ? expect.stringContaining('decimal point') : fixOf(code);
    expect(problems).toEqual([{ column, code, detail: expect.stringContaining(`column ${column}`), fix }]);
  });

  it.each(Object.entries(CELL_CHARACTERS_MAX))('of %s has at most %d characters', (column, max) => {
    const digit = column === 'currency' ? 'x' : '1';
    const atMost = rowWith({ [column]: digit.repeat(max) }).problems.map(({ code }) => code);
    expect(atMost).not.toContain('too_long');
    const [problem] = rowWith({ [column]: digit.repeat(max + 1) }).problems;
    expect(problem).toMatchObject({ column, code: 'too_long' });
    expect(problem?.detail).toContain(`has ${max + 1} characters; the maximum is ${max}.`);
  });

  it('that is too long is cut, and quoted shorter still', () => {
    const row = rowWith({ target: '7'.repeat(100_000) });
    expect(row.target).toBe('7'.repeat(40));
    expect(row.problems[0]?.detail).toContain(`"${'7'.repeat(39)}…" in column target`);
  });

  it('is quoted so that what cannot be seen is seen', () => {
    expect(rowWith({ target: '0772\u200b279\n099' }).problems[0]?.detail).toBe(
      '"0772\\u200b279\\u000a099" in column target has a line break, a tab or an invisible character inside.',
    );
  });

  it('too many is quoted, with how many there are', () => {
    expect(readSheet(`target,amount\n${PHONE},5,50\n`).rows[0]?.problems).toEqual([
      {
        column: 'row',
        code: 'too_many_cells',
        detail: 'The row has 3 cells and the header 2 columns; the first cell too many is "50".',
        fix: fixOf('too_many_cells'),
      },
    ]);
  });

  it('is never in a problem that no case here shows', () => {
    const seen = new Set([
      ...bad.map(([, , code]) => code),
      'too_long',
      'too_many_cells',
      'two_currencies',
      'two_targets',
    ]);
    expect([...seen].toSorted()).toEqual(Object.keys(CELL_PROBLEMS).toSorted());
  });
});

function fixOf(code: string): string | undefined {
  return Object.entries(CELL_PROBLEMS).find(([each]) => each === code)?.[1].fix;
}

describe('a file is refused', () => {
  it.each<[string, string, string]>([
    ['empty', '', 'The file is empty.'],
    ['of a mark only', '\uFEFF', 'The file is empty.'],
    ['of blank lines', '\r\n \r\n,,,\r\n', 'The file is empty.'],
    ['of a sep= line', 'sep=;', 'The file is empty.'],
    ['of a header', 'target,amount\n', 'a header and no rows'],
    ['of a header and blank lines', 'target,amount\n\n,,\n', 'a header and no rows'],
    ['without a header', `${PHONE},5\n`, 'Put this line above it: target,amount,product_id'],
    ['without a header, with semicolons', '+263 77 227 9099;5,50\n', 'is data, not a header'],
    ['of one number', PHONE, 'is data, not a header'],
    ['without a header, as Excel mangles it', '2.63772E+11,5\n', 'is data, not a header'],
    ['without a target', 'name,amount\nAnn,5\n', 'has no column target; it has "name", "amount".'],
    ['without an amount', 'Phone,Amount (EUR)\n1,5\n', 'has no column amount; it has "Phone", "Amount (EUR)".'],
    ['with two amounts, in two currencies', 'target,Amount (USD),Amount (ZWG)\n1,2,3\n', 'both mean amount'],
    ['with target and msisdn that is no export of ours', 'target,msisdn,amount\n1,2,3\n', 'both mean target'],
    ['without either', 'a,b\n1,2\n', 'has no column target and no column amount; it has "a", "b".'],
    ['under a title', 'My list\ntarget,amount\n1,2\n', 'it has "My list".'],
    ['with an unknown separator', 'target:amount\n1:2\n', 'it has "target:amount".'],
    ['with a sep= line that is wrong', 'sep=;\ntarget,amount\n1,2\n', 'it has "target,amount".'],
    ['with a sep= line that is unknown', 'sep=^\ntarget^amount\n1^2\n', 'says that "^" separates cells'],
    ['with two targets', 'Phone,Amount,Mobile No.\n1,2,3\n', '"Phone" and "Mobile No." both mean target'],
    ['with two amounts', 'amount,target,Amount\n1,2,3\n', '"amount" and "Amount" both mean amount'],
    ['with a quote never closed', `target,amount\n${PHONE},5\n\n"${PHONE},5\n`, 'In row 4 a cell begins'],
    ['with a quote never closed after others', `target,amount\n"${PHONE}","5"\n"x,5\n`, 'In row 3 a cell'],
    ['with a quote closed by the next row', `target,amount\n"${PHONE},5\n"0772279100",5\n`, 'In row 2 a cell'],
    ['with text after a quote', `target,amount\n"a" b,5\n`, 'In row 2 a cell begins with a quotation mark'],
    ['with a quote never closed, after breaks in quotes', `target,amount,sms\n1,2,"a\nb"\n1,2,"x\n`, 'In row 3 a'],
    ['with a quote never closed under sep=', 'sep=,\ntarget,amount\n"x,5\n', 'In row 3 a cell'],
    ['with a quote never closed in the header', 'target,"amount\n1,2\n', 'In row 1 a cell'],
    ['in UTF-16', '\uFFFD\uFFFDt\0a\0r\0', 'Line 1 has bytes that are not UTF-8 text: save the file as CSV UTF-8'],
    ['with a letter of another encoding', 'target,amount,sms\n1,2,Caf\uFFFD\n', 'Line 2 has bytes that are not'],
    ['that is a workbook', 'PK\u0003\u0004\u0014\0', 'an Excel workbook or a zip file: save it as CSV UTF-8'],
  ])('%s', (_what, text, detail) => {
    const refusal = refusalOf(text);
    expect([refusal.code, refusal.param]).toEqual(['invalid_csv', 'csv']);
    expect(refusal.detail).toContain(detail);
  });
});

describe('the limit of', () => {
  const line = `${PHONE},5\n`;

  it('rows is 100,000, with blank lines and a line of header beside them', () => {
    const text = `target,amount\n\n${line.repeat(SHEET_ROWS_MAX)}\n`;
    const { rows } = readSheet(text);
    expect([rows.length, rows.at(-1)]).toEqual([100_000, { ...ONE, row: 100_002, problems: [] }]);
    const refusal = refusalOf(text + line);
    expect([refusal.code, refusal.param]).toEqual(['csv_too_large', 'csv']);
    expect(refusal.detail).toBe('The file has 100,001 rows; the maximum is 100,000.');
  });

  it('rows is counted to the end', () => {
    expect(refusalOf(`target,amount\n${line.repeat(123_456)}`).detail).toContain('has 123,456 rows');
  });

  it('bytes is 10 MB in UTF-8', () => {
    const start = `target,amount,memo\n${PHONE},5,`;
    const filler = 'é'.repeat((SHEET_BYTES_MAX - start.length) / 2);
    const odd = 'x'.repeat((SHEET_BYTES_MAX - start.length) % 2);
    expect(rowsOf(start + filler + odd)).toEqual([ONE]);
    const refusal = refusalOf(`${start}${filler}${odd}x`);
    expect(refusal.code).toBe('csv_too_large');
    expect(refusal.detail).toBe('The file has 10,485,761 bytes; the maximum is 10,485,760.');
  });

  it('columns is 20, with those that are ignored and without empty ones at the end', () => {
    const header = (count: number) => ['target', 'amount', ...Array(count - 2).fill('x')].join(',');
    expect(rowsOf(`${header(SHEET_COLUMNS_MAX)},,,\n${line}`)).toEqual([ONE]);
    expect(refusalOf(`${header(SHEET_COLUMNS_MAX + 1)}\n${line}`)).toMatchObject({
      code: 'csv_too_large',
      detail: 'The file has 21 columns; the maximum is 20.',
    });
  });

  it('lines is that of a spreadsheet that saves every one of them', () => {
    const text = `target,amount\n${line}${',,,\n'.repeat(SHEET_LINES_MAX - 2)}`;
    expect(rowsOf(text)).toEqual([ONE]);
    expect(refusalOf(`${text}\n`)).toMatchObject({
      code: 'csv_too_large',
      detail: 'The file has 1,048,577 lines; the maximum is 1,048,576.',
    });
  });

  it('each is what the fix of the refusal says', () => {
    const { fix } = REFUSALS.csv_too_large;
    expect(fix).toContain(`${SHEET_ROWS_MAX.toLocaleString('en-US')} rows, ${SHEET_COLUMNS_MAX} columns`);
    expect(fix).toContain(`${SHEET_BYTES_MAX / 1024 / 1024} MB`);
  });
});

const BLANKS = repeats({ short: 500_000, long: 5_000_000 });

describe('a large file', () => {
  it('with everything filled in is read', () => {
    const header = 'target,amount,product_id,currency,reference,custom_sms\r\n';
    const line = (at: number) => `0772${String(at).padStart(6, '0')},5.50,12,USD,"REF-${at}","Hello, number ${at}"\r\n`;
    const length = repeats({ short: SHEET_ROWS_MAX / 10, long: SHEET_ROWS_MAX });
    const { rows } = readSheet(header + Array.from({ length }, (_, at) => line(at)).join(''));
    expect(rows.every(({ problems }) => problems.length === 0)).toBe(true);
    expect(rows.at(-1)).toMatchObject({ row: length + 1, customSms: `Hello, number ${length - 1}` });
  });

  it.each([
    ['quotation marks that do not pair', '"a'],
    ['quotation marks in pairs', '""'],
    ['quotation marks and blanks', '" '],
    ['separators', ','],
    ['blanks', ' '],
    ['line ends', '\n'],
    ['apostrophes', "'"],
  ])('of nothing but %s ends', (_what, text) => {
    const bytes = repeats({ short: 1_000_000, long: SHEET_BYTES_MAX - 40 });
    const file = text.repeat(Math.floor(bytes / text.length));
    expect(['invalid_csv', 'csv_too_large']).toContain(refusalOf(file).code);
    expect(() => readSheet(`target,amount\n${PHONE},5\n${file},`)).not.toThrow(RangeError);
  });

  it.each([
    ['quotation marks inside one cell', 'x"'],
    ['quoted cells in one line', '"a",'],
    ['doubled quotation marks', 'x""'],
    ['quoted line ends', ',"\n"'],
    ['quoted cells and blanks', '"a"  ,'],
    ['lines of separators', ',,\n'],
  ])('of %s takes time in proportion to its size', (_what, text) => {
    const took = (bytes: number) => {
      const file = `target,amount,sms\n${PHONE},5,${text.repeat(bytes / text.length)}\n`;
      return cpuMsOf(() => readSheet(file));
    };
    const best = (bytes: number) => Math.min(...[1, 2, 3].map(() => took(bytes)));
    // 16 times the size: a quadratic reader takes 256 times as long.
    const bytes = repeats({ short: 640_000, long: 1_600_000 });
    expect(best(bytes) / Math.max(5, best(bytes / 16))).toBeLessThan(100);
  });

  it.each([
    ['blanks before a text', `${' '.repeat(BLANKS)}x`, 'x'],
    ['blanks after a text', `x${' '.repeat(BLANKS)}`, 'x'],
  ])('with a cell of %s is read', (_what, cell, read) => {
    expect(rowsOf(`target,amount,sms\n${PHONE},5,${cell}\n`)).toEqual([{ ...ONE, customSms: read }]);
  });
});

/** A text as it is read: line ends are LF, and nothing invisible is at either end. */
function asRead(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/^[\p{Z}\p{Cc}\p{Cf}]+|[\p{Z}\p{Cc}\p{Cf}]+$/gu, '');
}

const nasty = fc.constantFrom(...'=+-@\t\r\n",;|\'’# \u00a0\u200b\u202aaé0.5'.split(''), '🏴', '=1', '="a"');
const message = fc
  .string({ unit: fc.oneof(nasty, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 25 })
  .filter((text) => !/[\0\uFFFD]/.test(text) && !/^'*#/.test(asRead(text)) && !/^="[^"]*"$/.test(asRead(text)));
const target = fc.stringMatching(/^(\+263|0|00263|)7[1378][ -]?\d{3}[ -]?\d{4}$/);
const amount = fc.stringMatching(/^\d{1,5}(\.\d{1,2})?$/);
const reference = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/);

describe('what csvRow wrote', () => {
  it('has no cell that a spreadsheet runs, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.array(message, { minLength: 1 }), { minLength: 1 }), (table) => {
        const cells = Papa.parse<string[]>(table.map(csvRow).join(''), { delimiter: ',', newline: '\r\n' }).data.flat();
        expect(cells.filter((cell) => /^\s*[=+\-@]|^[\t\r]/.test(cell))).toEqual([]);
      }),
    );
  });

  it('is read as it was, numbers with their plus and messages with signs of formulas', () => {
    const row = fc.record({ target, amount, customSms: message, reference });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const lines = rows.map((each) => csvRow([each.target, each.amount, each.customSms, each.reference]));
        const sheet = readSheet(csvRow(['target', 'amount', 'custom_sms', 'reference']) + lines.join(''));
        expect(sheet.rows.map(textsOf)).toEqual(
          rows.map(({ customSms, ...others }, at) => {
            const text = asRead(customSms);
            return { row: at + 2, ...others, ...(text === '' ? {} : { customSms: text }) };
          }),
        );
      }),
      { numRuns: repeats({ short: 50, long: 300 }) },
    );
  });

  it('is a table whose message is a formula in quotes, too', () => {
    const text = csvRow(['target', 'amount', 'sms']) + csvRow([PHONE, '5', '="a"']);
    expect(rowsOf(text)).toEqual([{ ...ONE, customSms: '="a"' }]);
  });
});

describe('whatever the dialect', () => {
  const dialect = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\r\n', '\n', '\r'),
    mark: fc.constantFrom('', '\uFEFF'),
    separatorLine: fc.boolean(),
    quotesAll: fc.boolean(),
    lastLineEnd: fc.boolean(),
    blankBefore: fc.nat(2),
    emptyColumns: fc.nat(3),
    names: fc.tuple(
      fc.constantFrom('target', 'Phone Number', 'MSISDN', 'cell-phone', ' mobile_number '),
      fc.constantFrom('amount', 'VALUE', 'Air Time', 'airtime_amount'),
      fc.constantFrom('reference', 'Ref.', 'External Reference', 'agent_reference'),
      fc.constantFrom('custom_sms', 'Message', 'NOTE'),
      fc.constantFrom('Name', 'memo', 'Branch'),
    ),
  });
  const rowAfterBlanks = fc.record({
    cells: fc.tuple(target, amount, reference, fc.constantFrom('', 'Hi', 'a,b;c|d\te', 'say "hi"', 'one\ntwo'), target),
    blankBefore: fc.constantFrom(0, 0, 0, 1, 2),
  });

  it('the same rows are read, with the numbers that a spreadsheet shows', () => {
    fc.assert(
      fc.property(dialect, fc.array(rowAfterBlanks, { minLength: 1, maxLength: 12 }), (how, rows) => {
        const quoted = (cell: string) =>
          how.quotesAll || /[,;|\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
        const record = (cells: readonly string[]) =>
          [...cells.map(quoted), ...Array(how.emptyColumns).fill('')].join(how.delimiter);
        const lines: string[] = how.separatorLine ? [`sep=${how.delimiter}`] : [];
        lines.push(...Array(how.blankBefore).fill(''), record(how.names));
        const meant = rows.map(({ cells, blankBefore }) => {
          lines.push(...Array(blankBefore).fill(''), record(cells));
          const [phone, sum, name, sms] = cells;
          const texts = { row: lines.length, target: phone, amount: sum, reference: name };
          return sms === '' ? texts : { ...texts, customSms: sms };
        });
        const sheet = readSheet(how.mark + lines.join(how.lineEnd) + (how.lastLineEnd ? how.lineEnd : ''));
        expect(sheet.rows.map(textsOf)).toEqual(meant);
        expect([sheet.delimiter, sheet.ignoredColumns]).toEqual([how.delimiter, [how.names[4]]]);
      }),
      { numRuns: repeats({ short: 50, long: 300 }) },
    );
  });

  it('any text is either read or refused', () => {
    const piece = fc.oneof(
      fc.constantFrom('target', 'amount', 'sms', 'sep=;', '"', '""', ',', ';', '\n', '\r'),
      message,
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, hasHeader) => {
        const text = (hasHeader ? 'target,amount,sms\n' : '') + pieces.join('');
        try {
          expect(readSheet(text).rows.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: repeats({ short: 200, long: 1_000 }) },
    );
  });

  it('quotation marks are refused exactly where the parser finds fault with them', () => {
    const body = fc.string({ unit: fc.constantFrom('"', '"', '"', ',', '\n', ' ', 'a'), maxLength: 25 });
    fc.assert(
      fc.property(body, (text) => {
        const file = `target,amount\n${PHONE},5\n${text}\n`;
        const faults = Papa.parse(file, { delimiter: ',', newline: '\n' }).errors.filter(
          ({ type }) => type === 'Quotes',
        );
        if (faults.length === 0) expect(readSheet(file).rows[0]).toEqual({ ...ONE, problems: [] });
        else expect(refusalOf(file).detail).toContain(`In row ${1 + (faults[0]?.row ?? 0)} a cell begins with a quot`);
      }),
      { numRuns: repeats({ short: 200, long: 2_000 }) },
    );
  });
});
