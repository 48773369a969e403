import type { Currency } from '../../shared/domain/money.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { PaymentFinding } from '../../shared/domain/topup.ts';
import type { PaymentGateway, PaymentRequest, PaymentStart } from '../../shared/providers/payment-gateway.ts';
import type { Chance } from './chance.ts';
import type { SimulationContext } from './simulation-context.ts';

/** What the payer of one payment does. All times count from its start. */
interface Payer {
  readonly name: string;
  readonly weight: number;
  /** Minor units paid, as a share of the amount. Absent: never pays. */
  readonly share?: number;
  readonly paysAfterMs?: number;
  /** The status until the payment, and for ever if there is none. */
  readonly status: PaymentFinding['kind'];
  /** When that status shows; in progress before. */
  readonly statusAfterMs?: number;
  readonly reversesAfterMs?: number;
  /** From this moment on the gateway has closed the payment, whatever was paid of it. */
  readonly closesAfterMs?: number;
  readonly currency?: Currency;
}

const PLAIN: Payer = { name: 'pays', weight: 50, share: 1, paysAfterMs: 2 * MINUTE, status: 'in_progress' };
const PAYERS: readonly Payer[] = [
  PLAIN,
  { name: 'pays at once', weight: 10, share: 1, paysAfterMs: 10, status: 'in_progress' },
  { name: 'pays late', weight: 8, share: 1, paysAfterMs: 5 * HOUR, status: 'in_progress' },
  { name: 'pays after hours of unclear status', weight: 6, share: 1, paysAfterMs: 2 * HOUR, status: 'unclear' },
  { name: 'declines', weight: 10, status: 'failed', statusAfterMs: MINUTE },
  { name: 'never acts', weight: 5, status: 'in_progress' },
  { name: 'pays in part', weight: 4, share: 0.5, paysAfterMs: MINUTE, status: 'in_progress' },
  {
    name: 'pays in part, then the gateway closes it',
    weight: 4,
    share: 0.5,
    paysAfterMs: MINUTE,
    status: 'in_progress',
    closesAfterMs: 15 * MINUTE,
  },
  { name: 'pays too much', weight: 2, share: 2, paysAfterMs: MINUTE, status: 'in_progress' },
  {
    name: 'pays in another currency',
    weight: 2,
    share: 1,
    paysAfterMs: MINUTE,
    status: 'in_progress',
    currency: 'ZWG',
  },
  {
    name: 'declines, then pays',
    weight: 12,
    share: 1,
    paysAfterMs: 20 * MINUTE,
    status: 'failed',
    statusAfterMs: MINUTE,
  },
  {
    name: 'pays, then reverses',
    weight: 3,
    share: 1,
    paysAfterMs: MINUTE,
    status: 'in_progress',
    reversesAfterMs: 20 * MINUTE,
  },
];

interface Payment {
  readonly request: PaymentRequest;
  readonly payer: Payer;
  readonly startedAt: number;
}

interface GatewayContext extends SimulationContext {
  /** Posts a notification to a result URL. */
  readonly callBack: (url: string) => void;
}

/**
 * A simulated payment gateway. It draws what the payer does when a payment starts, answers status queries, and notifies
 * us of changes early, late, twice or not at all.
 */
export class SimulatedPaymentGateway implements PaymentGateway {
  readonly name = 'pesepay';
  readonly currencies = ['USD', 'ZWG'] as const;
  /** Notifications that are still on their way to us. */
  pendingNotifications = 0;
  /** Payments that a status query has shown as paid. */
  readonly confirmed = new Set<string>();
  readonly #payments = new Map<string, Payment>();
  readonly #context: GatewayContext;

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  async start(request: PaymentRequest): Promise<PaymentStart> {
    const { clock, chance, faults, trace } = this.#context;
    const own = chance.fork(`payment ${request.reference} at ${clock.now}`);
    await clock.sleep(100 + own.below(500));
    if (faults.happens(own, 'payment gateway down')) return { kind: 'rejected', evidence: 'down' };
    const gatewayRef = `pay-${own.below(2 ** 31)}-${own.below(2 ** 31)}`;
    const payer = this.#draw(own);
    this.#payments.set(gatewayRef, { request, payer, startedAt: clock.now });
    trace(`payment gateway starts ${gatewayRef} of ${request.reference}: ${payer.name}`);
    // If the answer to the start is lost, no payer ever sees the payment page.
    if (faults.happens(own, 'payment page lost')) return { kind: 'unclear', evidence: 'timed out' };
    this.#notify(gatewayRef, request, payer, own);
    return { kind: 'started', gatewayRef, redirectUrl: `https://pay.example/${gatewayRef}`, evidence: 'ok' };
  }

  async check(gatewayRef: string): Promise<PaymentFinding> {
    const { clock, chance, faults } = this.#context;
    const own = chance.fork(`look at ${gatewayRef} at ${clock.now}`);
    await clock.sleep(50 + own.below(300));
    if (faults.happens(own, 'no answer to a status query')) return { kind: 'unclear', evidence: 'no answer' };
    const payment = this.#payments.get(gatewayRef);
    if (!payment) return { kind: 'not_found', evidence: 'not found' };
    const finding = this.#truth(payment);
    if (finding.kind === 'paid') this.confirmed.add(gatewayRef);
    return finding;
  }

  /** Whether it was paid as requested, and not reversed. */
  isPaid(gatewayRef: string): boolean {
    const payment = this.#payments.get(gatewayRef);
    if (!payment) return false;
    const { payer } = payment;
    return payer.share === 1 && payer.currency === undefined && this.#truth(payment).kind === 'paid';
  }

  /** How many payments were started under a reference of ours. */
  paymentsOf(reference: string): number {
    return [...this.#payments.values()].filter(({ request }) => request.reference === reference).length;
  }

  #truth({ request, payer, startedAt }: Payment): PaymentFinding {
    const age = this.#context.clock.now - startedAt;
    const { share, paysAfterMs, reversesAfterMs, closesAfterMs, status, statusAfterMs = 0 } = payer;
    if (reversesAfterMs !== undefined && age >= reversesAfterMs) return { kind: 'review', evidence: 'REVERSED' };
    if (closesAfterMs !== undefined && age >= closesAfterMs) {
      return { kind: 'failed', failure: 'expired', evidence: 'CLOSED' };
    }
    if (share !== undefined && paysAfterMs !== undefined && age >= paysAfterMs) {
      if (share < 1) return { kind: 'review', evidence: 'PARTIALLY_PAID' };
      const amountMinor = Math.round(request.amountMinor * share);
      return { kind: 'paid', amountMinor, currency: payer.currency ?? request.currency, evidence: 'SUCCESS' };
    }
    if (age < statusAfterMs || status === 'in_progress') return { kind: 'in_progress', evidence: 'PENDING' };
    if (status === 'failed') return { kind: 'failed', failure: 'declined', evidence: 'DECLINED' };
    return { kind: 'unclear', evidence: 'SERVICE_UNAVAILABLE' };
  }

  #draw(chance: Chance): Payer {
    const drawn = chance.pickWeighted(PAYERS);
    return drawn === PLAIN || this.#context.faults.allow(chance, `payer: ${drawn.name}`) ? drawn : PLAIN;
  }

  #notify(gatewayRef: string, { resultUrl }: PaymentRequest, payer: Payer, own: Chance): void {
    const { clock, faults, trace, callBack } = this.#context;
    const { paysAfterMs, statusAfterMs, reversesAfterMs, closesAfterMs } = payer;
    for (const atMs of [statusAfterMs, paysAfterMs, reversesAfterMs, closesAfterMs]) {
      if (atMs === undefined) continue;
      const isLost = faults.happens(own, 'callback lost');
      const isEarly = !isLost && faults.happens(own, 'callback early');
      if (isLost) continue;
      const lateMs = faults.happens(own, 'callback late') ? own.below(DAY / 4) : SECOND;
      const copies = faults.happens(own, 'callback doubled') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.pendingNotifications += 1;
        clock.at(isEarly ? own.below(atMs) : atMs + lateMs + copy * own.below(MINUTE), () => {
          this.pendingNotifications -= 1;
          trace(`payment gateway notifies us of ${gatewayRef}`);
          callBack(resultUrl);
        });
      }
    }
  }
}
