import type { Endpoint } from '../../../../sdk/typescript/src/api.ts';

/** Whether somebody has to look at an endpoint: not one that was switched off on purpose. */
export function isFailing({
  failing_since,
  disabled_reason,
}: Pick<Endpoint, 'failing_since' | 'disabled_reason'>): boolean {
  return failing_since !== null || (disabled_reason !== null && disabled_reason !== 'requested');
}
