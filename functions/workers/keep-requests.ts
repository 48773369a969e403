import { worker } from '../../shared/aws/worker.ts';
import type { KeptRequest } from '../../shared/domain/kept-request.ts';
import { keepNew } from '../../shared/store/requests.ts';
import type { World } from '../../shared/world.ts';

/** One message: a request that the request log keeps. */
export function keepRequests(world: World, kept: KeptRequest): Promise<void> {
  return keepNew(world, kept);
}

export const handler = worker({ onMessage: keepRequests });
