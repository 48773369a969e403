import type { Product } from './catalogue.ts';
import { ANY_NETWORK, fitAmount, parseMeter } from './catalogue.ts';
import { defined } from './defined.ts';
import type { Hash } from './erasure.ts';
import type { Mode } from './ledger.ts';
import { formatAmount, parseAmount } from './money.ts';
import type { Fulfilment, Order, OrderRequest } from './order.ts';
import type { Country, Phone, PhoneProblem } from './phone.ts';
import { FAILING_TEST_NUMBER, isFailingTestNumber, PLANS, parseInternational, parsePhone } from './phone.ts';

/**
 * The rules for what can be ordered: product, target and amount, checked against the catalogue. A problem is returned
 * as a value, because an order, a row of a file and a payout each report it in their own form.
 */

/** What a merchant asks for, as it was sent. */
export interface OrderInput {
  readonly productId: number;
  readonly target: string;
  readonly amount: number | string;
  readonly agentReference: string;
  readonly customSms?: string | undefined;
  /** Not part of what makes two requests the same: the first one's counts. */
  readonly resultsUrl?: string | undefined;
  /** Whether its result leaves out the balance: who ordered it may not read the wallet. */
  readonly hidesFunds?: boolean | undefined;
}

/** Why an input is not accepted: the field at fault, and one sentence for the caller. */
export interface InputProblem extends ProblemFacts {
  readonly code: InputProblemCode;
  /** Another problem of the same input. */
  readonly also?: InputProblem;
}

interface ProblemFacts {
  readonly param?: string;
  readonly detail: string;
  /** What to do, where the general advice for the code does not fit. */
  readonly fix?: string;
}

type InputProblemCode =
  | 'invalid_request'
  | 'product_not_found'
  | 'product_unavailable'
  | 'invalid_target'
  | 'invalid_amount';

export function inputProblem(code: InputProblemCode, facts: ProblemFacts): InputProblem {
  return { code, ...facts };
}

export function isProblem<T>(checked: T | InputProblem): checked is InputProblem {
  return typeof checked === 'object' && checked !== null && 'code' in checked && 'detail' in checked;
}

/** An input that passed: what was asked for, normalised, and who will deliver it. */
export interface CheckedInput {
  readonly request: OrderRequest;
  readonly fulfilment: Fulfilment;
}

/** Product, target and amount, validated together. Test orders go to the sandbox. */
export function checkInput(
  catalogue: ReadonlyMap<number, Product>,
  mode: Mode,
  input: OrderInput,
): CheckedInput | InputProblem {
  const product = catalogue.get(input.productId);
  if (!product) {
    const detail = `There is no product ${input.productId}.`;
    return inputProblem('product_not_found', { param: 'product_id', detail });
  }
  if (!product.available) {
    const detail = `${product.name} is not sold at present.`;
    return inputProblem('product_unavailable', { param: 'product_id', detail });
  }
  const target = checkTarget(product, input.target, mode);
  const amountMinor = checkAmount(product, input.amount);
  if (isProblem(target)) return isProblem(amountMinor) ? { ...target, also: amountMinor } : target;
  if (isProblem(amountMinor)) return amountMinor;
  return {
    request: {
      agentReference: input.agentReference,
      productId: product.id,
      target: input.target,
      msisdn: target.msisdn,
      amountMinor,
      currency: product.currency,
      ...defined({
        customSms: input.customSms,
        resultsUrl: input.resultsUrl,
        hidesFunds: input.hidesFunds || undefined,
      }),
    },
    fulfilment: {
      provider: mode === 'test' ? 'sandbox' : product.provider,
      providerProductId: product.providerProductId,
      ...defined({ providerProductCode: product.providerProductCode }),
      kind: product.kind,
      country: product.country,
      network: target.network,
    },
  };
}

function checkTarget(product: Product, target: string, mode: Mode): { msisdn: string; network: string } | InputProblem {
  const invalid = (detail: string) => inputProblem('invalid_target', { param: 'target', detail });
  if (product.targetType === 'meter') {
    const meter = parseMeter(target);
    return meter ? { msisdn: meter, network: product.network } : invalid('A ZESA meter number has 11 digits.');
  }
  if (mode === 'test' && isFailingTestNumber(target)) {
    return { msisdn: `+${FAILING_TEST_NUMBER}`, network: product.network };
  }
  const phone = parsePhone(target, product.country);
  if (typeof phone === 'string') return invalid(phoneDetail(phone, product));
  const { portable } = PLANS[product.country];
  if (product.network !== ANY_NETWORK && phone.network !== product.network && !portable) {
    return invalid(`This is a number of ${phone.network}; ${product.name} is for ${product.network}.`);
  }
  // Where numbers move between networks the caller's product says the network, and the prefix is only a hint.
  return { msisdn: phone.msisdn, network: product.network === ANY_NETWORK ? phone.network : product.network };
}

function phoneDetail(problem: PhoneProblem, product: Product): string {
  const { example } = PLANS[product.country];
  const details: Record<PhoneProblem, string> = {
    not_a_number: `This is not a phone number; send one such as ${example}.`,
    wrong_length: `This number is too short or too long; send one such as ${example}.`,
    other_country: `This number is not of ${product.country}, where ${product.name} is sold.`,
    not_mobile: 'This number is not of a mobile network, so it cannot be recharged.',
  };
  return details[problem];
}

/** An amount in minor units, if the product is sold in it. */
export function checkAmount(product: Product, amount: number | string): number | InputProblem {
  const { currency } = product;
  const minor = parseAmount(amount, currency);
  const problem = typeof minor === 'string' ? minor : fitAmount(product, minor);
  if (typeof minor === 'number' && problem === 'fits') return minor;
  const show = (value: number) => `${currency} ${formatAmount(value, currency)}`;
  const details: Record<typeof problem, string> = {
    not_an_amount: 'The amount must be a plain positive decimal such as 5 or 5.50.',
    too_many_decimals: `The amount has more decimals than ${currency} has.`,
    too_large: 'The amount is too large.',
    below_min: `The least amount of ${product.name} is ${show(product.minMinor)}.`,
    above_max: `The largest amount of ${product.name} is ${show(product.maxMinor)}.`,
    off_step: `The amount must be a multiple of ${show(product.stepMinor)}.`,
    not_a_denomination: `${product.name} is sold only in ${product.denominationsMinor.map(show).join(', ')}.`,
    fits: '',
  };
  return inputProblem('invalid_amount', { param: 'amount', detail: details[problem] });
}

/**
 * The first field in which a request differs from the order under its reference. Values are compared after parsing:
 * `0772279099` and `+263772279099` are one target, 5 and "5.00" one amount. Of an order whose personal data is erased,
 * what is left is compared: the hashes of its number and its text.
 */
export function firstDifference(order: Order, input: OrderInput, hash: Hash): string | undefined {
  if (order.productId !== input.productId) return 'product_id';
  if (!isOfNumber(order, input.target, hash)) return 'target';
  if (parseAmount(input.amount, order.currency) !== order.amountMinor) return 'amount';
  const { customSms } = input;
  const isSameSms = order.erased
    ? order.erased.smsHash === (customSms === undefined ? undefined : hash(customSms))
    : order.customSms === customSms;
  return isSameSms ? undefined : 'custom_sms';
}

/** Whether a target, in any form, is the number of an order. */
export function isOfNumber(order: Order, target: string, hash: Hash): boolean {
  const normal = normalTarget(order, target);
  return normal !== undefined && order.msisdn === (order.erased ? hash(normal) : normal);
}

/** A target in the form that orders hold, parsed as that of an existing order; `undefined` when it is not valid. */
function normalTarget(order: Order, target: string): string | undefined {
  if (order.kind === 'zesa') return parseMeter(target);
  if (order.mode === 'test' && isFailingTestNumber(target)) return `+${FAILING_TEST_NUMBER}`;
  const phone = parsePhone(target, order.country);
  return typeof phone === 'string' ? undefined : phone.msisdn;
}

/** A mobile number of the country that is named; without one, of Zimbabwe or of the country of its calling code. */
export function readPhone(text: string, country?: Country): Phone | undefined {
  const readings = country ? [parsePhone(text, country)] : [parsePhone(text, 'ZW'), parseInternational(text)];
  return readings.find((reading) => typeof reading !== 'string');
}
