import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { syncCatalogue } from '../../../functions/workers/sync-catalogue.ts';
import { readCatalogue } from '../../../shared/store/catalogue.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let _merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  _merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

it('the catalogue follows what the upstream sells: added, changed, withdrawn, back again', async () => {
  const offers = async (...products: ReturnType<typeof aProduct>[]) => {
    world.upstream.catalogue = async () => products;
    await syncCatalogue(world).catch(() => undefined);
    world.memo.clear();
    return readCatalogue(world);
  };
  expect((await offers(airtimeUsd, aProduct({ id: 7 }))).size).toBe(2);
  expect((await offers(aProduct({ id: 100, maxMinor: 500 }), aProduct({ id: 7 }))).get(100)?.maxMinor).toBe(500);
  expect((await offers(aProduct({ id: 7 }))).get(100)).toMatchObject({ available: false });
  expect((await offers(airtimeUsd, aProduct({ id: 7 }))).get(100)).toMatchObject({ available: true, maxMinor: 30_000 });
  world.calls.length = 0;
  await offers(airtimeUsd, aProduct({ id: 7 }));
  expect(world.calls).not.toContain('PutCommand');
});
