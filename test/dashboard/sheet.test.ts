import { describe, expect, it } from '@jest/globals';
import { type Column, cellAt, cellsOf, corrected, type Fixes } from '../../dashboard/src/routes/bulk/cells.ts';
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
