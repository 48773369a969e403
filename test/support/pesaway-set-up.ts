import { afterAll, beforeEach } from '@jest/globals';
import { queryTransaction } from '../../functions/pesaway/query-transaction.ts';
import { sendAirtime } from '../../functions/pesaway/send-airtime.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import type { HttpRequest } from '../../shared/outbound-http.ts';
import { pesaway } from '../../shared/providers/pesaway.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from './call.ts';
import { ScriptedProvider } from './scripted-provider.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, stopEngine, testWorld } from './world.ts';

/** What the tests of PesaWay's protocol share. `world`, `merchant`, `upstream` and `received` are those of the test that runs. */

export const RESULTS = 'https://merchant.example/results?of=airtime';

export let world: TestWorld;

export let merchant: TestMerchant;

export let upstream: ScriptedProvider;

export let received: HttpRequest[];

/** What the merchant's server answers. */
export const merchantServer = { status: 200 };

/** The seed's own request. */
export const sample = {
  ExternalReference: '202511051829',
  Amount: 1000,
  PhoneNumber: '254712345678',
  MerchantCode: '44444',
  Currency: 'KES',
  Description: 'Airtime Transfer',
  ResultsUrl: RESULTS,
};

export type Headers = Record<string, string>;

export function ask<P, Q, B>(
  endpoint: RouteHandler<P, Q, B>,
  body: unknown,
  headers: Headers = {},
  query: Headers = {},
) {
  const all = { ...merchant.headers(), 'x-region': 'ke', ...headers };
  return call(world, endpoint, { headers: all, body, query });
}

export const send = (changes: object = {}, headers: Headers = {}) =>
  ask(sendAirtime, { ...sample, ...changes }, headers);

export const query = (reference: string, headers: Headers = {}) =>
  ask(queryTransaction, { TransactionReference: reference }, headers);

/** Dispatches and delivers until nothing is left to do. */
export async function settle(): Promise<void> {
  while (world.messages.length > 0) await world.dispatchAll();
}

export const results = () => received.filter(({ url }) => url === RESULTS).map(({ body = '' }) => JSON.parse(body));

export const orderOf = async (agentReference: string, mode: 'live' | 'test' = 'live') => {
  const order = await readOrder(world, { merchantId: merchant.id, mode, agentReference });
  if (!order) throw new Error(`no order ${agentReference}`);
  return order;
};

/** Gives each test a world with a merchant whose server answers `merchantServer.status`. */
export function freshMerchantForEachTest(): void {
  beforeEach(async () => {
    world = await testWorld({
      providers: (now) => {
        upstream = new ScriptedProvider(now);
        return { pesaway: upstream };
      },
    });
    merchant = await aMerchant(world, { KES: 1_000_000, UGX: 1_000_000, TZS: 100_000_000 });
    const unused = {
      http: async () => Promise.reject(new Error('not called')),
      credentials: async () => ({}) as never,
    };
    await saveCatalogue(world, 'pesaway', await pesaway({ ...unused, now: world.now }).catalogue());
    received = [];
    merchantServer.status = 200;
    world.outboundAnswer = (request) => {
      received.push(request);
      return { status: merchantServer.status, headers: {}, body: 'thanks' };
    };
  });
  afterAll(stopEngine);
}
