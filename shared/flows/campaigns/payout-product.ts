import type { Campaign } from '../../domain/campaign.ts';
import type { Product } from '../../domain/catalogue.ts';
import { airtimeFor } from '../../domain/catalogue.ts';
import { isFailingTestNumber, PLANS, parsePhone } from '../../domain/phone.ts';
import { Refusal } from '../../http/refusal.ts';

/**
 * The product that pays a number: the campaign's own, or the airtime of the number's network. A number without its
 * calling code is of the one country that the campaign pays; where it could be of several, it is refused, not guessed.
 */
export function productFor(products: ReadonlyMap<number, Product>, campaign: Campaign, target: string): Product {
  const { productId, currency, countries, mode } = campaign;
  if (productId !== undefined) {
    const product = products.get(productId);
    if (product) return product;
    const fix = 'Set another product_id on the campaign.';
    throw new Refusal('product_not_found', { detail: `There is no product ${productId} any more.`, fix });
  }
  const airtime = [...products.values()].filter((each) => each.kind === 'airtime' && each.currency === currency);
  const [any] = airtime.toSorted((one, other) => one.id - other.id);
  if (any && mode === 'test' && isFailingTestNumber(target)) return any;
  const reached = [...new Set(airtime.map(({ country }) => country))];
  const paid = reached.filter((country) => countries.length === 0 || countries.includes(country));
  const phones = paid.map((country) => parsePhone(target, country)).filter((each) => typeof each !== 'string');
  const [phone] = phones;
  if (phones.length !== 1 || !phone) throw notPayable(paid, phones.length > 1);
  const product = airtimeFor(airtime, { ...phone, currency });
  if (product) return product;
  const fix = 'Pay a number of another network.';
  throw new Refusal('product_not_found', {
    param: 'target',
    detail: `${phone.network} is not sold in ${currency}.`,
    fix,
  });
}

function notPayable(countries: readonly (keyof typeof PLANS)[], isAmbiguous: boolean): Refusal {
  const payable = countries.map((country) => `${country} (such as ${PLANS[country].example})`).join(', ');
  const detail = isAmbiguous
    ? 'Write the number with its calling code: it could be of several countries.'
    : `This campaign pays mobile numbers of ${payable || 'no country at present'}.`;
  return new Refusal('invalid_target', { param: 'target', detail });
}
