/** Characters as JSON or a program, a form or a path, or a page may write them. */
const UNITS = /\\(?:u([0-9a-f]{4})|u\{0{0,8}([0-9a-f]{1,5})\}|x([0-9a-f]{2}))/gi;
const BYTES = /(?:%[0-9a-f]{2})+/gi;
const ENTITY = /&#(?:x0{0,8}([0-9a-f]{1,5})|0{0,8}(\d{1,6}));?/gi;
/** A form in a form, or JSON in JSON. */
const LAYERS = 2;

const DIGIT = /\p{Nd}/u;
const FOREIGN_DIGITS = /(?![0-9])\p{Nd}/gu;

/**
 * Whether digits follow each other in a text, whatever stands between them, in the digits of any script, and also as
 * characters that are escaped: what a program puts between the digits of a number has digits of its own then.
 */
export function hasDigits(text: string, digits: string): boolean {
  return layersOf(text).some((layer) => plainDigits(layer).includes(digits));
}

/** A text as a person reads it: without escapes, and with digits that are written in another form. */
export function plainText(text: string): string {
  return (layersOf(text).at(-1) ?? text).normalize('NFKC');
}

/** A text, and what it is without its escapes, as often as it has some. */
function layersOf(text: string): string[] {
  const layers = [text];
  for (let plain = text; layers.length <= LAYERS; layers.push(plain)) {
    const next = unescaped(plain);
    if (next === plain) break;
    plain = next;
  }
  return layers;
}

function unescaped(text: string): string {
  return text
    .replace(/(?<!\\)\\+(?=[ux])/gi, '\\')
    .replace(UNITS, (_escape, unit?: string, point?: string, byte?: string) =>
      String.fromCodePoint(Number.parseInt(unit ?? point ?? byte ?? '', 16)),
    )
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
