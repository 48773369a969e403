import { secrecyOf } from '../manifest/secret-fields.ts';
import { duplicateKey } from './duplicate-key.ts';
import { NOT_KEPT, withoutShapes } from './secret-shapes.ts';

/** Takes secrets out of what is stored of a request: by the names of their fields, and by what they look like. */

/** Shorter texts may be part of something else by chance. */
const SECRET_LENGTH_MIN = 8;

/** A name and its value, in JSON or in what was meant to be JSON. */
const PAIR = new RegExp(
  `([\\w-]{1,40})(["']?\\s{0,9}[:=]\\s{0,9})(?!["']?\\(not kept)` +
    `("(?:[^"\\\\]|\\\\.){0,9000}(?:"|$)|'[^']{0,9000}(?:'|$)|` +
    `(?:(?:api-key|basic|bearer|digest|token)\\s{1,5})?[^\\s"',}&[{]{1,9000})`,
  'gi',
);
/** A name of an object or a list. */
const OPENED = /([\w-]{1,40})["']?\s{0,9}[:=]\s{0,9}(?=[[{])/g;
/** What a name is made of, as JSON may escape it. */
const ESCAPED_IN_NAME = /\\u00(2d|3\d|5f|[46][1-9a-f]|[57][0-9a])/gi;

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
  return bare.map((text) => repeated.reduce((rest, secret) => rest.replaceAll(secret, NOT_KEPT), text));
}

function withoutFields(text: string, secrets: string[]): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return withoutPairs(text, secrets);
  }
  // Of a name that is there twice only the last value is in what was read.
  if (duplicateKey(text) !== undefined) return withoutPairs(text, secrets);
  const before = secrets.length;
  const bare = withoutValues(value, secrets);
  const isAsItWas = secrets.length === before && JSON.stringify(bare) === JSON.stringify(value);
  return isAsItWas ? text : JSON.stringify(bare);
}

/** What cannot be read, was cut, or says something twice: what looks like a field. */
function withoutPairs(text: string, secrets: string[]): string {
  const named = text.replace(ESCAPED_IN_NAME, (_escape, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const bare = withoutOpened(named).replace(PAIR, (pair, name: string, between: string, value: string) => {
    const secrecy = secrecyOf(name);
    if (secrecy === 'plain') return pair;
    const plain = value.replace(/^["']|["']$/g, '');
    secrets.push(plain);
    return `${name}${between}"${secrecy === 'url' ? hostOf(plain) : NOT_KEPT}"`;
  });
  return withoutShapes(bare);
}

/** Where an object or a list under such a name ends cannot be relied on, so nothing is kept from there on. */
function withoutOpened(text: string): string {
  for (const { 0: head, 1: name = '', index } of text.matchAll(OPENED)) {
    if (secrecyOf(name) !== 'plain') return `${text.slice(0, index + head.length)}"${NOT_KEPT}"`;
  }
  return text;
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
