import type { Product } from '../../shared/domain/catalogue.ts';
import type { Capabilities, Finding, Holder, Outcome } from '../../shared/domain/order.ts';
import type { PrefundedBalance, Preparation, Provider, Recharge } from '../../shared/providers/provider.ts';

type Step = Outcome | 'die' | ((recharge: Recharge) => Promise<Outcome>);

/**
 * An upstream that does what a test says and keeps its own record of what it vended: the question that matters is how
 * often each order was. It vends again whenever it is asked again; it never protects us from ourselves.
 */
export class ScriptedProvider implements Provider {
  readonly name = 'hotrecharge';
  readonly capabilities: Capabilities = {
    sendTimeoutMs: 60_000,
    answersQueries: true,
    notFoundFinalAfterMs: 3_600_000,
    queryIntervalMs: 120_000,
    reviewAfterMs: 86_400_000,
    // Tests of what it does are not about its pace.
    sendsPerSecondMax: 10_000,
    queriesPerSecondMax: 100,
  };
  readonly vends: string[] = [];
  readonly sends: Recharge[] = [];
  readonly queries: Recharge[] = [];
  /** What the next sends do; when empty, they succeed. */
  script: Step[] = [];
  /** What queries answer; by default the truth in the record. */
  finding: Finding | undefined;
  /** How long a send takes, in real time. */
  delayMs = 0;
  readonly now: () => string;

  constructor(now: () => string) {
    this.now = now;
  }

  /** Whether "not found" is answered about what it delivered too. */
  isUnrouted = false;
  /** Our account there. */
  account = 'ours';

  /** What the next preparations find; when empty, they are ready. */
  preparations: (Exclude<Preparation, { kind: 'ready' }> | Error)[] = [];

  async prepare(recharge: Recharge): Promise<Preparation> {
    const found = this.preparations.shift();
    if (found instanceof Error) throw found;
    return found ?? { kind: 'ready', account: this.account, send: () => this.send(recharge) };
  }

  async send(recharge: Recharge): Promise<Outcome> {
    this.sends.push(recharge);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const step = this.script.shift();
    if (step === 'die') throw new Error('the process died');
    if (typeof step === 'function') return step(recharge);
    if (step && step.kind !== 'success') return step;
    this.vends.push(recharge.reference);
    return step ?? this.delivered(recharge);
  }

  async query(recharge: Recharge): Promise<Finding> {
    this.queries.push(recharge);
    const { account } = this;
    const isKnown = this.finding?.kind === 'not_found' && this.vends.includes(recharge.reference) && !this.isUnrouted;
    if (this.finding && !isKnown) {
      return this.finding.kind === 'not_found' ? { account, ...this.finding } : this.finding;
    }
    if (this.vends.includes(recharge.reference)) return this.delivered(recharge);
    return { kind: 'not_found', account, evidence: 'no such reference' };
  }

  balances: () => Promise<readonly PrefundedBalance[]> = async () => [];

  catalogue: () => Promise<readonly Product[]> = async () => [];

  lookup: (providerProductId: string, meter: string) => Promise<Holder | undefined> = async () => undefined;

  /** How often each order was vended; each number must be 1. */
  vendCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const reference of this.vends) counts.set(reference, (counts.get(reference) ?? 0) + 1);
    return counts;
  }

  private delivered(recharge: Recharge): Outcome & { kind: 'success' } {
    return { kind: 'success', receipt: { providerRef: `up-${recharge.reference}` }, evidence: 'delivered' };
  }
}
