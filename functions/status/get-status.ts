import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { viewStatus } from '../../shared/http/views/status-views.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { readCanaryRuns } from '../../shared/store/canary.ts';
import { readCatalogue } from '../../shared/store/catalogue.ts';
import { readHealth } from '../../shared/store/health.ts';

const SECONDS_KEPT = 5;

/** The providers of live orders. The sandbox is part of the API, and no provider of anybody. */
const LIVE = PROVIDERS.filter((name) => name !== 'sandbox');

/** The state of orders and of each provider: two seconds old at most, and five more where it is kept on the way. */
export const getStatus: OpenRouteHandler = {
  ...openRoutes.getStatus,
  async run(world) {
    const [catalogue, providers, canary] = await Promise.all([
      readCatalogue(world, 'live'),
      Promise.all(
        LIVE.map(async (provider) => ({
          provider,
          isOn: world.providersOn().includes(provider),
          health: await readHealth(world, provider),
        })),
      ),
      readCanaryRuns(world),
    ]);
    const headers = { 'cache-control': `public, max-age=${SECONDS_KEPT}` };
    const body = viewStatus({ providers, products: [...catalogue.values()], canary, at: world.now() });
    return { status: 200, body, headers };
  },
};

export const handler = lambdaOpen(getStatus);
