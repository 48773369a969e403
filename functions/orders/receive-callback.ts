import { lambdaOpen } from '../../shared/aws/lambda.ts';
import type { ProviderName } from '../../shared/domain/catalogue.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import type { Hash } from '../../shared/domain/erasure.ts';
import { parseAmount } from '../../shared/domain/money.ts';
import type { Order } from '../../shared/domain/order.ts';
import { providerReferences, queriedReference } from '../../shared/domain/order.ts';
import { applyCallback, deliveredAs, reverse } from '../../shared/domain/order-life.ts';
import { countLive } from '../../shared/flows/count-live.ts';
import { readCallbackToken } from '../../shared/flows/orders/callback-url.ts';
import { changeOrder } from '../../shared/flows/orders/change-order.ts';
import { watchForTwo } from '../../shared/flows/orders/dispatch-order.ts';
import { rechargeOf } from '../../shared/flows/orders/recharge-of.ts';
import { privacyHash } from '../../shared/flows/privacy/hash-of-number.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import type { CallbackMessage, CallbackReading, Provider } from '../../shared/providers/provider.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import { readOrder } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

/**
 * An upstream reports how an order ended. The message is a hint: only what is certain and matches the order is applied.
 * A genuine URL is always answered 200, whatever the body, so that upstreams do not repeat what we cannot use.
 */
export const receiveCallback: OpenRouteHandler = {
  ...openRoutes.receiveCallback,
  async run(world, { params, headers, body }) {
    const key = await readCallbackToken(world, params.token ?? '');
    const provider = PROVIDERS.find((name) => name === params.provider);
    if (!key || !provider) throw new Refusal('callback_not_ours');
    await applyMessage(world, provider, key, { headers, body });
    return { status: 200, body: { received: true } };
  },
};

/**
 * Applies a message only if it is the provider's (signature), names this order (our reference, its own id) and matches
 * what was ordered (number, amount). Anything else is logged and changes nothing.
 */
async function applyMessage(world: World, name: ProviderName, key: OrderKey, message: CallbackMessage): Promise<void> {
  const provider = world.provider(name);
  const order = await readOrder(world, key);
  const reading = await provider.readCallback?.(message);
  const hash = order?.erased ? await privacyHash(world) : undefined;
  const mismatch = order?.provider === name ? mismatchIn(order, reading, hash) : 'no such order';
  world.log.info('callback.received', {
    provider: name,
    orderId: order?.id,
    finding: reading?.finding.kind,
    mismatch,
    reference: reading?.reference,
  });
  if (!order || !reading || mismatch !== undefined) return;
  const { finding, reference } = reading;
  const applied = await changeOrder(world, order, (current) => {
    if (finding.kind !== 'success')
      return isCurrent(current, reference) ? applyCallback(current, finding, world.now()) : undefined;
    const receipt = { ...finding.receipt, ...deliveredAs(current, reference) };
    return applyCallback(current, { ...finding, receipt }, world.now());
  });
  if (applied.isMine || applied.order.status !== 'success') return;
  if (finding.kind === 'success') watchForTwo(world, applied.order, reference);
  if (finding.kind === 'rejected' && isCurrent(applied.order, reference)) {
    await verifyReversal(world, provider, applied.order);
  }
}

/** Whether this is the reference that was delivered or may yet be: a failure of an earlier one says nothing new. */
function isCurrent(order: Order, reference: string): boolean {
  return reference === queriedReference(order);
}

/** Why a message is not about this order; `undefined` when it is. */
function mismatchIn(order: Order, reading: CallbackReading | undefined, hash: Hash | undefined): string | undefined {
  if (!reading) return 'not a message of the provider';
  if (!providerReferences(order).includes(reading.reference)) return 'of another order';
  const known = isCurrent(order, reading.reference) ? order.receipt.providerRef : undefined;
  if (known !== undefined && reading.providerRef !== undefined && reading.providerRef !== known)
    return 'of another send';
  if (reading.msisdn !== undefined && !isNumberOf(order, reading.msisdn, hash)) return 'of another number';
  if (reading.amount !== undefined && parseAmount(reading.amount, order.currency) !== order.amountMinor) {
    return 'of another amount';
  }
  return undefined;
}

/** Of an order whose number is erased, a hash is left: of digits alone for a meter, else with the plus in front. */
function isNumberOf(order: Order, named: string, hash: Hash | undefined): boolean {
  const digits = named.replace(/\D/g, '');
  if (!hash) return digits === order.msisdn.replace(/\D/g, '');
  return [digits, `+${digits}`].some((number) => hash(number) === order.msisdn);
}

/**
 * A message denies a recorded success. The provider is queried before money moves: only a certain rejection reverses
 * the order. Anything else needs a person, and raises an alarm.
 */
async function verifyReversal(world: World, provider: Provider, order: Order): Promise<void> {
  countLive(world, order, METRICS.moneyAnomaly);
  const finding = await provider.query(rechargeOf(order));
  world.log.error('order.success_denied', { orderId: order.id, provider: provider.name, finding: finding.kind });
  if (finding.kind !== 'rejected') return;
  await changeOrder(world, order, (current) =>
    current.status === 'success'
      ? reverse(current, world.now(), 'The provider took it back; the money was returned.')
      : undefined,
  );
}

export const handler = lambdaOpen(receiveCallback);
