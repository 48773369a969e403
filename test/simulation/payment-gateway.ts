import type { Currency } from '../../shared/domain/money.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { PaymentFinding } from '../../shared/domain/topup.ts';
import type { PaymentGateway, PaymentRequest, PaymentStart } from '../../shared/providers/payment-gateway.ts';
import type { Chance, Clock } from './clock.ts';
import type { Faults } from './world.ts';

/**
 * A payment gateway for the simulator. What becomes of a payment is drawn when it is started; it says so when it is
 * asked, and tells early, twice, late or not at all that there is news.
 */

interface Payer {
  readonly name: string;
  readonly weight: number;
  /** Minor units paid, as a share of what was asked; absent: never pays. */
  readonly share?: number;
  readonly paysAfterMs?: number;
  /** What is said until then, and for ever where nobody pays. */
  readonly says: PaymentFinding['kind'];
  /** When that is said; in progress before. */
  readonly saysAfterMs?: number;
  /** Takes the money back this long after the start. */
  readonly takesBackAfterMs?: number;
  readonly currency?: Currency;
}

const PLAIN = 'pays';
const PAYERS: readonly Payer[] = [
  { name: PLAIN, weight: 50, share: 1, paysAfterMs: 2 * MINUTE, says: 'in_progress' },
  { name: 'pays at once', weight: 10, share: 1, paysAfterMs: 10, says: 'in_progress' },
  { name: 'pays late', weight: 8, share: 1, paysAfterMs: 5 * HOUR, says: 'in_progress' },
  { name: 'pays, and nobody can tell for long', weight: 6, share: 1, paysAfterMs: 2 * HOUR, says: 'unclear' },
  { name: 'declines', weight: 10, says: 'failed', saysAfterMs: MINUTE },
  { name: 'never comes', weight: 5, says: 'in_progress' },
  { name: 'pays in part', weight: 4, share: 0.5, paysAfterMs: MINUTE, says: 'in_progress' },
  { name: 'pays too much', weight: 2, share: 2, paysAfterMs: MINUTE, says: 'in_progress' },
  { name: 'pays in another currency', weight: 2, share: 1, paysAfterMs: MINUTE, says: 'in_progress', currency: 'ZWG' },
  { name: 'declines, then pays', weight: 12, share: 1, paysAfterMs: 20 * MINUTE, says: 'failed', saysAfterMs: MINUTE },
  {
    name: 'pays, and takes it back',
    weight: 3,
    share: 1,
    paysAfterMs: MINUTE,
    says: 'in_progress',
    takesBackAfterMs: 20 * MINUTE,
  },
];

interface Payment {
  readonly request: PaymentRequest;
  readonly payer: Payer;
  readonly startedAt: number;
}

interface Surroundings {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly tell: (line: string) => void;
  /** Posts to a result URL that there is news. */
  readonly callBack: (url: string) => void;
}

export class SimGateway implements PaymentGateway {
  readonly name = 'pesepay';
  readonly currencies = ['USD', 'ZWG'] as const;
  /** News that is still on its way to us. */
  owedNews = 0;
  /** Payments that were said to be paid when somebody asked. */
  readonly confirmed = new Set<string>();
  readonly #payments = new Map<string, Payment>();
  /** Payments of whose end no news was sent, or only before it came. */
  readonly #untold = new Set<string>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async start(request: PaymentRequest): Promise<PaymentStart> {
    const { clock, chance, faults, tell } = this.#around;
    const own = chance.fork(`payment ${request.reference} at ${clock.now}`);
    await clock.sleep(100 + own.below(500));
    if (faults.happens(own, 'gateway down')) return { kind: 'rejected', evidence: 'down' };
    const gatewayRef = `pay-${own.below(2 ** 31)}-${own.below(2 ** 31)}`;
    const payer = this.#draw(own);
    this.#payments.set(gatewayRef, { request, payer, startedAt: clock.now });
    tell(`gateway starts ${gatewayRef} of ${request.reference}: ${payer.name}`);
    // Nobody ever sees the page of a payment whose start was not answered.
    if (faults.happens(own, 'payment page lost')) return { kind: 'unclear', evidence: 'timed out' };
    this.#news(gatewayRef, request, payer, own);
    return { kind: 'started', gatewayRef, redirectUrl: `https://pay.example/${gatewayRef}`, evidence: 'ok' };
  }

  async check(gatewayRef: string): Promise<PaymentFinding> {
    const { clock, chance, faults } = this.#around;
    const own = chance.fork(`look at ${gatewayRef} at ${clock.now}`);
    await clock.sleep(50 + own.below(300));
    if (faults.happens(own, 'no answer to a look')) return { kind: 'unclear', evidence: 'no answer' };
    const payment = this.#payments.get(gatewayRef);
    if (!payment) return { kind: 'not_found', evidence: 'not found' };
    const finding = this.#truth(payment);
    if (finding.kind === 'paid') this.confirmed.add(gatewayRef);
    return finding;
  }

  /** Whether it was paid as it was asked for, and not taken back. */
  isPaid(gatewayRef: string): boolean {
    const payment = this.#payments.get(gatewayRef);
    if (!payment) return false;
    const { payer } = payment;
    return payer.share === 1 && payer.currency === undefined && this.#truth(payment).kind === 'paid';
  }

  /** Whether what it said first turned out wrong, and the news of that may have reached nobody alive. */
  misledAbout(gatewayRef: string): boolean {
    const payer = this.#payments.get(gatewayRef)?.payer;
    const isMisled = payer?.says === 'failed' && payer.share !== undefined;
    return isMisled && (this.#around.faults.isDeadly || this.#untold.has(gatewayRef));
  }

  #truth({ request, payer, startedAt }: Payment): PaymentFinding {
    const age = this.#around.clock.now - startedAt;
    const { share, paysAfterMs, takesBackAfterMs, says, saysAfterMs = 0 } = payer;
    if (takesBackAfterMs !== undefined && age >= takesBackAfterMs) return { kind: 'review', evidence: 'REVERSED' };
    if (share !== undefined && paysAfterMs !== undefined && age >= paysAfterMs) {
      if (share < 1) return { kind: 'review', evidence: 'PARTIALLY_PAID' };
      const amountMinor = Math.round(request.amountMinor * share);
      return { kind: 'paid', amountMinor, currency: payer.currency ?? request.currency, evidence: 'SUCCESS' };
    }
    if (age < saysAfterMs || says === 'in_progress') return { kind: 'in_progress', evidence: 'PENDING' };
    if (says === 'failed') return { kind: 'failed', failure: 'declined', evidence: 'DECLINED' };
    return { kind: 'unclear', evidence: 'SERVICE_UNAVAILABLE' };
  }

  #draw(own: Chance): Payer {
    let left = own.below(PAYERS.reduce((sum, each) => sum + each.weight, 0));
    const drawn = PAYERS.find((each) => {
      left -= each.weight;
      return left < 0;
    });
    const [plain] = PAYERS;
    if (!drawn || !plain) throw new Error('weights add up');
    return drawn === plain || this.#around.faults.allow(own, `payer: ${drawn.name}`) ? drawn : plain;
  }

  #news(gatewayRef: string, { resultUrl }: PaymentRequest, payer: Payer, own: Chance): void {
    const { clock, faults, tell, callBack } = this.#around;
    const { paysAfterMs, saysAfterMs, takesBackAfterMs } = payer;
    for (const atMs of [saysAfterMs, paysAfterMs, takesBackAfterMs]) {
      if (atMs === undefined) continue;
      const isLost = faults.happens(own, 'callback lost');
      const isEarly = !isLost && faults.happens(own, 'callback early');
      if ((isLost || isEarly) && atMs === paysAfterMs) this.#untold.add(gatewayRef);
      if (isLost) continue;
      const lateMs = faults.happens(own, 'callback late') ? own.below(DAY / 4) : SECOND;
      const copies = faults.happens(own, 'callback doubled') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.owedNews += 1;
        clock.at(isEarly ? own.below(atMs) : atMs + lateMs + copy * own.below(MINUTE), () => {
          this.owedNews -= 1;
          tell(`gateway has news of ${gatewayRef}`);
          callBack(resultUrl);
        });
      }
    }
  }
}
