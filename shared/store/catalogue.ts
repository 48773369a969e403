import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Product, ProviderName } from '../domain/catalogue.ts';
import type { Mode } from '../domain/ledger.ts';
import { SANDBOX_PRODUCTS } from '../domain/sandbox-products.ts';
import { elapsed, MINUTE } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { queryAll } from './read-items.ts';

/** Catalogue items: `products` / the product's id, padded so that they sort. Only the catalogue sync writes them. */

const PRODUCT: Shape<Product> = {
  id: 'number',
  provider: 'string',
  providerProductId: 'string',
  currency: 'string',
  minMinor: 'number',
  maxMinor: 'number',
  stepMinor: 'number',
  denominationsMinor: 'object',
};

/** How stale the catalogue of a process may be. No money depends on it: the provider refuses what it does not sell. */
const FRESH_MS = MINUTE;
const MEMO_KEY = 'catalogue';

interface Remembered {
  readonly at: string;
  readonly products: ReadonlyMap<number, Product>;
}

/**
 * What a mode can order, by id. Live: all products of providers that are on, at most a minute old. Test: the sandbox's,
 * without a read.
 */
export async function readCatalogue(world: World, mode: Mode): Promise<ReadonlyMap<number, Product>> {
  if (mode === 'test') return SANDBOX_PRODUCTS;
  const remembered = world.memo.get(MEMO_KEY) as Remembered | undefined;
  if (remembered && elapsed(remembered.at, world.now()) < FRESH_MS) return remembered.products;
  const at = world.now();
  const products = new Map(
    (await queryProducts(world))
      .filter(({ provider }) => world.providersOn().includes(provider))
      .map((product) => [product.id, product]),
  );
  // An empty catalogue was not synced yet, so it is not remembered.
  if (products.size > 0) world.memo.set(MEMO_KEY, { at, products });
  return products;
}

async function queryProducts(world: World): Promise<Product[]> {
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'products' } };
  return (await queryAll(world, 'catalogue', query)).map(toProduct);
}

export interface CatalogueDifference {
  readonly change: 'added' | 'changed' | 'withdrawn';
  readonly product: Product;
}

/**
 * Updates our catalogue to what a provider sells, and returns the differences. A product it no longer lists becomes
 * unavailable and is never deleted, because orders refer to it; `may` says whether that many may, else all of them are
 * kept back as they are. Idempotent, also when two run concurrently.
 */
export async function saveCatalogue(
  world: World,
  provider: ProviderName,
  offered: readonly Product[],
  may: (lacking: number, available: number) => boolean = () => true,
): Promise<{ differences: CatalogueDifference[]; keptBack: readonly Product[] }> {
  const known = new Map((await queryProducts(world)).map((product) => [product.id, product]));
  const differences: CatalogueDifference[] = [];
  for (const product of offered) {
    const before = known.get(product.id);
    if (before && before.provider !== provider) throw new Error(`product ${product.id} is sold by ${before.provider}`);
    if (!before) differences.push({ change: 'added', product });
    else if (!isSame(before, product)) differences.push({ change: 'changed', product });
  }
  const ids = new Set(offered.map((product) => product.id));
  const available = [...known.values()].filter((product) => product.provider === provider && product.available);
  const lacking = available.filter(({ id }) => !ids.has(id));
  const keptBack = may(lacking.length, available.length) ? [] : lacking;
  for (const product of keptBack.length > 0 ? [] : lacking) {
    const gone = { ...product, available: false, unavailableSince: world.now() };
    differences.push({ change: 'withdrawn', product: gone });
  }
  for (const { product } of differences) {
    await world.db.send(
      new PutCommand({
        TableName: world.table('catalogue'),
        Item: { pk: 'products', sk: String(product.id).padStart(12, '0'), ...product },
      }),
    );
  }
  if (differences.length > 0) world.memo.delete(MEMO_KEY);
  return { differences, keptBack };
}

function isSame(a: Product, b: Product): boolean {
  const text = (product: Product) => JSON.stringify(Object.entries(product).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

function toProduct(item: Record<string, unknown>): Product {
  return fromItem('product', PRODUCT, item);
}
