import type { Stage } from '../../../lib/stage.ts';
import type { Capabilities } from '../../../shared/domain/order.ts';
import type { StageRates } from '../../../shared/manifest/call-rates.ts';
import { hotrecharge } from '../../../shared/providers/hotrecharge.ts';
import { pesaway } from '../../../shared/providers/pesaway.ts';

export type Upstream = keyof StageRates;
export const UPSTREAMS: readonly Upstream[] = ['hotrecharge', 'pesaway'];

/** What adapters say of their providers. They read nothing before their first call. */
export function capabilitiesOf(name: Upstream): Capabilities {
  const nothing = () => Promise.reject(new Error('nothing is called'));
  const means = { http: nothing, now: () => '', credentials: nothing };
  return (name === 'hotrecharge' ? hotrecharge(means) : pesaway(means)).capabilities;
}

/** How many recharges a second we send a provider, at most, from all processes of a stage together. */
export function sendsPerSecond({ callRates }: Pick<Stage, 'callRates'>, name: Upstream): number {
  return (callRates?.[name] ?? capabilitiesOf(name)).sendsPerSecondMax;
}
