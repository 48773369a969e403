import type { Product } from '../../domain/catalogue.ts';
import { ANY_NETWORK, fitAmount, parseMeter } from '../../domain/catalogue.ts';
import { defined } from '../../domain/defined.ts';
import type { Mode, Owner } from '../../domain/ledger.ts';
import { formatAmount, parseAmount } from '../../domain/money.ts';
import type { Fulfilment, Order, OrderRequest } from '../../domain/order.ts';
import { accept, refuse } from '../../domain/order-life.ts';
import type { PhoneProblem } from '../../domain/phone.ts';
import { FAILING_TEST_NUMBER, isFailingTestNumber, PLANS, parsePhone } from '../../domain/phone.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { dispatchQueue } from '../../manifest/access.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { fund, readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { notifyMerchant } from './change-order.ts';

/** What a merchant asks for, as it came in. */
export interface OrderInput {
  readonly productId: number;
  readonly target: string;
  readonly amount: number | string;
  readonly agentReference: string;
  readonly customSms?: string | undefined;
  /** Not part of what makes two requests the same: the first one's counts. */
  readonly resultsUrl?: string | undefined;
}

/**
 * Accepts an order once per reference and hands it to its provider's queue. The same reference with the same content
 * gives the order that is there, with other content `reference_reused`; a reference refused for lack of funds stays
 * refused. Input that is refused for its form never takes the reference.
 */
export async function placeOrder(
  world: World,
  owner: Owner,
  input: OrderInput,
): Promise<{ order: Order; isReplay: boolean }> {
  const checked = await check(world, owner, input);
  if ('existing' in checked) return replay(checked.existing, input);
  const { request, fulfilment } = checked;
  const initial = { id: newId(world, 'ord'), ...owner, ...request, ...fulfilment };
  const at = world.now();
  const refused = refuse(initial, 'insufficient_funds', at);
  const { order, isNew } = await fund(world, { ...accept(initial, at), refused });
  if (!isNew) return replay(order, input);
  if (order.status === 'failed') {
    await notifyMerchant(world, order);
    throw insufficientFunds(order, {});
  }
  await enqueue(world, order);
  return { order, isReplay: false };
}

/**
 * Puts an order on its provider's queue. A message that cannot be sent is no reason to fail what was accepted: the
 * order is in the due index from its first write, and the sweep sends it.
 */
export async function enqueue(world: World, order: Order): Promise<void> {
  const { merchantId, mode, agentReference } = order;
  try {
    await world.queues.send(dispatchQueue(order.provider), [
      { body: { merchantId, mode, agentReference }, group: merchantId },
    ]);
  } catch (error) {
    world.log.error('order.not_enqueued', { orderId: order.id }, error);
  }
}

/** Checks against the catalogue. A reference that is already an order answers with that order before any refusal. */
async function check(world: World, owner: Owner, input: OrderInput) {
  try {
    return checkInput(await readCatalogue(world), owner.mode, input);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const existing = await readOrder(world, { ...owner, agentReference: input.agentReference });
    if (!existing) throw error;
    return { existing };
  }
}

/** Product, country, network, currency, number and amount, validated together. */
export function checkInput(
  catalogue: ReadonlyMap<number, Product>,
  mode: Mode,
  input: OrderInput,
): { request: OrderRequest; fulfilment: Fulfilment } {
  const product = catalogue.get(input.productId);
  if (!product) {
    throw new Refusal('product_not_found', { param: 'product_id', detail: `There is no product ${input.productId}.` });
  }
  if (!product.available) {
    throw new Refusal('product_unavailable', {
      param: 'product_id',
      detail: `${product.name} is not sold at present.`,
    });
  }
  const { msisdn, network } = checkTarget(product, input.target, mode);
  return {
    request: {
      agentReference: input.agentReference,
      productId: product.id,
      target: input.target,
      msisdn,
      amountMinor: checkAmount(product, input.amount),
      currency: product.currency,
      ...defined({ customSms: input.customSms, resultsUrl: input.resultsUrl }),
    },
    fulfilment: {
      provider: mode === 'test' ? 'sandbox' : product.provider,
      providerProductId: product.providerProductId,
      ...defined({ providerProductCode: product.providerProductCode }),
      kind: product.kind,
      country: product.country,
      network,
    },
  };
}

function checkTarget(product: Product, target: string, mode: Mode): { msisdn: string; network: string } {
  const refuseTarget = (detail: string) => new Refusal('invalid_target', { param: 'target', detail });
  if (product.targetType === 'meter') {
    const meter = parseMeter(target);
    if (!meter) throw refuseTarget('A ZESA meter number has 11 digits.');
    return { msisdn: meter, network: product.network };
  }
  if (mode === 'test' && isFailingTestNumber(target)) {
    return { msisdn: `+${FAILING_TEST_NUMBER}`, network: product.network };
  }
  const phone = parsePhone(target, product.country);
  if (typeof phone === 'string') throw refuseTarget(phoneProblem(phone, product));
  const { portable } = PLANS[product.country];
  if (product.network !== ANY_NETWORK && phone.network !== product.network && !portable) {
    throw refuseTarget(`This is a number of ${phone.network}; ${product.name} is for ${product.network}.`);
  }
  // Where numbers move between networks the caller's product says the network, and the prefix is only a hint.
  return { msisdn: phone.msisdn, network: product.network === ANY_NETWORK ? phone.network : product.network };
}

function phoneProblem(problem: PhoneProblem, product: Product): string {
  const { example } = PLANS[product.country];
  const sentences: Record<PhoneProblem, string> = {
    not_a_number: `This is not a phone number; send one such as ${example}.`,
    wrong_length: `This number is too short or too long; send one such as ${example}.`,
    other_country: `This number is not of ${product.country}, where ${product.name} is sold.`,
    not_mobile: 'This number is not of a mobile network, so it cannot be recharged.',
  };
  return sentences[problem];
}

/** An amount in minor units, if the product is sold in it. */
export function checkAmount(product: Product, amount: number | string): number {
  const refuseAmount = (detail: string) => new Refusal('invalid_amount', { param: 'amount', detail });
  const { currency } = product;
  const minor = parseAmount(amount, currency);
  if (minor === 'not_an_amount') throw refuseAmount('The amount must be a plain positive decimal such as 5 or 5.50.');
  if (minor === 'too_many_decimals') throw refuseAmount(`The amount has more decimals than ${currency} has.`);
  if (minor === 'too_large') throw refuseAmount('The amount is too large.');
  const show = (value: number) => `${currency} ${formatAmount(value, currency)}`;
  const details = {
    below_min: `The least amount of ${product.name} is ${show(product.minMinor)}.`,
    above_max: `The largest amount of ${product.name} is ${show(product.maxMinor)}.`,
    off_step: `The amount must be a multiple of ${show(product.stepMinor)}.`,
    not_a_denomination: `${product.name} is sold only in ${product.denominationsMinor.map(show).join(', ')}.`,
  };
  const fit = fitAmount(product, minor);
  if (fit !== 'fits') throw refuseAmount(details[fit]);
  return minor;
}

function replay(order: Order, input: OrderInput): { order: Order; isReplay: boolean } {
  const difference = firstDifference(order, input);
  if (difference) throw reused(order, difference);
  if (order.status === 'failed') throw insufficientFunds(order, REPLAYED);
  return { order, isReplay: true };
}

/** Told on every answer that repeats an earlier one. */
export const REPLAYED = { 'idempotent-replayed': 'true' } as const;

/**
 * The first field in which a request differs from the order under its reference. Both are compared as they are
 * understood, not as they are spelt: `0772279099` and `+263772279099` are one target, 5 and "5.00" one amount.
 */
function firstDifference(order: Order, input: OrderInput): string | undefined {
  if (order.productId !== input.productId) return 'product_id';
  if (normalTarget(order, input.target) !== order.msisdn) return 'target';
  if (parseAmount(input.amount, order.currency) !== order.amountMinor) return 'amount';
  return order.customSms === input.customSms ? undefined : 'custom_sms';
}

/** A target as orders hold it, read as that of an order; `undefined` when it is none. */
export function normalTarget(order: Order, target: string): string | undefined {
  if (order.kind === 'zesa') return parseMeter(target);
  if (order.mode === 'test' && isFailingTestNumber(target)) return `+${FAILING_TEST_NUMBER}`;
  const phone = parsePhone(target, order.country);
  return typeof phone === 'string' ? undefined : phone.msisdn;
}

function reused(order: Order, param: string): Refusal {
  const detail = `The order under ${order.agentReference} has another ${param}.`;
  return new Refusal('reference_reused', { param, detail });
}

function insufficientFunds(order: Order, headers: Readonly<Record<string, string>>): Refusal {
  const amount = `${order.currency} ${formatAmount(order.amountMinor, order.currency)}`;
  const detail = `The ${order.mode} ${order.currency} wallet did not cover ${amount} when this order was placed.`;
  return new Refusal('insufficient_funds', { param: 'amount', detail, headers });
}
