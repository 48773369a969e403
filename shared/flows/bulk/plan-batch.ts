import type { BatchRow, CellProblem, RowInput, RowResult } from '../../domain/batch.ts';
import { batchId, batchOfReference, rowReference } from '../../domain/batch.ts';
import type { Product } from '../../domain/catalogue.ts';
import { airtimeFor, parseMeter } from '../../domain/catalogue.ts';
import { defined } from '../../domain/defined.ts';
import type { Mode, Owner } from '../../domain/ledger.ts';
import { balanceOf } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { isCurrency } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import type { CheckedInput, InputProblem } from '../../domain/order-input.ts';
import { checkInput, inputProblem, isProblem, readPhone } from '../../domain/order-input.ts';
import type { Country, Phone } from '../../domain/phone.ts';
import { REFERENCE_PROBLEMS } from '../../http/csv/sheet-cells.ts';
import { Refusal } from '../../http/refusal.ts';
import { REFUSALS } from '../../manifest/refusals.ts';
import { readBatchIds } from '../../store/batches.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import { readTail } from '../../store/ledger.ts';
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

/** What each row of a file becomes. */
interface Planned {
  readonly rowResults: readonly RowResult[];
  /** The currency of rows that name none and could be paid in several: that of the only wallet with money. */
  readonly walletCurrency?: Currency | undefined;
}

interface PlanOptions {
  /** The batch's, from which rows that name none get theirs. */
  readonly reference: string;
  readonly defaults: Defaults;
  /** As a preview of the same file decided it; else it is decided now. */
  readonly walletCurrency?: Currency | undefined;
  /** Whoever asks may not learn which wallet has money: a file that leaves the currency to that is refused. */
  readonly hidesFunds?: boolean;
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
  { reference, defaults, walletCurrency: decided, hidesFunds = false }: PlanOptions,
): Promise<Planned> {
  const catalogue = await readCatalogue(world, owner.mode);
  const undecided = decided ? [] : new Planner(catalogue, owner, defaults).undecidedCurrencies(rows);
  const walletCurrency = decided ?? (await chooseWallet(world, owner, undecided, hidesFunds));
  const planner = new Planner(catalogue, owner, defaults, walletCurrency);
  const used = await readUsedReferences(world, owner, rows);
  const firstRows = { references: new Map<string, number>(), orders: new Map<string, number>() };
  const rowResults = rows.map((input): RowResult => {
    const given = input.reference;
    const own =
      given === undefined || batchOfReference(given) !== undefined ? rowReference(reference, input.row) : given;
    const { order, problems } = planner.plan(input, own);
    const found = [...problems, ...referenceProblems(input, used, firstRows.references)];
    if (!order || found.length > 0) return { input, reference: own, problems: found.map(withColumn) };
    const content = `${order.productId} ${order.msisdn} ${order.amountMinor}`;
    const sameAsRow = firstRows.orders.get(content);
    if (sameAsRow === undefined) firstRows.orders.set(content, input.row);
    return { input, reference: own, order, problems: [], ...defined({ sameAsRow }) };
  });
  return { rowResults, walletCurrency };
}

/** Names the column in the fix, which is often read without the rest. */
function withColumn(problem: CellProblem): CellProblem {
  const { column, fix } = problem;
  if (column === 'row' || fix.split(/\W/).includes(column)) return problem;
  return { ...problem, fix: `Column ${column}: ${fix}` };
}

/**
 * The wallet that pays for a file without any currency, where airtime is sold in several: the only one with money.
 * Where none or several have money, the file is refused once, and not each of its rows. `undefined` if nothing needs to
 * be chosen.
 */
async function chooseWallet(
  world: World,
  owner: Owner,
  currencies: readonly Currency[],
  hidesFunds: boolean,
): Promise<Currency | undefined> {
  if (currencies.length === 0) return undefined;
  const sold = `Airtime for numbers of this file is sold in ${currencies.join(' and ')}`;
  const required = (why: string) =>
    new Refusal('currency_required', { param: 'currency', detail: `${sold}, no row names a currency, and ${why}.` });
  if (hidesFunds) throw required('this key is not shown which of these wallets has money');
  const balances = await Promise.all(
    currencies.map(async (currency) => balanceOf(await readTail(world, { ...owner, currency }))),
  );
  const [funded, ...others] = currencies.filter((_, index) => (balances[index] ?? 0) > 0);
  if (funded !== undefined && others.length === 0) return funded;
  const which = funded === undefined ? 'none' : 'more than one';
  throw required(`${which} of these wallets has money`);
}

/** A row result in the form in which a batch stores its rows. */
export function rowOf({ input, order, problems }: RowResult): BatchRow {
  const { row, ...texts } = input;
  return order ? { row, order } : { row, leftOut: { ...texts, problems } };
}

/** Which references of a file name something already: an order, or a row of a batch that may not have its order yet. */
interface UsedReferences {
  readonly orders: ReadonlyMap<string, Order>;
  readonly batches: ReadonlySet<string>;
}

async function readUsedReferences(world: World, owner: Owner, rows: readonly RowInput[]): Promise<UsedReferences> {
  const named = [...new Set(rows.flatMap(({ reference }) => reference ?? []))];
  const references = [...new Set(named.flatMap((each) => batchOfReference(each) ?? []))];
  const [orders, ids] = await Promise.all([
    readOrdersOf(world, owner, named),
    readBatchIds(
      world,
      references.map((each) => batchId(owner, each)),
    ),
  ]);
  return { orders, batches: new Set(references.filter((each) => ids.has(batchId(owner, each)))) };
}

/** A reference names one order: within the file, and among all orders before it. */
function referenceProblems(
  { row, reference }: RowInput,
  used: UsedReferences,
  firstRows: Map<string, number>,
): CellProblem[] {
  if (reference === undefined) return [];
  const first = firstRows.get(reference);
  if (first !== undefined) {
    const detail = `Row ${first} has the reference ${reference} too.`;
    return [referenceProblem('duplicate_reference', detail)];
  }
  firstRows.set(reference, row);
  const order = used.orders.get(reference);
  const batch = batchOfReference(reference);
  if (!order && !used.batches.has(batch ?? '')) return [];
  const detail = order
    ? `${reference} is an order of ${order.createdAt.slice(0, 10)} already, and it is ${order.status}.`
    : `${reference} is a row of the batch ${batch} already.`;
  return [referenceProblem('reference_used', detail)];
}

function referenceProblem(code: keyof typeof REFERENCE_PROBLEMS, detail: string): CellProblem {
  return { column: 'reference', code, detail, fix: REFERENCE_PROBLEMS[code].fix };
}

/** Plans one row at a time, and looks up each network's airtime once for all rows. */
class Planner {
  readonly #catalogue: ReadonlyMap<number, Product>;
  readonly #mode: Mode;
  readonly #defaults: Defaults;
  readonly #walletCurrency: Currency | undefined;
  readonly #currencies = new Map<string, readonly Currency[]>();
  readonly #airtime = new Map<string, Product | InputProblem | undefined>();

  constructor(catalogue: ReadonlyMap<number, Product>, { mode }: Owner, defaults: Defaults, walletCurrency?: Currency) {
    this.#catalogue = catalogue;
    this.#mode = mode;
    this.#defaults = defaults;
    this.#walletCurrency = walletCurrency;
  }

  /**
   * The currencies between which rows without one cannot be decided; none if every row can be, and for a file in which
   * some rows do name a currency: there each of the others is a problem of its row.
   */
  undecidedCurrencies(rows: readonly RowInput[]): Currency[] {
    const { productId, currency } = this.#defaults;
    if (rows.some((row) => row.currency !== undefined)) return [];
    if (productId !== undefined || currency !== undefined) return [];
    const found = rows.flatMap((input) => {
      const phone = input.productId === undefined ? readPhone(input.target) : undefined;
      const sold = phone ? this.#soldIn(phone) : [];
      return sold.length > 1 ? sold : [];
    });
    return [...new Set(found)];
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

  /** The currencies in which airtime of a number's network is sold. */
  #soldIn(phone: Phone): readonly Currency[] {
    const key = `${phone.country} ${phone.network}`;
    const known = this.#currencies.get(key);
    if (known) return known;
    const sold = this.#airtimeIn(phone, CURRENCIES_OF[phone.country]).map(({ currency }) => currency);
    this.#currencies.set(key, sold);
    return sold;
  }

  #airtimeIn({ country, network }: Phone, currencies: readonly Currency[]): Product[] {
    const products = [...this.#catalogue.values()];
    return currencies.flatMap((currency) => airtimeFor(products, { country, network, currency }) ?? []);
  }

  #findAirtime(phone: Phone, currency: Currency | undefined): Product | InputProblem | undefined {
    const found = this.#airtimeIn(phone, currency === undefined ? CURRENCIES_OF[phone.country] : [currency]);
    if (found.length <= 1) return found[0];
    const chosen = found.find((each) => each.currency === this.#walletCurrency);
    if (chosen) return chosen;
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
