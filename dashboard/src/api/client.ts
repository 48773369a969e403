import { OPERATIONS, type OperationId, type Operations } from '../../../sdk/typescript/src/api.ts';
import type { Mode } from '../session/membership.ts';
import { accessToken } from '../session/oidc.ts';
import { Problem, type ProblemBody } from './problem.ts';

export type { OperationId } from '../../../sdk/typescript/src/api.ts';

/** The one way to the API: the documented operations, in the name of whoever is signed in. */

/** Whose data is meant, and in which mode. */
export interface Scope {
  readonly merchantId: string;
  readonly mode: Mode;
}

type Given<Part> = [keyof Part] extends [never] ? unknown : Part;

/** What an operation takes. A part that it has none of may be left out. */
export type Input<Id extends OperationId> = {
  readonly path?: Given<Operations[Id]['path']>;
  readonly query?: Partial<Record<string, string | number | undefined>> & Given<Partial<Operations[Id]['query']>>;
  readonly body?: Operations[Id]['body'];
  /** Makes a request idempotent whose body has no reference. */
  readonly idempotencyKey?: string;
};
export type Answer<Id extends OperationId> = Operations[Id]['answer'];

/** Calls an operation for a business, in a mode. */
export function call<Id extends OperationId>(scope: Scope, id: Id, input: Input<Id> = {}): Promise<Answer<Id>> {
  return callWith({ 'airtime-merchant': scope.merchantId, 'airtime-mode': scope.mode }, id, input);
}

/** Calls one of the operations that are about the person alone. */
export function callForPerson<Id extends OperationId>(id: Id, input: Input<Id> = {}): Promise<Answer<Id>> {
  return callWith({}, id, input);
}

/** A part of an export, and the cursor of the next one while something follows. */
export interface Part {
  readonly text: string;
  readonly cursor: string | undefined;
}

/** Calls an operation that answers with a part of a text. */
export async function callForPart<Id extends OperationId>(scope: Scope, id: Id, input: Input<Id>): Promise<Part> {
  const { read, link } = await answerOf(
    { 'airtime-merchant': scope.merchantId, 'airtime-mode': scope.mode },
    id,
    input,
  );
  const next = link && /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];
  const cursor = next ? new URL(next, window.location.origin).searchParams.get('cursor') : null;
  return { text: String(read()), cursor: cursor ?? undefined };
}

/** A request by its path: one of the request log, sent again. */
export interface Replayed {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
}

export async function replay(
  { merchantId, mode }: Scope,
  { method, path, body, idempotencyKey }: Replayed,
): Promise<unknown> {
  const answer = await send(method, path, {
    headers: {
      'airtime-merchant': merchantId,
      'airtime-mode': mode,
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    },
    body,
  });
  return answer.read();
}

async function callWith<Id extends OperationId>(
  owner: Record<string, string>,
  id: Id,
  input: Input<Id>,
): Promise<Answer<Id>> {
  return (await answerOf(owner, id, input)).read() as Answer<Id>;
}

function answerOf<Id extends OperationId>(owner: Record<string, string>, id: Id, input: Input<Id>) {
  const [method, path] = OPERATIONS[id];
  return send(method, fill(path, input.path as Record<string, string> | undefined) + search(input.query), {
    headers: { ...owner, ...(input.idempotencyKey ? { 'idempotency-key': input.idempotencyKey } : {}) },
    body: input.body,
  });
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends a request. A token that ended meanwhile is renewed once. To read what is no success throws a Problem. */
async function send(method: string, path: string, sent: Sent = {}) {
  const answer = await attempt(method, path, sent, false);
  return answer.status === 401 ? attempt(method, path, sent, true) : answer;
}

async function attempt(method: string, path: string, { headers = {}, body }: Sent, renew: boolean) {
  const token = await accessToken({ renew });
  if (token === undefined) throw new Problem(401, { title: 'Your session has ended.' });
  const about = JSON.stringify([method, path, headers]);
  const known = answers.get(about);
  const response = await fetch(path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...headers,
      ...(known ? { 'if-none-match': known.etag } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => undefined);
  // A line may break in the middle of an answer, too.
  const text = await response?.text().catch(() => undefined);
  if (!response || text === undefined) throw new Problem(0, {});
  const isSame = response.status === 304 && known !== undefined;
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  const etag = response.headers.get('etag');
  if (etag && isJson) remember(about, { etag, text });
  const read = () => {
    if (isSame) return JSON.parse(known.text);
    const value = isJson && text ? JSON.parse(text) : text;
    if (response.ok) return value;
    throw new Problem(response.status, typeof value === 'string' ? {} : (value as ProblemBody));
  };
  return { status: response.status, link: response.headers.get('link'), read };
}

interface Known {
  readonly etag: string;
  readonly text: string;
}

/** Answers of this tab: one that has not changed is not sent again, which is most of what is read while it is open. */
const answers = new Map<string, Known>();
const ANSWERS_MAX = 50;

function remember(about: string, { etag, text }: Known): void {
  answers.delete(about);
  answers.set(about, { etag, text });
  const [oldest] = answers.keys();
  if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
}

function fill(path: string, values: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values[name] ?? ''));
}

function search(query: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}
