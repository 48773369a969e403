import { BODY_KEPT_BYTES } from '../domain/kept-request.ts';
import { excerpt } from '../domain/text.ts';
import { secrecyOf } from '../manifest/secret-fields.ts';
import { duplicateKey } from './duplicate-key.ts';
import { NOT_KEPT, withoutShapes } from './secret-shapes.ts';

/**
 * What is stored of a request has no secret. Nobody can tell by a name of their own or in a text that cannot be read
 * what is one, so of what was sent only fields are kept that the route knows, and of those none that holds a secret, by
 * its name or by what it looks like.
 */

/** Shorter texts may be part of something else by chance. */
const SECRET_LENGTH_MIN = 8;
/** More than anybody sends. Of what was answered to more nothing is kept: each is looked for in all of it. */
const SECRETS_MAX = 100;
/** A name by which somebody may mean a field, and not a value in the wrong place. */
const NAME = /^[a-z][\w .-]{0,39}$/i;
/** As a number has them, whatever stands between. */
const MANY_DIGITS = /\d{5}|(?:\d\D*){7}/;
/** What answers repeat of a name that cannot be read. */
const NAME_CHARACTERS_MAX = 40;
/** No route has fields so deep. Whatever visits all of a body ends the stack where that is made for it. */
const LEVELS_MAX = 64;
/** More than any body that is no file. Of a longer one little is kept, and no answer waits for a visit to all of it. */
const READ_CHARACTERS_MAX = 64 * 1024;
/** What is neither white space nor what JSON, a form or XML put between names and values. */
const WORD = /[^\s{}[\]:,"'=&<>]+/g;
const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const GONE = '…';

/** What was sent and answered. */
export interface Texts {
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  readonly answer: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
}

/** The names of fields that the route knows. */
interface Known {
  readonly query: ReadonlySet<string>;
  readonly body: ReadonlySet<string>;
}

/** The same without secrets. One that was sent in a field is nowhere else either, such as in what repeats it. */
export function withoutSecrets(texts: Texts, known: Known): Omit<Texts, 'query'> & { readonly query: string } {
  const secrets: string[] = [];
  const query = JSON.stringify(bareOf(texts.query, known.query, secrets));
  const body = bareText(texts.body, known.body, secrets);
  const answer = bareText(texts.answer, undefined, secrets);
  const long = new Set(secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN));
  if (long.size > SECRETS_MAX) {
    return { query, body, answer: NOT_KEPT, path: NOT_KEPT, requestHeaders: {}, responseHeaders: {} };
  }
  // As it is, and as it is written in JSON.
  const repeated = [...long].flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const without = (text: string) => repeated.reduce((rest, secret) => rest.replaceAll(secret, NOT_KEPT), text);
  const withoutAll = (headers: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, without(withoutShapes(text))]));
  return {
    query: without(query),
    body: without(body),
    answer: without(answer),
    path: without(withoutShapes(texts.path)),
    requestHeaders: withoutAll(texts.requestHeaders),
    responseHeaders: withoutAll(texts.responseHeaders),
  };
}

/** Without `known` it is an answer of ours, in which every name is. */
function bareText(text: string, known: ReadonlySet<string> | undefined, secrets: string[]): string {
  if (text === '') return text;
  const value = known && text.length > READ_CHARACTERS_MAX ? undefined : parsed(text);
  if (value === undefined) return known ? outlineOf(text, known) : withoutShapes(text);
  const before = secrets.length;
  const bare = bareOf(value, known, secrets);
  // Of a name that is there twice only the last value is in what was read; the answer repeats that name.
  if (known && duplicateKey(text) !== undefined) return outlineOf(text, known);
  // As it was written, if nothing is missing.
  return secrets.length === before && JSON.stringify(bare) === JSON.stringify(value) ? text : JSON.stringify(bare);
}

/** A value of JSON, as routes read it, unless it is deeper than any of ours. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isWithin(value, LEVELS_MAX) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => isWithin(each, levels - 1));
}

/** What cannot be read: the names that the route knows, and what stands between words. */
function outlineOf(text: string, known: ReadonlySet<string>): string {
  const beginning = text.slice(0, BODY_KEPT_BYTES);
  return beginning.replace(WORD, (word) => (known.has(word) || LITERALS.has(word) ? word : GONE));
}

/** `isKnown`: it stands under a name that the route knows. */
function bareOf(value: unknown, known: ReadonlySet<string> | undefined, secrets: string[], isKnown = !known): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((each) => bareOf(each, known, secrets, isKnown));
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([name, field]) => [
      nameOf(name, known, secrets),
      bareField(name, field, known, secrets),
    ]);
    return Object.fromEntries(fields);
  }
  if (!isKnown) return NOT_KEPT;
  return typeof value === 'string' ? bareValue(value, known, secrets) : value;
}

/** JSON in a text of JSON has fields of its own. */
function bareValue(text: string, known: ReadonlySet<string> | undefined, secrets: string[]): string {
  // No more than this is kept of all.
  const beginning = text.slice(0, BODY_KEPT_BYTES);
  const value = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  if (value === undefined) return withoutShapes(beginning);
  const bare = JSON.stringify(bareOf(value, known ?? NOTHING, secrets, false));
  return bare === JSON.stringify(value) && duplicateKey(text) === undefined ? beginning : bare;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Its columns may hold anything, such as the names of those who are paid. */
const FILE_FIELD = 'csv';

function bareField(name: string, field: unknown, known: ReadonlySet<string> | undefined, secrets: string[]): unknown {
  if (known && name === FILE_FIELD && typeof field === 'string') return outlineOf(field, known);
  const secrecy = field === null || typeof field === 'boolean' ? 'plain' : secrecyOf(name);
  if (secrecy === 'plain') return bareOf(field, known, secrets, known?.has(name) ?? true);
  secrets.push(...textsIn(field));
  return secrecy === 'url' && typeof field === 'string' ? hostOf(field) : NOT_KEPT;
}

/** The name of a field, unless it may be a value: then an answer that refuses the field does not have it either. */
function nameOf(name: string, known: ReadonlySet<string> | undefined, secrets: string[]): string {
  if (!known || known.has(name)) return name;
  if (NAME.test(name) && !MANY_DIGITS.test(name)) return withoutShapes(name);
  secrets.push(name, excerpt(name, NAME_CHARACTERS_MAX));
  return NOT_KEPT;
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
