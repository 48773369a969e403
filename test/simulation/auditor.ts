import { BATCH_EVENT } from '../../shared/domain/batch.ts';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { mismatchIn, walletKey } from '../../shared/domain/ledger.ts';
import type { Order, Status } from '../../shared/domain/order.ts';
import { isFinal, providerReference, TRANSITIONS, walletOf } from '../../shared/domain/order.ts';
import { SECOND } from '../../shared/domain/time.ts';
import type { Topup } from '../../shared/domain/topup.ts';
import { TOPUP_TRANSITIONS } from '../../shared/domain/topup.ts';
import type { Delivery } from '../../shared/domain/webhook.ts';
import { viewOrder } from '../../shared/http/views/order-views.ts';
import { BatchAuditor } from './batch-auditor.ts';
import { CampaignAuditor } from './campaign-auditor.ts';
import type { Clock } from './clock.ts';
import type { OnCommit } from './model-db.ts';
import type { Faults } from './world.ts';

/** What the auditor knows of the other side: the truth, whatever we were told. */
interface Upstream {
  vends(reference: string): number;
  isTakenBack(reference: string): boolean;
}

interface Gateway {
  readonly confirmed: ReadonlySet<string>;
  isPaid(gatewayRef: string): boolean;
  misledAbout(gatewayRef: string): boolean;
}

interface Heard {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly data: { readonly object: { readonly id: string; readonly status: string } };
}

interface Surroundings {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly upstream: Upstream;
  readonly gateway: Gateway;
  readonly tell: (line: string) => void;
}

/**
 * Watches every committed write of a simulation and keeps books of its own. What it finds is a violation: the run stops
 * there, and its seed tells it again.
 */
export class Auditor {
  readonly violations: string[] = [];
  readonly orders = new Map<string, Order>();
  readonly topups = new Map<string, Topup>();
  readonly surveys = new CampaignAuditor({
    moved: (orderId) => this.#moved.get(orderId) ?? 0,
    say: (violation) => this.#say(violation),
  });
  /** The books of batches. */
  readonly bulk: BatchAuditor;
  readonly #credited = new Map<string, number>();
  readonly #tails = new Map<string, Entry>();
  /** What the entries of each order add up to, and how many there are of each kind. */
  readonly #moved = new Map<string, number>();
  readonly #around: Surroundings;
  /** What each order's merchant heard by sequence, and the bytes of each event. */
  readonly #heard = new Map<string, Map<number, Heard>>();
  readonly #bodies = new Map<string, string>();
  readonly #owed = new Set<string>();
  readonly #toldTopups = new Map<string, string>();
  readonly #references = new Map<string, Order>();
  /** Balances of each wallet with the moment from which they held. */
  readonly #balances = new Map<string, { at: number; balanceMinor: number }[]>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.bulk = new BatchAuditor({
      clock: around.clock,
      orderUnder: ({ merchantId, mode }, reference) => this.orders.get(`${merchantId} ${mode} ${reference}`),
      say: (violation) => this.#say(violation),
      tell: around.tell,
    });
  }

  readonly onCommit: OnCommit = (writes) => {
    for (const { table, before, after } of writes) {
      if (table === 'ledger') this.#entry(before, after as unknown as Entry);
    }
    for (const { table, before, after } of writes) {
      if (table === 'topups') this.#topup(before as unknown as Topup, after as unknown as Topup);
      if (table === 'deliveries') this.#delivery(before as unknown as Delivery, after as unknown as Delivery);
      if (table === 'orders') this.#order(before as unknown as Order | undefined, after as unknown as Order);
    }
    this.surveys.onCommit(writes);
    this.bulk.onCommit(writes);
  };

  onDelivery(reference: string, times: number): void {
    if (times > 1) this.#say(`${reference} was vended ${times} times`);
    const order = this.#references.get(reference);
    if (order?.mode !== 'live') this.#say(`${reference} was vended, and is no live order`);
    if (order?.failure === 'cancelled') this.#say(`${reference} was vended after it was cancelled`);
  }

  /** What must hold at rest, but for orders whose truth died with the one process that heard it. */
  whenQuiescent(isExcused: (reference: string) => boolean): void {
    for (const order of this.orders.values()) {
      const reference = providerReference(order);
      const vends = order.mode === 'live' ? this.#around.upstream.vends(reference) : 0;
      const isKept = vends > 0 && !this.#around.upstream.isTakenBack(reference);
      if (!isFinal(order.status) && order.status !== 'review') this.#say(`${order.id} rests as ${order.status}`);
      if (order.outbox) this.#say(`${order.id} still owes its merchant ${order.outbox[0]?.type}`);
      this.#heardAll(order);
      if (order.status === 'success' && order.mode === 'live' && vends !== 1) {
        this.#say(`${order.id} is a success that was vended ${vends} times`);
      }
      const isOurs = order.lossMinor === undefined && !isExcused(reference);
      if (order.status === 'refunded' && isKept && isOurs) this.#say(`${order.id} was refunded and delivered`);
      if (order.status === 'reversed' && isKept) this.#say(`${order.id} was reversed and is delivered`);
      if (order.status === 'failed' && vends > 0) this.#say(`${order.id} was never paid and delivered`);
    }
    for (const topup of this.topups.values()) this.#topupWhenQuiescent(topup);
    this.surveys.whenQuiescent();
    this.bulk.whenQuiescent();
    for (const [orderId] of this.#moved) {
      if (![...this.orders.values()].some((order) => order.id === orderId))
        this.#say(`${orderId} has money and is no order`);
    }
  }

  /** Told of every event that an endpoint took, as often as it takes it. */
  onHeard(id: string, body: string): void {
    const event: Heard = JSON.parse(body);
    const { object } = event.data;
    if (event.type.startsWith('topup.')) {
      this.#heardTopup(id, body, event);
      return;
    }
    if ((this.#bodies.get(id) ?? body) !== body || id !== event.id) this.#say(`${id} is told in two ways`);
    this.#bodies.set(id, body);
    if (event.type === BATCH_EVENT) {
      this.bulk.onHeard(JSON.parse(body));
      return;
    }
    if (event.type.startsWith('payout.')) this.surveys.onHeard(object);
    if (!SAID_BY[event.type]?.includes(object.status))
      this.#say(`${event.type} shows ${object.id} as ${object.status}`);
    if (this.#references.get(providerReference(object))?.isQuiet) this.#say(`${object.id} is quiet and was told of`);
    const heard = this.#heard.get(object.id) ?? new Map<number, Heard>();
    const before = heard.get(event.sequence);
    if (before && before.id !== id) this.#say(`event ${event.sequence} of ${object.id} is ${before.id} and ${id}`);
    this.#heard.set(object.id, heard.set(event.sequence, event));
  }

  #heardTopup(id: string, body: string, { data: { object } }: Heard): void {
    if ((this.#bodies.get(id) ?? body) !== body) this.#say(`${id} is told in two ways`);
    this.#bodies.set(id, body);
    this.#toldTopups.set(`${object.id} ${object.status}`, id);
  }

  get owesDeliveries(): boolean {
    return this.#owed.size > 0;
  }

  get owesTopups(): boolean {
    return [...this.topups.values()].some(
      (topup) => topup.outbox !== undefined || (topup.dueAt !== undefined && topup.status !== 'review'),
    );
  }

  #topup(before: Topup | undefined, topup: Topup): void {
    const isArrow =
      !before || before.status === topup.status || TOPUP_TRANSITIONS[before.status].includes(topup.status);
    if (!isArrow) this.#say(`${topup.id} went from ${before?.status} to ${topup.status}`);
    if (topup.version !== (before?.version ?? 0) + 1) this.#say(`${topup.id} skipped to ${topup.version}`);
    if (before?.status !== topup.status)
      this.#around.tell(`top-up ${topup.reference} (${topup.id}) is ${topup.status}`);
    this.topups.set(topup.id, topup);
    const credited = this.#credited.get(topup.id) ?? 0;
    const expected = topup.status === 'success' ? topup.chargedMinor : 0;
    if (credited !== expected) this.#say(`${topup.id} is ${topup.status} and ${credited} was credited for it`);
    const isConfirmed = this.#around.gateway.confirmed.has(topup.gatewayRef ?? '');
    if (topup.status === 'success' && !isConfirmed) this.#say(`${topup.id} was credited and never confirmed`);
  }

  #topupWhenQuiescent(topup: Topup): void {
    const { gateway } = this.#around;
    const ref = topup.gatewayRef ?? '';
    if (topup.status === 'starting' || topup.status === 'pending') this.#say(`${topup.id} rests as ${topup.status}`);
    if (topup.outbox) this.#say(`${topup.id} still owes its merchant an event`);
    const isTold = this.#toldTopups.has(`${topup.id} ${topup.status}`);
    if (topup.status !== 'review' && !isTold) this.#say(`nobody heard that ${topup.id} is ${topup.status}`);
    const isLost = topup.status !== 'success' && gateway.isPaid(ref) && !gateway.misledAbout(ref);
    if (isLost) this.#say(`${topup.id} was paid and is ${topup.status}`);
  }

  /** Every event was heard, and whoever keeps the highest sequence has the truth, in whatever order they came. */
  #heardAll(order: Order): void {
    const heard = this.#heard.get(order.id);
    for (let sequence = 1; sequence <= order.events; sequence += 1) {
      if (!heard?.has(sequence)) this.#say(`event ${sequence} of ${order.id} was never heard`);
    }
    const last = heard?.get(order.events)?.data.object.status;
    const { status } = viewOrder(order);
    if (order.events > 0 && last !== status) this.#say(`${order.id} is ${status} and its merchant heard ${last}`);
  }

  #delivery(before: Delivery | undefined, delivery: Delivery): void {
    if (delivery.version !== (before?.version ?? 0) + 1) this.#say(`${delivery.id} skipped to ${delivery.version}`);
    if (delivery.status === 'pending') this.#owed.add(delivery.id);
    else this.#owed.delete(delivery.id);
    const isHeard = this.#bodies.has(delivery.event.id);
    if (delivery.status === 'delivered' && !isHeard) this.#say(`${delivery.id} counts as delivered and was not heard`);
  }

  #entry(before: object | undefined, entry: Entry): void {
    if (before) this.#say(`entry ${entry.seq} of ${walletKey(entry)} was written over`);
    const tail = this.#tails.get(walletKey(entry));
    const flaw = mismatchIn(entry, tail, entry);
    if (flaw) this.#say(flaw);
    this.#tails.set(walletKey(entry), entry);
    const balances = this.#balances.get(walletKey(entry)) ?? [];
    balances.push({ at: this.#around.clock.now, balanceMinor: entry.balanceAfterMinor });
    this.#balances.set(walletKey(entry), balances);
    this.#around.tell(
      `wallet ${entry.currency} ${entry.kind} ${entry.amountMinor} -> ${entry.balanceAfterMinor}, entry ${entry.seq}`,
    );
    if (entry.topupId) this.#credited.set(entry.topupId, (this.#credited.get(entry.topupId) ?? 0) + entry.amountMinor);
    if (entry.orderId) this.#moved.set(entry.orderId, (this.#moved.get(entry.orderId) ?? 0) + entry.amountMinor);
  }

  #order(before: Order | undefined, order: Order): void {
    if (before && before.id !== order.id) this.#say(`${order.id} took the place of ${before.id}`);
    if (before && order.version !== before.version + 1)
      this.#say(`${order.id} skipped from ${before.version} to ${order.version}`);
    if (before && before.status !== order.status && !TRANSITIONS[before.status].includes(order.status)) {
      this.#say(`${order.id} went from ${before.status} to ${order.status}`);
    }
    if (before?.status !== order.status)
      this.#around.tell(`order ${order.agentReference} (${order.id}) is ${order.status}`);
    this.#references.set(providerReference(order), order);
    this.orders.set(`${order.merchantId} ${order.mode} ${order.agentReference}`, order);
    const moved = (this.#moved.get(order.id) ?? 0) + paidWithBatch(order);
    const expected = PAID_BACK.has(order.status) ? 0 : -order.amountMinor;
    if (moved !== expected) this.#say(`${order.id} is ${order.status} and its entries add up to ${moved}`);
    if (!before && order.status === 'failed' && !this.#wasPoor(order)) {
      this.#say(`${order.id} was refused though its wallet could pay`);
    }
    if (
      order.status === 'success' &&
      order.mode === 'live' &&
      this.#around.upstream.vends(providerReference(order)) === 0
    ) {
      this.#say(`${order.id} became a success before it was delivered`);
    }
  }

  /** Whether the wallet was short at any moment of the request: a refusal is true of the moment at which it looked. */
  #wasPoor(order: Order): boolean {
    const since = this.#around.faults.begunSince(this.#around.clock.now, REQUEST_MS_MAX);
    return this.wasShort(walletOf(order), order.amountMinor, since);
  }

  /** Whether a wallet held less than an amount at any moment since `since`, and before `until`. */
  wasShort(wallet: WalletId, amountMinor: number, since: number, until = Number.POSITIVE_INFINITY): boolean {
    const balances = this.#balances.get(walletKey(wallet)) ?? [];
    return balances.some(({ at, balanceMinor }, index) => {
      const end = balances[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return end >= since && at < until && balanceMinor < amountMinor;
    });
  }

  #say(violation: string): void {
    this.violations.push(violation);
  }
}

/**
 * What a row's batch has paid for it, as if it were an entry of the order's own: its amount, less what goes back with
 * the batch. With its own entries, which only come later, it adds up to what those of a single order do.
 */
function paidWithBatch({ batchId, amountMinor, returnedMinor = 0 }: Order): number {
  return batchId === undefined ? 0 : returnedMinor - amountMinor;
}

/** What an event may show, by its type. */
const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  'order.success': ['success'],
  'order.failed': ['failed', 'refunded'],
  'order.unknown': ['unknown'],
  'order.reversed': ['reversed'],
  'payout.success': ['success'],
  'payout.failed': ['refunded', 'reversed'],
};

/** Longer than any one request decides, but for the time it stands still. */
const REQUEST_MS_MAX = 15 * SECOND;

const PAID_BACK: ReadonlySet<Status> = new Set(['refunded', 'reversed', 'failed']);
