import { route } from '../shared/api/route.ts';
import { viewEndpoint } from '../shared/api/webhook-views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { routes } from '../shared/routes.ts';
import { listEndpoints as readAll } from '../shared/store/endpoints.ts';

/** All webhook endpoints of the key's mode, oldest first; there are few, so there are no pages. */
export const listEndpoints = route({
  ...routes.listEndpoints,
  async run(world, { owner }) {
    return { status: 200, body: { data: (await readAll(world, owner)).map(viewEndpoint), next_cursor: null } };
  },
});

export const handler = lambda(listEndpoints);
