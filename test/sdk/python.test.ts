import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { snakeCase } from '../../bin/python-sdk/annotation.ts';
import { EXPORTS, isLeftOut, NAMES, pythonMethods, REPEATABLE } from '../../bin/python-sdk/methods.ts';
import { callsOf } from '../../bin/site/reference/document.ts';
import { rowsOfMethods } from '../support/sdk-page.ts';

/** What is generated for Python. That the files are up to date is in `docs.test.ts`; that they work, in the long run. */

const contract = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
const operations = callsOf(contract.paths).map(({ operation }) => operation);
const methods = pythonMethods(contract);

it("every operation but PesaWay's and people's is a method, and no two have one name", () => {
  const left = operations.filter(isLeftOut);
  const ids = methods.map(({ call }) => call.operation.operationId);
  expect([...new Set(ids), ...left.map(({ operationId }) => operationId)].toSorted()).toEqual(
    operations.map(({ operationId }) => operationId).toSorted(),
  );
  const names = methods.map(({ resource, name }) => `${resource}.${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it('its page names every method, those written by hand too', () => {
  const [, table = ''] = readFileSync('sdk/python/README.md', 'utf8').split('## What there is');
  const listed = Object.entries(rowsOfMethods(table)).flatMap(([resource, names]) =>
    names.map((name) => `${resource}.${name}`),
  );
  const comfort = ['orders.wait_for_final', 'campaigns.pay', 'bulk.upload', 'webhooks.listeners.deliveries'];
  expect(readFileSync('sdk/python/src/airtime/_comfort.py', 'utf8').match(/^ {4}def [a-z]\w+/gm)).toHaveLength(
    comfort.length,
  );
  const made = methods.map(({ resource, name }) => `${resource}.${name}`);
  expect(listed.toSorted()).toEqual([...made, ...comfort].toSorted());
});

it('its methods have the names of those for TypeScript', () => {
  const rowsOf = (language: string) =>
    rowsOfMethods(readFileSync(`sdk/${language}/README.md`, 'utf8').split('## What there is')[1] ?? '');
  const { pesaway, ...typescript } = rowsOf('typescript');
  expect(pesaway).toBeDefined();
  const named = Object.entries(typescript).map(([resource, names]) => [resource, names.map(snakeCase).toSorted()]);
  expect(rowsOf('python')).toEqual(Object.fromEntries(named));
});

it('every list is a page that fetches the next one', () => {
  const text = readFileSync('sdk/python/src/airtime/_operations.py', 'utf8');
  const answers = methods.flatMap(({ name, call: { operation }, isCsv }) => {
    const json = operation.responses['200']?.content?.['application/json']?.schema?.$ref;
    // What a listener gets has no end, so nobody goes through its pages.
    return isCsv || !json?.endsWith('Page') || json.endsWith('/PolledPage')
      ? []
      : [[name, text.includes(`-> types.${json.split('/').at(-1)}:`)]];
  });
  expect(answers.length).toBeGreaterThan(10);
  // As what it is, its answer would be a dictionary.
  expect(answers.filter(([, isDictionary]) => isDictionary)).toEqual([]);
});

it('every name and exception is about an operation that exists', () => {
  const ids = operations.map(({ operationId }) => operationId);
  const named = [NAMES, EXPORTS, REPEATABLE].flatMap(Object.keys);
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
});

it('what may be sent again is read, or named by a reference', () => {
  const text = readFileSync('sdk/python/src/airtime/_operations.py', 'utf8');
  const calls = [...text.matchAll(/"(GET|POST|PUT|PATCH|DELETE)",\n\s+f?"([^"]+)",[\s\S]*?repeatable=(.*),\n/g)];
  expect(calls).toHaveLength(methods.length);
  const repeated = calls.filter(([, method, , repeatable]) => method !== 'GET' && repeatable !== 'False');
  expect(repeated.map(([, method, path, repeatable]) => [method, path, repeatable])).toEqual([
    ['POST', '/api/v1/orders', 'True'],
    ['POST', '/api/v1/wallet/topup', 'reference is not None'],
    ['POST', '/api/v1/bulk', 'True'],
  ]);
});
