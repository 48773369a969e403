import { lambda } from '../../shared/aws/lambda.ts';
import { changeEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { route } from '../../shared/http/route.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** Deletes an endpoint for good. Its deliveries stay in the list of deliveries. */
export const deleteEndpoint = route({
  ...routes.deleteEndpoint,
  params: endpointParams,
  async run(world, { owner, params }) {
    const deletedAt = world.now();
    const { id } = await changeEndpoint(world, owner, params.endpoint_id, (current) => ({
      ...current,
      deletedAt,
      revision: current.revision + 1,
    }));
    return { status: 200, body: { id, deleted: true } };
  },
});

export const handler = lambda(deleteEndpoint);
