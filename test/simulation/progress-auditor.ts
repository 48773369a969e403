import type { Order } from '../../shared/domain/order.ts';
import type { OrderEvent } from '../../shared/domain/order-events.ts';
import { unpublished } from '../../shared/domain/order-events.ts';
import { HOUR, MINUTE } from '../../shared/domain/time.ts';
import type { Topup } from '../../shared/domain/topup.ts';
import { EVENT_MESSAGE_MS } from '../../shared/domain/versioned.ts';
import type { Delivery } from '../../shared/domain/webhook.ts';

interface ProgressContext {
  readonly orders: () => Iterable<Order>;
  readonly topups: () => Iterable<Topup>;
  readonly pendingDeliveries: () => Iterable<Delivery>;
  readonly report: (violation: string) => void;
}

/** How long a sweep may run, and how wrong a clock was that wrote when something is due. */
const SLACK_MS = 6 * MINUTE;
/** How long a claim counts, for every provider. */
const CLAIM_MS = 2 * MINUTE;
/** The longest gap that the schedule of tries can have reached while faults happened, and some sweeps. */
const DELIVERED_WITHIN_MS = 3 * HOUR;

/**
 * Checks by the clock that work goes on, once faults have ended and endpoints answer; `sweep-auditor.ts` checks it always. Nothing that is due waits for more than two
 * sweeps: so an order is queried for the first time within two sweeps of its due time, and an event is published within
 * two sweeps, or two sweeps after a message that one of them sent must be dead. Every event is delivered within some hours of the moment at which its endpoint answers.
 */
export class ProgressAuditor {
  readonly #context: ProgressContext;

  constructor(context: ProgressContext) {
    this.#context = context;
  }

  /** Call it before each sweep. `faultFreeSince` is when the faults ended. */
  onSweep(now: number, gapMs: number, faultFreeSince: number): void {
    const { orders, topups, pendingDeliveries } = this.#context;
    const overdueMs = 2 * gapMs + SLACK_MS;
    const isOverdue = (at: string | undefined, graceMs = 0) =>
      at !== undefined && now - Math.max(Date.parse(at), faultFreeSince) > overdueMs + graceMs;
    for (const each of [...orders(), ...topups()]) {
      if (!waitsForPerson(each) && isOverdue(each.dueAt)) {
        this.#report(`${each.id} is ${each.status}, is due since ${each.dueAt}, and no sweep takes it`);
      }
      // A row that was written claimed is not due: its chunk runs to its end, and then the sweep of its batch looks.
      const attempt = each.dueAt === undefined && 'attempts' in each ? each.attempts.at(-1) : undefined;
      if (each.status === 'dispatching' && isOverdue(attempt?.startedAt, CLAIM_MS + 2 * gapMs)) {
        this.#report(`${each.id} was claimed at ${attempt?.startedAt}, and nobody gives that up`);
      }
      const event = 'chargedMinor' in each ? each.outbox?.[0] : this.#firstEventOf(each);
      if (isOverdue(event?.at, EVENT_MESSAGE_MS)) {
        this.#report(`the event ${event?.type} of ${each.id} stays unpublished`);
      }
    }
    for (const { id, dueAt, createdAt } of pendingDeliveries()) {
      if (isOverdue(dueAt)) this.#report(`${id} is due since ${dueAt}, and no sweep takes it`);
      const since = Math.max(Date.parse(createdAt), faultFreeSince);
      if (now - since > DELIVERED_WITHIN_MS) this.#report(`${id} is not delivered, and its endpoint answers`);
    }
  }

  #firstEventOf(order: Order): OrderEvent | undefined {
    try {
      return unpublished(order)[0];
    } catch (error) {
      this.#report(`the events of ${order.id} are not those of its timeline: ${error}`);
      return undefined;
    }
  }

  #report(violation: string): void {
    this.#context.report(violation);
  }
}

/** Whether a person decides, so that no sweep takes it: what is in review, and a credited top-up that is denied. */
export function waitsForPerson(item: Pick<Order | Topup, 'status'> & { readonly deniedAt?: unknown }): boolean {
  return item.status === 'review' || item.deniedAt !== undefined;
}
