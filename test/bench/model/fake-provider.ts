import type { ProviderName } from '../../../shared/domain/catalogue.ts';
import type { Capabilities, Finding, Outcome } from '../../../shared/domain/order.ts';
import type { Provider, Recharge } from '../../../shared/providers/provider.ts';
import type { Clock } from '../../simulation/clock.ts';
import { capabilitiesOf } from './call-rates.ts';

/** An upstream on virtual time that answers with what HotRecharge answers, as long as it is. */
export class FakeProvider {
  /** How long a send takes. */
  sendMs: () => number = () => 800;
  queryMs = 200;
  outcome: (recharge: Recharge) => Outcome = delivered;
  finding: (recharge: Recharge) => Finding = delivered;
  isDown = false;
  /** When each send ended, and when each query began. */
  readonly sent: number[] = [];
  readonly queried: number[] = [];
  readonly port: Provider;

  #answersOnce = 0;

  constructor(name: ProviderName, clock: Clock, changes: object = {}) {
    const send = async (recharge: Recharge) => {
      await clock.sleep(this.sendMs());
      this.sent.push(clock.now);
      if (this.#answersOnce === 0) return this.outcome(recharge);
      this.#answersOnce -= 1;
      return delivered(recharge);
    };
    this.port = {
      name,
      // What HotRecharge is trusted with.
      capabilities: { ...capabilitiesOf('hotrecharge'), ...changes } as Capabilities,
      prepare: async (recharge) => ({ kind: 'ready', account: '0fe5632e6fa70282', send: () => send(recharge) }),
      query: async (recharge) => {
        this.queried.push(clock.now);
        await clock.sleep(this.queryMs);
        return this.finding(recharge);
      },
      balances: async () => {
        await clock.sleep(this.queryMs);
        if (this.isDown) throw new Error('no answer');
        return [];
      },
      catalogue: async () => [],
    };
  }

  /** The next send succeeds, whatever the others do. */
  answerOnce(): void {
    this.#answersOnce += 1;
  }

  /** Everything succeeds again. */
  restore(): void {
    this.outcome = delivered;
    this.finding = delivered;
  }
}

export function delivered({ reference, amountMinor }: Recharge): Outcome & { kind: 'success' } {
  const body = {
    successful: true,
    message: 'Recharge successful',
    agentReference: reference,
    rechargeId: 9_000_001,
    amount: amountMinor / 100,
    discount: 5,
    balance: { balance: 1_000_000 },
  };
  const receipt = { providerRef: '9000001', costMinor: Math.round(amountMinor * 0.95) };
  return { kind: 'success', receipt, evidence: `200 ${JSON.stringify(body)}` };
}

export function rejected(): Outcome {
  return { kind: 'rejected', failure: 'network_refused', evidence: '400 {"ReplyCode":224,"ReplyMessage":"Refused"}' };
}
