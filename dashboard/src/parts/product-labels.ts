import type { Product } from '../../../sdk/typescript/src/api.ts';

type Named = Pick<Product, 'id' | 'name' | 'country' | 'network' | 'kind' | 'currency'>;

const TELLING = ['country', 'network', 'kind', 'currency'] as const;

/** What products are called where one is chosen: by name, and those of one name by what tells them apart, too. */
export function productLabels(products: readonly Named[]): ReadonlyMap<number, string> {
  return new Map(products.map((product) => [product.id, labelOf(product, products)]));
}

function labelOf(product: Named, products: readonly Named[]): string {
  const alike = products.filter(({ name }) => name === product.name);
  if (alike.length === 1) return product.name;
  const differing = TELLING.filter((field) => alike.some((each) => each[field] !== product[field]));
  const isAlone = alike.filter((each) => differing.every((field) => each[field] === product[field])).length === 1;
  const details = [...differing.map((field) => product[field]), ...(isAlone ? [] : [product.id])];
  return `${product.name} (${details.join(', ')})`;
}
