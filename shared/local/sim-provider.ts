import type { Capabilities, Finding, Outcome } from '../domain/order.ts';
import { HOUR, MINUTE, SECOND } from '../domain/time.ts';
import type { Provider, Recharge } from '../providers/provider.ts';
import type { Chance, Clock } from './sim-world.ts';

/**
 * An upstream for the simulator. What it does with an order is drawn when it first hears of it; it delivers again
 * whenever it is asked again, keeps the truth about it, and may keep that truth from us for a while or for ever.
 */

interface Behaviour {
  readonly name: string;
  readonly weight: number;
  /** When it delivers, counted from the send; absent: never. */
  readonly deliversAfterMs?: number;
  readonly answers: Outcome['kind'];
  readonly answersAfterMs: number;
  /** It says it failed when asked before it delivers: a broken contract, which costs us or is charged again. */
  readonly isLiar?: boolean;
  /** What it says when asked: the truth from this moment on, counted from the send. Absent: never. */
  readonly tellsAfterMs?: number;
}

export const SIM_BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'denies it, then delivers',
    weight: 2,
    deliversAfterMs: 500 * SECOND,
    answers: 'success',
    answersAfterMs: 600 * SECOND,
    tellsAfterMs: 0,
    isLiar: true,
  },
  { name: 'delivers', weight: 50, deliversAfterMs: 0, answers: 'success', answersAfterMs: 400, tellsAfterMs: 0 },
  { name: 'rejects', weight: 10, answers: 'rejected', answersAfterMs: 300, tellsAfterMs: 0 },
  {
    name: 'time-out, delivered',
    weight: 8,
    deliversAfterMs: 0,
    answers: 'unclear',
    answersAfterMs: 60_000,
    tellsAfterMs: 0,
  },
  { name: 'time-out, not delivered', weight: 6, answers: 'unclear', answersAfterMs: 60_000, tellsAfterMs: 0 },
  {
    name: 'cut off, delivered',
    weight: 4,
    deliversAfterMs: 0,
    answers: 'unclear',
    answersAfterMs: 50,
    tellsAfterMs: 5 * MINUTE,
  },
  {
    name: 'delivers after it was given up',
    weight: 3,
    deliversAfterMs: 150 * SECOND,
    answers: 'success',
    answersAfterMs: 160 * SECOND,
    tellsAfterMs: 0,
  },
  {
    name: 'not found, then delivered',
    weight: 4,
    deliversAfterMs: 40 * MINUTE,
    answers: 'unclear',
    answersAfterMs: 60_000,
    tellsAfterMs: 0,
  },
  { name: 'unreachable', weight: 5, answers: 'unsent', answersAfterMs: 20, tellsAfterMs: 0 },
  {
    name: 'accepts, delivers later',
    weight: 5,
    deliversAfterMs: 3 * MINUTE,
    answers: 'accepted',
    answersAfterMs: 200,
    tellsAfterMs: 0,
  },
  { name: 'accepts, never delivers', weight: 2, answers: 'accepted', answersAfterMs: 200, tellsAfterMs: 0 },
  { name: 'delivers and never tells', weight: 1, deliversAfterMs: 0, answers: 'unclear', answersAfterMs: 60_000 },
  { name: 'busy for ever', weight: 2, answers: 'unclear', answersAfterMs: 60_000 },
];

interface Known {
  readonly behaviour: Behaviour;
  readonly sentAt: number;
}

export class SimProvider implements Provider {
  readonly name = 'hotrecharge';
  readonly capabilities: Capabilities = {
    sendTimeoutMs: 60 * SECOND,
    answersQueries: true,
    notFoundFinalAfterMs: HOUR,
    lookGapMs: 2 * MINUTE,
    reviewAfterMs: 24 * HOUR,
  };
  /** When each reference was delivered, every time it was. */
  readonly deliveries = new Map<string, number[]>();
  readonly drawn = new Map<string, number>();
  readonly #known = new Map<string, Known>();
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #onDelivery: (reference: string, times: number) => void;
  /** While true every send is unreachable or unclear at random, as in an outage. */
  isDown = false;

  constructor(clock: Clock, chance: Chance, onDelivery: (reference: string, times: number) => void) {
    this.#clock = clock;
    this.#chance = chance;
    this.#onDelivery = onDelivery;
  }

  async send(recharge: Recharge): Promise<Outcome> {
    const { reference } = recharge;
    if (this.isDown) {
      await this.#clock.sleep(30);
      return { kind: 'unsent', evidence: 'connection refused' };
    }
    const behaviour = this.#known.get(reference)?.behaviour ?? this.#draw();
    if (behaviour.answers !== 'unsent') this.#known.set(reference, { behaviour, sentAt: this.#clock.now });
    if (behaviour.deliversAfterMs !== undefined)
      this.#clock.at(behaviour.deliversAfterMs, () => this.#deliver(reference));
    await this.#clock.sleep(behaviour.answersAfterMs);
    return answer(behaviour.answers, reference);
  }

  async query(recharge: Recharge): Promise<Finding> {
    await this.#clock.sleep(50 + this.#chance.below(500));
    if (this.isDown || this.#chance.happens(0.1)) return { kind: 'unclear', evidence: 'no answer' };
    const known = this.#known.get(recharge.reference);
    if (!known) return { kind: 'not_found', evidence: 'not found' };
    const { behaviour, sentAt } = known;
    const { tellsAfterMs } = behaviour;
    if (tellsAfterMs === undefined || this.#clock.now < sentAt + tellsAfterMs) {
      return { kind: 'in_progress', evidence: 'busy' };
    }
    if (this.deliveries.has(recharge.reference)) {
      return { kind: 'success', receipt: { providerRef: `sim-${recharge.reference}` }, evidence: 'delivered' };
    }
    if (behaviour.isLiar) return { kind: 'rejected', failure: 'network_refused', evidence: 'failed' };
    if (behaviour.deliversAfterMs !== undefined) return { kind: 'not_found', evidence: 'not found yet' };
    if (behaviour.answers === 'rejected' || behaviour.answers === 'accepted') {
      return { kind: 'rejected', failure: 'network_refused', evidence: 'failed' };
    }
    return { kind: 'not_found', evidence: 'not found' };
  }

  async balances(): Promise<[]> {
    await this.#clock.sleep(50);
    if (this.isDown) throw new Error('down');
    return [];
  }

  async catalogue(): Promise<[]> {
    return [];
  }

  /** Whether the truth about a reference was only ever in an answer that somebody had to be alive to hear. */
  liedAbout(reference: string): boolean {
    return this.#known.get(reference)?.behaviour.isLiar ?? false;
  }

  #draw(): Behaviour {
    const total = SIM_BEHAVIOURS.reduce((sum, each) => sum + each.weight, 0);
    let left = this.#chance.below(total);
    const drawn = SIM_BEHAVIOURS.find((each) => {
      left -= each.weight;
      return left < 0;
    });
    if (!drawn) throw new Error('weights add up');
    this.drawn.set(drawn.name, (this.drawn.get(drawn.name) ?? 0) + 1);
    return drawn;
  }

  #deliver(reference: string): void {
    const times = [...(this.deliveries.get(reference) ?? []), this.#clock.now];
    this.deliveries.set(reference, times);
    this.#onDelivery(reference, times.length);
  }
}

function answer(kind: Outcome['kind'], reference: string): Outcome {
  const receipt = { providerRef: `sim-${reference}` };
  const answers: { [Kind in Outcome['kind']]: Extract<Outcome, { kind: Kind }> } = {
    success: { kind: 'success', receipt, evidence: 'ok' },
    accepted: { kind: 'accepted', receipt, evidence: 'accepted' },
    rejected: { kind: 'rejected', failure: 'network_refused', evidence: 'refused' },
    unclear: { kind: 'unclear', evidence: 'timed out' },
    unsent: { kind: 'unsent', evidence: 'connection refused' },
  };
  return answers[kind];
}
