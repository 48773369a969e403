/** Characters as JSON, a form or a path, or a page may write them. */
const UNITS = /\\u([0-9a-f]{4})/gi;
const BYTES = /(?:%[0-9a-f]{2})+/gi;
const ENTITY = /&#(?:x([0-9a-f]{1,5})|(\d{1,6}));/gi;
/** A form in a form, or JSON in JSON. */
const LAYERS = 2;

const DIGIT = /\p{Nd}/u;
const FOREIGN_DIGITS = /(?![0-9])\p{Nd}/gu;

/**
 * Whether digits follow each other in a text, whatever stands between them, in the digits of any script, and also as
 * characters that are escaped: what a program puts between the digits of a number has digits of its own then.
 */
export function hasDigits(text: string, digits: string): boolean {
  let plain = text;
  for (let layer = 0; ; layer += 1) {
    if (plainDigits(plain).includes(digits)) return true;
    const next = unescaped(plain);
    if (next === plain || layer === LAYERS) return false;
    plain = next;
  }
}

function unescaped(text: string): string {
  return text
    .replace(/(?<!\\)\\+u/g, '\\u')
    .replace(UNITS, (_escape, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    .replace(BYTES, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
    .replace(ENTITY, (_escape, hex?: string, decimal?: string) =>
      String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    );
}

function plainDigits(text: string): string {
  return text.normalize('NFKC').replace(FOREIGN_DIGITS, asciiOf).replace(/\D/g, '');
}

/** Each script has its ten digits in a row, from zero on, and some rows follow each other. */
function asciiOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
