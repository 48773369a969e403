import type { CreateOrderBody } from '../../../../sdk/typescript/src/api.ts';
import { Problem } from '../../api/problem.ts';

/** An order from the opening of its confirmation until its end is known. */
export interface KeptOrder {
  readonly reference: string;
  readonly order: OrderFields;
  readonly currency: string;
  /** Whether a request for it may be under way, or be done. */
  readonly isSent: boolean;
}

export type OrderFields = Omit<CreateOrderBody, 'agent_reference'>;

/** The reference stays with its order: a repeat is carried out once. Another order has another one. */
export function keptFor(kept: KeptOrder | undefined, order: OrderFields, currency: string): KeptOrder {
  if (kept && JSON.stringify(kept.order) === JSON.stringify(order)) return kept;
  return { reference: `web-${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`, order, currency, isSent: false };
}

/**
 * An order after a refusal: nothing is under way. One that the balance did not cover stays refused under its reference
 * whatever is paid in later, so the next try has a new one.
 */
export function afterRefusal({ reference, order, currency }: KeptOrder, error: Error): KeptOrder {
  const isSpent = error instanceof Problem && error.body.code === 'insufficient_funds';
  return isSpent ? keptFor(undefined, order, currency) : { reference, order, currency, isSent: false };
}
