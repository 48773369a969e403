import type { Owner } from '../../shared/domain/ledger.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { Terms } from '../../shared/domain/terms.ts';
import { freezesOf } from '../../shared/domain/terms.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import type { Clock } from './clock.ts';
import type { OnCommit } from './model-db.ts';
import { storedOrder } from './stored-order.ts';

/** After so long a freeze, and its end, holds in every process. */
const EFFECTIVE_MS = 5 * SECOND;

interface FreezeContext {
  readonly clock: Clock;
  readonly report: (violation: string) => void;
}

/** Checks that nothing is accepted or claimed for a merchant that is frozen for longer than five seconds. */
export class FreezeAuditor {
  readonly #context: FreezeContext;
  /** When each frozen mode of a merchant was frozen, and when each was last unfrozen. */
  readonly #since = new Map<string, string>();
  readonly #until = new Map<string, number>();

  constructor(context: FreezeContext) {
    this.#context = context;
  }

  readonly onCommit: OnCommit = (writes) => {
    for (const { table, before, after } of writes) {
      if (table === 'merchants' && after.sk === 'terms') this.#terms(after as unknown as Terms);
      if (table === 'orders') this.#order(before && storedOrder(before), storedOrder(after));
    }
  };

  isFrozen(owner: Owner): boolean {
    return this.#since.has(keyOf(owner));
  }

  /** Whether it was frozen at some moment since then, as far as any process may know. */
  wasFrozen(owner: Owner, since: number): boolean {
    return this.isFrozen(owner) || (this.#until.get(keyOf(owner)) ?? 0) + EFFECTIVE_MS >= since;
  }

  #terms({ merchantId, ...terms }: Terms): void {
    const { clock } = this.#context;
    for (const mode of ['live', 'test'] as const) {
      const key = keyOf({ merchantId, mode });
      const isFrozen = freezesOf(terms, mode).length > 0;
      if (isFrozen && !this.#since.has(key)) this.#since.set(key, clock.iso);
      else if (!isFrozen && this.#since.delete(key)) this.#until.set(key, clock.now);
    }
  }

  #order(before: Order | undefined, after: Order): void {
    const since = this.#since.get(keyOf(after));
    if (since === undefined) return;
    const attempt = after.attempts.at(-1);
    const isClaimed = after.status === 'dispatching' && attempt?.id !== before?.attempts.at(-1)?.id;
    if (isClaimed && attempt) this.#require(after, 'claimed', elapsed(since, attempt.startedAt));
    // A row is made by its batch, which was accepted before, and cancelled rows are made while it is frozen.
    if (!before && after.batchId === undefined) this.#require(after, 'accepted', elapsed(since, after.createdAt));
  }

  #require({ id }: Order, what: string, ms: number): void {
    if (ms > EFFECTIVE_MS) this.#context.report(`${id} is ${what} ${ms} ms after its merchant was frozen`);
  }
}

function keyOf({ merchantId, mode }: Owner): string {
  return `${merchantId} ${mode}`;
}
