import type { Currency } from '../../domain/money.ts';
import { toMajor } from '../../domain/money.ts';
import { METRICS, PREFUNDED_BALANCE_MIN } from '../../manifest/metrics.ts';
import type { Provider } from '../../providers/provider.ts';
import type { World } from '../../world.ts';

/** Our own money in accounts at providers. */

export function isLow(balanceMinor: number, currency: Currency): boolean {
  return toMajor(balanceMinor, currency) < PREFUNDED_BALANCE_MIN[currency];
}

/** For the alarm. A metric is a line of the log, and what an account holds is in none. */
export function recordLow(world: World, { name }: Provider, account: string, isLowNow: boolean): void {
  world.log.metric(METRICS.prefundedBalanceLow, isLowNow ? 1 : 0, { provider: name, account });
}
