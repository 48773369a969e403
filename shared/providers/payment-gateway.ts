import type { Currency } from '../domain/money.ts';
import type { PaymentFinding } from '../domain/topup.ts';

/**
 * The port to whoever takes a customer's money for a wallet. It credits nothing: it starts a payment, and says what
 * became of it. What an adapter does not recognise is `unclear`; neither method throws for what the gateway did.
 */
export interface PaymentGateway {
  readonly name: 'pesepay';
  /** What it can take. A payment in anything else is a caller's mistake. */
  readonly currencies: readonly Currency[];
  /**
   * Asks for a page on which to pay. Never retries: the gateway is not known to deduplicate, so another call may make
   * another payment that can be paid as well.
   */
  start(request: PaymentRequest): Promise<PaymentStart>;
  /** Asks how a payment stands. Safe to repeat; the only thing that proves a payment, whatever a callback says. */
  check(gatewayRef: string): Promise<PaymentFinding>;
}

export interface PaymentRequest {
  /** Our top-up's id, sent as the gateway's merchant reference. */
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** What the customer reads on the page. */
  readonly reason: string;
  /** Where the gateway posts that something happened: a hint to check, never proof. */
  readonly resultUrl: string;
  /** Where the customer's browser goes afterwards: never proof either. */
  readonly returnUrl: string;
}

export type PaymentStart =
  | {
      readonly kind: 'started';
      /** The gateway's own reference, by which `check` asks. */
      readonly gatewayRef: string;
      /** Where the customer pays: https, or loopback. */
      readonly redirectUrl: string;
      readonly evidence: string;
    }
  /** Certain: no payment exists. */
  | { readonly kind: 'rejected'; readonly evidence: string }
  /** There may be a payment that we cannot name; nobody was sent to its page. */
  | { readonly kind: 'unclear'; readonly evidence: string };
