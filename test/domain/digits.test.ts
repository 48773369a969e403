import { expect, it } from '@jest/globals';
import { hasDigits } from '../../shared/domain/digits.ts';
import { cpuMsOf } from '../support/cpu-time.ts';

/** The digits of a number in whatever was sent, as people and programs write them. */

const DIGITS = '772279099';
const NBSP = '\u00a0';
const HYPHEN = '\u2011';
/** The same number in the digits of another script. */
const inScript = (zero: number) =>
  [...'0772279099'].map((digit) => String.fromCodePoint(zero + Number(digit))).join('');

/** As JSON of Python and of PHP: everything but ASCII is escaped. */
function asciiJson(text: string): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify({ target: text }).replace(/[^\x20-\x7e]/g, escaped);
}
const entities = (text: string) => text.replaceAll(NBSP, '&#160;').replaceAll(HYPHEN, '&#x2011;');

const SPELLINGS = [
  '0772279099',
  '+263 77 227 9099',
  `+263${NBSP}77${NBSP}227${NBSP}9099`,
  `077${HYPHEN}227${HYPHEN}9099`,
  '0772\u200b279\u200b099',
  ...[0x660, 0x6f0, 0x966, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7f6].map(inScript),
];

it.each(SPELLINGS)('are found in %j, as it is and escaped', (number) => {
  const written = [
    ...[number, JSON.stringify(number), asciiJson(number), JSON.stringify(asciiJson(number))],
    ...[encodeURIComponent(number), encodeURIComponent(encodeURIComponent(number)), entities(number)],
    `5%${number}, 100%20`,
  ];
  expect(written.filter((text) => !hasDigits(`call ${text}!`, DIGITS))).toEqual([]);
});

it('are found where each is escaped, as a program or a page writes it', () => {
  const each = (write: (code: number) => string) =>
    [...'0772279099'].map((digit) => write(digit.charCodeAt(0))).join('');
  const written = [
    ...[(code: number) => `\\x${code.toString(16)}`, (code: number) => `\\u{${code.toString(16)}}`],
    ...[
      (code: number) => `&#000${code};`,
      (code: number) => `&#x0${code.toString(16)};`,
      (code: number) => `&#${code}`,
    ],
  ].map(each);
  expect(written.filter((text) => !hasDigits(`call ${text}!`, DIGITS))).toEqual([]);
});

it('are not found where another number is', () => {
  for (const text of ['0772279098', '772279\\u0030\\u0039', '77227909', '%37%37', '', '\\u', '%zz', '&#9999999;']) {
    expect(hasDigits(text, DIGITS)).toBe(false);
  }
});

it('of a text that is made to be slow are looked for in time', () => {
  const texts = ['\\', '\\u0030', '%30', '%', '&#', '&#48;', '\u{1d7ff}', '\u0669', '9'].map((text) =>
    text.repeat(8_192 / text.length),
  );
  expect(cpuMsOf(() => texts.map((text) => hasDigits(text, 'none')))).toBeLessThan(500);
});
