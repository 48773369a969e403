import { describe, expect, it } from '@jest/globals';
import { listProducts } from '../../../functions/orders/list-products.ts';
import { freshShopForEachTest, get, world } from '../../support/list-set-up.ts';
import { airtimeUsd } from '../../support/products.ts';
import { sell } from '../../support/world.ts';

freshShopForEachTest();

describe('products', () => {
  it('are shown with limits in major units and what the target is', async () => {
    expect((await get(listProducts, { network: 'ANY' })).json.data).toEqual([
      {
        id: 100,
        name: 'Airtime USD',
        network: 'any',
        kind: 'airtime',
        country: 'ZW',
        currency: 'USD',
        min: 0.1,
        max: 300,
        step: 0.01,
        target: { type: 'phone', example: '0772279099' },
        available: true,
      },
    ]);
  });

  it('are filtered by country, kind and network', async () => {
    const count = async (query: Record<string, string>) => (await get(listProducts, query)).json.data.length;
    expect(await count({})).toBe(2);
    expect(await count({ country: 'ZW', kind: 'airtime', network: 'econet' })).toBe(1);
    expect(await count({ country: 'KE' })).toBe(0);
    expect((await get(listProducts, { kind: 'gold' })).status).toBe(400);
  });

  it('withdrawn upstream stay listed as unavailable, with since when', async () => {
    await sell(world, airtimeUsd);
    expect((await get(listProducts)).json.data[0]).toMatchObject({ id: 7, available: false });
    expect((await get(listProducts)).json.data[0].unavailable_since).toBeTruthy();
  });
});
