import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getHealth } from '../../../functions/status/get-health.ts';
import { getStatus } from '../../../functions/status/get-status.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import type { OpenRouteHandler } from '../../../shared/http/route.ts';
import { openRoutes } from '../../../shared/manifest/routes.ts';
import { saveCatalogue } from '../../../shared/store/catalogue.ts';
import { recordFailure, recordSendTime, recover, refuse, saveBalances, setOff } from '../../../shared/store/health.ts';
import type { World } from '../../../shared/world.ts';
import { granted } from '../../support/granted.ts';
import { aProduct } from '../../support/products.ts';
import type { TestWorld } from '../../support/world.ts';
import { sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;

beforeEach(async () => {
  world = await testWorld();
  await saveCatalogue(world, 'pesaway', [aProduct({ id: 254_001, provider: 'pesaway', network: 'any' })]);
  await sell(world);
});
afterAll(stopEngine);

const ask = async (handler: OpenRouteHandler, from: World = granted(world, handler.access)) => {
  const request = {
    method: 'GET',
    path: handler.path,
    params: {},
    query: {},
    headers: {},
    body: '',
    requestId: 'req_1',
  };
  const { status, headers, body } = await serveOpen(from, handler, request);
  return { status, headers, body, json: JSON.parse(body) };
};

const stateOf = async (provider: string) => {
  const { json } = await ask(getStatus);
  return [json.status, json.providers.find((each: { provider: string }) => each.provider === provider)];
};

describe('the status', () => {
  it('is that of each provider of live orders, with the networks that it serves', async () => {
    const netone = aProduct({ id: 101, provider: 'hotrecharge', network: 'NetOne' });
    const any = aProduct({ id: 102, provider: 'hotrecharge', network: 'any' });
    await sell(world, netone, any, aProduct({ id: 103, provider: 'hotrecharge', network: 'Econet' }));
    const { status, headers, json } = await ask(getStatus);
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=5']);
    expect(json).toEqual({
      status: 'ok',
      at: world.now(),
      components: [{ component: 'orders', state: 'unknown', since: null, checked_at: null }],
      providers: [
        { provider: 'hotrecharge', state: 'up', since: null, networks: ['ZW Econet', 'ZW NetOne'] },
        { provider: 'pesaway', state: 'up', since: null, networks: [] },
      ],
    });
  });

  it('says that orders to a provider are held, since when, and since when they are not', async () => {
    for (let n = 0; n < 10; n += 1) await recordFailure(world, 'hotrecharge');
    const since = world.now();
    world.advance(5 * MINUTE);
    expect(await stateOf('hotrecharge')).toMatchObject(['degraded', { state: 'held', since }]);
    expect((await stateOf('pesaway'))[1]).toMatchObject({ state: 'up' });
    await recover(world, 'hotrecharge', 'probe');
    const up = world.now();
    world.advance(5 * MINUTE);
    expect(await stateOf('hotrecharge')).toMatchObject(['ok', { state: 'up', since: up }]);
  });

  it('says of a provider that refuses us no more than that its orders are held, and nothing of our money there', async () => {
    await refuse(world, 'pesaway', 'balance');
    await saveBalances(world, 'pesaway', [{ account: 'KES', balanceMinor: 31_415 }]);
    world.advance(3 * SECOND);
    const { body } = await ask(getStatus);
    expect(await stateOf('pesaway')).toMatchObject(['degraded', { state: 'held' }]);
    expect(body).not.toMatch(/balance|31415|314\.15|reason/);
  });

  it('calls a provider slow while most wait for it, and off while it has no credentials', async () => {
    for (let n = 0; n < 6; n += 1) await recordSendTime(world, 'hotrecharge', 15 * SECOND);
    world.advance(3 * SECOND);
    expect(await stateOf('hotrecharge')).toMatchObject(['degraded', { state: 'slow', since: null }]);
    await setOff(world, 'hotrecharge', true);
    const since = world.now();
    world.advance(3 * SECOND);
    expect(await stateOf('hotrecharge')).toMatchObject(['ok', { state: 'off', since }]);
    await setOff(world, 'hotrecharge', false);
    const up = world.now();
    world.advance(11 * MINUTE);
    expect(await stateOf('hotrecharge')).toMatchObject(['ok', { state: 'up', since: up }]);
  });
});

it('says off of a provider until its first products came, because nothing of it is sold', async () => {
  const fresh = await testWorld();
  const states = async () => {
    const { json } = await ask(getStatus, granted(fresh, getStatus.access));
    return json.providers.map(({ state, since }: { state: string; since: string | null }) => [state, since]);
  };
  expect(await states()).toEqual([
    ['off', null],
    ['off', null],
  ]);
  await sell(fresh);
  expect(await states()).toEqual([
    ['up', null],
    ['off', null],
  ]);
});

it('says off of a provider that the stage has off, with no networks, and counts it as no fault', async () => {
  await sell(world, aProduct({ id: 101, provider: 'hotrecharge', network: 'NetOne' }));
  for (let n = 0; n < 10; n += 1) await recordFailure(world, 'hotrecharge');
  const { json } = await ask(getStatus, {
    ...granted(world, getStatus.access),
    providersOn: () => ['pesaway', 'sandbox'],
  });
  expect([json.status, json.providers[0]]).toEqual([
    'ok',
    { provider: 'hotrecharge', state: 'off', since: null, networks: [] },
  ]);
});

it('a health check answers while the database does, and 5xx when it does not', async () => {
  expect(openRoutes.getHealth.path).toBe('/health');
  expect((await ask(getHealth)).json).toEqual({ status: 'ok', at: world.now() });
  world.advance(3 * SECOND);
  const db: World['db'] = { send: () => Promise.reject(new Error('no database')) };
  const { status, json } = await ask(getHealth, { ...world, db });
  expect([status, json.code]).toEqual([500, 'internal_error']);
});
