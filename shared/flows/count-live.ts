import type { Mode } from '../domain/ledger.ts';
import type { METRICS } from '../manifest/metrics.ts';
import type { World } from '../world.ts';

/**
 * Counts something that an operator is alarmed about, if it is live: what testers provoke in the sandbox wakes nobody,
 * and hides nothing.
 */
export function countLive(
  world: World,
  { mode }: { readonly mode: Mode },
  name: (typeof METRICS)[keyof typeof METRICS],
  dimensions?: Readonly<Record<string, string>>,
): void {
  if (mode === 'live') world.log.metric(name, 1, dimensions);
}
