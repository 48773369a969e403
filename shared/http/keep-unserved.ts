import { KEEP_MS_MAX } from '../domain/kept-request.ts';
import { keyOfAuthorization } from '../domain/key.ts';
import { elapsed } from '../domain/time.ts';
import { NOT_FOUND_FUNCTION, pathAt } from '../manifest/routes.ts';
import { readActiveKey } from '../store/keys.ts';
import type { World } from '../world.ts';
import { admitBadKey, isKnownForBadKeys, mayKeep } from './limits.ts';
import type { Exchange, MayKeep, PlainRequest, PlainResponse } from './route.ts';

/** `keepRequest`, which is given because it is in a file beside some functions. */
export type KeepRequest = (world: World, exchange: Exchange, mayKeep: MayKeep) => Promise<void>;

/** As the path of what has none: it may hold anything, so who may not see numbers is shown this instead. */
const NO_ROUTE = '/…';

/**
 * Keeps a request to a path or with a method that there is not, under the merchant whose key it has. Its answer is the
 * same without, and is never held up for long. A key that does not work counts as everywhere, and an address that is
 * known for those has none looked up: such a request costs us no more than one to a route.
 */
export async function keepUnserved(
  world: World,
  request: PlainRequest,
  response: PlainResponse,
  keep: KeepRequest,
): Promise<void> {
  try {
    await world.within(KEEP_MS_MAX, keepIfMerchants(world, request, response, keep));
  } catch (error) {
    world.log.warn('request.not_kept', { reason: error instanceof Error ? error.name : String(error) });
  }
}

async function keepIfMerchants(
  world: World,
  request: PlainRequest,
  response: PlainResponse,
  keep: KeepRequest,
): Promise<void> {
  const { address, headers } = request;
  if (address !== undefined && isKnownForBadKeys(world, address)) return;
  const startedAt = world.now();
  const key = await readActiveKey(world, keyOfAuthorization(headers.authorization ?? ''), address);
  if (!key) {
    if (address !== undefined) await admitBadKey(world, address);
    return;
  }
  const path = pathAt(request.path);
  const exchange = {
    caller: { merchantId: key.merchantId, mode: key.mode, keyId: key.id },
    handler: { name: NOT_FOUND_FUNCTION, path: path ?? NO_ROUTE },
    code: path === undefined ? 'route_not_found' : 'method_not_allowed',
    startedAt,
    ms: elapsed(startedAt, world.now()),
  };
  await keep(world, { ...exchange, request, response }, mayKeep);
}
