import { defined } from '../../domain/defined.ts';
import type { Order } from '../../domain/order.ts';
import { queriedReference } from '../../domain/order.ts';
import type { Recharge } from '../../providers/provider.ts';

/** What an adapter is given of an order; the same for the send and for every status query. */
export function rechargeOf(order: Order): Recharge {
  return {
    reference: queriedReference(order),
    providerProductId: order.providerProductId,
    ...defined({ providerProductCode: order.providerProductCode }),
    kind: order.kind,
    country: order.country,
    msisdn: order.msisdn,
    amountMinor: order.amountMinor,
    currency: order.currency,
    ...defined({ customSms: order.customSms }),
    sentAt: order.attempts.at(-1)?.startedAt ?? order.createdAt,
    receipt: order.receipt,
    queryCount: order.queryCount,
  };
}
