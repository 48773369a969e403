import type { Entry } from '../domain/ledger.ts';
import { flawOf, walletKey } from '../domain/ledger.ts';
import type { Order, Status } from '../domain/order.ts';
import { isFinal, providerReference, TRANSITIONS, walletOf } from '../domain/order.ts';
import type { OnCommit } from './model-db.ts';

/**
 * Watches every committed write of a simulation and keeps books of its own. What it finds is a violation: the run stops
 * there, and its seed tells it again.
 */
export class Auditor {
  readonly violations: string[] = [];
  readonly orders = new Map<string, Order>();
  readonly #tails = new Map<string, Entry>();
  /** What the entries of each order add up to, and how many there are of each kind. */
  readonly #moved = new Map<string, number>();
  readonly #deliveries: (reference: string) => number;
  readonly #now: () => number;
  /** Balances of each wallet with the moment from which they held. */
  readonly #balances = new Map<string, { at: number; balanceMinor: number }[]>();

  constructor(deliveries: (reference: string) => number, now: () => number) {
    this.#deliveries = deliveries;
    this.#now = now;
  }

  readonly onCommit: OnCommit = (writes) => {
    for (const { table, before, after } of writes) {
      if (table === 'ledger') this.#entry(before, after as unknown as Entry);
    }
    for (const { table, before, after } of writes) {
      if (table === 'orders') this.#order(before as unknown as Order | undefined, after as unknown as Order);
    }
  };

  onDelivery(reference: string, times: number): void {
    if (times > 1) this.#say(`${reference} was vended ${times} times`);
  }

  /** What must hold at rest, but for orders whose truth died with the one process that heard it. */
  atRest(isExcused: (reference: string) => boolean): void {
    for (const order of this.orders.values()) {
      const vends = this.#deliveries(providerReference(order));
      if (!isFinal(order.status) && order.status !== 'review') this.#say(`${order.id} rests as ${order.status}`);
      if (order.notice) this.#say(`${order.id} still owes its merchant ${order.notice.type}`);
      if (order.status === 'success' && vends !== 1)
        this.#say(`${order.id} is a success that was vended ${vends} times`);
      const isLost = order.lossMinor !== undefined;
      const isOurs = !isLost && !isExcused(providerReference(order));
      if (order.status === 'refunded' && vends > 0 && isOurs) this.#say(`${order.id} was refunded and delivered`);
      if (order.status === 'failed' && vends > 0) this.#say(`${order.id} was never paid and delivered`);
    }
    for (const [orderId] of this.#moved) {
      if (![...this.orders.values()].some((order) => order.id === orderId))
        this.#say(`${orderId} has money and is no order`);
    }
  }

  #entry(before: object | undefined, entry: Entry): void {
    if (before) this.#say(`entry ${entry.seq} of ${walletKey(entry)} was written over`);
    const tail = this.#tails.get(walletKey(entry));
    const flaw = flawOf(entry, tail, entry);
    if (flaw) this.#say(flaw);
    this.#tails.set(walletKey(entry), entry);
    const balances = this.#balances.get(walletKey(entry)) ?? [];
    balances.push({ at: this.#now(), balanceMinor: entry.balanceAfterMinor });
    this.#balances.set(walletKey(entry), balances);
    if (entry.orderId) this.#moved.set(entry.orderId, (this.#moved.get(entry.orderId) ?? 0) + entry.amountMinor);
  }

  #order(before: Order | undefined, order: Order): void {
    if (before && before.id !== order.id) this.#say(`${order.id} took the place of ${before.id}`);
    if (before && order.version !== before.version + 1)
      this.#say(`${order.id} skipped from ${before.version} to ${order.version}`);
    if (before && before.status !== order.status && !TRANSITIONS[before.status].includes(order.status)) {
      this.#say(`${order.id} went from ${before.status} to ${order.status}`);
    }
    this.orders.set(`${order.merchantId} ${order.mode} ${order.agentReference}`, order);
    const moved = this.#moved.get(order.id) ?? 0;
    const expected = PAID_BACK.has(order.status) ? 0 : -order.amountMinor;
    if (moved !== expected) this.#say(`${order.id} is ${order.status} and its entries add up to ${moved}`);
    if (!before && order.status === 'failed' && !this.#wasPoor(order)) {
      this.#say(`${order.id} was refused though its wallet could pay`);
    }
    if (order.status === 'success' && this.#deliveries(providerReference(order)) === 0) {
      this.#say(`${order.id} became a success before it was delivered`);
    }
  }

  /** Whether the wallet was short at any moment of the request: a refusal is true of the moment at which it looked. */
  #wasPoor(order: Order): boolean {
    const balances = this.#balances.get(walletKey(walletOf(order))) ?? [];
    const since = this.#now() - REQUEST_MS_MAX;
    return balances.some(({ balanceMinor }, index) => {
      const until = balances[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return until >= since && balanceMinor < order.amountMinor;
    });
  }

  #say(violation: string): void {
    this.violations.push(violation);
  }
}

/** Longer than any one request decides. */
const REQUEST_MS_MAX = 15_000;

const PAID_BACK: ReadonlySet<Status> = new Set(['refunded', 'reversed', 'failed']);
