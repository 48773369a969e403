import type { Outcome } from '../../shared/domain/order.ts';
import type { Provider, Recharge } from '../../shared/providers/provider.ts';

/** Prepares and makes a send, as the dispatcher does around its claim. */
export async function send(provider: Provider, recharge: Recharge): Promise<Outcome> {
  const prepared = await provider.prepare(recharge);
  return prepared.kind === 'ready' ? prepared.send() : prepared;
}
