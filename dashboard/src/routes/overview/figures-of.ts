import type { Figures, FigureTotal } from '../../../../sdk/typescript/src/api.ts';
import { addDecimals } from '../../parts/decimal.ts';

/** What the figures of the API come to, by day and by network, in one currency. */

export interface Sum {
  readonly delivered: number;
  /** Refunded, failed or reversed. */
  readonly notDelivered: number;
  /** Not decided when they were counted. */
  readonly undecided: number;
  /** What was delivered, exactly. */
  readonly volume: string;
}

export interface Row extends Sum {
  /** A day, or a network with its country. */
  readonly name: string;
  /** Of a day: up to when its orders are counted. */
  readonly asOf?: string;
}

const NONE: Sum = { delivered: 0, notDelivered: 0, undecided: 0, volume: '0' };
const NOT_DELIVERED: readonly string[] = ['refunded', 'failed', 'reversed'];
const DAY_MS = 86_400_000;

/** The currencies that orders were placed in, the one with most orders first. */
export function currenciesOf({ data }: Figures): string[] {
  const orders = new Map<string, number>();
  for (const total of data.flatMap(({ totals }) => totals)) {
    orders.set(total.currency, (orders.get(total.currency) ?? 0) + total.orders);
  }
  return [...orders].toSorted(([, one], [, other]) => other - one).map(([currency]) => currency);
}

/** Each day that was asked for, with or without orders, oldest first. */
export function daysOf({ from, to, data }: Figures, currency: string): Row[] {
  const known = new Map(data.map((day) => [day.date, day]));
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  return Array.from({ length: days }, (_each, at) => {
    const name = new Date(Date.parse(from) + at * DAY_MS).toISOString().slice(0, 10);
    const day = known.get(name);
    return { name, ...sumOf(totalsIn(day?.totals ?? [], currency)), ...(day && { asOf: day.as_of }) };
  });
}

/** Each network with orders, the one with most of them first. */
export function networksOf({ data }: Figures, currency: string): Row[] {
  const networks = new Map<string, FigureTotal[]>();
  for (const total of totalsIn(
    data.flatMap(({ totals }) => totals),
    currency,
  )) {
    const name = `${total.country} ${total.network}`;
    networks.set(name, [...(networks.get(name) ?? []), total]);
  }
  const rows = [...networks].map(([name, totals]): Row => ({ name, ...sumOf(totals) }));
  return rows.toSorted((one, other) => ordersOf(other) - ordersOf(one));
}

/** All rows together. */
export function allOf(rows: readonly Row[]): Sum {
  return rows.reduce<Sum>(
    (sum, row) => ({
      delivered: sum.delivered + row.delivered,
      notDelivered: sum.notDelivered + row.notDelivered,
      undecided: sum.undecided + row.undecided,
      volume: addDecimals(sum.volume, row.volume),
    }),
    NONE,
  );
}

export function ordersOf({ delivered, notDelivered, undecided }: Sum): number {
  return delivered + notDelivered + undecided;
}

/** How many in a thousand of those decided were delivered. Never 1,000 while one was not; undefined where none is. */
export function successOf({ delivered, notDelivered }: Sum): number | undefined {
  const decided = delivered + notDelivered;
  return decided === 0 ? undefined : Math.floor((delivered * 1_000) / decided);
}

function totalsIn(totals: readonly FigureTotal[], currency: string): FigureTotal[] {
  return totals.filter((each) => each.currency === currency);
}

function sumOf(totals: readonly FigureTotal[]): Sum {
  const ordersIn = (isMeant: (status: string) => boolean) =>
    totals.filter(({ status }) => isMeant(status)).reduce((sum, { orders }) => sum + orders, 0);
  return {
    delivered: ordersIn((status) => status === 'success'),
    notDelivered: ordersIn((status) => NOT_DELIVERED.includes(status)),
    undecided: ordersIn((status) => status !== 'success' && !NOT_DELIVERED.includes(status)),
    volume: totals
      .filter(({ status }) => status === 'success')
      .reduce((sum, { amount }) => addDecimals(sum, amount), NONE.volume),
  };
}

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** A round number that is not below the value: where the scale of a chart ends. */
export function roundAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const round = ROUND.map((each) => Number((each * power).toPrecision(2)));
  return round.find((each) => each >= value) ?? value;
}
