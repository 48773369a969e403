import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { getStatus } from '../../../functions/status/get-status.ts';
import { receiveCanary } from '../../../functions/status/receive-canary.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { setTestBalance } from '../../../functions/wallet/set-test-balance.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { canaryOrder } from '../../../functions/workers/canary-order.ts';
import { assert } from '../../../shared/domain/assert.ts';
import { CANARY_MERCHANT } from '../../../shared/domain/canary.ts';
import { HOUR, MINUTE, plus } from '../../../shared/domain/time.ts';
import { revokeKey } from '../../../shared/flows/keys/revoke-key.ts';
import { serve, serveOpen } from '../../../shared/http/pipeline.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { patternOf } from '../../../shared/manifest/route.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/outbound-http.ts';
import { readCanaryRuns } from '../../../shared/store/canary.ts';
import { listEndpoints as listStored, saveEndpoint } from '../../../shared/store/endpoints.ts';
import { listKeys } from '../../../shared/store/keys.ts';
import { listMerchants } from '../../../shared/store/merchants.ts';
import { granted } from '../../support/granted.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestWorld } from '../../support/world.ts';
import { stopEngine, testWorld } from '../../support/world.ts';

/** The canary calls our own routes here, each with what it is granted, and is heard by our own receiver. */

const PUBLIC_URL = 'https://api.example';
// biome-ignore lint/suspicious/noExplicitAny: routes of every shape
const ROUTES: readonly RouteHandler<any, any, any>[] = [
  createOrder,
  getOrder,
  listLedger,
  setTestBalance,
  createEndpoint,
  listDeliveries,
  listEndpoints,
  updateEndpoint,
];
const OWNER = { merchantId: CANARY_MERCHANT, mode: 'test' } as const;

let world: TestWorld;
let metrics: [string, number][];
let failures: unknown[];
/** What a test puts in the place of an answer. */
let broken: (request: HttpRequest) => HttpAnswer | undefined;

beforeEach(async () => {
  world = await testWorld({ publicUrl: PUBLIC_URL, dispatches: true });
  metrics = [];
  failures = [];
  broken = () => undefined;
  world.outboundAnswer = async (request) => broken(request) ?? (await answerOf(request));
  Object.assign(world.log, {
    metric: (name: string, value: number) => metrics.push([name, value]),
    error: (event: string, fields: object) => event === 'canary.failed' && failures.push(fields),
  });
});
afterAll(stopEngine);

async function answerOf({ method, url, headers = {}, body = '' }: HttpRequest): Promise<HttpAnswer> {
  expect(url.startsWith(`${PUBLIC_URL}/`)).toBe(true);
  const { pathname: path, searchParams } = new URL(url);
  const request = { method, path, query: Object.fromEntries(searchParams), headers, body, requestId: 'req_1' };
  if (path === receiveCanary.path)
    return serveOpen(granted(world, receiveCanary.access), receiveCanary, { ...request, params: {} });
  const route = ROUTES.find((each) => each.method === method && patternOf(each.path).test(path));
  if (!route) throw new Error(`the canary asked for ${method} ${path}`);
  const params = { ...patternOf(route.path).exec(path)?.groups };
  return serve(granted(world, route.access), route, { ...request, params });
}

/** A run with nothing but what the worker is granted. */
async function run(): Promise<number | undefined> {
  metrics = [];
  world.advance(workers.canaryOrder.everyMinutes * MINUTE);
  await canaryOrder(granted(world, workers.canaryOrder.access));
  return metrics.find(([name]) => name === METRICS.canarySuccess)?.[1];
}

async function status() {
  world.advance(3_000);
  const request = { method: 'GET', path: '/status', params: {}, query: {}, headers: {}, body: '', requestId: 'req_1' };
  const { body } = await serveOpen(granted(world, getStatus.access), getStatus, request);
  const { status, components } = JSON.parse(body);
  return { status, ...components[0] };
}

const answer = (status: number, body: object): HttpAnswer => ({ status, headers: {}, body: JSON.stringify(body) });

describe('the canary', () => {
  it('makes its merchant, key, money and endpoint at its first run, and once', async () => {
    expect([await run(), await run(), failures]).toEqual([1, 1, []]);
    const [merchants, keys] = [await listMerchants(world), await listKeys(world, OWNER)];
    expect([merchants.map(({ id }) => id), keys.length]).toEqual([[CANARY_MERCHANT], 1]);
    const steps = metrics.filter(([name]) => name === METRICS.canarySeconds);
    expect(steps).toHaveLength(4);
    expect(await readCanaryRuns(world)).toMatchObject({ failedRuns: 0 });
  });

  it('may run twice at once, from nothing', async () => {
    await Promise.all([run(), run()]);
    expect(await listKeys(world, OWNER)).toHaveLength(1);
    expect(await run()).toBe(1);
  });

  it.each([
    ['an order is refused', ({ method, url }: HttpRequest) => method === 'POST' && url.endsWith('/orders'), 503, {}],
    ['a page is in the place of the API', () => true, 200, { hello: 'there' }],
    [
      'a reference is sold twice',
      ({ method, url }: HttpRequest) => method === 'POST' && url.endsWith('/orders') && ++placed > 1,
      201,
      { id: 'ord_other', status: 'success', mode: 'test' },
    ],
    ['the ledger lacks it', ({ url }: HttpRequest) => url.includes('/ledger'), 200, { data: [] }],
    ['nobody takes its webhook', ({ url }: HttpRequest) => url.endsWith('/callbacks/canary'), 500, {}],
  ] as const)('says that it failed, where and why, when %s', async (_what, isBroken, code, body) => {
    placed = 0;
    await run();
    placed = 0;
    broken = (request) => (isBroken(request) ? answer(code, body) : undefined);
    expect(await run()).toBe(0);
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain('atk_');
  });

  it('takes its endpoint up again after it was backed off', async () => {
    await run();
    const [endpoint] = await listStored(world, OWNER);
    assert(endpoint, 'the first run makes it');
    const failing = { since: world.now(), times: 5, probeAt: plus(world.now(), HOUR) };
    await saveEndpoint(world, { ...endpoint, failing, revision: endpoint.revision + 1 });
    expect(await run()).toBe(1);
    expect((await listStored(world, OWNER)).map((each) => each.failing)).toEqual([undefined]);
  });

  it('says so when its key was revoked, and makes another by another secret', async () => {
    await run();
    const [key] = await listKeys(world, OWNER);
    await revokeKey(world, OWNER, key?.id ?? '', { keepsCampaigns: true }, OPERATOR);
    expect(await run()).toBe(0);
    expect(failures).toEqual([
      expect.objectContaining({ what: 'endpoint', reason: expect.stringContaining('revoked') }),
    ]);
    Object.assign(world, { secret: async () => 'another secret' });
    expect(await run()).toBe(1);
  });
});

let placed = 0;

describe('the status of orders', () => {
  it('is unknown before the first run, up after it, down after two that failed, and up again since then', async () => {
    expect(await status()).toMatchObject({ status: 'ok', component: 'orders', state: 'unknown', since: null });
    await run();
    expect(await status()).toMatchObject({ status: 'ok', state: 'up' });
    broken = () => answer(503, {});
    const failedAt = world.now();
    await run();
    expect(await status()).toMatchObject({ status: 'ok', state: 'up' });
    await run();
    const down = await status();
    expect(down).toMatchObject({ status: 'degraded', state: 'down' });
    expect(down.since >= failedAt).toBe(true);
    broken = () => undefined;
    const upAt = world.now();
    await run();
    const up = await status();
    expect([up.status, up.state, up.since >= upAt]).toEqual(['ok', 'up', true]);
  });

  it('is unknown once nothing was tried for a quarter of an hour', async () => {
    await run();
    world.advance(16 * MINUTE);
    expect(await status()).toMatchObject({ status: 'ok', state: 'unknown', since: null });
  });
});

describe('its receiver', () => {
  const post = (headers: Record<string, string>, body = '{}') =>
    serveOpen(granted(world, receiveCanary.access), receiveCanary, {
      method: 'POST',
      path: receiveCanary.path,
      params: {},
      query: {},
      headers,
      body,
      requestId: 'req_1',
    });

  it('takes nothing that is not signed by us, and reads nothing for what is not signed at all', async () => {
    await run();
    world.calls.length = 0;
    expect([(await post({})).status, world.calls]).toEqual([404, []]);
    const timestamp = String(Math.floor(Date.parse(world.now()) / 1_000));
    const forged = { 'webhook-id': 'evt_1', 'webhook-timestamp': timestamp, 'webhook-signature': 'v1,AAAA' };
    expect((await post(forged)).status).toBe(404);
  });
});
