import type { BatchRow, CellProblem, RowInput, RowResult } from '../../domain/batch.ts';
import { rowReference } from '../../domain/batch.ts';
import type { Product } from '../../domain/catalogue.ts';
import { airtimeFor, parseMeter } from '../../domain/catalogue.ts';
import { defined } from '../../domain/defined.ts';
import type { Mode, Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { isCurrency } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import type { CheckedInput, InputProblem } from '../../domain/order-input.ts';
import { checkInput, inputProblem, isProblem, readPhone } from '../../domain/order-input.ts';
import type { Country, Phone } from '../../domain/phone.ts';
import { REFUSALS } from '../../http/refusal.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readOrdersOf } from '../../store/orders.ts';
import type { World } from '../../world.ts';

/**
 * Decides what each row of a file would order, before anything is written. A preview and a run share it, so that a run
 * does what its preview showed.
 */

/** Product and currency of rows that name none. */
export interface Defaults {
  readonly productId?: number | undefined;
  readonly currency?: Currency | undefined;
}

const CURRENCIES_OF: Readonly<Record<Country, readonly Currency[]>> = {
  ZW: ['USD', 'ZWG'],
  KE: ['KES'],
  UG: ['UGX'],
  TZ: ['TZS'],
};
const COUNTRIES: Readonly<Record<Currency, Country>> = { USD: 'ZW', ZWG: 'ZW', KES: 'KE', UGX: 'UG', TZS: 'TZ' };

export async function planBatch(
  world: World,
  owner: Owner,
  rows: readonly RowInput[],
  { reference, defaults }: { reference: string; defaults: Defaults },
): Promise<RowResult[]> {
  const planner = new Planner(await readCatalogue(world), owner.mode, defaults);
  const named = rows.flatMap((row) => row.reference ?? []);
  const existing = await readOrdersOf(world, owner, [...new Set(named)]);
  const firstRows = { references: new Map<string, number>(), orders: new Map<string, number>() };
  return rows.map((input) => {
    const own = input.reference ?? rowReference(reference, input.row);
    const { order, problems } = planner.plan(input, own);
    const found = [...problems, ...referenceProblems(input, existing, firstRows.references)];
    if (!order || found.length > 0) return { input, reference: own, problems: found };
    const content = `${order.productId} ${order.msisdn} ${order.amountMinor}`;
    const sameAsRow = firstRows.orders.get(content);
    if (sameAsRow === undefined) firstRows.orders.set(content, input.row);
    return { input, reference: own, order, problems: [], ...defined({ sameAsRow }) };
  });
}

/** A row result in the form in which a batch stores its rows. */
export function rowOf({ input: { row, target, amount }, order, problems }: RowResult): BatchRow {
  return order ? { row, order } : { row, leftOut: { target, amount, problems } };
}

/** A reference names one order: within the file, and among all orders before it. */
function referenceProblems(
  { row, reference }: RowInput,
  existing: ReadonlyMap<string, Order>,
  firstRows: Map<string, number>,
): CellProblem[] {
  if (reference === undefined) return [];
  const first = firstRows.get(reference);
  if (first !== undefined) {
    const detail = `Row ${first} has the reference ${reference} too.`;
    return [{ column: 'reference', code: 'duplicate_reference', detail, fix: 'Give each row a reference of its own.' }];
  }
  firstRows.set(reference, row);
  const order = existing.get(reference);
  if (!order) return [];
  const detail = `${reference} is an order of ${order.createdAt.slice(0, 10)} already, and it is ${order.status}.`;
  const fix = 'Leave the row out, or give it a new reference if it is to be sent again.';
  return [{ column: 'reference', code: 'reference_used', detail, fix }];
}

/** Plans one row at a time, and looks up each network's airtime once for all rows. */
class Planner {
  readonly #catalogue: ReadonlyMap<number, Product>;
  readonly #mode: Mode;
  readonly #defaults: Defaults;
  readonly #airtime = new Map<string, Product | InputProblem | undefined>();

  constructor(catalogue: ReadonlyMap<number, Product>, mode: Mode, defaults: Defaults) {
    this.#catalogue = catalogue;
    this.#mode = mode;
    this.#defaults = defaults;
  }

  plan(input: RowInput, agentReference: string): Pick<RowResult, 'order' | 'problems'> {
    if (input.problems.length > 0) return { problems: input.problems };
    const checked = this.#check(input, agentReference);
    if (!isProblem(checked)) return { order: { ...checked.request, ...checked.fulfilment }, problems: [] };
    const { code, param: column = 'row', detail, fix = REFUSALS[code].fix } = checked;
    return { problems: [{ column, code, detail, fix }] };
  }

  #check(input: RowInput, agentReference: string): CheckedInput | InputProblem {
    const productId = this.#productId(input);
    if (isProblem(productId)) return productId;
    const { target, amount, customSms, currency } = input;
    const order = { productId, target, amount, agentReference, customSms };
    const checked = checkInput(this.#catalogue, this.#mode, order);
    if (isProblem(checked)) return checked;
    const sold = checked.request.currency;
    if (currency === undefined || currency === sold) return checked;
    return invalid('currency', `The product is sold in ${sold}, not in ${currency}.`);
  }

  /** The product that a row names, or the airtime of its number's network in its currency. */
  #productId(input: RowInput): number | InputProblem {
    if (input.productId !== undefined) return Number(input.productId);
    if (this.#defaults.productId !== undefined) return this.#defaults.productId;
    const currency = input.currency ?? this.#defaults.currency;
    if (currency !== undefined && !isCurrency(currency)) {
      return invalid('currency', `${currency} is not one of USD, ZWG, KES, UGX, TZS.`);
    }
    const phone = readPhone(input.target, currency && COUNTRIES[currency]);
    if (!phone && parseMeter(input.target)) {
      return invalid('product_id', 'A meter needs a product: put its id into product_id.');
    }
    const country = phone?.country ?? (currency ? COUNTRIES[currency] : 'ZW');
    // For an invalid number any product of the country will do: checkInput then says what is wrong with it.
    const product = phone ? this.#airtimeOf(phone, currency) : this.#anyAirtime(country);
    if (product) return isProblem(product) ? product : product.id;
    const where = currency ? ` in ${currency}` : '';
    const detail = `No airtime is sold for ${phone?.network ?? country}${where}.`;
    return inputProblem('invalid_target', { param: 'target', detail });
  }

  #airtimeOf(phone: Phone, currency: Currency | undefined): Product | InputProblem | undefined {
    const key = `${phone.country} ${phone.network} ${currency}`;
    if (!this.#airtime.has(key)) this.#airtime.set(key, this.#findAirtime(phone, currency));
    return this.#airtime.get(key);
  }

  #findAirtime({ country, network }: Phone, currency: Currency | undefined): Product | InputProblem | undefined {
    const products = [...this.#catalogue.values()];
    const currencies = currency === undefined ? CURRENCIES_OF[country] : [currency];
    const found = currencies.flatMap((each) => airtimeFor(products, { country, network, currency: each }) ?? []);
    if (found.length <= 1) return found[0];
    const names = found.map((each) => each.currency).join(', ');
    return invalid(
      'currency',
      `Airtime for this number is sold in ${names}: put one into currency, or name a product.`,
    );
  }

  #anyAirtime(country: Country): Product | undefined {
    return [...this.#catalogue.values()].find(
      (each) => each.country === country && each.kind === 'airtime' && each.available,
    );
  }
}

function invalid(param: string, detail: string): InputProblem {
  return inputProblem('invalid_request', { param, detail });
}
