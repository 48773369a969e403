import { secrecyOf } from '../manifest/secret-fields.ts';

/** Takes secrets out of what is stored of a request: by the names of their fields, and by what they look like. */

export const NOT_KEPT = '(not kept)';

/** Shorter texts may be part of something else by chance. */
const SECRET_LENGTH_MIN = 8;

/** Keys of ours and secrets of endpoints and campaigns, wherever somebody put them, also in the middle of a word. */
const SHAPES = /(atk_(?:live|test)_\w{0,3}|whsec_)[\w+/=-]{8,}/g;

/** A character as JSON may escape it, or as a form or a path does. */
const ESCAPED = /\\u00([0-7][0-9a-f])|%([2-7][0-9a-f])|\\(\/)/gi;

/** A name and its value, in JSON or in what was meant to be JSON. */
const PAIR = new RegExp(
  `(["']?)([\\w-]{1,40})\\1(\\s{0,9}[:=]\\s{0,9})` +
    `("(?:[^"\\\\]|\\\\.){0,9000}(?:"|$)|'[^']{0,9000}(?:'|$)|[^\\s"',}&[{]{1,9000})`,
  'g',
);

/**
 * Texts without secrets, such as a request and its answer: a secret that one has in a field is not in the other either,
 * whose refusal may repeat it.
 */
export function withoutSecrets(texts: readonly string[]): string[] {
  const secrets: string[] = [];
  const bare = texts.map((text) => withoutFields(text, secrets));
  // As it is, and as it is written in JSON.
  const repeated = secrets
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return bare.map((text) => withoutShapes(repeated.reduce((rest, secret) => rest.replaceAll(secret, NOT_KEPT), text)));
}

/** A text that has a key or a secret only in escapes is kept without its escapes. */
export function withoutShapes(text: string): string {
  const plain = text.replace(ESCAPED, (_escape, json?: string, percent?: string, slash?: string) => {
    return slash ?? String.fromCharCode(Number.parseInt(json ?? percent ?? '', 16));
  });
  return (plain.search(SHAPES) < 0 ? text : plain).replace(SHAPES, `$1…${NOT_KEPT}`);
}

function withoutFields(text: string, secrets: string[]): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return withoutPairs(text, secrets);
  }
  const before = secrets.length;
  const bare = withoutValues(value, secrets);
  const isAsItWas = secrets.length === before && JSON.stringify(bare) === JSON.stringify(value);
  return isAsItWas ? text : JSON.stringify(bare);
}

/** What cannot be read, or was cut: what looks like a field. */
function withoutPairs(text: string, secrets: string[]): string {
  return text.replace(PAIR, (pair, quote: string, name: string, between: string, value: string) => {
    const secrecy = secrecyOf(name);
    if (secrecy === 'plain') return pair;
    const plain = value.replace(/^["']|["']$/g, '');
    secrets.push(plain);
    return `${quote}${name}${quote}${between}"${secrecy === 'url' ? hostOf(plain) : NOT_KEPT}"`;
  });
}

function withoutValues(value: unknown, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutValues(each, secrets));
  // JSON in a text of JSON has fields of its own.
  if (typeof value === 'string') return withoutShapes(/^\s*[[{]/.test(value) ? withoutFields(value, secrets) : value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [withoutShapes(name), withoutValue(name, field, secrets)]),
  );
}

function withoutValue(name: string, field: unknown, secrets: string[]): unknown {
  const secrecy = field === null || typeof field === 'boolean' ? 'plain' : secrecyOf(name);
  if (secrecy === 'plain') return withoutValues(field, secrets);
  secrets.push(...textsIn(field));
  return secrecy === 'url' && typeof field === 'string' ? hostOf(field) : NOT_KEPT;
}

/** At least one, so that whoever asks knows that something was taken out. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return ['', ...Object.values(value).flatMap(textsIn)];
  return [String(value)];
}

function hostOf(text: string): string {
  const url = URL.parse(text);
  return url === null || url.origin === 'null' ? NOT_KEPT : `${url.origin}/…`;
}
