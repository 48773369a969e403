import type { Currency } from '../domain/money.ts';
import type { PaymentFinding } from '../domain/topup.ts';

/**
 * The port to a payment gateway, where a customer pays for a top-up. It credits nothing: it starts a payment and
 * reports its status. An answer that an adapter does not recognise is `unclear`; neither method throws for what the
 * gateway did.
 */
export interface PaymentGateway {
  readonly name: 'pesepay';
  /** The currencies that it accepts. A payment in another currency is a bug of the caller. */
  readonly currencies: readonly Currency[];
  /** Whether its secret was never set: no payment can be started. Absent where it is always on. */
  isOff?(): Promise<boolean>;
  /**
   * Requests a payment page. Never retries: the gateway is not known to deduplicate, so another call may create a
   * second payment that can be paid too.
   */
  start(request: PaymentRequest): Promise<PaymentStart>;
  /** Queries the status of a payment. Safe to repeat, and the only proof of a payment: a callback proves nothing. */
  check(gatewayRef: string): Promise<PaymentFinding>;
}

export interface PaymentRequest {
  /** Our top-up's id, sent as the gateway's merchant reference. */
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** The text that the customer reads on the page. */
  readonly reason: string;
  /** Where the gateway posts a callback: a reason to query the status, never proof. */
  readonly resultUrl: string;
  /** Where the customer's browser is sent afterwards: never proof either. */
  readonly returnUrl: string;
}

export type PaymentStart =
  | {
      readonly kind: 'started';
      /** The reference at the gateway, for `check`. */
      readonly gatewayRef: string;
      /** Where the customer pays: https, or loopback. */
      readonly redirectUrl: string;
      readonly evidence: string;
    }
  /** It is certain that no payment exists. */
  | { readonly kind: 'rejected'; readonly evidence: string }
  /** There may be a payment that we cannot identify; no customer was sent to its page. */
  | { readonly kind: 'unclear'; readonly evidence: string };
