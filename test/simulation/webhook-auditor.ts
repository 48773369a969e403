import { elapsed, MINUTE } from '../../shared/domain/time.ts';
import type { Delivery, Endpoint } from '../../shared/domain/webhook.ts';
import { deliveryId } from '../../shared/domain/webhook.ts';
import type { EventMessage } from '../../shared/flows/webhooks/enqueue-events.ts';
import type { OnCommit } from './model-db.ts';
import type { SimulationContext } from './simulation-context.ts';

interface WebhookContext extends SimulationContext {
  /** The unpublished events of what a message is about. */
  readonly outboxOf: (source: EventMessage) => readonly { readonly at: string }[] | undefined;
  readonly report: (violation: string) => void;
}

/** A sweep has an event published again from then on. */
const LEFT_ALONE_MS = 2 * MINUTE;

/**
 * Checks who posts what to a merchant. An event may be heard twice where two messages are at work at once, a process
 * died, or an answer was lost. It may not where its delivery was stored before a process began whose message may not be
 * the first, and nobody but a sweep posts to an endpoint that was backed off or disabled before.
 */
export class WebhookAuditor {
  readonly #context: WebhookContext;
  readonly #stored = new Map<string, { readonly at: number; readonly status: Delivery['status'] }>();
  /** Since when each endpoint is backed off or disabled. */
  readonly #ill = new Map<string, number>();
  readonly #messages = new Map<string, { readonly at: number; readonly isAgain: boolean }>();
  readonly #heard = new Set<string>();
  /** Events whose 2xx never reached us: they come again. */
  readonly #unanswered = new Set<string>();

  constructor(context: WebhookContext) {
    this.#context = context;
  }

  readonly onCommit: OnCommit = (writes) => {
    const { now } = this.#context.clock;
    for (const { table, after } of writes) {
      if (table === 'deliveries') {
        const { id, status } = after as unknown as Delivery;
        this.#stored.set(id, { at: this.#stored.get(id)?.at ?? now, status });
      }
      if (table !== 'merchants' || after.url === undefined) continue;
      const { id, failing, disabled } = after as unknown as Endpoint;
      if (failing?.probeAt === undefined && !disabled) this.#ill.delete(id);
      else if (!this.#ill.has(id)) this.#ill.set(id, now);
    }
  };

  /** Call it when a message is sent, with the name of the process that sends it. */
  onMessage({ isAgain, ...source }: EventMessage, by: string): void {
    const { clock, faults } = this.#context;
    const events = this.#context.outboxOf(source) ?? [];
    const hits = faults.hits(by);
    const isExcused = hits.has('clock wrong by minutes') || hits.has('process frozen');
    // The clock of whoever wrote one of them may have been wrong.
    const areNew = events.length > 0 && events.every(({ at }) => elapsed(at, clock.iso) < LEFT_ALONE_MS);
    if (isAgain && areNew && !isExcused)
      this.#context.report(`${by} had an event published again that happened at ${events[0]?.at}`);
  }

  /** Call it when a process begins to work on a message. */
  onReceive(process: string, { isAgain = false }: EventMessage, receives: number): void {
    this.#messages.set(process, { at: this.#context.clock.now, isAgain: isAgain || receives > 1 });
  }

  /** Call it when a process posts. */
  onPost(process: string, eventId: string, endpointId: string): void {
    const { faults, report } = this.#context;
    const stored = this.#stored.get(deliveryId({ id: eventId }, { id: endpointId }));
    const message = this.#messages.get(process);
    if (!message) {
      const isFrozen = faults.hits(process).has('process frozen');
      if (stored?.status !== 'pending' && !isFrozen) report(`${process} posted ${eventId}, which is ${stored?.status}`);
      return;
    }
    if (message.isAgain && stored && stored.at < message.at) report(`${process} posted ${eventId}, which was written`);
    if ((this.#ill.get(endpointId) ?? message.at) < message.at)
      report(`${process} posted to ${endpointId}, which fails`);
  }

  /** Call it when a merchant has taken an event. */
  onHeard(process: string, eventId: string, isAnswered: boolean): void {
    const { faults } = this.#context;
    if (!this.#heard.has(eventId)) faults.count('event: heard');
    else if (this.#unanswered.has(eventId)) faults.count('event: heard again, because the answer was lost');
    else if (this.#messages.has(process)) faults.count('event: heard again, from a second message');
    else faults.count('event: heard again, from a sweep after one that died');
    this.#heard.add(eventId);
    if (isAnswered) this.#unanswered.delete(eventId);
    else this.#unanswered.add(eventId);
  }
}
