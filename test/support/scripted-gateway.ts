import type { PaymentFinding } from '../../shared/domain/topup.ts';
import type { PaymentGateway, PaymentRequest, PaymentStart } from '../../shared/providers/payment-gateway.ts';

/** A payment gateway that answers what a test scripts. */
export class ScriptedGateway implements PaymentGateway {
  readonly name = 'pesepay';
  readonly currencies = ['USD', 'ZWG'] as const;
  /** Every start, in order. */
  readonly started: PaymentRequest[] = [];
  readonly asked: string[] = [];
  /** The next starts; then each gives a payment. */
  script: PaymentStart[] = [];
  finding: PaymentFinding = { kind: 'in_progress', evidence: 'PENDING' };

  async start(request: PaymentRequest): Promise<PaymentStart> {
    this.started.push(request);
    const gatewayRef = `pay-${this.started.length}`;
    const next = this.script.shift();
    return next ?? { kind: 'started', gatewayRef, redirectUrl: `https://pay.example/${gatewayRef}`, evidence: 'ok' };
  }

  async check(gatewayRef: string): Promise<PaymentFinding> {
    this.asked.push(gatewayRef);
    return this.finding;
  }
}
