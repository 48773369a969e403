import type { Owner } from '../../shared/domain/ledger.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import { DUE_INDEX } from '../../shared/manifest/tables.ts';
import { keyOfPk } from '../../shared/store/orders.ts';
import type { Clock } from './clock.ts';
import type { Item } from './expressions.ts';
import type { Fault, Faults } from './faults.ts';
import type { OnCommit } from './model-db.ts';
import { waitsForPerson } from './progress-auditor.ts';
import { CLOCK_WRONG_MS_MAX } from './simulated-world.ts';

/** What advances orders and top-ups, what delivers events, and what advances batches. The lost events are of each. */
export type Sweep = 'reconcile' | 'webhook sweep' | 'bulk sweep';

/** Which sweep takes what is due in a table, be it for an event that was not published. */
const SWEEP_OF: Readonly<Partial<Record<TableName, Sweep>>> = {
  orders: 'reconcile',
  topups: 'reconcile',
  deliveries: 'webhook sweep',
  batches: 'bulk sweep',
};

/** A sweep that such a fault befell may leave anything as it was. What befalls the handling of one item puts it off. */
const SPOILING: ReadonlySet<string> = new Set<Fault>(['clock wrong by minutes', 'process frozen']);
/** The longest lease of a probe of an endpoint. */
const PROBE_GAP_MS = 60_000;

interface SweepContext {
  readonly clock: Clock;
  readonly faults: Faults;
  /** How far the indexes lag that sweeps read. */
  readonly indexLagMs: number;
  /** Whether the upstream answers no status query, so that its breaker may be open. */
  readonly isUpstreamDeaf: () => boolean;
  /** Whether a merchant was frozen at some moment since then. */
  readonly wasFrozen: (owner: Owner, since: number) => boolean;
  readonly report: (violation: string) => void;
}

/** Something stored that a sweep is to take, or the health of an endpoint. */
interface Stored {
  readonly table: TableName;
  readonly item: Item;
  readonly at: number;
}

/** What is due when a sweep begins. */
interface Due {
  readonly key: string;
  readonly version: unknown;
  /** Of an index page that may have been cut short before it. */
  readonly page?: string | undefined;
  readonly isQueried?: boolean;
  readonly endpointId?: unknown;
  /** Whose freeze it waits for, if it does. */
  readonly frozen?: Owner | undefined;
}

/**
 * Checks, also while faults happen, that whatever is due is taken by the first or the second sweep that no fault
 * spoiled: an order is queried, an event published, a delivery tried, an endpoint that is backed off probed, a batch
 * advanced. Taken is what was written since, be it only to put it off. A sweep counts when its process came to its end,
 * was not frozen and had no wrong clock. Left out is what a cut page may have hidden, a status query while the upstream
 * answers none, an order that is held while its merchant is frozen, and a delivery to an endpoint that is backed off. As an endpoint is never backed off for longer than it
 * has failed, each event is delivered within about that time and two sweeps of the moment at which its endpoint answers.
 */
export class SweepAuditor {
  readonly #context: SweepContext;
  readonly #stored = new Map<string, Stored>();
  /** What one sweep left as it was, and when that sweep ended. */
  readonly #missed = new Map<string, { version: unknown; at: number }>();
  /** Until when each endpoint was backed off. */
  readonly #backedOffUntil = new Map<unknown, number>();
  readonly #failingSince = new Map<string, number>();
  /** Until when each provider's breaker was open. */
  readonly #breakerOpenUntil = new Map<unknown, number>();

  constructor(context: SweepContext) {
    this.#context = context;
  }

  readonly onCommit: OnCommit = (writes) => {
    const { now } = this.#context.clock;
    for (const { table, after } of writes) {
      if (table === 'health') this.#breaker(after);
      const key = `${table} ${after.pk} ${after.sk ?? ''}`;
      if (table === 'merchants') this.#endpoint(key, after);
      const isWatched = after.dueAt !== undefined || after.failing !== undefined;
      if (isWatched) this.#stored.set(key, { table, item: after, at: now });
      else this.#stored.delete(key);
    }
  };

  /** Call it when a process begins a sweep, and what it returns when that has come to its end. */
  begin(sweep: Sweep, process: string): (isDone: boolean) => void {
    const { clock, faults, isUpstreamDeaf } = this.#context;
    const startedAt = clock.now;
    const due = this.#due(sweep);
    const wasDeaf = isUpstreamDeaf();
    faults.watch(process);
    return (isDone) => {
      const hits = faults.hits(process);
      if (!isDone && hits.size === 0) this.#context.report(`${process} failed, and no fault befell it`);
      const isWhole = isDone && ![...hits].some((hit) => SPOILING.has(hit));
      faults.count(isWhole ? 'sweep: came to its end' : 'sweep: spoiled by a fault');
      if (!isWhole) return;
      const isBreakerOpen = [...this.#breakerOpenUntil.values()].some((until) => until >= startedAt);
      const isDeaf = wasDeaf || isUpstreamDeaf() || isBreakerOpen;
      for (const each of due) {
        const isHidden = each.page !== undefined && hits.has(`page cut short ${each.page}`);
        const isBackedOff = (this.#backedOffUntil.get(each.endpointId) ?? 0) >= startedAt;
        const isFrozen = each.frozen !== undefined && this.#context.wasFrozen(each.frozen, startedAt);
        if (!isHidden && !isBackedOff && !isFrozen && !(each.isQueried && isDeaf))
          this.#requireTaken(sweep, each, startedAt);
      }
    };
  }

  #requireTaken(sweep: Sweep, { key, version }: Due, startedAt: number): void {
    const current = this.#stored.get(key);
    if (!current || versionOf(current.item) !== version) return;
    const before = this.#missed.get(key);
    if (before?.version !== version) {
      this.#missed.set(key, { version, at: this.#context.clock.now });
    } else if (before && startedAt >= before.at) {
      const { status, dueAt, queryCount } = current.item;
      const what = `${key}, ${status}, due ${dueAt}, queried ${queryCount ?? 0} times`;
      this.#context.report(`two runs of the ${sweep} came to their end and left as it was: ${what}`);
    }
  }

  #due(sweep: Sweep): Due[] {
    const seenBefore = this.#context.clock.now - this.#context.indexLagMs;
    const found: Due[] = [];
    const receivers = new Set<unknown>();
    for (const [key, { table, item, at }] of this.#stored) {
      if (at > seenBefore) continue;
      const { dueShard, endpointId } = item;
      const version = versionOf(item);
      if (SWEEP_OF[table] === sweep && this.#isDue(item.dueAt) && !isForPerson(item)) {
        if (endpointId !== undefined) receivers.add(endpointId);
        // All pages of deliveries are read.
        const page = endpointId === undefined ? `${table} ${DUE_INDEX} ${dueShard}` : undefined;
        found.push({
          key,
          version,
          page,
          isQueried: table === 'orders' && isQueried(item),
          endpointId,
          frozen: frozenOf(table, item),
        });
      }
    }
    for (const [key, { item, at }] of this.#stored) {
      const { probeAt } = (item.failing ?? {}) as { probeAt?: string };
      if (receivers.has(item.id) && at <= seenBefore && this.#isDue(probeAt))
        found.push({ key, version: versionOf(item) });
    }
    return found;
  }

  #breaker({ pk, openSince }: Item): void {
    const before = this.#breakerOpenUntil.get(pk);
    if (openSince !== undefined) this.#breakerOpenUntil.set(pk, Number.POSITIVE_INFINITY);
    else if (before === Number.POSITIVE_INFINITY) this.#breakerOpenUntil.set(pk, this.#context.clock.now);
  }

  #isDue(at: unknown): boolean {
    return at !== undefined && Date.parse(String(at)) <= this.#context.clock.now;
  }

  #endpoint(key: string, { id, failing }: Item): void {
    const { now } = this.#context.clock;
    if (failing === undefined) this.#failingSince.delete(key);
    else if (!this.#failingSince.has(key)) this.#failingSince.set(key, now);
    const { probeAt } = (failing ?? {}) as { probeAt?: string };
    if (probeAt !== undefined) this.#backedOffUntil.set(id, Number.POSITIVE_INFINITY);
    else if (this.#backedOffUntil.get(id) === Number.POSITIVE_INFINITY) this.#backedOffUntil.set(id, now);
    if (probeAt === undefined) return;
    // Both moments were written by clocks that may be wrong.
    const failedMs = now - (this.#failingSince.get(key) ?? now);
    const gapMs = Date.parse(probeAt) - now;
    if (gapMs > Math.max(failedMs, PROBE_GAP_MS) + 3 * CLOCK_WRONG_MS_MAX)
      this.#context.report(`${id} has failed for ${failedMs} ms and is backed off for ${gapMs} ms`);
  }
}

function versionOf(item: Item): unknown {
  return item.version ?? item.revision;
}

/** Whose freeze an order waits for. */
function frozenOf(table: TableName, { pk, isFrozen, stored }: Item): Owner | undefined {
  return table === 'orders' && isFrozen && stored === undefined ? keyOfPk(String(pk)) : undefined;
}

function isForPerson(item: Item): boolean {
  return item.stored === undefined && waitsForPerson(item as unknown as Parameters<typeof waitsForPerson>[0]);
}

/** Whether its next step is a status query to the upstream, or waits for it. */
function isQueried({ pk, status, stored, heldSince }: Item): boolean {
  const isWaiting = status !== 'pending' || heldSince !== undefined;
  return keyOfPk(String(pk)).mode === 'live' && stored === undefined && isWaiting && status !== 'review';
}
