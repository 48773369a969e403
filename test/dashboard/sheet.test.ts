import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Papa from 'papaparse';
import {
  type Column,
  cellAt,
  cellsOf,
  corrected,
  type Fixes,
  forSpreadsheet,
} from '../../dashboard/src/routes/bulk/cells.ts';
import { correctedName, decode } from '../../dashboard/src/routes/bulk/sheet.ts';
import { decodeCsv } from '../../shared/http/csv/decode-csv.ts';
import { readSheet } from '../../shared/http/csv/read-sheet.ts';

/** A merchant's file in the browser agrees with what the API makes of it. */

function read(text: string) {
  const { rows, columns, positions, delimiter } = readSheet(text);
  const places: Column[] = columns.map((column, index) => ({ column, position: positions[index] ?? 0 }));
  return { rows, places, delimiter };
}

function correct(text: string, fixes: Fixes): string {
  const { places, delimiter } = read(text);
  return corrected(cellsOf(text, delimiter), delimiter, places, fixes);
}

describe.each([
  ['plain', 'target,amount\n0772279099,five\n0773345678,6\n'],
  ['from Excel', '\uFEFFsep=;\r\nName;Phone;Amount\r\nAnn;0772279099;five\r\nBen;0773345678;6\r\n'],
  ['with blank lines', '\n\ntarget\tamount\n\n0772279099\tfive\n\n0773345678\t6'],
  ['with quotes', 'No,Phone,"Value"\n"1, first\nof all","0772279099","five"\n2,0773345678,6\n'],
])('a file %s', (_name, text) => {
  const { rows, places, delimiter } = read(text);
  const [bad, good] = rows;

  it('has its cells where the API says that they are', () => {
    const amount = places.find(({ column }) => column === 'amount') ?? { column: '', position: 0 };
    expect([bad?.amount, good?.amount]).toEqual(['five', '6']);
    expect(cellAt(cellsOf(text, delimiter), bad?.row ?? 0, amount)).toBe('five');
    expect(cellAt(cellsOf(text, delimiter), good?.row ?? 0, amount)).toBe('6');
  });

  it('is the same after a correction but for the cell, and rows keep their numbers', () => {
    const next = readSheet(correct(text, { [bad?.row ?? 0]: { amount: '5.50' } })).rows;
    expect(next).toEqual([{ ...bad, amount: '5.50', problems: [] }, good]);
  });

  it('loses a row that is left out, and no other changes its number', () => {
    expect(readSheet(correct(text, { [bad?.row ?? 0]: null })).rows).toEqual([good]);
  });

  it('gets a column that it lacks', () => {
    const row = bad?.row ?? 0;
    const next = readSheet(correct(text, { [row]: { amount: '5', currency: 'USD', product_id: '100' } })).rows;
    expect(next[0]).toMatchObject({ row, amount: '5', currency: 'USD', productId: '100', problems: [] });
    expect(next[1]).toEqual(good);
  });
});

function saved(text: string): string {
  const { places, delimiter } = read(text);
  return forSpreadsheet(text, delimiter, places);
}

describe('a file that is saved for a spreadsheet', () => {
  const DANGEROUS = [
    '=1+1',
    '+263772279099',
    '-5',
    '@SUM(1)',
    '\t=1',
    ' =1',
    '\u200b+1',
    '=HYPERLINK("x";"y")',
    '="1"&A1',
  ];

  it.each(DANGEROUS)('runs nothing where a cell is %j, and is read as before', (cell) => {
    for (const [target, sms, note] of [
      [cell, 'Hi', 'x'],
      ['0772279099', cell, 'x'],
      ['0772279099', 'Hi', cell],
    ]) {
      const text = Papa.unparse([
        ['target', 'amount', 'custom_sms', 'branch'],
        [target, '5', sms, note],
      ]);
      const safe = saved(text);
      const cells = cellsOf(safe, ',').flat();
      expect(cells.filter((each) => /^[\s\u200b]*[=+\-@\t]/.test(each))).toEqual([]);
      expect(cells).toContain(`'${cell}`);
      expect(readSheet(safe)).toEqual(readSheet(text));
      // Again and again: no apostrophe is added to what is safe.
      expect(saved(safe)).toBe(safe);
    }
  });

  it('is left as it is where nothing would run, and so are names of columns and texts of Excel', () => {
    for (const text of [
      'target,amount\n0772279099,5\n',
      '-target,amount\n="0772279099",5\n',
      'target,amount\n\t,5\n',
    ]) {
      expect(saved(text)).toBe(text);
    }
  });

  it('is read as before, whatever is in its cells', () => {
    const part = fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      "'",
      '"',
      '\t',
      ' ',
      '\n',
      ',',
      ';',
      '5',
      '077',
      'a',
      '\u200b',
      '="',
      '0772279099',
    );
    const cell = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
    const record = fc.tuple(cell, cell, cell, cell, cell);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        const header = ['target', 'amount', 'custom_sms', 'reference', 'branch'];
        const text = Papa.unparse([header, ['0772279099', '5', 'Hi', '', ''], ...records]);
        expect(readSheet(saved(text))).toEqual(readSheet(text));
      }),
    );
  });
});

it('a cell that is typed is one cell, whatever is in it', () => {
  const typed = 'a "quoted", b; c\nd';
  const text = correct('target,amount,note\n0772279099,5,\n', { 2: { custom_sms: typed } });
  expect(cellAt(cellsOf(text, ','), 2, { column: 'custom_sms', position: 3 })).toBe(typed);
  expect(readSheet(text).rows).toHaveLength(1);
});

it.each([
  ['UTF-8', Buffer.from('target,note\n1,Café\n')],
  ['UTF-8 with its mark', Buffer.from('\uFEFFtarget,note\n1,Café\n')],
  ['UTF-16', Buffer.from('\uFEFFtarget,note\n1,Café\n', 'utf16le')],
  ['UTF-16 the other way round', Buffer.from('\uFEFFtarget,note\n1,Café\n', 'utf16le').swap16()],
  ['Windows-1252', Buffer.from('target,note\n1,Café\n', 'latin1')],
  ['damaged UTF-8', Buffer.concat([Buffer.from('é'), Buffer.from([0xe9])])],
])('bytes of %s are read as the API reads them', (_name, bytes) => {
  const ours = decode(new Uint8Array(bytes));
  const theirs = decodeCsv(new Uint8Array(bytes));
  const plain = (text: string) => text.replace(/^\uFEFF/, '');
  expect({ ...ours, text: plain(ours.text) }).toEqual({ ...theirs, text: plain(theirs.text) });
});

it('a corrected file has a name of its own, once', () => {
  expect(
    ['may.csv', 'may.2026.txt', 'may', 'may-corrected.csv'].map((name) => correctedName(name, 'corrected')),
  ).toEqual(['may-corrected.csv', 'may.2026-corrected.csv', 'may-corrected.csv', 'may-corrected.csv']);
});
