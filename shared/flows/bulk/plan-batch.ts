import type { BatchRow, CellProblem, RowInput, RowResult } from '../../domain/batch.ts';
import { rowReference } from '../../domain/batch.ts';
import type { Product } from '../../domain/catalogue.ts';
import { airtimeFor, parseMeter } from '../../domain/catalogue.ts';
import { defined } from '../../domain/defined.ts';
import type { Mode, Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { isCurrency } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import type { Country, Phone } from '../../domain/phone.ts';
import { parseInternational, parsePhone } from '../../domain/phone.ts';
import { REFUSALS, Refusal } from '../../http/refusal.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readOrdersOf } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { checkInput } from '../orders/place-order.ts';

/**
 * What would become of each row of a file, decided before anything is written. A preview and a run both ask here, so
 * that what the one says the other does.
 */

/** What rows that do not say it themselves are taken for. */
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
  const orders = await readOrdersOf(world, owner, [...new Set(named)]);
  const firstRows = { references: new Map<string, number>(), orders: new Map<string, number>() };
  return rows.map((input) => {
    const own = input.reference ?? rowReference(reference, input.row);
    const { order, problems } = planner.plan(input, own);
    const found = [...problems, ...referenceProblems(input, orders, firstRows.references)];
    if (!order || found.length > 0) return { input, reference: own, problems: found };
    const content = `${order.productId} ${order.msisdn} ${order.amountMinor}`;
    const sameAsRow = firstRows.orders.get(content);
    if (sameAsRow === undefined) firstRows.orders.set(content, input.row);
    return { input, reference: own, order, problems: [], ...defined({ sameAsRow }) };
  });
}

/** A verdict as a batch keeps it. */
export function keptRow({ input: { row, target, amount }, order, problems }: RowResult): BatchRow {
  return order ? { row, order } : { row, leftOut: { target, amount, problems } };
}

/** A reference names one order, in this file and in all that came before. */
function referenceProblems(
  { row, reference }: RowInput,
  orders: ReadonlyMap<string, Order>,
  firstRows: Map<string, number>,
): CellProblem[] {
  if (reference === undefined) return [];
  const first = firstRows.get(reference);
  if (first !== undefined) {
    const detail = `Row ${first} has the reference ${reference} too.`;
    return [{ column: 'reference', code: 'duplicate_reference', detail, fix: 'Give each row a reference of its own.' }];
  }
  firstRows.set(reference, row);
  const order = orders.get(reference);
  if (!order) return [];
  const detail = `${reference} is an order of ${order.createdAt.slice(0, 10)} already, and it is ${order.status}.`;
  const fix = 'Leave the row out, or give it a new reference if it is to be sent again.';
  return [{ column: 'reference', code: 'reference_used', detail, fix }];
}

/** Decides on rows one by one; what many of them ask for is looked up once. */
class Planner {
  readonly #catalogue: ReadonlyMap<number, Product>;
  readonly #mode: Mode;
  readonly #defaults: Defaults;
  readonly #airtime = new Map<string, Product | undefined>();

  constructor(catalogue: ReadonlyMap<number, Product>, mode: Mode, defaults: Defaults) {
    this.#catalogue = catalogue;
    this.#mode = mode;
    this.#defaults = defaults;
  }

  plan(input: RowInput, agentReference: string): Pick<RowResult, 'order' | 'problems'> {
    if (input.problems.length > 0) return { problems: input.problems };
    const { target, amount, customSms } = input;
    try {
      const productId = this.#productId(input);
      const { request, fulfilment } = checkInput(this.#catalogue, this.#mode, {
        productId,
        target,
        amount,
        agentReference,
        customSms,
      });
      this.#requireCurrency(input, request.currency);
      return { order: { ...request, ...fulfilment }, problems: [] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, param = 'row', detail } = error;
      return { problems: [{ column: param, code, detail, fix: REFUSALS[code].fix }] };
    }
  }

  /** The product that a row names, or the airtime of its number's network in its currency. */
  #productId(input: RowInput): number {
    if (input.productId !== undefined) return Number(input.productId);
    if (this.#defaults.productId !== undefined) return this.#defaults.productId;
    const currency = this.#currency(input);
    const phone = readNumber(input.target, currency);
    if (!phone && parseMeter(input.target)) {
      throw wrong('product_id', 'A meter needs a product: put its id into product_id.');
    }
    const country = phone?.country ?? (currency ? COUNTRIES[currency] : 'ZW');
    // What is wrong with a number is told by the check of any product of its country.
    const product = phone ? this.#airtimeOf(phone, currency) : this.#anyAirtime(country);
    if (product) return product.id;
    const where = currency ? ` in ${currency}` : '';
    throw wrong('target', `No airtime is sold for ${phone?.network ?? country}${where}.`, 'invalid_target');
  }

  #currency({ currency }: RowInput): Currency | undefined {
    const named = currency ?? this.#defaults.currency;
    if (named === undefined || isCurrency(named)) return named;
    throw wrong('currency', `${named} is not one of USD, ZWG, KES, UGX, TZS.`);
  }

  #airtimeOf({ country, network }: Phone, currency: Currency | undefined): Product | undefined {
    const key = `${country} ${network} ${currency}`;
    if (!this.#airtime.has(key)) this.#airtime.set(key, this.#findAirtime(country, network, currency));
    return this.#airtime.get(key);
  }

  #findAirtime(country: Country, network: string, currency: Currency | undefined): Product | undefined {
    const products = [...this.#catalogue.values()];
    const currencies = currency === undefined ? CURRENCIES_OF[country] : [currency];
    const found = currencies.flatMap((each) => airtimeFor(products, { country, network, currency: each }) ?? []);
    if (found.length <= 1) return found[0];
    const names = found.map((each) => each.currency).join(', ');
    throw wrong('currency', `Airtime for this number is sold in ${names}: put one into currency, or name a product.`);
  }

  #anyAirtime(country: Country): Product | undefined {
    return [...this.#catalogue.values()].find(
      (each) => each.country === country && each.kind === 'airtime' && each.available,
    );
  }

  /** A row that names both must mean one thing. */
  #requireCurrency({ currency }: RowInput, sold: Currency): void {
    if (currency === undefined || currency === sold) return;
    throw wrong('currency', `The product is sold in ${sold}, not in ${currency}.`);
  }
}

function wrong(param: string, detail: string, code: 'invalid_request' | 'invalid_target' = 'invalid_request'): Refusal {
  return new Refusal(code, { param, detail });
}

/** A number of the currency's country, or of whichever its calling code names; without one it is Zimbabwean. */
function readNumber(text: string, currency: Currency | undefined): Phone | undefined {
  const reads = currency ? [parsePhone(text, COUNTRIES[currency])] : [parsePhone(text, 'ZW'), parseInternational(text)];
  return reads.find((read): read is Phone => typeof read !== 'string');
}
