import type { CreateOrderBody } from '../../../../sdk/typescript/src/api.ts';

/** An order from the opening of its confirmation until its end is known. */
export interface KeptOrder {
  readonly reference: string;
  readonly order: OrderFields;
  /** Whether a request for it may be under way, or be done. */
  readonly isSent: boolean;
}

export type OrderFields = Omit<CreateOrderBody, 'agent_reference'>;

/** The reference stays with its order: a repeat is carried out once. Another order has another one. */
export function keptFor(kept: KeptOrder | undefined, order: OrderFields): KeptOrder {
  if (kept && JSON.stringify(kept.order) === JSON.stringify(order)) return kept;
  return { reference: `web-${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`, order, isSent: false };
}
