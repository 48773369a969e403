import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { sdkTypes } from '../../bin/sdk-types.ts';
import type { ApiDocument } from '../../bin/site/reference/document.ts';
import { callsOf, isForPeople } from '../../bin/site/reference/document.ts';
import { Airtime, VERSION } from '../../sdk/typescript/src/airtime.ts';
import { ANSWER_FIELDS, OPERATIONS } from '../../sdk/typescript/src/api.ts';
import { rowsOfMethods } from '../support/sdk-page.ts';
import { sourcesIn } from '../support/tidy.ts';

/** The SDK and the document of the API: every operation has a method, on every platform of the web. */

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));

it('knows every operation of the document, where it is', () => {
  const said = Object.entries<Record<string, { operationId?: string }>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationId ? [[operationId, [method.toUpperCase(), path]]] : [],
    ),
  );
  expect(OPERATIONS).toEqual(Object.fromEntries(said));
});

it('calls every operation that a key may from some method', () => {
  const sources = sourcesIn('sdk/typescript/src/resources').map(({ text }) => text);
  const called = sources.flatMap((text) =>
    [...text.matchAll(/(?:\.call\(|pagesOf\(this\.#connection,)\s*'(\w+)'/g)].map((match) => match[1] ?? ''),
  );
  const ofKeys = callsOf(document.paths).filter(({ operation }) => !isForPeople(operation));
  const ids = ofKeys.map(({ operation }) => operation.operationId);
  expect([...new Set(called)].toSorted()).toEqual(ids.toSorted());
});

it('knows the fields by which each answer is known as ours, but of those that are only CSV', () => {
  const isCsv = ({ operation }: { operation: { responses: object } }) =>
    !JSON.stringify(Object.entries(operation.responses).filter(([status]) => status < '300')).includes('json');
  const files = callsOf(document.paths).filter(isCsv);
  const without = Object.entries(ANSWER_FIELDS).filter(([, fields]) => fields.length === 0);
  expect(without.map(([id]) => id).toSorted()).toEqual(files.map(({ operation }) => operation.operationId).toSorted());
  expect(ANSWER_FIELDS.createOrder).toEqual(document.components.schemas.PlacedOrder.required);
});

it('has the version of its package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync('sdk/typescript/package.json', 'utf8')).version);
});

it('has no dependencies, and needs nothing that only Node has', async () => {
  const manifest = JSON.parse(readFileSync('sdk/typescript/package.json', 'utf8'));
  expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined]);
  const { metafile } = await build({
    entryPoints: ['sdk/typescript/src/airtime.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'neutral',
    format: 'esm',
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.filter(({ external }) => external));
  expect(imports).toEqual([]);
});

describe('the generator', () => {
  const made = (schemas: Record<string, unknown>) =>
    sdkTypes({ paths: {}, components: { schemas } } as unknown as ApiDocument);
  const status = { type: 'string', enum: ['a', 'b'] };

  it('leaves the values of answers open, and those of requests closed', () => {
    const object = { type: 'object', properties: { status, more: status }, required: ['status'] };
    const text = made({ Answer: object, AskBody: object });
    expect(text).toContain("interface Answer {\n  status: Open<'a' | 'b'>;\n  more?: Open<'a' | 'b'>;\n}");
    expect(text).toContain("interface AskBody {\n  status: 'a' | 'b';\n  more?: 'a' | 'b' | undefined;\n}");
  });

  it('keeps the type of an event closed, by which events are distinguished', () => {
    const event = { type: 'object', properties: { type: status }, required: ['type'] };
    const text = made({ Any: { anyOf: [{ $ref: '#/components/schemas/Event' }] }, Event: event });
    expect(text).toContain("interface Event {\n  type: 'a' | 'b';\n}");
    expect(text).toContain('type Any = Event;');
  });

  it('ends no comment early', () => {
    expect(made({ X: { type: 'string', description: 'a */ b' } })).toContain(
      '/** a *\\/ b */\nexport type X = string;',
    );
  });
});

it('its page names every method of every resource', () => {
  const [, table = ''] = readFileSync('sdk/typescript/README.md', 'utf8').split('## What there is');
  const listed = rowsOfMethods(table);
  expect(listed).toEqual(Object.fromEntries(methodsOf(new Airtime({ baseUrl: 'http://api.example' }))));
});

/** The methods of each resource, sorted; a resource without any has only others inside. */
function methodsOf(owner: object, path = ''): [string, string[]][] {
  return Object.entries(owner).flatMap(([name, resource]) => {
    const own = Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter((each) => each !== 'constructor');
    const all: [string, string[]][] = own.length === 0 ? [] : [[path + name, own.toSorted()]];
    return [...all, ...methodsOf(resource, `${path + name}.`)];
  });
}
