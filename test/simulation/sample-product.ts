import type { Product } from '../../shared/domain/catalogue.ts';

/** The product of the first document's samples: any Zimbabwean network, 0.10 to 300 USD in cents. */
export const SAMPLE_PRODUCT: Product = {
  id: 100,
  name: 'Airtime USD',
  network: 'any',
  kind: 'airtime',
  country: 'ZW',
  currency: 'USD',
  minMinor: 10,
  maxMinor: 30_000,
  stepMinor: 1,
  denominationsMinor: [],
  targetType: 'phone',
  provider: 'hotrecharge',
  providerProductId: '100',
  available: true,
};
