import { CONTROL_INTERVAL_MS, CONTROL_MS_MAX } from '../../domain/health.ts';
import { messageOf } from '../../domain/message-of.ts';
import type { Finding, Order } from '../../domain/order.ts';
import { elapsed } from '../../domain/time.ts';
import type { Provider } from '../../providers/provider.ts';
import { evidence } from '../../providers/provider.ts';
import { readHealth, saveDelivery } from '../../store/health.ts';
import { readOrder } from '../../store/orders.ts';
import type { World } from '../../world.ts';
import { rechargeOf } from './recharge-of.ts';

/**
 * Whether a provider's "not found" says anything about an order. It does only to the account that sent the order, and
 * only while the same account still finds an order that was delivered: after a change of account, or behind a proxy
 * that lost its route, everything is "not found", the delivered orders too.
 */

/** The control queries of one run, by provider and account, so that each is made once. Why they failed, if they did. */
export type Controls = Map<string, Promise<string | undefined>>;

/** The finding as it may be used: "not found" where it is evidence, else unclear, with the reason. */
export async function checkNotFound(
  world: World,
  provider: Provider,
  { order, finding, controls }: { order: Order; finding: Finding; controls: Controls },
): Promise<Finding> {
  const isChecked = order.mode === 'live' && provider.capabilities.notFoundFinalAfterMs !== null;
  if (finding.kind !== 'not_found' || !isChecked) return finding;
  const { account } = finding;
  const sentFrom = order.attempts.at(-1)?.account;
  const doubt =
    account === undefined || account !== sentFrom
      ? 'not found, by another account than sent it'
      : await controlOnce(world, provider, account, controls);
  return doubt === undefined ? finding : { kind: 'unclear', evidence: evidence(`${doubt}: ${finding.evidence}`) };
}

function controlOnce(world: World, provider: Provider, account: string, controls: Controls) {
  const name = `${provider.name} ${account}`;
  const made = controls.get(name) ?? control(world, provider, account);
  controls.set(name, made);
  return made;
}

/** Queries an order that this account is known to have delivered. `undefined` if it is found. */
async function control(world: World, provider: Provider, account: string): Promise<string | undefined> {
  const known = (await readHealth(world, provider.name)).deliveries.get(account);
  const isRecent = known !== undefined && elapsed(known.at, world.now()) <= CONTROL_MS_MAX;
  const delivered = isRecent ? await readOrder(world, known) : undefined;
  if (!delivered) return 'not found, and no delivery of this account is known that would be found';
  let finding: Finding;
  try {
    finding = await provider.query(rechargeOf(delivered));
  } catch (error) {
    finding = { kind: 'unclear', evidence: messageOf(error) };
  }
  // Rejected: it was delivered and has been taken back since, so the account does know it.
  if (finding.kind === 'success' || finding.kind === 'rejected') return undefined;
  world.log.error('provider.control_not_found', {
    provider: provider.name,
    orderId: delivered.id,
    finding: finding.kind,
  });
  return `not found, and neither was ${delivered.id}, which was delivered`;
}

/** Remembers a delivery as the control of its account, where the one that is remembered is older than an hour. */
export async function rememberDelivery(world: World, provider: Provider, order: Order): Promise<void> {
  const account = order.attempts.at(-1)?.account;
  if (order.mode === 'test' || order.status !== 'success' || account === undefined) return;
  try {
    const known = (await readHealth(world, provider.name)).deliveries.get(account);
    if (known && elapsed(known.at, world.now()) < CONTROL_INTERVAL_MS) return;
    const { merchantId, mode, agentReference } = order;
    await saveDelivery(world, provider.name, account, { merchantId, mode, agentReference, at: world.now() });
  } catch (error) {
    // Only a control is missing; the order is decided.
    world.log.error('provider.health_not_recorded', { provider: provider.name }, error);
  }
}
