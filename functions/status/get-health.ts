import { lambdaOpen } from '../../shared/aws/lambda.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { readHealth } from '../../shared/store/health.ts';

/**
 * Whether the API can work, for load balancers and monitors: it answers `ok` if the database answered within the last
 * two seconds, and a 5xx otherwise.
 */
export const getHealth: OpenRouteHandler = {
  ...openRoutes.getHealth,
  async run(world) {
    await readHealth(world, 'sandbox');
    return { status: 200, body: { status: 'ok', at: world.now() } };
  },
};

export const handler = lambdaOpen(getHealth);
