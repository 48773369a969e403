import { route } from '../shared/api/route.ts';
import { endpointParams } from '../shared/api/webhook-fields.ts';
import { viewEndpoint } from '../shared/api/webhook-views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { findEndpoint } from '../shared/flows/find-webhook.ts';
import { routes } from '../shared/routes.ts';

/** One webhook endpoint, and how it does. */
export const getEndpoint = route({
  ...routes.getEndpoint,
  params: endpointParams,
  async run(world, { owner, params }) {
    return { status: 200, body: viewEndpoint(await findEndpoint(world, owner, params.endpoint_id)) };
  },
});

export const handler = lambda(getEndpoint);
