import type { Capabilities, Finding, Outcome, Receipt } from '../../shared/domain/order.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import type {
  CallbackMessage,
  CallbackReading,
  Preparation,
  Provider,
  Recharge,
} from '../../shared/providers/provider.ts';
import { evidence } from '../../shared/providers/provider.ts';
import type { Fault } from './faults.ts';
import type { SimulationContext } from './simulation-context.ts';
import { WORDS } from './simulation-context.ts';

/** What the upstream does with one order. All times count from the send. */
interface Behaviour {
  readonly name: string;
  readonly weight: number;
  /** Absent: it never delivers. */
  readonly deliversAfterMs?: number;
  readonly answers: Outcome['kind'] | 'throws';
  readonly answersAfterMs: number;
  /** Reports a failure before it delivers. That breaks its contract: we lose the amount, or charge the order again. */
  readonly reportsFalseFailure?: boolean;
  /** From this moment on it has reversed the recharge, and says so when queried. */
  readonly reversesAfterMs?: number;
  /** From this moment on a status query gets the truth. Absent: never. */
  readonly reportsAfterMs?: number;
}

const PLAIN: Behaviour = {
  name: 'delivers',
  weight: 50,
  deliversAfterMs: 0,
  answers: 'success',
  answersAfterMs: 400,
  reportsAfterMs: 0,
};

const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'reports a failure, then delivers',
    weight: 2,
    deliversAfterMs: 500 * SECOND,
    answers: 'success',
    answersAfterMs: 600 * SECOND,
    reportsAfterMs: 0,
    reportsFalseFailure: true,
  },
  PLAIN,
  { name: 'rejects', weight: 10, answers: 'rejected', answersAfterMs: 300, reportsAfterMs: 0 },
  {
    name: 'timeout, delivered',
    weight: 8,
    deliversAfterMs: 0,
    answers: 'unclear',
    answersAfterMs: 60_000,
    reportsAfterMs: 0,
  },
  { name: 'timeout, not delivered', weight: 6, answers: 'unclear', answersAfterMs: 60_000, reportsAfterMs: 0 },
  {
    name: 'connection cut, delivered',
    weight: 4,
    deliversAfterMs: 0,
    answers: 'unclear',
    answersAfterMs: 50,
    reportsAfterMs: 5 * MINUTE,
  },
  {
    name: 'delivers after our timeout',
    weight: 3,
    deliversAfterMs: 150 * SECOND,
    answers: 'success',
    answersAfterMs: 160 * SECOND,
    reportsAfterMs: 0,
  },
  {
    name: 'not found, then delivered',
    weight: 4,
    deliversAfterMs: 48 * MINUTE,
    answers: 'unclear',
    answersAfterMs: 60_000,
    reportsAfterMs: 0,
  },
  {
    name: 'not found, then delivered hours later',
    weight: 2,
    deliversAfterMs: 3 * HOUR,
    answers: 'unclear',
    answersAfterMs: 60_000,
    reportsAfterMs: 0,
  },
  { name: 'refuses us', weight: 1, answers: 'refuses_us', answersAfterMs: 200 },
  { name: 'unreachable', weight: 5, answers: 'unsent', answersAfterMs: 20, reportsAfterMs: 0 },
  {
    name: 'accepts, delivers later',
    weight: 5,
    deliversAfterMs: 3 * MINUTE,
    answers: 'accepted',
    answersAfterMs: 200,
    reportsAfterMs: 0,
  },
  { name: 'accepts, never delivers', weight: 2, answers: 'accepted', answersAfterMs: 200, reportsAfterMs: 0 },
  { name: 'delivers, never reports it', weight: 1, deliversAfterMs: 0, answers: 'unclear', answersAfterMs: 60_000 },
  {
    name: 'delivers, then reverses',
    weight: 2,
    deliversAfterMs: 0,
    answers: 'success',
    answersAfterMs: 400,
    reversesAfterMs: 10 * MINUTE,
    reportsAfterMs: 0,
  },
  {
    name: 'delivers, and our adapter throws',
    weight: 2,
    deliversAfterMs: 0,
    answers: 'throws',
    answersAfterMs: 300,
    reportsAfterMs: 0,
  },
  { name: 'in progress for ever', weight: 2, answers: 'unclear', answersAfterMs: 60_000 },
];

interface SentRecharge {
  readonly recharge: Recharge;
  readonly behaviour: Behaviour;
  readonly sentAt: number;
}

interface ProviderContext extends SimulationContext {
  /** Called each time that a reference is vended, with the number of times so far. */
  readonly onVend: (reference: string, times: number) => void;
  /** Called when a send is answered. */
  readonly onAnswer: (reference: string, kind: Outcome['kind']) => void;
  /** Called when a reference is sent again that was refused. It takes a reference once. */
  readonly onReuse: (reference: string) => void;
  /** Posts to a callback URL. */
  readonly callBack: (url: string, message: CallbackMessage) => void;
}

/** The content of a callback. `proof` stands for the signature that only this upstream can make. */
interface CallbackContent {
  readonly reference: string;
  readonly amountMinor: number;
  readonly msisdn: string;
  readonly outcome: 'delivered' | 'failed';
  readonly proof: string;
}

const PROOF = 'signed by the upstream';

/** What can be wrong with the whole upstream for a while. */
export type Trouble =
  /** It refuses every connection. */
  | 'down'
  /** It takes every order and answers nothing in time. */
  | 'hangs'
  /** It refuses our credentials, before it takes an order. */
  | 'refuses our login'
  /** It answers "not found" about everything, also about what it delivered: as after a change of our account. */
  | 'forgets';

const SEND_TIMEOUT_MS = 60 * SECOND;
const QUERY_TIMEOUT_MS = 20 * SECOND;
/** Its discount, so that our cost is never the amount. */
const DISCOUNT = 0.04;

/**
 * A simulated upstream. It draws its behaviour when it first gets an order, vends again each time the order is sent
 * again, knows the truth about it, and may hide that truth for a while or for ever. Its callbacks come early, late,
 * twice or not at all, and attackers forge them.
 */
export class SimulatedProvider implements Provider {
  readonly name = 'hotrecharge';
  readonly capabilities: Capabilities = {
    sendTimeoutMs: SEND_TIMEOUT_MS,
    answersQueries: true,
    notFoundFinalAfterMs: HOUR,
    queryIntervalMs: 2 * MINUTE,
    reviewAfterMs: 24 * HOUR,
    sendsPerSecondMax: 5,
    queriesPerSecondMax: 5,
  };
  readonly troubles = new Set<Trouble>();
  readonly #vends = new Map<string, number>();
  readonly #reversed = new Set<string>();
  readonly #sent = new Map<string, SentRecharge>();
  readonly #refused = new Set<string>();
  readonly #context: ProviderContext;

  constructor(context: ProviderContext) {
    this.#context = context;
  }

  async prepare(recharge: Recharge): Promise<Preparation> {
    return { kind: 'ready', account: 'ours', send: () => this.send(recharge) };
  }

  async send(recharge: Recharge): Promise<Outcome> {
    const { reference } = recharge;
    const { clock, faults, trace } = this.#context;
    if (this.troubles.has('down')) {
      await clock.sleep(30);
      return { kind: 'unsent', evidence: 'connection refused' };
    }
    if (this.#refused.has(reference)) this.#context.onReuse(reference);
    if (this.troubles.has('refuses our login')) {
      await clock.sleep(200);
      return { kind: 'refuses_us', reason: 'credentials', evidence: 'the login was refused' };
    }
    const drawn = this.#sent.get(reference)?.behaviour ?? this.#draw(recharge);
    // Where only the answer tells the truth, a lost one would leave nobody who knows it.
    const isHanging = this.troubles.has('hangs') && !drawn.reportsFalseFailure;
    const behaviour: Behaviour = isHanging ? { ...drawn, answers: 'unclear', answersAfterMs: SEND_TIMEOUT_MS } : drawn;
    trace(`upstream is sent ${reference}: ${behaviour.name}`);
    if (behaviour.answers === 'refuses_us') this.#refused.add(reference);
    else if (behaviour.answers !== 'unsent') this.#begin({ recharge, behaviour, sentAt: clock.now });
    if (behaviour.answersAfterMs > SEND_TIMEOUT_MS) faults.delay(clock.now + behaviour.answersAfterMs);
    await clock.sleep(behaviour.answersAfterMs);
    if (behaviour.answers === 'throws') throw new TypeError('unexpected token < in JSON');
    this.#context.onAnswer(reference, behaviour.answers);
    return outcomeOf(behaviour.answers, recharge, this.#said(recharge));
  }

  async query(recharge: Recharge): Promise<Finding> {
    const { reference } = recharge;
    const { clock, chance, faults } = this.#context;
    const own = chance.fork(`look at ${reference} at ${clock.now}`);
    await clock.sleep(50 + own.below(500));
    if (this.isDeaf || faults.happens(own, 'no answer to a status query')) {
      await clock.sleep(QUERY_TIMEOUT_MS);
      return { kind: 'unclear', evidence: 'no answer' };
    }
    const sent = this.troubles.has('forgets') ? undefined : this.#sent.get(reference);
    if (!sent) return { kind: 'not_found', account: 'ours', evidence: 'not found' };
    const { behaviour, sentAt } = sent;
    const { reportsAfterMs } = behaviour;
    if (reportsAfterMs === undefined || clock.now < sentAt + reportsAfterMs) {
      return { kind: 'in_progress', evidence: 'busy' };
    }
    if (this.isReversed(reference)) return { kind: 'rejected', failure: 'network_refused', evidence: 'reversed' };
    if (this.vends(reference) > 0) {
      return { kind: 'success', receipt: receiptOf(recharge, behaviour), evidence: this.#said(recharge) };
    }
    if (behaviour.reportsFalseFailure) return { kind: 'rejected', failure: 'network_refused', evidence: 'failed' };
    if (behaviour.deliversAfterMs !== undefined)
      return { kind: 'not_found', account: 'ours', evidence: 'not found yet' };
    if (behaviour.answers === 'rejected' || behaviour.answers === 'accepted') {
      return { kind: 'rejected', failure: 'network_refused', evidence: 'failed' };
    }
    return { kind: 'not_found', account: 'ours', evidence: 'not found' };
  }

  async readCallback({ body }: CallbackMessage): Promise<CallbackReading | undefined> {
    const content: CallbackContent = JSON.parse(body);
    if (content.proof !== PROOF) return undefined;
    const { reference, outcome, msisdn } = content;
    const sent = this.#sent.get(reference);
    const receipt = sent ? receiptOf(sent.recharge, sent.behaviour) : {};
    const amount = (content.amountMinor / 100).toFixed(2);
    const finding: Finding =
      outcome === 'delivered'
        ? { kind: 'success', receipt, evidence: 'callback: delivered' }
        : { kind: 'rejected', failure: 'network_refused', evidence: 'callback: failed' };
    return { reference, amount, msisdn, finding };
  }

  async balances(): Promise<[]> {
    await this.#context.clock.sleep(50);
    if (this.troubles.has('hangs')) await this.#context.clock.sleep(QUERY_TIMEOUT_MS);
    if (this.isDeaf) throw new Error('no answer');
    return [];
  }

  async catalogue(): Promise<[]> {
    return [];
  }

  /** Whether it answers no question. */
  get isDeaf(): boolean {
    return this.troubles.size > 0 && !this.troubles.has('forgets');
  }

  /** How many times a reference was vended. */
  vends(reference: string): number {
    return this.#vends.get(reference) ?? 0;
  }

  isReversed(reference: string): boolean {
    return this.#reversed.has(reference);
  }

  /** Whether the customer has what a reference paid for. */
  hasDelivered(reference: string): boolean {
    return this.vends(reference) > 0 && !this.isReversed(reference);
  }

  /** Whether only the answer to the send was right, so that it is lost if the process that waits for it dies. */
  reportedFalseFailure(reference: string): boolean {
    return this.#sent.get(reference)?.behaviour.reportsFalseFailure ?? false;
  }

  #draw({ reference }: Recharge): Behaviour {
    const { chance: all, clock, faults } = this.#context;
    const chance = all.fork(`upstream of ${reference} at ${clock.now}`);
    const drawn = chance.pickWeighted(BEHAVIOURS);
    return drawn === PLAIN || faults.allow(chance, `upstream: ${drawn.name}`) ? drawn : PLAIN;
  }

  #begin(sent: SentRecharge): void {
    const { recharge, behaviour, sentAt } = sent;
    const { reference } = recharge;
    const { clock } = this.#context;
    this.#sent.set(reference, sent);
    const { deliversAfterMs, reversesAfterMs, answersAfterMs } = behaviour;
    if (deliversAfterMs !== undefined) clock.at(deliversAfterMs, () => this.#vend(reference));
    if (behaviour.reportsAfterMs === undefined) return;
    if (behaviour.reportsFalseFailure) this.#callBack(sent, 'failed', 100 * SECOND);
    if (deliversAfterMs !== undefined) this.#callBack(sent, 'delivered', Math.max(deliversAfterMs, answersAfterMs));
    else if (behaviour.answers !== 'unclear') this.#callBack(sent, 'failed', answersAfterMs);
    if (reversesAfterMs !== undefined) {
      clock.at(reversesAfterMs, () => this.#reversed.add(reference));
      this.#callBack(sent, 'failed', reversesAfterMs);
    }
    if (sentAt === clock.now) this.#forge(sent);
  }

  #callBack({ recharge, behaviour }: SentRecharge, outcome: CallbackContent['outcome'], afterMs: number): void {
    const { clock, chance, faults, trace, callBack } = this.#context;
    const { reference, amountMinor, msisdn, callbackUrl } = recharge;
    const own = chance.fork(`callback ${outcome} of ${reference} at ${clock.now + afterMs}`);
    if (callbackUrl === undefined || faults.happens(own, 'callback lost')) return;
    const mayBeEarly = behaviour.deliversAfterMs === 0 && outcome === 'delivered';
    const isEarly = mayBeEarly && faults.happens(own, 'callback early');
    const lateMs = faults.happens(own, 'callback late') ? own.below(3 * HOUR) : own.below(SECOND);
    const copies = faults.happens(own, 'callback doubled') ? 2 : 1;
    const content: CallbackContent = { reference, amountMinor, msisdn, outcome, proof: PROOF };
    const message = { headers: {}, body: JSON.stringify(content) };
    for (let copy = 0; copy < copies; copy += 1) {
      const waitMs = isEarly ? own.below(100) : afterMs + lateMs + (copy > 0 ? own.below(10 * MINUTE) : 0);
      clock.at(waitMs, () => {
        trace(`upstream calls back about ${reference}: ${outcome}`);
        callBack(callbackUrl, message);
      });
    }
  }

  /** What an attacker who knows an order's callback URL would post to it. None of it may have an effect. */
  #forge({ recharge, behaviour }: SentRecharge): void {
    const { clock, chance, faults, callBack } = this.#context;
    const { reference, amountMinor, msisdn, callbackUrl } = recharge;
    const own = chance.fork(`stranger of ${reference}`);
    const outcome = behaviour.deliversAfterMs === undefined ? 'delivered' : 'failed';
    const untrue: CallbackContent = { reference, amountMinor, msisdn, outcome, proof: PROOF };
    const forgeries: readonly (readonly [Fault, CallbackContent])[] = [
      ['callback forged', { ...untrue, proof: 'guessed' }],
      ['callback about another order', { ...untrue, reference: `${reference.slice(0, -1)}!` }],
      ['callback about another amount', { ...untrue, amountMinor: amountMinor + 1 }],
      [
        'callback about another number',
        { ...untrue, msisdn: `${msisdn.slice(0, -1)}${(Number(msisdn.at(-1)) + 1) % 10}` },
      ],
    ];
    for (const [fault, content] of forgeries) {
      if (callbackUrl === undefined || !faults.happens(own, fault)) continue;
      clock.at(own.below(20 * MINUTE), () => callBack(callbackUrl, { headers: {}, body: JSON.stringify(content) }));
    }
  }

  /** What an adapter keeps of its words. */
  #said({ reference }: Recharge): string {
    const { chance, clock, faults } = this.#context;
    const own = chance.fork(`words about ${reference} at ${clock.now}`);
    return evidence(faults.happens(own, 'emoji in an answer') ? WORDS : 'as agreed');
  }

  #vend(reference: string): void {
    const times = this.vends(reference) + 1;
    this.#vends.set(reference, times);
    this.#context.trace(`upstream vends ${reference}`);
    this.#context.onVend(reference, times);
  }
}

/** What it says of a delivery. Its id comes with the first answer: what it accepted, it later confirms without. */
function receiptOf({ reference, amountMinor }: Recharge, { answers }: Behaviour): Receipt {
  const costMinor = Math.round(amountMinor * (1 - DISCOUNT));
  return answers === 'accepted' ? { costMinor } : { providerRef: `sim-${reference}`, costMinor };
}

function outcomeOf(kind: Outcome['kind'], { reference, amountMinor }: Recharge, evidence: string): Outcome {
  const receipt = { providerRef: `sim-${reference}`, costMinor: Math.round(amountMinor * (1 - DISCOUNT)) };
  const outcomes: { [Kind in Outcome['kind']]: Extract<Outcome, { kind: Kind }> } = {
    success: { kind: 'success', receipt, evidence },
    accepted: { kind: 'accepted', receipt, evidence: 'accepted' },
    rejected: { kind: 'rejected', failure: 'network_refused', evidence },
    unclear: { kind: 'unclear', evidence: 'timed out' },
    unsent: { kind: 'unsent', evidence: 'connection refused' },
    refuses_us: { kind: 'refuses_us', reason: 'suspended', evidence: 'account suspended' },
  };
  return outcomes[kind];
}
