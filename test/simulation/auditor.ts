import { BATCH_EVENT } from '../../shared/domain/batch.ts';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { mismatchIn, walletKey } from '../../shared/domain/ledger.ts';
import type { Order, Outcome, Status } from '../../shared/domain/order.ts';
import { isFinal, providerReference, providerReferences, TRANSITIONS, walletOf } from '../../shared/domain/order.ts';
import { unpublished } from '../../shared/domain/order-events.ts';
import { PENDING_AGE_MAX_MS } from '../../shared/domain/order-life.ts';
import { elapsed, HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { Topup } from '../../shared/domain/topup.ts';
import { TOPUP_TRANSITIONS } from '../../shared/domain/topup.ts';
import type { Delivery } from '../../shared/domain/webhook.ts';
import type { EventMessage } from '../../shared/flows/webhooks/enqueue-events.ts';
import { viewOrder } from '../../shared/http/views/order-views.ts';
import { BatchAuditor } from './batch-auditor.ts';
import { CampaignAuditor } from './campaign-auditor.ts';
import { problemOfErasure } from './erasure-auditor.ts';
import { FreezeAuditor } from './freeze-auditor.ts';
import type { OnCommit } from './model-db.ts';
import { ProgressAuditor, waitsForPerson } from './progress-auditor.ts';
import { CLOCK_WRONG_MS_MAX } from './simulated-world.ts';
import type { SimulationContext } from './simulation-context.ts';
import { storedOrder } from './stored-order.ts';
import { SweepAuditor } from './sweep-auditor.ts';
import { WebhookAuditor } from './webhook-auditor.ts';

/** The truth that only the upstream knows. */
interface UpstreamTruth {
  vends(reference: string): number;
  hasDelivered(reference: string): boolean;
  /** Whether it answers no status query. */
  readonly isDeaf: boolean;
}

interface GatewayTruth {
  readonly confirmed: ReadonlySet<string>;
  isPaid(gatewayRef: string): boolean;
  paymentsOf(reference: string): number;
}

/** An event as a merchant's endpoint receives it. */
interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly data: { readonly object: { readonly id: string; readonly status: string } };
}

interface AuditorContext extends SimulationContext {
  readonly upstream: UpstreamTruth;
  readonly gateway: GatewayTruth;
  readonly indexLagMs: number;
}

/**
 * Checks the invariants of wallets, orders, top-ups and webhooks after every committed write, and again when the
 * simulation is quiescent. It keeps its own records and trusts no total that production code computed. A broken
 * invariant is a violation: the run stops, and its seed reproduces it.
 */
export class Auditor {
  readonly violations: string[] = [];
  /** By merchant, mode and reference. */
  readonly orders = new Map<string, Order>();
  readonly topups = new Map<string, Topup>();
  readonly campaignAuditor = new CampaignAuditor({
    moved: (orderId) => this.#moved.get(orderId) ?? 0,
    report: (violation) => this.#report(violation),
  });
  readonly batchAuditor: BatchAuditor;
  readonly progressAuditor = new ProgressAuditor({
    orders: () => this.orders.values(),
    topups: () => this.topups.values(),
    pendingDeliveries: () => this.#pendingDeliveries.values(),
    report: (violation) => this.#report(violation),
  });
  readonly freezeAuditor: FreezeAuditor;
  readonly sweepAuditor: SweepAuditor;
  readonly webhookAuditor: WebhookAuditor;
  readonly #credited = new Map<string, number>();
  readonly #tails = new Map<string, Entry>();
  /** The sum of the ledger entries of each order. */
  readonly #moved = new Map<string, number>();
  /** When a send was answered with certainty, by reference. */
  readonly #heardAt = new Map<string, number>();
  readonly #deposits = new Map<string, { readonly amountMinor: number; isCredited: boolean }>();
  readonly #context: AuditorContext;
  /** What the merchant received of each order, by sequence, and the body of each event. */
  readonly #received = new Map<string, Map<number, ReceivedEvent>>();
  readonly #bodies = new Map<string, string>();
  readonly #pendingDeliveries = new Map<string, Delivery>();
  readonly #notifiedTopups = new Set<string>();
  /** Orders by the reference that the upstream knows them by. */
  readonly #references = new Map<string, Order>();
  /** How far each wallet's chain was verified. */
  readonly #verified = new Map<string, number>();
  /** Orders with a stored outcome, each with the moment since which it waits. */
  readonly #storedSince = new Map<string, number>();
  /** The balances of each wallet, each with the moment from which it held. */
  readonly #balances = new Map<string, { at: number; balanceMinor: number }[]>();

  constructor(context: AuditorContext) {
    this.#context = context;
    this.freezeAuditor = new FreezeAuditor({ ...context, report: (violation) => this.#report(violation) });
    this.sweepAuditor = new SweepAuditor({
      ...context,
      wasFrozen: (owner, since) => this.freezeAuditor.wasFrozen(owner, since),
      isUpstreamDeaf: () => context.upstream.isDeaf,
      report: (violation) => this.#report(violation),
    });
    this.webhookAuditor = new WebhookAuditor({
      ...context,
      outboxOf: (source) => this.#outboxOf(source),
      report: (violation) => this.#report(violation),
    });
    this.batchAuditor = new BatchAuditor({
      clock: context.clock,
      trace: context.trace,
      orderUnder: ({ merchantId, mode }, reference) => this.orders.get(`${merchantId} ${mode} ${reference}`),
      report: (violation) => this.#report(violation),
    });
  }

  readonly onCommit: OnCommit = (writes) => {
    for (const { table, before, after } of writes) {
      if (table === 'ledger') this.#entry(before, after as unknown as Entry);
    }
    for (const { table, before, after } of writes) {
      if (table === 'topups') this.#topup(before as unknown as Topup, after as unknown as Topup);
      if (table === 'wallets') this.#walletCheck(after);
      if (table === 'deliveries') this.#delivery(before as unknown as Delivery, after as unknown as Delivery);
      if (table === 'orders') this.#order(before && storedOrder(before), storedOrder(after));
    }
    this.campaignAuditor.onCommit(writes);
    // After the orders of the same commit: it reads them.
    this.batchAuditor.onCommit(writes);
    this.freezeAuditor.onCommit(writes);
    this.sweepAuditor.onCommit(writes);
    this.webhookAuditor.onCommit(writes);
  };

  onVend(reference: string, times: number): void {
    if (times > 1) this.#report(`${reference} was vended ${times} times`);
    const order = this.#references.get(reference);
    if (order?.mode !== 'live') this.#report(`${reference} was vended, and is no live order`);
    if (order?.failure === 'cancelled') this.#report(`${reference} was vended after it was cancelled`);
  }

  /** Called when a send is answered: what is certain then must be recorded, unless its process dies. */
  onAnswer(reference: string, kind: Outcome['kind']): void {
    const isCertain = kind === 'success' || kind === 'rejected';
    if (isCertain) this.#heardAt.set(reference, this.#context.clock.now);
  }

  onReuse(reference: string): void {
    this.#report(`${reference} was sent again after it was refused`);
  }

  /** Checks what must hold at the end. Excused are orders whose truth only a process knew that died. */
  whenQuiescent(isExcused: (reference: string) => boolean): void {
    for (const order of this.orders.values()) this.#orderWhenQuiescent(order, isExcused);
    for (const topup of this.topups.values()) this.#topupWhenQuiescent(topup);
    for (const id of this.#pendingDeliveries.keys()) this.#report(`${id} was neither delivered nor given up`);
    this.campaignAuditor.whenQuiescent();
    this.batchAuditor.whenQuiescent();
    const ids = new Set([...this.orders.values()].map(({ id }) => id));
    for (const orderId of this.#moved.keys()) {
      if (!ids.has(orderId)) this.#report(`${orderId} has ledger entries and is no order`);
    }
  }

  #orderWhenQuiescent(order: Order, isExcused: (reference: string) => boolean): void {
    const { id, status } = order;
    const references = providerReferences(order);
    const vends = this.#vendsOf(order);
    const isDelivered = vends > 0 && references.some((each) => this.#context.upstream.hasDelivered(each));
    if (!isFinal(status) && status !== 'review') this.#report(`${id} stays ${status}`);
    if (order.outbox) this.#report(`${id} still has to publish event ${order.outbox[0]?.sequence}`);
    this.#eventsWhenQuiescent(order);
    if (status === 'success' && order.mode === 'live' && vends !== 1) {
      this.#report(`${id} is a success that was vended ${vends} times`);
    }
    const isWrong = order.lossMinor === undefined && !references.some(isExcused);
    if (status === 'refunded' && isDelivered && isWrong) this.#report(`${id} was refunded and delivered`);
    if (status === 'reversed' && isDelivered) this.#report(`${id} was reversed and is delivered`);
    if (status === 'failed' && vends > 0) this.#report(`${id} was never paid and delivered`);
  }

  /** Called for every event that a merchant's endpoint accepts, each time that it accepts it. */
  onEvent(id: string, body: string): void {
    const event: ReceivedEvent = JSON.parse(body);
    const { object } = event.data;
    if ((this.#bodies.get(id) ?? body) !== body) this.#report(`${id} has two contents`);
    this.#bodies.set(id, body);
    if (event.type.startsWith('topup.')) {
      this.#notifiedTopups.add(`${object.id} ${object.status}`);
      return;
    }
    if (id !== event.id) this.#report(`${event.id} was sent under the id ${id}`);
    if (event.type === BATCH_EVENT) {
      this.batchAuditor.onEvent(JSON.parse(body));
      return;
    }
    if (event.type.startsWith('payout.')) this.campaignAuditor.onEvent(object);
    if (!STATUSES_OF[event.type]?.includes(object.status)) {
      this.#report(`${event.type} shows ${object.id} as ${object.status}`);
    }
    const isQuiet = this.#references.get(providerReference(object))?.isQuiet;
    if (isQuiet) this.#report(`${object.id} is quiet and its merchant was notified`);
    const received = this.#received.get(object.id) ?? new Map<number, ReceivedEvent>();
    const before = received.get(event.sequence);
    if (before && before.id !== id) this.#report(`event ${event.sequence} of ${object.id} is ${before.id} and ${id}`);
    this.#received.set(object.id, received.set(event.sequence, event));
  }

  get pendingDeliveries(): ReadonlySet<string> {
    return new Set(this.#pendingDeliveries.keys());
  }

  get hasPendingOrders(): boolean {
    return [...this.orders.values()].some(isPending);
  }

  get hasPendingTopups(): boolean {
    return [...this.topups.values()].some(isPending);
  }

  #topup(before: Topup | undefined, topup: Topup): void {
    const { id, status } = topup;
    const isAllowed = !before || before.status === status || TOPUP_TRANSITIONS[before.status].includes(status);
    if (!isAllowed) this.#report(`${id} went from ${before?.status} to ${status}`);
    if (before?.status === 'review' && status === 'failed' && !topup.isDecidedByHand) {
      this.#report(`${id} was in review and failed without a decision`);
    }
    if (topup.version !== (before?.version ?? 0) + 1) this.#report(`${id} skipped to ${topup.version}`);
    if (before?.status !== status) this.#context.trace(`top-up ${topup.reference} (${id}) is ${status}`);
    this.topups.set(id, topup);
    const credited = this.#credited.get(id) ?? 0;
    const expected = status === 'success' ? topup.chargedMinor : status === 'reversed' ? (topup.lossMinor ?? 0) : 0;
    if (credited !== expected) this.#report(`${id} is ${status} and ${credited} was credited for it`);
    const isConfirmed = this.#context.gateway.confirmed.has(topup.gatewayRef ?? '');
    if (status === 'success' && !isConfirmed) this.#report(`${id} was credited and never confirmed`);
  }

  #topupWhenQuiescent(topup: Topup): void {
    const { gateway } = this.#context;
    const { id, status, gatewayRef = '' } = topup;
    if (status === 'starting' || status === 'pending') this.#report(`${id} stays ${status}`);
    if (topup.outbox) this.#report(`${id} still has to publish an event`);
    const isNotified = this.#notifiedTopups.has(`${id} ${status}`);
    if (status !== 'review' && !isNotified) this.#report(`the merchant was not notified that ${id} is ${status}`);
    const isLost = status !== 'success' && status !== 'reversed' && gateway.isPaid(gatewayRef);
    if (isLost) this.#report(`${id} was paid and is ${status}`);
    const payments = gateway.paymentsOf(id);
    const noted = topup.orphans?.length ?? 0;
    if (payments > noted + 1) this.#report(`${id} has ${payments} payments at the gateway, and ${noted} are noted`);
  }

  /** Every event was received, and the one with the highest sequence shows the truth, in whatever order they came. */
  #eventsWhenQuiescent(order: Order): void {
    const received = this.#received.get(order.id);
    for (let sequence = 1; sequence <= order.events; sequence += 1) {
      if (!received?.has(sequence)) this.#report(`event ${sequence} of ${order.id} was never received`);
    }
    const last = received?.get(order.events)?.data.object.status;
    const { status } = viewOrder(order, order.createdAt);
    if (order.events > 0 && last !== status) this.#report(`${order.id} is ${status} and its last event shows ${last}`);
  }

  #outboxOf(source: EventMessage): readonly { readonly at: string }[] | undefined {
    if ('batchId' in source) return this.batchAuditor.batches.get(source.batchId)?.outbox;
    if ('topupId' in source) return this.topups.get(source.topupId)?.outbox;
    const order = this.orders.get(`${source.merchantId} ${source.mode} ${source.agentReference}`);
    return order && unpublished(order);
  }

  #delivery(before: Delivery | undefined, delivery: Delivery): void {
    const { id, status, version } = delivery;
    if (version !== (before?.version ?? 0) + 1) this.#report(`${id} skipped to ${version}`);
    if (status === 'pending') this.#pendingDeliveries.set(id, delivery);
    else this.#pendingDeliveries.delete(id);
    const isReceived = this.#bodies.has(delivery.event.id);
    if (status === 'delivered' && !isReceived) this.#report(`${id} counts as delivered and was not received`);
  }

  #entry(before: object | undefined, entry: Entry): void {
    if (before) this.#report(`entry ${entry.seq} of ${walletKey(entry)} was written over`);
    const tail = this.#tails.get(walletKey(entry));
    const mismatch = mismatchIn(entry, tail, entry);
    if (mismatch) this.#report(mismatch);
    this.#tails.set(walletKey(entry), entry);
    const balances = this.#balances.get(walletKey(entry)) ?? [];
    balances.push({ at: this.#context.clock.now, balanceMinor: entry.balanceAfterMinor });
    this.#balances.set(walletKey(entry), balances);
    this.#context.trace(
      `wallet ${entry.currency} ${entry.kind} ${entry.amountMinor} -> ${entry.balanceAfterMinor}, entry ${entry.seq}`,
    );
    if (entry.kind === 'adjustment') this.#adjusted(entry);
    if (entry.topupId) this.#credited.set(entry.topupId, (this.#credited.get(entry.topupId) ?? 0) + entry.amountMinor);
    if (entry.orderId) this.#moved.set(entry.orderId, (this.#moved.get(entry.orderId) ?? 0) + entry.amountMinor);
  }

  /** An operator's deposit is credited once, as it was made. */
  #adjusted(entry: Entry): void {
    const name = depositName(entry, entry.description);
    const deposit = this.#deposits.get(name);
    if (!deposit) this.#report(`${name} was credited, and no operator made it`);
    else if (deposit.amountMinor !== entry.amountMinor) this.#report(`${name} was credited as ${entry.amountMinor}`);
    else if (deposit.isCredited) this.#report(`${name} was credited twice`);
    if (deposit) deposit.isCredited = true;
  }

  /** Call it before an operator makes a deposit. The description of its entry must be its own. */
  expectDeposit(wallet: WalletId, description: string, amountMinor: number): void {
    const deposit = { amountMinor, isCredited: false };
    this.#deposits.set(depositName(wallet, description), deposit);
  }

  /** Call it when the operator gets the answer that the deposit was credited. */
  onDepositAnswered(wallet: WalletId, description: string): void {
    const name = depositName(wallet, description);
    if (!this.#deposits.get(name)?.isCredited) this.#report(`${name} is said to be credited and is not`);
  }

  #order(before: Order | undefined, order: Order): void {
    if (before && before.id !== order.id) this.#report(`${order.id} replaced ${before.id}`);
    if (before && order.version !== before.version + 1)
      this.#report(`${order.id} skipped from ${before.version} to ${order.version}`);
    if (before && before.status !== order.status && !TRANSITIONS[before.status].includes(order.status)) {
      this.#report(`${order.id} went from ${before.status} to ${order.status}`);
    }
    if (before?.status !== order.status) {
      this.#context.trace(`order ${order.agentReference} (${order.id}) is ${order.status}`);
    }
    const problem = problemOfErasure(before, order);
    if (problem !== undefined) this.#report(`${order.id} ${problem}`);
    this.#storedOutcome(before, order);
    this.#requireDueSoon(order);
    if (before) this.#requireFollows(before, order);
    for (const reference of providerReferences(order)) this.#references.set(reference, order);
    this.orders.set(`${order.merchantId} ${order.mode} ${order.agentReference}`, order);
    const moved = (this.#moved.get(order.id) ?? 0) + paidByBatch(order);
    const expected = PAID_BACK.has(order.status) ? 0 : -order.amountMinor;
    if (moved !== expected) this.#report(`${order.id} is ${order.status} and its entries add up to ${moved}`);
    if (!before && order.status === 'failed' && !this.#wasShortDuringRequest(order)) {
      this.#report(`${order.id} was refused though its wallet could pay`);
    }
    const isLiveSuccess = order.status === 'success' && order.mode === 'live';
    if (isLiveSuccess && this.#vendsOf(order) === 0) {
      this.#report(`${order.id} became a success before it was delivered`);
    }
    const isOurFault =
      order.mode === 'live' && order.failure === 'provider_unavailable' && before?.failure === undefined;
    const age = elapsed(order.createdAt, this.#context.clock.iso) + CLOCK_WRONG_MS_MAX;
    if (isOurFault && age < PENDING_AGE_MAX_MS) this.#report(`${order.id} was refunded for a fault of ours at once`);
  }

  #vendsOf(order: Order): number {
    if (order.mode !== 'live') return 0;
    return providerReferences(order).reduce((sum, each) => sum + this.#context.upstream.vends(each), 0);
  }

  /** What may have been sent is asked about within minutes, and later once an hour. What a sweep put off waits longer. */
  #requireDueSoon(order: Order): void {
    const { id, status, dueAt, queryCount, stored } = order;
    const isInDoubt = status === 'unknown' || status === 'dispatching';
    // A row that was written claimed: its chunk finds it.
    const isUndue = order.batchId !== undefined && dueAt === undefined && order.attempts.at(-1)?.endedAt === undefined;
    if (!isInDoubt || stored || 'sweepFailures' in order || (status === 'dispatching' && isUndue)) return;
    const waitMs = Date.parse(dueAt ?? '9999-01-01') - this.#context.clock.now;
    if (waitMs > (queryCount === 0 ? FIRST_QUERY_MS : HOUR) + CLOCK_WRONG_MS_MAX)
      this.#report(`${id} is ${status}, was queried ${queryCount} times and is due at ${dueAt}`);
  }

  /** A stored outcome is due, and ends as it says or by a success; until then its order does not move. */
  #storedOutcome(before: Order | undefined, order: Order): void {
    const { id, status, stored } = order;
    const was = before?.stored;
    if (stored && !was && order.dueAt !== stored.at) this.#report(`${id} has a stored outcome and is not due`);
    if (stored && order.dueAt === undefined) this.#report(`${id} is ${status} with a stored outcome for ever`);
    if (stored && was && before.status !== status) this.#report(`${id} became ${status} with a stored outcome`);
    const isLoss = order.lossMinor !== undefined;
    if (was && !stored && status !== was.status && status !== 'success' && !isLoss) {
      this.#report(`${id} lost its stored outcome, ${was.status}, and is ${status}`);
    }
    if (!stored) this.#storedSince.delete(id);
    else if (!this.#storedSince.has(id)) this.#storedSince.set(id, this.#context.clock.now);
  }

  /** Nobody changes the ledger in a simulation, so a verification that finds it broken is wrong. */
  #walletCheck(item: Readonly<Record<string, unknown>>): void {
    const pk = String(item.pk);
    if (pk.startsWith('adjustment#')) return;
    if (item.broken) this.#report(`the ledger ${pk} counts as broken: ${JSON.stringify(item.broken)}`);
    this.#verified.set(pk, Number(item.seq));
  }

  /** The number of the last entry of each wallet, as of now. */
  ledgerEnds(): ReadonlyMap<string, number> {
    return new Map([...this.#tails].map(([wallet, { seq }]) => [wallet, seq]));
  }

  get hasUnverifiedEntries(): boolean {
    return [...this.#tails].some(([wallet, { seq }]) => (this.#verified.get(wallet) ?? 0) < seq);
  }

  /** Every wallet is verified up to an entry that was its last one some time ago. */
  requireVerified(ends: ReadonlyMap<string, number>): void {
    for (const [wallet, seq] of ends) {
      const verified = this.#verified.get(wallet) ?? 0;
      if (verified < seq) this.#report(`the ledger ${wallet} has ${seq} entries, and ${verified} are verified`);
    }
  }

  /** While nothing fails, a stored outcome is completed within two sweeps. `since`: from when on nothing fails. */
  checkProgress(since: number, sweepMs: number): void {
    const { now } = this.#context.clock;
    for (const [id, at] of this.#storedSince) {
      if (now - Math.max(at, since) > 2 * sweepMs + MINUTE)
        this.#report(`the stored outcome of ${id} is not completed`);
    }
  }

  /** What an order knows stays known, and one moment counts as one status query, however many sweeps see it. */
  #requireFollows(before: Order, order: Order): void {
    const lost = Object.keys(before.receipt).find((name) => !(name in order.receipt));
    if (lost) this.#report(`${order.id} lost the ${lost} of its receipt`);
    // A wrong clock may query early, but not earlier than it is wrong.
    // One sweep may put an order off while the query of another, that found it due, is under way.
    const wasPutOff = 'sweepFailures' in before;
    const earlyMs = before.dueAt === undefined || wasPutOff ? 0 : Date.parse(before.dueAt) - this.#context.clock.now;
    const isCounted = order.queryCount > before.queryCount;
    const { clock, faults } = this.#context;
    const heardAt = this.#heardAt.get(providerReference(order)) ?? clock.now;
    const isLost = isCounted && !faults.mayKill && clock.now - heardAt > RECORDED_WITHIN_MS;
    if (isLost) this.#report(`${order.id} was answered for certain, and is asked about again`);
    if (isCounted && earlyMs > CLOCK_WRONG_MS_MAX) this.#report(`${order.id} counts a query before it was due`);
    // From review an operator decides.
    const isDecided = before.failure === undefined && before.status !== 'review';
    if (isDecided && order.failure === 'not_delivered') this.#requireNotFound(order);
  }

  /** The live upstream's "not found" is proof an hour after the send, twice. An earlier refund may be charged again. */
  #requireNotFound({ id, mode, attempts, notFoundCount }: Order): void {
    const sinceMs = this.#context.clock.now - Date.parse(attempts.at(-1)?.startedAt ?? '');
    if (mode === 'test' || (sinceMs >= HOUR - 2 * CLOCK_WRONG_MS_MAX && notFoundCount >= 2)) return;
    this.#report(`${id} was refunded as not found ${sinceMs} ms after it was sent, not found ${notFoundCount} times`);
  }

  /** A refusal may be right for any moment of its request. */
  #wasShortDuringRequest(order: Order): boolean {
    const { clock, faults } = this.#context;
    const since = faults.earliestStart(clock.now, REQUEST_MS_MAX);
    return this.wasShort(walletOf(order), order.amountMinor, since);
  }

  /** Whether a wallet held less than an amount at any moment from `since` on, and before `until`. */
  wasShort(wallet: WalletId, amountMinor: number, since: number, until = Number.POSITIVE_INFINITY): boolean {
    const balances = this.#balances.get(walletKey(wallet)) ?? [];
    return balances.some(({ at, balanceMinor }, index) => {
      const end = balances[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return end >= since && at < until && balanceMinor < amountMinor;
    });
  }

  #report(violation: string): void {
    this.violations.push(violation);
  }
}

function depositName(wallet: WalletId, description: string): string {
  return `${description} to ${walletKey(wallet)}`;
}

/** Whether work on it is still due. What is in review waits for a person and may stay. */
function isPending(
  item: Pick<Order | Topup, 'outbox' | 'dueAt' | 'status'> & { stored?: unknown; deniedAt?: unknown },
): boolean {
  const { outbox, dueAt, stored } = item;
  return outbox !== undefined || stored !== undefined || (dueAt !== undefined && !waitsForPerson(item));
}

/**
 * What the batch of a row has paid for it, as if it were an entry of the order: the amount, less what the batch gives
 * back for it. With the order's own entries, which only come later, it adds up like those of a single order.
 */
function paidByBatch({ batchId, amountMinor, returnedMinor = 0, keptMinor = 0 }: Order): number {
  return batchId === undefined ? 0 : returnedMinor - keptMinor - amountMinor;
}

/** The statuses that an event may show, by its type. */
const STATUSES_OF: Readonly<Record<string, readonly string[]>> = {
  'order.success': ['success'],
  'order.failed': ['failed', 'refunded'],
  'order.unknown': ['unknown'],
  'order.reversed': ['reversed'],
  'payout.success': ['success'],
  'payout.failed': ['refunded', 'reversed'],
};

/** The wait for the first status query, or for a claim to count as abandoned. */
const FIRST_QUERY_MS = 3 * MINUTE;

/** The tries of a write and the longest freeze, with a margin. */
const RECORDED_WITHIN_MS = 5 * MINUTE;

/** Longer than any request takes, freezes not counted. */
const REQUEST_MS_MAX = 15 * SECOND;

const PAID_BACK: ReadonlySet<Status> = new Set(['refunded', 'reversed', 'failed']);
