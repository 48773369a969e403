import type { DayFigures, Total } from '../../domain/figures.ts';
import { totalsOf } from '../../domain/figures.ts';
import { toMajor } from '../../domain/money.ts';
import { publicStatus } from './public-status.ts';

/** A day with its totals, by status as merchants see it, in the order of their fields. */
export function viewFigures(figures: DayFigures) {
  const totals = new Map<string, Total>();
  for (const each of totalsOf(figures)) {
    const { currency, country, kind, network } = each;
    const key = [currency, country, network, kind, publicStatus(each.status)].join('#');
    const { orders, amountMinor } = totals.get(key) ?? { orders: 0, amountMinor: 0 };
    totals.set(key, { ...each, orders: orders + each.orders, amountMinor: amountMinor + each.amountMinor });
  }
  const sorted = [...totals.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return { date: figures.day, as_of: figures.asOf, totals: sorted.map(([, total]) => viewTotal(total)) };
}

function viewTotal({ currency, country, network, kind, status, orders, amountMinor }: Total) {
  return {
    currency,
    country,
    network,
    kind,
    status: publicStatus(status),
    orders,
    amount: toMajor(amountMinor, currency),
  };
}
