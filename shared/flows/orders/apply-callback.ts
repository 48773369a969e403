import type { ProviderName } from '../../domain/catalogue.ts';
import { parseAmount } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import { isFinal, providerReference } from '../../domain/order.ts';
import { applyCallback, reverse } from '../../domain/order-life.ts';
import { METRICS } from '../../manifest/metrics.ts';
import type { CallbackMessage, CallbackReading, Provider } from '../../providers/provider.ts';
import { evidence } from '../../providers/provider.ts';
import type { OrderKey } from '../../store/orders.ts';
import { readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { changeOrder } from './change-order.ts';
import { rechargeOf } from './dispatch-order.ts';

/**
 * Takes an upstream's message about an order. It counts only if it is the provider's (signature), speaks of this order
 * (our reference, its own id) and of what was ordered (number, amount); anything else is logged and changes nothing.
 */
export async function hearCallback(
  world: World,
  name: ProviderName,
  key: OrderKey,
  message: CallbackMessage,
): Promise<void> {
  const provider = world.provider(name);
  const order = await readOrder(world, key);
  const reading = await provider.readCallback?.(message);
  const flaw = !order || order.provider !== name ? 'no such order' : mismatchIn(order, reading);
  world.log.info('callback.received', {
    provider: name,
    orderId: order?.id,
    finding: reading?.finding.kind,
    flaw,
    evidence: reading ? evidence(reading.finding.evidence) : undefined,
  });
  if (!order || !reading || flaw !== undefined) return;
  const heard = await changeOrder(world, order, (current) => applyCallback(current, reading.finding, world.now()));
  if (!heard.isMine && heard.order.status === 'success' && reading.finding.kind === 'rejected') {
    await doubt(world, provider, heard.order);
  }
}

/** What speaks against a message, or `undefined`. */
function mismatchIn(order: Order, reading: CallbackReading | undefined): string | undefined {
  if (!reading) return 'not a message of the provider';
  if (reading.reference !== providerReference(order)) return 'of another order';
  const known = order.receipt.providerRef;
  if (known !== undefined && reading.providerRef !== undefined && reading.providerRef !== known)
    return 'of another send';
  if (reading.msisdn !== undefined && reading.msisdn.replace(/\D/g, '') !== order.msisdn.replace(/\D/g, '')) {
    return 'of another number';
  }
  if (reading.amount !== undefined && parseAmount(reading.amount, order.currency) !== order.amountMinor) {
    return 'of another amount';
  }
  return undefined;
}

/**
 * A provider that takes a success back is asked before money moves: only its certain word reverses the order. What it
 * cannot confirm is a matter for a person, and an alarm.
 */
async function doubt(world: World, provider: Provider, order: Order): Promise<void> {
  world.log.metric(METRICS.moneyAnomaly, 1);
  const finding = await provider.query(rechargeOf(order));
  world.log.error('order.success_denied', { orderId: order.id, provider: provider.name, finding: finding.kind });
  if (finding.kind !== 'rejected') return;
  await changeOrder(world, order, (current) =>
    isFinal(current.status) && current.status === 'success'
      ? reverse(current, world.now(), 'The provider took it back; the money was returned.')
      : undefined,
  );
}
