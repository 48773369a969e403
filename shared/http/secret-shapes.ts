import { secrecyOf } from '../manifest/secret-fields.ts';

/** Takes secrets out of a text by what they look like, whatever the text is: a sentence, a URL, XML. */

export const NOT_KEPT = '(not kept)';

/** Keys, secrets and invitations of ours, wherever somebody put them, also in the middle of a word. */
const OURS = /(atk_(?:live|test)_\w{0,3}|whsec_|inv_[0-9a-z]{20}\.)[\w+/=-]{8,}/g;
const TOKEN = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g;
const BEARER = /\b(bearer\s{1,5})[\w.~+/=-]{8,}/gi;
const HEADER = new RegExp(
  `\\b(authorization["'\\\\]{0,2}\\s{0,5}[:=]\\s{0,5}["'\\\\]{0,2})(?!\\(not kept)` +
    `(?:(?:api-key|basic|bearer|digest|token)\\s{1,5})?[^\\s"'\\\\,;<&]{1,9000}`,
  'gi',
);
const USER_OF_URL = /(?<=:\/\/)[^\s/@"'<>\\]{1,300}@/g;
const assigned = (between: string) =>
  new RegExp(
    `([\\w-]{1,40})(${between})(?!["'\\\\]{0,2}\\(not kept)` +
      `(\\\\?"[^"\\\\]{0,9000}|\\\\?'[^'\\\\]{0,9000}|[^\\s"'\\\\<>&;,]{1,9000})`,
    'g',
  );
/** As in the query of a URL, and as an attribute of XML. */
const ASSIGNED = assigned('\\s{0,3}=\\s{0,3}');
/** As a header, and as JSON inside another text. After those, since what follows `https:` is one text. */
const NAMED = assigned(`["'\\\\]{0,2}\\s{0,3}:\\s{0,3}`);
const ELEMENT = /<((?:[\w-]{1,40}:)?[\w-]{1,40})(\s[^<>]{0,300})?>(?!\(not kept)(?:<!\[CDATA\[)?[^<]{1,9000}/g;

/** A character as JSON may escape it, or as a form or a path does. */
const ESCAPED = /\\u00([0-7][0-9a-f])|%([2-7][0-9a-f])|\\(\/)/gi;

/** A text that has a secret only in escapes is kept without its escapes. */
export function withoutShapes(text: string): string {
  const first = withoutPlain(text);
  const plain = first.replace(ESCAPED, (_escape, json?: string, percent?: string, slash?: string) => {
    return slash ?? String.fromCharCode(Number.parseInt(json ?? percent ?? '', 16));
  });
  if (plain === first) return first;
  const bare = withoutPlain(plain);
  return bare === plain ? first : bare;
}

function withoutPlain(text: string): string {
  return text
    .replace(OURS, `$1…${NOT_KEPT}`)
    .replace(TOKEN, NOT_KEPT)
    .replace(HEADER, `$1${NOT_KEPT}`)
    .replace(BEARER, `$1${NOT_KEPT}`)
    .replace(USER_OF_URL, `${NOT_KEPT}@`)
    .replace(ASSIGNED, withoutValue)
    .replace(NAMED, withoutValue)
    .replace(ELEMENT, (whole, name: string, attributes = '') =>
      isSecret(name) ? `<${name}${attributes}>${NOT_KEPT}` : whole,
    );
}

function withoutValue(whole: string, name: string, between: string, value: string): string {
  const quote = /^\\?["']?/.exec(value)?.[0] ?? '';
  return isSecret(name) ? `${name}${between}${quote}${NOT_KEPT}` : whole;
}

function isSecret(name: string): boolean {
  return secrecyOf(name) === 'secret';
}
