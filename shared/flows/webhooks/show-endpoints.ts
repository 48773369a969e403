import type { Owner } from '../../domain/ledger.ts';
import { hostOf, isDelivered } from '../../domain/webhook.ts';
import { listDeliveries } from '../../store/deliveries.ts';
import { listEndpoints } from '../../store/endpoints.ts';
import type { World } from '../../world.ts';

/** Of each endpoint, as many of its newest deliveries are looked at for the last error. */
const LOOKED_AT = 25;

/** A merchant's endpoints as an operator needs to see them. Without their paths, in which merchants put secrets. */
export async function showEndpoints(world: World, owner: Owner) {
  const endpoints = await listEndpoints(world, owner);
  return Promise.all(
    endpoints.map(async ({ id, url, disabled, failing }) => ({
      id,
      host: url === '' ? null : hostOf(url),
      enabled: disabled === undefined,
      disabled_at: disabled?.at ?? null,
      disabled_reason: disabled?.reason ?? null,
      failing_since: failing?.since ?? null,
      last_error: await lastError(world, owner, id),
    })),
  );
}

async function lastError(world: World, owner: Owner, endpointId: string) {
  const { deliveries } = await listDeliveries(world, owner, { endpointId, limit: LOOKED_AT });
  const failed = deliveries.flatMap(({ attempts }) => attempts).filter((attempt) => !isDelivered(attempt));
  const [last] = failed.toSorted((one, other) => (one.at < other.at ? 1 : -1));
  return last ? { at: last.at, status: last.status ?? null, error: last.error ?? null } : null;
}
