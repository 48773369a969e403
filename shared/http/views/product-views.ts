import type { Product } from '../../domain/catalogue.ts';
import { defined } from '../../domain/defined.ts';
import { toMajor } from '../../domain/money.ts';
import { PLANS } from '../../domain/phone.ts';

/** A product as merchants see it. */
export function viewProduct(product: Product) {
  const money = (minor: number) => toMajor(minor, product.currency);
  const isPhone = product.targetType === 'phone';
  return {
    id: product.id,
    name: product.name,
    network: product.network,
    kind: product.kind,
    country: product.country,
    currency: product.currency,
    min: money(product.minMinor),
    max: money(product.maxMinor),
    ...(product.denominationsMinor.length > 0
      ? { denominations: product.denominationsMinor.map(money) }
      : { step: money(product.stepMinor) }),
    target: { type: product.targetType, example: isPhone ? PLANS[product.country].example : '37112345678' },
    available: product.available,
    ...defined({ unavailable_since: product.unavailableSince }),
  };
}
