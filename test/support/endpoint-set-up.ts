import { afterAll, beforeEach } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import type { HttpRequest } from '../../shared/outbound-http.ts';
import { call } from './call.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, sell, stopEngine, testWorld } from './world.ts';

/** What the tests of webhook endpoints share. `world`, `merchant` and `received` are those of the test that runs. */

export const HOUR = 3_600_000;

export const URL = 'https://merchant.example/hook';

export let world: TestWorld;

export let merchant: TestMerchant;

export let received: HttpRequest[];

/** What the merchant's server answers. */
export const merchantServer = { status: 200 };

export type Params = Record<string, string>;

export function ask<P, Q, B>(
  endpoint: RouteHandler<P, Q, B>,
  params: Params = {},
  body: unknown = '',
  query: Params = {},
) {
  return call(world, endpoint, { headers: merchant.headers(), params, body, query });
}

export const add = async (body: object = {}) => (await ask(createEndpoint, {}, { url: URL, ...body })).json;

export const of = (endpoint: { id: string }) => ({ endpoint_id: endpoint.id });

export async function order(reference: string): Promise<void> {
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference },
  });
  await world.dispatchAll();
  await world.dispatchAll();
}

/** Gives each test a world with a merchant whose server answers `merchantServer.status`. */
export function freshMerchantForEachTest(): void {
  beforeEach(async () => {
    world = await testWorld();
    merchant = await aMerchant(world);
    await sell(world);
    // The verifiers of others look at the real clock.
    world.advance(Date.now() - Date.parse(world.now()));
    received = [];
    merchantServer.status = 200;
    world.outboundAnswer = (request) => {
      received.push(request);
      return { status: merchantServer.status, headers: {}, body: 'thanks' };
    };
  });
  afterAll(stopEngine);
}
