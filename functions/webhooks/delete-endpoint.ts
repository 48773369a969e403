import { lambda } from '../../shared/aws/lambda.ts';
import type { Endpoint } from '../../shared/domain/webhook.ts';
import { changeEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { route } from '../../shared/http/route.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { removeEndpoint } from '../../shared/store/endpoints.ts';

/** Deletes an endpoint for good. Its deliveries stay in the list of deliveries. */
export const deleteEndpoint = route({
  ...routes.deleteEndpoint,
  params: endpointParams,
  async run(world, { owner, caller: maker, origin, params }) {
    const deletedAt = world.now();
    const decide = (current: Endpoint) => ({ ...current, deletedAt, revision: current.revision + 1 });
    const { id } = await changeEndpoint(world, owner, params.endpoint_id, {
      decide,
      origin,
      maker,
      action: 'endpoint.deleted',
      save: removeEndpoint,
    });
    return { status: 200, body: { id, deleted: true } };
  },
});

export const handler = lambda(deleteEndpoint);
