import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getTarget } from '../../../functions/orders/get-target.ts';
import { call } from '../../support/call.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

describe('a target', () => {
  const ask = (target: string, query: Record<string, string> = {}, mode: 'live' | 'test' = 'live') =>
    call(world, getTarget, { headers: merchant.headers(mode), params: { target }, query });

  it('that is a number has its country, network and what can be sent to it', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, network: 'Econet' }), aProduct({ id: 103, network: 'Telecel' }));
    const reply = await ask('+263 77 227 9099');
    expect(reply.json).toMatchObject({ type: 'phone', target: '+263772279099', country: 'ZW', network: 'Econet' });
    expect(reply.json.network_is_certain).toBe(true);
    expect(reply.json.products.map((product: { id: number }) => product.id)).toEqual([100, 101]);
  });

  it('in a country where numbers move says that the network is a guess, and offers all, likely ones first', async () => {
    const kenya = { country: 'KE', currency: 'KES' } as const;
    await sell(
      world,
      aProduct({ id: 1, network: 'Airtel', ...kenya }),
      aProduct({ id: 2, network: 'Safaricom', ...kenya }),
    );
    const reply = await ask('0712345678', { country: 'KE' });
    expect(reply.json).toMatchObject({ network: 'Safaricom', network_is_certain: false });
    expect(reply.json.products.map((product: { id: number }) => product.id)).toEqual([2, 1]);
  });

  it('that is a meter names its holder; an unknown one is not found; a provider that does not answer is 503', async () => {
    await sell(
      world,
      aProduct({ id: 41, kind: 'zesa', targetType: 'meter', network: 'ZESA', providerProductId: '41' }),
    );
    expect((await ask('37112345678', {}, 'test')).json.holder.name).toBe('T. Moyo');
    expect((await ask('37112345001', {}, 'test')).json.code).toBe('meter_not_found');
    world.upstream.lookup = async () => Promise.reject(new Error('timed out'));
    const reply = await ask('37112345678');
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([503, 'provider_unavailable', '10']);
  });

  it.each(['hello', '0242700000', '12345', '+4915112345678'])(
    '%s is refused by the name of the field',
    async (target) => {
      const reply = await ask(target);
      expect([reply.status, reply.json.param]).toEqual([422, 'target']);
    },
  );
});
