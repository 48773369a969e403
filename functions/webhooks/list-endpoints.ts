import { lambda } from '../../shared/aws/lambda.ts';
import { route } from '../../shared/http/route.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listEndpoints as readAll } from '../../shared/store/endpoints.ts';

/** All webhook endpoints of the key's mode, oldest first; they are few, so there is one page. */
export const listEndpoints = route({
  ...routes.listEndpoints,
  async run(world, { owner }) {
    return { status: 200, body: { data: (await readAll(world, owner)).map(viewEndpoint), next_cursor: null } };
  },
});

export const handler = lambda(listEndpoints);
