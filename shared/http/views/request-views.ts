import { plainText } from '../../domain/digits.ts';
import type { KeptRequest, KeptText } from '../../domain/kept-request.ts';
import type { Scope } from '../../domain/key.ts';
import { routes } from '../../manifest/routes.ts';
import { hiddenFields, hideFields } from '../hide-fields.ts';
import { isOfMember } from './actor-views.ts';

/** Requests of the log, as merchants see them: without what the scopes of the calling key do not show elsewhere. */

/** Fields that name whom an order is for. Whoever may read orders sees them. */
const OF_ORDERS = ['target', 'targets', 'msisdn', 'PhoneNumber', 'csv', 'rows', 'Description', 'Reason'];
/** What else looks like a number, in a text: many digits, with little between them. Dates and times are none. */
const LONG_NUMBER =
  /(\b\d{4}-\d\d-\d\dT[\d:.]{5,12})|\p{Nd}(?:(?:[^\p{L}\p{Nd}[\]{}<>"…]|%\w\w|&nbsp;){0,3}\p{Nd}){8,}/giu;

export function viewRequest(kept: KeptRequest, scopes: readonly Scope[]) {
  const { path, ...facts } = factsOf(kept);
  return { ...facts, path: showsNumbers(scopes) ? path : kept.template };
}

export function viewRequestInFull(kept: KeptRequest, scopes: readonly Scope[]) {
  const [query, sent, answered] = shownTexts([kept.query, kept.request, kept.response], scopes);
  const headers = (all: Readonly<Record<string, string>>) =>
    showsNumbers(scopes) ? all : Object.fromEntries(Object.entries(all).map(([name, text]) => [name, masked(text)]));
  return {
    ...viewRequest(kept, scopes),
    query: query ?? null,
    request_headers: headers(kept.requestHeaders),
    request_body: sent ?? null,
    request_bytes: kept.request.bytes,
    request_cut: kept.request.isCut,
    response_headers: headers(kept.responseHeaders),
    response_body: answered ?? null,
    response_bytes: kept.response.bytes,
    response_cut: kept.response.isCut,
    erased: kept.erasedAt !== undefined,
  };
}

function factsOf({ id, createdAt, method, path, operation, statusCode, code, ms, keyId, leftOutBefore }: KeptRequest) {
  return {
    id,
    created_at: createdAt,
    ...{ method, path, operation, status: statusCode, code: code ?? null, duration_ms: ms },
    key_id: isOfMember(keyId) ? null : (keyId ?? null),
    member_id: isOfMember(keyId) ? (keyId ?? null) : null,
    left_out_before: leftOutBefore,
  };
}

export function showsNumbers(scopes: readonly Scope[]): boolean {
  return scopes.includes('orders:read');
}

/** Those of one request together: what is hidden in one is not repeated by another. None of a text is `undefined`. */
function shownTexts(texts: readonly KeptText[], scopes: readonly Scope[]): (string | undefined)[] {
  const ofOrders = showsNumbers(scopes) ? [] : OF_ORDERS;
  const hidden = new Set([...hiddenFields(routes.getRequest, scopes), ...ofOrders]);
  if (hidden.size === 0) return texts.map(({ text }) => text);
  const parsed = texts.map(({ text }) => parsedOf(text));
  const shown = hideFields(parsed, hidden) as unknown[];
  return shown.map((value) => {
    // Of what cannot be read nobody can say which field is where.
    if (value === undefined) return undefined;
    if (value === '') return '';
    return JSON.stringify(value, (_name, field) => (showsNumbers(scopes) ? field : maskedField(field)));
  });
}

function parsedOf(text: string): unknown {
  if (text === '') return '';
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A phone number may stand in the place of an amount, or be sent without quotation marks. */
function maskedField(field: unknown): unknown {
  if (typeof field === 'string') return masked(field);
  return Number.isInteger(field) && masked(String(field)) !== String(field) ? masked(String(field)) : field;
}

/** A text in which of long numbers only the last three digits are left. One that is in escapes is shown without. */
function masked(text: string): string {
  const shown = withoutNumbers(text);
  const plain = plainText(shown);
  const bare = withoutNumbers(plain);
  return bare === plain ? shown : bare;
}

function withoutNumbers(text: string): string {
  return text.replace(LONG_NUMBER, (number, moment?: string) => moment ?? `…${number.slice(-3)}`);
}
