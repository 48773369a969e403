import { expect, it } from '@jest/globals';
import { productLabels } from '../../dashboard/src/parts/product-labels.ts';

const ECONET = {
  id: 100,
  name: 'Airtime',
  country: 'ZW',
  network: 'Econet',
  kind: 'airtime',
  currency: 'USD',
} as const;

const labels = (...products: Parameters<typeof productLabels>[0]) => [...productLabels(products).values()];

it('a product whose name no other has is called by it', () => {
  expect(labels(ECONET, { ...ECONET, id: 101, name: 'Data' })).toEqual(['Airtime', 'Data']);
});

it.each([
  [{ country: 'KE' }, 'Airtime (ZW)', 'Airtime (KE)'],
  [{ network: 'NetOne' }, 'Airtime (Econet)', 'Airtime (NetOne)'],
  [{ kind: 'data' }, 'Airtime (airtime)', 'Airtime (data)'],
  [{ currency: 'ZWG' }, 'Airtime (USD)', 'Airtime (ZWG)'],
  [{ country: 'KE', network: 'Safaricom' }, 'Airtime (ZW, Econet)', 'Airtime (KE, Safaricom)'],
  [{}, 'Airtime (100)', 'Airtime (101)'],
] as const)('of two products with one name, %j tells them apart', (other, first, second) => {
  expect(labels(ECONET, { ...ECONET, id: 101, ...other })).toEqual([first, second]);
});

it('those that nothing but their id tells apart have it beside what differs from the others', () => {
  const [one, same] = [ECONET, { ...ECONET, id: 101 }];
  const other = { ...ECONET, id: 102, network: 'NetOne' };
  expect(labels(one, same, other)).toEqual(['Airtime (Econet, 100)', 'Airtime (Econet, 101)', 'Airtime (NetOne)']);
});
