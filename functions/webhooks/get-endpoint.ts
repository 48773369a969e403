import { lambda } from '../../shared/aws/lambda.ts';
import { findEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { route } from '../../shared/http/route.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** One webhook endpoint, with its health. */
export const getEndpoint = route({
  ...routes.getEndpoint,
  params: endpointParams,
  async run(world, { owner, params }) {
    return { status: 200, body: viewEndpoint(await findEndpoint(world, owner, params.endpoint_id)) };
  },
});

export const handler = lambda(getEndpoint);
