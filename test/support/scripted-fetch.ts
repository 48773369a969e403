import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import type { FetchAnswer, FetchOptions } from '../../sdk/typescript/src/airtime.ts';

export interface Sent extends FetchOptions {
  readonly url: string;
  readonly at: number;
}

export type Step = (sent: Sent) => FetchAnswer | Promise<FetchAnswer>;

/** A `fetch` that answers as a test says, one step a call, the last one for ever. */
export function scriptedFetch(...steps: Step[]) {
  const sent: Sent[] = [];
  const fetch = async (url: string, options: FetchOptions): Promise<FetchAnswer> => {
    const request = { ...options, url, at: Date.now() };
    sent.push(request);
    const step = steps[Math.min(sent.length, steps.length) - 1];
    if (!step) throw new Error('the script is empty');
    return step(request);
  };
  return { fetch, sent };
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers: {
        'content-type': status < 300 ? 'application/json' : 'application/problem+json',
        'x-request-id': 'req_1',
        ...headers,
      },
    });

const { schemas } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')).components;

/** An answer of ours: every field that its schema requires is there. */
export function ours(schema: string, more: object = {}): object {
  const { required = [] }: { required?: string[] } = schemas[schema];
  return { ...Object.fromEntries(required.map((name) => [name, null])), ...more };
}

export const refusal = (status: number, code: string, retryable: boolean, headers: Record<string, string> = {}): Step =>
  answer(
    status,
    { type: 'x', title: code, status, code, detail: 'Says why.', fix: 'Do it.', retryable, request_id: 'req_2' },
    headers,
  );

export const cut: Step = () => {
  throw new TypeError('fetch failed');
};

/** No answer until the caller gives up. */
export const silence: Step = ({ signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });

/** Lets time pass until a promise is decided. Needs jest's fake timers. */
export async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  let isDecided = false;
  const decided = () => {
    isDecided = true;
  };
  promise.then(decided, decided);
  while (!isDecided) await jest.advanceTimersToNextTimerAsync();
  return promise;
}

export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return inTime(promise).then(
    () => undefined,
    (error: unknown) => error,
  );
}
