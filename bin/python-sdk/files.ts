import { readFileSync } from 'node:fs';
import type { ApiDocument } from '../site/reference/document.ts';
import { pythonOperations } from './operations.ts';
import { pythonTypes } from './types.ts';

/** The files of the client for Python that are made. The client that waits is made of the asynchronous one. */

const FOLDER = 'sdk/python/src/airtime';

/** Modules that are written by hand, and what is made of each. */
const WAITING: Readonly<Record<string, string>> = {
  _async_transport: '_transport',
  _async_page: '_page',
  _async_resource: '_resource',
  _async_comfort: '_comfort',
  async_client: 'client',
};

export const PYTHON_FILES: Readonly<Record<string, (document: ApiDocument) => string>> = {
  [`${FOLDER}/types.py`]: pythonTypes,
  [`${FOLDER}/_async_operations.py`]: pythonOperations,
  [`${FOLDER}/_operations.py`]: (document) => withoutAsync(pythonOperations(document)),
  ...Object.fromEntries(
    Object.entries(WAITING).map(([from, to]) => [
      `${FOLDER}/${to}.py`,
      () =>
        `# Made by \`npm run docs\` from ${from}.py.\n${withoutAsync(readFileSync(`${FOLDER}/${from}.py`, 'utf8'))}`,
    ]),
  ),
};

/** In this order: what is longer comes first. */
const CHANGES: readonly (readonly [from: RegExp, to: string])[] = [
  [/\basync (?=def|for|with)/g, ''],
  [/\bawait /g, ''],
  [/Awaitable\[(\w+(?:\[\w+\])?)\]/g, '$1'],
  [/, Awaitable\b/g, ''],
  [/\bimport asyncio\b/g, 'import time'],
  [/\basyncio\./g, 'time.'],
  [/__a(iter|enter|exit)__/g, '__$1__'],
  [/\baclose\b/g, 'close'],
  [/\bAsync([A-Z])/g, '$1'],
  [/\b_async_/g, '_'],
];

/** The same source for callers that wait. */
export function withoutAsync(source: string): string {
  return CHANGES.reduce((text, [from, to]) => text.replace(from, to), source);
}
