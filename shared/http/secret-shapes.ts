import { secrecyOf } from '../manifest/secret-fields.ts';

/** Takes out of a text what looks like a secret, or like the address of a person, whatever the text is. */

export const NOT_KEPT = '(not kept)';

/** Keys, secrets and invitations of ours, also in the middle of a word: all up to where it ends, escapes included. */
const OURS = /(atk_(?:live|test)_\w{0,3}|whsec_|inv_[0-9a-z]{20}(?=[.%]))[^\s"'<>…]{8,9000}/gi;
/** On the next line, or in another part of a text in a program. */
const REST_OF_KEY =
  /(?<=atk_\w{5,8}…\(not kept\))[\s"'+\\]{1,8}(?=[a-z]{0,36}\d)[0-9a-hjkmnp-tv-z]{8,37}(?![0-9a-z])/gi;
/** What is behind a key's `atk_live_`, in whichever way that is cut off or written, and behind `whsec_`. */
const OF_KEY = /(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{38}(?![0-9a-z])|(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{38}(?![0-9A-Z])/g;
const OF_HOOK = /(?<![\w+/-])[\w+/-]{43}=(?![\w=])/g;
/** Of a person, a service, or who logged in in PesaWay's protocol: an object or a list in base64, and a signature. */
const TOKEN = /(?<![\w-])(?:eyJ|WyJ)[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g;
/** The rest of the line: what schemes put there differs. */
const HEADER = /\b(authorization["'\\]{0,2}\s{0,5}[:=]\s{0,5}["'\\]{0,2})(?!\(not kept)[^\r\n]{1,9000}/gi;
const BEARER = /\b(bearer\s{1,5})(?!\(not kept)\S{7,9000}/gi;
/** A user and a password. */
const BASIC = /\b(basic\s{1,5})([\w+/-]{4,9000}={0,2})/gi;
/** What may be a text in base64. A key of ours has no other characters in it, wherever it begins. */
const BASE64 = /(?<![0-9a-z])[0-9a-z]{24,}={0,2}/gi;
const USER_OF_URL = /(?<=:\/\/)[^\s@"'<>\\]{1,300}@/g;
const EMAIL =
  /[\p{L}\p{M}\p{N}_.!#$%&*+=?^`{|}~-]{1,64}@[\p{L}\p{M}\p{N}_-]{1,63}(?:\.[\p{L}\p{M}\p{N}_-]{1,63}){1,8}/gu;
/** In the query or the fragment of a URL, also one on a page. */
const PARAMETER = /([?&#;])([\w-]{1,40})=(?!\(not kept)[^\s&"'<>]{1,9000}/g;
/** Whoever has a signed link can use it. */
const SIGNATURE = /sig(?:nature)?$/i;

/** A character as JSON may escape it, or as a form or a path does. */
const ESCAPED = /\\u00([0-7][0-9a-f])|%([2-7][0-9a-f])|\\(\/)/gi;

/** What is encoded more often is nothing that anybody reads. */
const LAYERS = 3;

/** A text that has a secret only in escapes is kept without its escapes. */
export function withoutShapes(text: string): string {
  let shown = withoutPlain(text);
  for (let plain = shown, layer = 0; layer < LAYERS; layer += 1) {
    const next = unescaped(plain);
    if (next === plain) break;
    plain = withoutPlain(next);
    if (plain !== next) shown = plain;
  }
  return shown;
}

function unescaped(text: string): string {
  return text.replace(ESCAPED, (_escape, json?: string, percent?: string, slash?: string) => {
    return slash ?? String.fromCharCode(Number.parseInt(json ?? percent ?? '', 16));
  });
}

function withoutPlain(text: string): string {
  return withoutOurs(text)
    .replace(TOKEN, NOT_KEPT)
    .replace(HEADER, `$1${NOT_KEPT}`)
    .replace(BEARER, `$1${NOT_KEPT}`)
    .replace(BASIC, (whole, before: string, word: string) =>
      fromBase64(word).includes(':') ? before + NOT_KEPT : whole,
    )
    .replace(BASE64, withoutEncoded)
    .replace(USER_OF_URL, `${NOT_KEPT}@`)
    .replace(EMAIL, NOT_KEPT)
    .replace(PARAMETER, (whole, before: string, name: string) =>
      secrecyOf(name) === 'secret' || SIGNATURE.test(name) ? `${before}${name}=${NOT_KEPT}` : whole,
    );
}

function withoutOurs(text: string): string {
  return text
    .replace(OURS, `$1…${NOT_KEPT}`)
    .replace(REST_OF_KEY, '')
    .replace(OF_KEY, NOT_KEPT)
    .replace(OF_HOOK, NOT_KEPT);
}

function withoutEncoded(word: string): string {
  const text = fromBase64(word);
  return withoutOurs(text) === text ? word : NOT_KEPT;
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
