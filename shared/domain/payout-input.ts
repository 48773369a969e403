import type { Campaign } from './campaign.ts';
import { amountOf } from './campaign.ts';
import type { Product } from './catalogue.ts';
import { airtimeFor } from './catalogue.ts';
import { formatAmount } from './money.ts';
import type { CheckedInput, InputProblem } from './order-input.ts';
import { checkInput, inputProblem, isProblem } from './order-input.ts';
import type { Country } from './phone.ts';
import { isFailingTestNumber, PLANS, parsePhone } from './phone.ts';

/** Which product and amount pay a respondent, by the campaign's terms; then the rules of every order. */
export function checkPayout(
  products: ReadonlyMap<number, Product>,
  campaign: Campaign,
  { target, amount, agentReference }: { target: string; amount?: number | string | undefined; agentReference: string },
): CheckedInput | InputProblem {
  const product = productFor(products, campaign, target);
  if (isProblem(product)) return product;
  const amountMinor = checkPayoutAmount(campaign, amount);
  if (isProblem(amountMinor)) return amountMinor;
  const order = { productId: product.id, target, amount: formatAmount(amountMinor, campaign.currency), agentReference };
  return checkInput(products, campaign.mode, order);
}

/**
 * The campaign's own product, or the airtime of the number's network. A number without its calling code is taken as of
 * the one country that the campaign pays; where several countries fit, it is refused, not guessed.
 */
function productFor(
  products: ReadonlyMap<number, Product>,
  { productId, currency, countries, mode }: Campaign,
  target: string,
): Product | InputProblem {
  if (productId !== undefined) {
    const detail = `There is no product ${productId} any more.`;
    const fix = 'Set another product_id on the campaign.';
    return products.get(productId) ?? inputProblem('product_not_found', { detail, fix });
  }
  const airtime = [...products.values()].filter((each) => each.kind === 'airtime' && each.currency === currency);
  const [any] = airtime.toSorted((one, other) => one.id - other.id);
  if (any && mode === 'test' && isFailingTestNumber(target)) return any;
  const sold = [...new Set(airtime.map(({ country }) => country))];
  const paid = sold.filter((country) => countries.length === 0 || countries.includes(country));
  const phones = paid.map((country) => parsePhone(target, country)).filter((each) => typeof each !== 'string');
  const [phone] = phones;
  if (phones.length !== 1 || !phone) return notPayable(paid, phones.length > 1);
  const product = airtimeFor(airtime, { ...phone, currency });
  if (product) return product;
  const detail = `${phone.network} is not sold in ${currency}.`;
  return inputProblem('product_not_found', { param: 'target', detail, fix: 'Pay a number of another network.' });
}

function notPayable(countries: readonly Country[], isAmbiguous: boolean): InputProblem {
  const payable = countries.map((country) => `${country} (such as ${PLANS[country].example})`).join(', ');
  const detail = isAmbiguous
    ? 'Write the number with its calling code: it could be of several countries.'
    : `This campaign pays mobile numbers of ${payable || 'no country at present'}.`;
  return inputProblem('invalid_target', { param: 'target', detail });
}

function checkPayoutAmount(campaign: Campaign, asked: number | string | undefined): number | InputProblem {
  const { currency, amountMinor = 0, minMinor = 0, maxMinor = 0 } = campaign;
  const amount = amountOf(campaign, asked);
  if (typeof amount === 'number') return amount;
  const show = (minor: number) => `${currency} ${formatAmount(minor, currency)}`;
  const details: Record<typeof amount, string> = {
    missing: 'This campaign leaves the amount to each request: send amount.',
    not_an_amount: 'The amount must be a plain positive decimal such as 5 or 5.50.',
    too_many_decimals: `The amount has more decimals than ${currency} has.`,
    too_large: 'The amount is too large.',
    not_the_amount: `This campaign pays ${show(amountMinor)}; leave amount out.`,
    below_min: `The least amount that this campaign pays is ${show(minMinor)}.`,
    above_max: `The largest amount that this campaign pays is ${show(maxMinor)}.`,
  };
  return inputProblem('invalid_amount', { param: 'amount', detail: details[amount] });
}
