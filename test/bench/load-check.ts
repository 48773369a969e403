/** Whether what a wallet's ledger says and what the orders say is the same: the sums of `npm run load`. */

export interface OrderSeen {
  readonly id: string;
  readonly agent_reference: string;
  readonly status: string;
  readonly amount: number;
}

export interface EntrySeen {
  readonly seq: number;
  readonly kind: string;
  readonly amount: number;
  readonly balance_after: number;
  readonly agent_reference?: string;
}

/** What must have moved, in cents, for an order of each status. A pending or unknown order holds its money. */
function moved({ status, amount }: OrderSeen): number {
  return status === 'refunded' || status === 'failed' || status === 'reversed' ? 0 : -cents(amount);
}

export function cents(amount: number): number {
  return Math.round(amount * 100);
}

export interface Reply {
  /** 0: no answer. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read field by field, as a client's code would
  readonly json: any;
}

/** What the answers to POSTs say of the references in them. */
export class Answers {
  /** The references that got a 2xx answer, or a 402. */
  readonly answered = new Set<string>();
  /** References of which an answer was lost, or came from a gateway, or is an error of ours: their orders may exist. */
  readonly unclear = new Set<string>();
  /** References that we refused with a 503 of our own: behind it nothing is accepted. */
  readonly busy = new Set<string>();

  note(reference: string, { status, json }: Reply): void {
    if ((status >= 200 && status < 300) || status === 402) this.answered.add(reference);
    else if (status === 503 && typeof json.code === 'string') this.busy.add(reference);
    else if (status === 0 || status >= 500) this.unclear.add(reference);
  }
}

interface Sums {
  readonly answers: Pick<Answers, 'answered' | 'unclear'>;
  readonly orders: readonly OrderSeen[];
  /** The entries of the run, in any order, all of one wallet. */
  readonly entries: readonly EntrySeen[];
}

/** Everything that does not add up, as sentences. */
export function problemsOf({ answers: { answered, unclear }, orders, entries }: Sums): string[] {
  const problems: string[] = [];
  const byReference = Map.groupBy(orders, ({ agent_reference }) => agent_reference);
  const entriesOf = Map.groupBy(entries, ({ agent_reference = '' }) => agent_reference);
  for (const reference of answered) {
    if (!byReference.has(reference)) problems.push(`${reference} was answered and is no order`);
  }
  for (const [reference, found] of byReference) {
    const [order] = found;
    if (!order) continue;
    if (found.length > 1) problems.push(`${reference} is ${found.length} orders`);
    if (!answered.has(reference) && !unclear.has(reference)) problems.push(`${reference} was refused and is an order`);
    const sum = (entriesOf.get(reference) ?? []).reduce((total, { amount }) => total + cents(amount), 0);
    if (sum !== moved(order)) {
      problems.push(
        `${reference} is ${order.status}, and its entries add up to ${sum} instead of ${moved(order)} cents`,
      );
    }
    const debits = (entriesOf.get(reference) ?? []).filter(({ amount }) => amount < 0).length;
    if (debits > 1) problems.push(`${reference} was debited ${debits} times`);
  }
  for (const [reference] of entriesOf) {
    if (reference !== '' && !byReference.has(reference)) problems.push(`${reference} was debited and is no order`);
  }
  return [...problems, ...gapsIn(entries)];
}

/** The chain of balances, which other clients of the same wallet extend too. */
function gapsIn(entries: readonly EntrySeen[]): string[] {
  const sorted = entries.toSorted((a, b) => a.seq - b.seq);
  return sorted.flatMap((entry, place) => {
    const before = sorted[place - 1];
    if (!before) return [];
    if (entry.seq !== before.seq + 1) return [`entry ${entry.seq} follows ${before.seq}`];
    const isRight = cents(before.balance_after) + cents(entry.amount) === cents(entry.balance_after);
    return isRight ? [] : [`entry ${entry.seq} has the wrong balance`];
  });
}
