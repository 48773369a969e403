import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { OpenRouteHandler, RouteHandler } from '../../shared/http/route.ts';
import { functionFiles } from '../../shared/manifest/functions.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';
import { call } from '../support/call.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../support/world.ts';

/** Text in a path or a cursor becomes part of a database key; what the database refuses as a key is not our 500. */

/** A key of the database has at most 2,048 bytes, a sort key 1,024. */
const STRANGE = [
  'a'.repeat(2_100),
  `cmp_${'a'.repeat(2_100)}`,
  'é'.repeat(1_100),
  '\ud800',
  'a\0b',
  ' ',
  '%',
  '#',
  '~',
];

const position = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const CURSORS = [
  '',
  '%',
  'a'.repeat(3_000),
  ...['', '\ud800', 'a\udc00b', 'x'.repeat(1_025), 'é'.repeat(600), '\0', '~'].flatMap((text) => [
    position({ below: text }),
    position({ seq: 1, hash: text, balanceMinor: 1 }),
  ]),
  ...[-1, 0, 2 ** 53, 1e308, '1', null].flatMap((number) => [
    position({ from: number }),
    position({ USD: number }),
    position({ seq: number, hash: 'a', balanceMinor: number }),
  ]),
  position([]),
  position('x'),
];

/** The query of routes that need one. */
const QUERIES: Readonly<Record<string, Record<string, string> | undefined>> = {
  'export-ledger': { currency: 'USD' },
  'verify-ledger': { currency: 'USD' },
  'get-statement': { currency: 'USD', month: '2026-05' },
};
/** A good body of each route with a path parameter that takes one. */
const BODIES: Readonly<Record<string, unknown>> = {
  'update-endpoint': { description: 'x' },
  'update-wallet': { low_balance_threshold: 5 },
  'update-campaign': { paused: true },
  'recover-deliveries': { since: '2026-01-01' },
};

const all = Object.entries(routes)
  .map(([exportName, entry]) => ({ exportName, ...entry }))
  .filter((row) => !('isForPeople' in row));
const withParams = all.filter(({ path }) => path.includes('{'));
const reading = all.filter(({ method }) => method === 'GET');
const open = Object.entries(openRoutes)
  .map(([exportName, entry]) => ({ exportName, ...entry }))
  .filter(({ path }) => path.includes('{'));

let world: TestWorld;
let merchant: TestMerchant;

beforeAll(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world);
});
afterAll(stopEngine);

async function handlerOf<T>({ name, exportName }: { name: string; exportName: string }): Promise<T> {
  return (await import(`../../${functionFiles.get(name)}`))[exportName];
}

const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

it.each(withParams)('$method $path answers 400, 404 or 422 to a parameter that is no key', async (row) => {
  const handler = await handlerOf<RouteHandler>(row);
  for (const value of STRANGE) {
    const params = Object.fromEntries(namesIn(row.path).map((name) => [name, value]));
    const reply = await call(world, handler, {
      headers: merchant.headers('isTestOnly' in row ? 'test' : 'live'),
      params,
      body: BODIES[row.name] ?? '',
    });
    expect([value.slice(0, 20), reply.status]).toEqual([value.slice(0, 20), expect.any(Number)]);
    expect([400, 404, 422]).toContain(reply.status);
  }
});

it.each(open)('$method $path answers 400, 401 or 404 to a parameter that is no key', async (row) => {
  const handler = await handlerOf<OpenRouteHandler>(row);
  for (const value of STRANGE) {
    const params = Object.fromEntries(namesIn(row.path).map((name) => [name, value]));
    for (const headers of [{}, merchant.headers()]) {
      const request = {
        method: row.method,
        path: row.path,
        params,
        query: {},
        headers,
        body: '{}',
        requestId: 'req_1',
      };
      expect([400, 401, 404]).toContain((await serveOpen(world, handler, request)).status);
    }
  }
});

it.each(reading)('$path answers less than 500 to any cursor, filter and value', async (row) => {
  const handler = await handlerOf<RouteHandler>(row);
  const params = Object.fromEntries(namesIn(row.path).map((name) => [name, name === 'currency' ? 'USD' : 'none']));
  const names = handler.query instanceof z.ZodMiniObject ? Object.keys(handler.query.shape) : [];
  const queries = names.flatMap((name) =>
    (name === 'cursor' ? CURSORS : STRANGE.slice(0, 4)).map((value) => ({ [name]: value })),
  );
  for (const asked of queries) {
    const query = { ...QUERIES[row.name], ...asked };
    const reply = await call(world, handler, { headers: merchant.headers(), params, query });
    expect([asked, reply.status < 500]).toEqual([asked, true]);
  }
});

it('a cursor of recovering deliveries that is no key is refused', async () => {
  const row = all.find(({ name }) => name === 'recover-deliveries');
  const created = await handlerOf<RouteHandler>({ name: 'create-endpoint', exportName: 'createEndpoint' });
  const { json } = await call(world, created, { headers: merchant.headers(), body: { url: 'https://m.example/hook' } });
  for (const cursor of CURSORS.filter((each) => each !== '')) {
    const body = { since: '2026-01-01', cursor };
    const params = { endpoint_id: json.id };
    const reply = await call(world, await handlerOf<RouteHandler>(row as never), {
      headers: merchant.headers(),
      params,
      body,
    });
    expect([cursor.slice(0, 40), reply.status < 500]).toEqual([cursor.slice(0, 40), true]);
  }
});
