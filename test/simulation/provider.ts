import type { Capabilities, Finding, Outcome } from '../../shared/domain/order.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { CallbackMessage, CallbackReading, Provider, Recharge } from '../../shared/providers/provider.ts';
import type { Chance, Clock } from './clock.ts';
import type { Fault, Faults } from './world.ts';

/**
 * An upstream for the simulator. What it does with an order is drawn when it first hears of it; it delivers again
 * whenever it is asked again, keeps the truth about it, and may keep that truth from us for a while or for ever. It
 * calls back, mostly: too early, late, twice, or not; and strangers forge what it says.
 */

interface Behaviour {
  readonly name: string;
  readonly weight: number;
  /** When it delivers, counted from the send; absent: never. */
  readonly deliversAfterMs?: number;
  readonly answers: Outcome['kind'] | 'throws';
  readonly answersAfterMs: number;
  /** It says it failed when asked before it delivers: a broken contract, which costs us or is charged again. */
  readonly isLiar?: boolean;
  /** It takes the recharge back this long after the send, and says so when asked. */
  readonly takesBackAfterMs?: number;
  /** What it says when asked: the truth from this moment on, counted from the send. Absent: never. */
  readonly tellsAfterMs?: number;
}

const PLAIN = 'delivers';

const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'denies it, then delivers',
    weight: 2,
    deliversAfterMs: 500 * SECOND,
    answers: 'success',
    answersAfterMs: 600 * SECOND,
    tellsAfterMs: 0,
    isLiar: true,
  },
  { name: PLAIN, weight: 50, deliversAfterMs: 0, answers: 'success', answersAfterMs: 400, tellsAfterMs: 0 },
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
  {
    name: 'delivers, and takes it back',
    weight: 2,
    deliversAfterMs: 0,
    answers: 'success',
    answersAfterMs: 400,
    takesBackAfterMs: 10 * MINUTE,
    tellsAfterMs: 0,
  },
  {
    name: 'delivers, and its answer breaks our adapter',
    weight: 2,
    deliversAfterMs: 0,
    answers: 'throws',
    answersAfterMs: 300,
    tellsAfterMs: 0,
  },
  { name: 'busy for ever', weight: 2, answers: 'unclear', answersAfterMs: 60_000 },
];

interface Known {
  readonly recharge: Recharge;
  readonly behaviour: Behaviour;
  readonly sentAt: number;
}

/** What of the context an upstream needs. */
interface Surroundings {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly tell: (line: string) => void;
  readonly onDelivery: (reference: string, times: number) => void;
  /** Posts to a callback URL. */
  readonly callBack: (url: string, message: CallbackMessage) => void;
}

/** What a callback of this upstream says; `proof` is what only it could have signed. */
interface Saying {
  readonly reference: string;
  readonly amountMinor: number;
  readonly verdict: 'delivered' | 'failed';
  readonly proof: string;
}

const PROOF = 'signed by the upstream';

export class SimProvider implements Provider {
  readonly name = 'hotrecharge';
  readonly capabilities: Capabilities = {
    sendTimeoutMs: 60 * SECOND,
    answersQueries: true,
    notFoundFinalAfterMs: HOUR,
    queryIntervalMs: 2 * MINUTE,
    reviewAfterMs: 24 * HOUR,
  };
  /** While true every send is refused, and nothing is answered. */
  isDown = false;
  readonly #deliveries = new Map<string, number>();
  readonly #takenBack = new Set<string>();
  readonly #known = new Map<string, Known>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async send(recharge: Recharge): Promise<Outcome> {
    const { reference } = recharge;
    const { clock, tell } = this.#around;
    if (this.isDown) {
      await clock.sleep(30);
      return { kind: 'unsent', evidence: 'connection refused' };
    }
    const behaviour = this.#known.get(reference)?.behaviour ?? this.#draw(recharge);
    tell(`upstream is sent ${reference}: ${behaviour.name}`);
    if (behaviour.answers !== 'unsent') this.#begin({ recharge, behaviour, sentAt: clock.now });
    await clock.sleep(behaviour.answersAfterMs);
    if (behaviour.answers === 'throws') throw new TypeError('unexpected token < in JSON');
    return answer(behaviour.answers, reference);
  }

  async query({ reference }: Recharge): Promise<Finding> {
    const { clock, chance, faults } = this.#around;
    const own = chance.fork(`look at ${reference} at ${clock.now}`);
    await clock.sleep(50 + own.below(500));
    if (this.isDown || faults.happens(own, 'no answer to a look')) return { kind: 'unclear', evidence: 'no answer' };
    const known = this.#known.get(reference);
    if (!known) return { kind: 'not_found', evidence: 'not found' };
    const { behaviour, sentAt } = known;
    const { tellsAfterMs } = behaviour;
    if (tellsAfterMs === undefined || clock.now < sentAt + tellsAfterMs) {
      return { kind: 'in_progress', evidence: 'busy' };
    }
    if (this.isTakenBack(reference)) return { kind: 'rejected', failure: 'network_refused', evidence: 'taken back' };
    if (this.vends(reference) > 0) {
      return { kind: 'success', receipt: { providerRef: `sim-${reference}` }, evidence: 'delivered' };
    }
    if (behaviour.isLiar) return { kind: 'rejected', failure: 'network_refused', evidence: 'failed' };
    if (behaviour.deliversAfterMs !== undefined) return { kind: 'not_found', evidence: 'not found yet' };
    if (behaviour.answers === 'rejected' || behaviour.answers === 'accepted') {
      return { kind: 'rejected', failure: 'network_refused', evidence: 'failed' };
    }
    return { kind: 'not_found', evidence: 'not found' };
  }

  async readCallback({ body }: CallbackMessage): Promise<CallbackReading | undefined> {
    const saying: Saying = JSON.parse(body);
    if (saying.proof !== PROOF) return undefined;
    const { reference, verdict } = saying;
    const amount = (saying.amountMinor / 100).toFixed(2);
    const receipt = { providerRef: `sim-${reference}` };
    if (verdict === 'delivered') {
      return { reference, amount, finding: { kind: 'success', receipt, evidence: 'callback: delivered' } };
    }
    return {
      reference,
      amount,
      finding: { kind: 'rejected', failure: 'network_refused', evidence: 'callback: failed' },
    };
  }

  async balances(): Promise<[]> {
    await this.#around.clock.sleep(50);
    if (this.isDown) throw new Error('down');
    return [];
  }

  async catalogue(): Promise<[]> {
    return [];
  }

  /** How often a reference was delivered, ever. */
  vends(reference: string): number {
    return this.#deliveries.get(reference) ?? 0;
  }

  isTakenBack(reference: string): boolean {
    return this.#takenBack.has(reference);
  }

  /** Whether the truth about a reference was only ever in an answer that somebody had to be alive to hear. */
  liedAbout(reference: string): boolean {
    return this.#known.get(reference)?.behaviour.isLiar ?? false;
  }

  #draw({ reference }: Recharge): Behaviour {
    const { chance: all, clock, faults } = this.#around;
    const chance = all.fork(`upstream of ${reference} at ${clock.now}`);
    let left = chance.below(BEHAVIOURS.reduce((sum, each) => sum + each.weight, 0));
    const drawn = BEHAVIOURS.find((each) => {
      left -= each.weight;
      return left < 0;
    });
    const plain = BEHAVIOURS.find(({ name }) => name === PLAIN);
    if (!drawn || !plain) throw new Error('weights add up');
    const isAllowed = drawn === plain || faults.allow(chance, `upstream: ${drawn.name}`);
    return isAllowed ? drawn : plain;
  }

  #begin(known: Known): void {
    const { recharge, behaviour, sentAt } = known;
    const { reference } = recharge;
    const { clock } = this.#around;
    this.#known.set(reference, known);
    const { deliversAfterMs, takesBackAfterMs, answersAfterMs } = behaviour;
    if (deliversAfterMs !== undefined) clock.at(deliversAfterMs, () => this.#deliver(reference));
    if (behaviour.tellsAfterMs === undefined) return;
    if (behaviour.isLiar) this.#callBack(known, 'failed', 100 * SECOND);
    if (deliversAfterMs !== undefined) this.#callBack(known, 'delivered', Math.max(deliversAfterMs, answersAfterMs));
    else if (behaviour.answers !== 'unclear') this.#callBack(known, 'failed', answersAfterMs);
    if (takesBackAfterMs !== undefined) {
      clock.at(takesBackAfterMs, () => this.#takenBack.add(reference));
      this.#callBack(known, 'failed', takesBackAfterMs);
    }
    if (sentAt === clock.now) this.#forge(known);
  }

  #callBack({ recharge, behaviour }: Known, verdict: Saying['verdict'], afterMs: number): void {
    const { clock, chance, faults, tell, callBack } = this.#around;
    const { reference, amountMinor, callbackUrl } = recharge;
    const own = chance.fork(`callback ${verdict} of ${reference} at ${clock.now + afterMs}`);
    if (callbackUrl === undefined || faults.happens(own, 'callback lost')) return;
    const isTrueEarly = behaviour.deliversAfterMs === 0 && verdict === 'delivered';
    const isEarly = isTrueEarly && faults.happens(own, 'callback early');
    const lateMs = faults.happens(own, 'callback late') ? own.below(3 * HOUR) : own.below(SECOND);
    const copies = faults.happens(own, 'callback doubled') ? 2 : 1;
    const message = { headers: {}, body: JSON.stringify({ reference, amountMinor, verdict, proof: PROOF }) };
    for (let copy = 0; copy < copies; copy += 1) {
      const waitMs = isEarly ? own.below(100) : afterMs + lateMs + (copy > 0 ? own.below(10 * MINUTE) : 0);
      clock.at(waitMs, () => {
        tell(`upstream calls back about ${reference}: ${verdict}`);
        callBack(callbackUrl, message);
      });
    }
  }

  /** What strangers post to an order's callback URL, should they ever see one: nothing may come of it. */
  #forge({ recharge, behaviour }: Known): void {
    const { clock, chance, faults, callBack } = this.#around;
    const { reference, amountMinor, callbackUrl } = recharge;
    const own = chance.fork(`stranger of ${reference}`);
    const verdict = behaviour.deliversAfterMs === undefined ? 'delivered' : 'failed';
    const plain: Saying = { reference, amountMinor, verdict, proof: PROOF };
    const forgeries: Partial<Record<Fault, Saying>> = {
      'callback forged': { ...plain, proof: 'guessed' },
      'callback about another order': { ...plain, reference: `${reference.slice(0, -1)}!` },
      'callback about another amount': { ...plain, amountMinor: amountMinor + 1 },
    };
    for (const [fault, saying] of Object.entries(forgeries)) {
      if (callbackUrl === undefined || !faults.happens(own, fault as Fault)) continue;
      clock.at(own.below(20 * MINUTE), () => callBack(callbackUrl, { headers: {}, body: JSON.stringify(saying) }));
    }
  }

  #deliver(reference: string): void {
    const times = this.vends(reference) + 1;
    this.#deliveries.set(reference, times);
    this.#around.tell(`upstream vends ${reference}`);
    this.#around.onDelivery(reference, times);
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
