import { secrecyOf } from '../manifest/secret-fields.ts';

/** Takes out of a text what looks like a secret, or like the address of a person, whatever the text is. */

export const NOT_KEPT = '(not kept)';

/** Keys, secrets and invitations of ours, also in the middle of a word: all up to where it ends, escapes included. */
const OURS = /(atk_(?:live|test)_\w{0,3}|whsec_|inv_[0-9a-z]{20}(?=[.%]))[^\s"'<>…]{8,9000}/gi;
/** On the next lines, or in other parts of a text in a program. */
const BEGUN = /(?:atk_\w{5,8}|inv_\w{20})…\(not kept\)|atk_(?:live|test)_\w{0,10}|inv_\w{20}\.\w{0,8}/;
const PART = /[\s"'+\\.&]{1,8}(?=[a-z]{0,36}\d)[0-9a-hjkmnp-tv-z]{8,38}(?![0-9a-z])/;
const REST_OF_OURS = new RegExp(`(?<=${BEGUN.source})(?:${PART.source})+`, 'gi');
const REST_OF_HOOK = /(?<=whsec_(?:…\(not kept\)|[\w+/-]{0,8}))[\s"'+\\.&]{1,8}[\w+/-]{1,43}=(?![\w=])/gi;
/** What is behind the `atk_live_` of a key, however that is written, and behind `whsec_` or a part of it. */
const OF_KEY = /(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{38}(?![0-9a-z])|(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{38}(?![0-9A-Z])/g;
const OF_HOOK = /(?<![\w+-])(?:w?h?s?e?c?_)?[\w+/-]{43}=(?![\w=])/g;
/**
 * Of a person, a service, or who logged in in PesaWay's protocol: an object or a list in base64, and a signature. What
 * is behind its first quotation mark, a digit or a letter, tells `I` from `J`.
 */
const TOKEN = /(?<![\w-])(?:ey|Wy)[IJ][\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g;
/** The rest of the line: what schemes put there differs. */
const HEADER = /\b(authorization["'\\]{0,2}\s{0,5}[:=]\s{0,5}["'\\]{0,2})(?!\(not kept)[^\r\n]{1,9000}/gi;
const BEARER = /\b(bearer\s{1,5})(?!\(not kept)\S{7,9000}/gi;
/** A user and a password. */
const BASIC = /\b(basic\s{1,5})([\w+/-]{4,9000}={0,2})/gi;
/** What may be a text in base64. A key of ours has no other characters in it, wherever it begins. */
const BASE64 = /(?<![0-9a-z])[0-9a-z]{24,}={0,2}/gi;
const USER_OF_URL = /(?<=:\/\/)[^\s@"'<>\\]{1,300}@/g;
/** An address is looked for by its second half: before each character of a text without one, much would be read. */
const LABEL = /[\p{L}\p{M}\p{N}_-]{1,63}/u.source;
const WORD_AHEAD = /(?=[\p{N}_-]{0,62}[\p{L}\p{M}])/u.source;
const AT_HOST = new RegExp(`[@＠﹫]${LABEL}(?:\\.${LABEL}){0,7}\\.${WORD_AHEAD}${LABEL}`, 'gu');
const MAILBOX = /[\p{L}\p{M}\p{N}_.!#$%&*+=?^`{|}~-]{1,64}$/u;
const MAILBOX_CHARACTERS_MAX = 64;
/** In the query or the fragment of a URL, also one on a page. */
const PARAMETER = /([?&#;])([\w-]{1,40})=(?!\(not kept)[^\s&"'<>]{1,9000}/g;
/** Whoever has a signed link can use it. */
const SIGNATURE = /sig(?:nature)?$/i;

/** A character as JSON or a program may escape it, in a text of a text too, or as a form, a path or a page does. */
const ESCAPED =
  /\\{1,8}(?:u00|x)([0-7][0-9a-f])|%([2-7][0-9a-f])|&#x0{0,8}([2-7][0-9a-f]);|&#0{0,8}([1-9]\d{1,2});|\\{1,8}(\/)/gi;

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
  return text.replace(
    ESCAPED,
    (_escape, json?: string, percent?: string, hex?: string, decimal?: string, slash = '') => {
      const code = decimal ?? `0x${json ?? percent ?? hex}`;
      return slash || String.fromCharCode(Number(code));
    },
  );
}

function withoutPlain(text: string): string {
  const bare = withoutOurs(text)
    .replace(TOKEN, NOT_KEPT)
    .replace(HEADER, `$1${NOT_KEPT}`)
    .replace(BEARER, `$1${NOT_KEPT}`)
    .replace(BASIC, (whole, before: string, word: string) =>
      fromBase64(word).includes(':') ? before + NOT_KEPT : whole,
    )
    .replace(BASE64, withoutEncoded)
    .replace(USER_OF_URL, `${NOT_KEPT}@`)
    .replace(PARAMETER, (whole, before: string, name: string) =>
      secrecyOf(name) === 'secret' || SIGNATURE.test(name) ? `${before}${name}=${NOT_KEPT}` : whole,
    );
  return withoutAddresses(bare);
}

/** Behind the last point of an address is a word: a number is that of the version of a package. */
function withoutAddresses(text: string): string {
  let bare = '';
  let end = 0;
  for (const { 0: host, index } of text.matchAll(AT_HOST)) {
    const mailbox = MAILBOX.exec(text.slice(Math.max(end, index - MAILBOX_CHARACTERS_MAX), index));
    if (mailbox === null) continue;
    bare += text.slice(end, index - mailbox[0].length) + NOT_KEPT;
    end = index + host.length;
  }
  return bare + text.slice(end);
}

function withoutOurs(text: string): string {
  return text
    .replace(OURS, `$1…${NOT_KEPT}`)
    .replace(REST_OF_OURS, withoutRest)
    .replace(REST_OF_HOOK, withoutRest)
    .replace(OF_KEY, NOT_KEPT)
    .replace(OF_HOOK, NOT_KEPT);
}

function withoutRest(_rest: string, index: number, whole: string): string {
  return whole[index - 1] === ')' ? '' : `…${NOT_KEPT}`;
}

/** Before it may stand other characters of base64, so where its groups of four begin nobody knows. */
function withoutEncoded(word: string): string {
  const hasOurs = [0, 1, 2, 3].some((start) => {
    const text = fromBase64(word.slice(start));
    return withoutOurs(text) !== text;
  });
  return hasOurs ? NOT_KEPT : word;
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
