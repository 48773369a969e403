import { secrecyOf } from '../manifest/secret-fields.ts';

/** Takes out of a text what looks like a secret, or like the address of a person, whatever the text is. */

export const NOT_KEPT = '(not kept)';

/** Keys, secrets and invitations of ours, also in the middle of a word: all up to where it ends, escapes included. */
const OURS = /(atk_(?:live|test)_\w{0,3}|whsec_|inv_[0-9a-z]{20}(?=[.%]))[^\s"'<>…]{8,9000}/gi;
const TOKEN = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g;
/** The rest of the line: what schemes put there differs. */
const HEADER = /\b(authorization["'\\]{0,2}\s{0,5}[:=]\s{0,5}["'\\]{0,2})(?!\(not kept)[^\r\n]{1,9000}/gi;
const BEARER = /\b(bearer\s{1,5})(?!\(not kept)\S{7,9000}/gi;
const USER_OF_URL = /(?<=:\/\/)[^\s@"'<>\\]{1,300}@/g;
const EMAIL = /[\w.!#$%&*+=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;
/** In the query of a URL. */
const PARAMETER = /([?&])([\w-]{1,40})=(?!\(not kept)[^\s&"'<>]{1,9000}/g;

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
    .replace(EMAIL, NOT_KEPT)
    .replace(PARAMETER, (whole, before: string, name: string) =>
      secrecyOf(name) === 'secret' ? `${before}${name}=${NOT_KEPT}` : whole,
    );
}
