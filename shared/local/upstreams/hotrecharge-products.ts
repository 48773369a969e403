/** What the HotRecharge fake sells, in the shape of the real catalogue: all metadata are texts. */

interface UpstreamProduct {
  readonly productId: number;
  readonly name: string;
  readonly accountTypeId: number;
  readonly requiredOptions: readonly string[];
  readonly metaData: Readonly<Record<string, string>>;
}

const airtime = (
  productId: number,
  name: string,
  network: string,
  currency: 'USD' | 'ZiG',
  [min, max, step]: readonly [string, string, string],
): UpstreamProduct => ({
  productId,
  name,
  accountTypeId: currency === 'USD' ? 3 : 1,
  requiredOptions: [],
  metaData: {
    TargetType: 'Mobile',
    TargetInfo: 'Mobile number 07XXXXXXXX',
    RechargeType: 'Pinless',
    MinimumRecharge: min,
    MaxRecharge: max,
    RechargeAmountIncrement: step,
    Currency: currency,
    Network: network,
    StockQuery: 'false',
  },
});

const stocked = (productId: number, name: string, network: string, currency: 'USD' | 'ZiG'): UpstreamProduct => {
  const product = airtime(productId, name, network, currency, ['0.50', '100', '0.01']);
  return { ...product, metaData: { ...product.metaData, RechargeType: 'Partial Pinless', StockQuery: 'true' } };
};

/** Sold by a product code, which also determines the price. */
const bundles = (productId: number, name: string, network: string, currency: 'USD' | 'ZiG'): UpstreamProduct => ({
  ...stocked(productId, name, network, currency),
  requiredOptions: ['ProductCode'],
});

const electricity = (productId: number, name: string, currency: 'USD' | 'ZiG', limits: [string, string, string]) => {
  const product = airtime(productId, name, 'ZESA', currency, limits);
  return {
    ...product,
    accountTypeId: currency === 'USD' ? 4 : 2,
    metaData: { ...product.metaData, TargetType: 'Meter', TargetInfo: 'Meter number' },
  };
};

export const HOTRECHARGE_PRODUCTS: readonly UpstreamProduct[] = [
  airtime(100, 'Airtime USD', 'Any', 'USD', ['0.10', '300', '0.01']),
  airtime(101, 'Econet Airtime USD', 'Econet', 'USD', ['0.10', '300', '0.01']),
  stocked(102, 'NetOne Airtime USD', 'NetOne', 'USD'),
  airtime(103, 'Telecel Airtime USD', 'Telecel', 'USD', ['0.10', '300', '0.01']),
  airtime(110, 'Airtime ZiG', 'Any', 'ZiG', ['5', '10000', '0.01']),
  airtime(7, 'Econet Airtime ZiG', 'Econet', 'ZiG', ['5', '10000', '0.01']),
  airtime(6, 'Telecel Airtime ZiG', 'Telecel', 'ZiG', ['5', '10000', '0.01']),
  bundles(16, 'Econet Data Bundles ZiG', 'Econet', 'ZiG'),
  bundles(35, 'NetOne Data Bundles USD', 'NetOne', 'USD'),
  electricity(24, 'ZESA ZiG', 'ZiG', ['70', '18500', '0.01']),
  electricity(41, 'ZESA USD', 'USD', ['1', '10000', '0.01']),
];

interface StockItem {
  readonly productId: number;
  readonly name: string;
  readonly productCode: string;
  readonly description: string;
  readonly value: number;
  readonly currency: string;
  readonly walletTypeId: number;
}

const item = (productId: number, productCode: string, name: string, value: number, currency: string): StockItem => ({
  productId,
  name,
  productCode,
  description: name,
  value,
  currency,
  walletTypeId: currency === 'USD' ? 3 : 1,
});

export const HOTRECHARGE_STOCK: Readonly<Record<number, readonly StockItem[]>> = {
  102: [0.5, 1, 2, 5, 10, 20, 50].map((value) => item(102, `N${value}`, `NetOne ${value} USD`, value, 'USD')),
  16: [
    item(16, 'DD250', 'Econet Daily 250 MB', 17.5, 'ZiG'),
    item(16, 'WD1G', 'Econet Weekly 1 GB', 60, 'ZiG'),
    item(16, 'MD8G', 'Econet Monthly 8 GB', 420, 'ZiG'),
  ],
  35: [item(35, 'OF1', 'NetOne OneFusion 1 USD', 1, 'USD'), item(35, 'OF5', 'NetOne OneFusion 5 USD', 5, 'USD')],
};
