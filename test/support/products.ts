import type { Product } from '../../shared/domain/catalogue.ts';
import { SAMPLE_PRODUCT } from '../simulation/sample-product.ts';

export const airtimeUsd = SAMPLE_PRODUCT;

export function aProduct(changes: Partial<Product>): Product {
  return { ...airtimeUsd, ...changes };
}
