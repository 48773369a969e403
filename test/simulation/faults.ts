import { MINUTE } from '../../shared/domain/time.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** Every fault, with the probability that it happens each time it could. */
export const FAULT_RATES = {
  'lost before commit': 0.004,
  'lost after commit': 0.006,
  throttle: 0.004,
  'internal error': 0.002,
  'page cut short': 0.1,
  'killed before an effect': 0.004,
  'killed after an effect': 0.004,
  'process frozen': 0.001,
  'clock wrong by minutes': 0.05,
  'message dropped': 0.04,
  'message doubled': 0.08,
  'message late': 0.05,
  'message days late': 0.003,
  'message fails every time': 0.01,
  'chain near its end': 0.3,
  'poison message in the batch': 0.03,
  'two sweeps at once': 0.2,
  'provider outage': 0.3,
  'provider outage past the horizon': 0.3,
  'provider hangs': 0.2,
  'provider refuses our login': 0.1,
  'provider forgets what it delivered': 0.2,
  'emoji in an answer': 0.02,
  'keys left unprocessed': 0.03,
  'orders at one moment': 0.15,
  'hot wallet': 0.3,
  'merchant does not answer': 0.1,
  'merchant answers slowly': 0.03,
  'merchant answers 500': 0.08,
  "merchant's answer lost": 0.05,
  'endpoint down for minutes': 0.5,
  'intermittent endpoint fails': 0.3,
  'request doubled': 0.15,
  'reference reused with other content': 0.2,
  'merchant frozen': 0.3,
  'key rotated in flight': 0.3,
  'no answer to a status query': 0.1,
  'payment gateway down': 0.1,
  'payment page lost': 0.1,
  'callback lost': 0.3,
  'callback early': 0.15,
  'callback late': 0.15,
  'callback doubled': 0.2,
  'callback forged': 0.1,
  'callback about another order': 0.05,
  'callback about another amount': 0.05,
  'callback about another number': 0.05,
} as const;
export type Fault = keyof typeof FAULT_RATES;

/** What chance does not draw: it follows from other faults, and from what meets in time. Counted as they are. */
export const CONSEQUENCES = [
  'transactions overlap',
  'message dead-lettered',
  'invocation throttled',
  'invocation cut',
] as const;
export type Consequence = (typeof CONSEQUENCES)[number];

/**
 * Faults that the system does not survive yet, each with what goes wrong. They do not happen, except in a run that asks
 * for them (`npm run simulate -- --all`). Whoever mends one removes it here.
 */
export const SWITCHED_OFF: Readonly<Partial<Record<Fault, string>>> = {};

const FROZEN_MS_MAX = 3 * MINUTE;

/**
 * Draws every fault of a simulation. It counts them, and it can repeat a run with only some of them: all others that
 * chance draws are then left out.
 */
export class Faults {
  isOn = false;
  /**
   * Whether processes may die. What an upstream answered only to a process that died is lost for ever, so some runs are
   * without deaths and allow no excuse.
   */
  mayKill = true;
  /** What must hold within seconds is only checked where all clocks are right. */
  hasRightClocks = false;
  /** Whether also those faults happen that are switched off. */
  hasAll = false;
  /** What happened, each by a name that `only` takes. */
  readonly fired: string[] = [];
  readonly counts = new Map<string, number>();
  /** What befell each process that is watched. */
  readonly #hits = new Map<string, Set<string>>();
  readonly #freezes: { from: number; to: number }[] = [];
  /** Until when something lasts for longer than our code allows it to. */
  #delayedUntil = Number.NEGATIVE_INFINITY;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #trace: (line: string) => void;

  constructor(only: ReadonlySet<string> | undefined, trace: (line: string) => void) {
    this.#only = only;
    this.#trace = trace;
  }

  /** Whether a fault happens now. `chance` belongs to the process or actor that it would happen to; `what` is hit. */
  happens(chance: Chance, fault: Fault, what = ''): boolean {
    if (this.hasRightClocks && fault === 'clock wrong by minutes') return false;
    const isPossible = this.isOn && (this.hasAll || SWITCHED_OFF[fault] === undefined);
    if (!isPossible || !chance.happens(FAULT_RATES[fault]) || !this.allow(chance, `fault: ${fault}`)) return false;
    this.#hits.get(chance.name)?.add(what === '' ? fault : `${fault} ${what}`);
    return true;
  }

  /** Notes from now on what befalls a process. */
  watch(process: string): void {
    this.#hits.set(process, this.#hits.get(process) ?? new Set());
  }

  /** The faults that befell a process since it is watched. */
  hits(process: string): ReadonlySet<string> {
    return this.#hits.get(process) ?? new Set();
  }

  /** Records misbehaviour that was drawn elsewhere. False if this run leaves it out. */
  allow(chance: Chance, what: string): boolean {
    const id = `${chance.name}, draw ${chance.draws}: ${what}`;
    if (this.#only && !this.#only.has(id)) return false;
    this.fired.push(id);
    this.count(what);
    this.#trace(`! ${chance.name}: ${what}`);
    return true;
  }

  /** How long a process is frozen before its next effect. */
  freeze(chance: Chance, clock: Clock): number {
    if (!this.happens(chance, 'process frozen')) return 0;
    const ms = chance.below(FROZEN_MS_MAX);
    this.#freezes.push({ from: clock.now, to: clock.now + ms });
    this.delay(clock.now + ms);
    return ms;
  }

  /** Notes what no code of ours ends in time: a frozen process, a call that overruns, others who wait for the dead. */
  delay(until: number): void {
    this.#delayedUntil = Math.max(this.#delayedUntil, until);
  }

  /** Whether nothing was delayed since. */
  isPromptSince(moment: number): boolean {
    return this.#delayedUntil < moment;
  }

  /** The earliest moment at which a request may have begun that is answered now and runs for `ms`, freezes not counted. */
  earliestStart(now: number, ms: number): number {
    let since = now - ms;
    for (const { from, to } of this.#freezes.toReversed()) {
      if (to >= since && from < since + ms) since = Math.min(since, from - ms);
    }
    return since;
  }

  /** Counts what followed from other faults. */
  follows(what: Consequence): void {
    this.count(`fault: ${what}`);
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
