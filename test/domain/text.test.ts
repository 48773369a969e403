import { expect, it } from '@jest/globals';
import { excerpt, isDamaged, printable } from '../../shared/domain/text.ts';

it.each([
  [`a${'😀'.repeat(225)}`, 200, `a${'😀'.repeat(199)}`],
  ['😀'.repeat(225), 3, '😀😀😀'],
  ['  one\r\n\ttwo\u0000\u0007\u202ethree  ', 100, 'one two three'],
  ['half \ud83d and \ude00 other', 100, 'half and other'],
  ['ends in half \ud83d', 100, 'ends in half'],
  ['Caf\ufffd', 100, 'Caf\ufffd'],
  ['a b', 2, 'a'],
  ['', 10, ''],
])('of %j, %i characters at most, %j is shown', (text, limit, shown) => {
  expect(excerpt(text, limit)).toBe(shown);
});

it('is well-formed and within its limit wherever it is cut', () => {
  const text = `a\n${'😀'.repeat(50)}e\u0301\u0000${'x '.repeat(40)}\ud83d`;
  for (let limit = 1; limit < 160; limit += 1) {
    const shown = excerpt(text, limit);
    expect([shown.isWellFormed(), /\p{C}/u.test(shown)]).toEqual([true, false]);
    expect([...shown].length).toBeLessThanOrEqual(limit);
    expect([...text.slice(0, 4 * limit)].length < limit || [...shown].length > 0).toBe(true);
  }
});

it.each(['\ud83d', '\ude00\ud83d', 'a\u0000b', 'Caf\ufffd'])('%j is damaged', (text) => {
  expect(isDamaged(text)).toBe(true);
});

it.each(['', 'Café', '😀', 'a\u200db\n\t'])('%j is not', (text) => {
  expect(isDamaged(text)).toBe(false);
});

it('a text in a terminal says what it is: what would move, hide or turn it is escaped, and it reads back the same', () => {
  const value = { name: 'Café 😀\u001b[2J\u009b31m\u202eabc\u2066\u200b\u{e0001}\u007f' };
  expect(printable(value)).toMatch(/^\{\n {2}"name": "Café 😀[ -~]+"\n\}$/);
  expect(JSON.parse(printable(value))).toEqual(value);
});
