import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { callsOf } from '../../bin/site/reference/document.ts';

/** The collection for Postman. That it is up to date is in `docs.test.ts`. */

interface Item {
  readonly name: string;
  readonly event?: readonly { readonly script: { readonly exec: readonly string[] } }[];
  readonly request: {
    readonly method: string;
    readonly header: readonly { readonly key: string; readonly value: string }[];
    readonly url: { readonly path: readonly string[]; readonly variable: readonly { key: string; value: string }[] };
    readonly body?: { readonly raw: string };
  };
}

const contract = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
const text = readFileSync('docs/postman.json', 'utf8');
const collection = JSON.parse(text);
const items: readonly Item[] = collection.item.flatMap((folder: { item: readonly Item[] }) => folder.item);

it('every operation is a request, in the folder of its tag', () => {
  const placed = collection.item.flatMap(({ name, item }: { name: string; item: readonly Item[] }) =>
    item.map(({ request }) => `${name} ${request.method} /${request.url.path.join('/')}`),
  );
  const expected = callsOf(contract.paths).map(
    ({ method, path, operation }) => `${operation.tags?.[0]} ${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
  );
  expect(placed.toSorted()).toEqual(expected.toSorted());
});

it('every place in a path has a value, and every body is JSON', () => {
  for (const { request } of items) {
    const places = request.url.path.filter((part) => part.startsWith(':')).map((part) => part.slice(1));
    expect(request.url.variable.map(({ key }) => key)).toEqual(places);
    expect(request.url.variable.filter(({ value }) => !/^[\w.:-]+$/.test(value))).toEqual([]);
    if (request.body) expect(JSON.parse(request.body.raw)).toEqual(expect.any(Object));
  }
});

it('every variable is one of the collection, or set by the script before the request; none has a key in it', () => {
  const declared: string[] = collection.variable.map(({ key }: { key: string }) => key);
  const used = [...text.matchAll(/\{\{([^}$]+)\}\}/g)].map(([, name = '']) => name);
  const scripts = items.flatMap(({ event = [] }) => event.flatMap(({ script }) => script.exec)).join('\n');
  const set = [...scripts.matchAll(/variables\.set\('([\w-]+)'/g)].map(([, name = '']) => name);
  expect(used.filter((name) => !declared.includes(name) && !set.includes(name))).toEqual([]);
  expect(declared).toEqual(expect.arrayContaining(['base_url', 'api_key']));
  expect(text).not.toMatch(/atk_(live|test)_\w|whsec_\w/);
});

it('a body has no two fields that exclude each other', () => {
  const bodies = new Map(items.map(({ name, request }) => [name, JSON.parse(request.body?.raw ?? '{}')]));
  for (const body of bodies.values())
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['csv', 'upload_id']));
});
