import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Instant } from '../../shared/domain/time.ts';
import type { Endpoint } from '../../shared/domain/webhook.ts';
import { withEvents } from '../../shared/domain/webhook.ts';
import { requireUrl } from '../../shared/flows/webhooks/add-endpoint.ts';
import { changeEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { route } from '../../shared/http/route.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { description, endpointParams, events, url } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { saveEndpoint } from '../../shared/store/endpoints.ts';

const body = z.strictObject({
  url: z.optional(url),
  events: z.optional(events),
  description: z.optional(description),
  enabled: z.optional(z.boolean({ error: 'must be true or false.' })),
});
type Body = z.infer<typeof body>;

/** Changes the named fields and leaves the rest. Enabling an endpoint again, or moving it, resets its health. */
export const updateEndpoint = route({
  ...routes.updateEndpoint,
  params: endpointParams,
  body,
  async run(world, { owner, caller: maker, origin, params, body }) {
    if (body.url !== undefined) requireUrl(world, body.url);
    const decide = (current: Endpoint) => changed(current, body, world.now());
    const endpoint = await changeEndpoint(world, owner, params.endpoint_id, {
      decide,
      origin,
      maker,
      action: 'endpoint.updated',
      save: saveEndpoint,
    });
    return { status: 200, body: viewEndpoint(endpoint) };
  },
});

function changed(endpoint: Endpoint, { url, events, description, enabled }: Body, at: Instant): Endpoint {
  const { failing, disabled, ...rest } = endpoint;
  const isEnabled = enabled ?? disabled === undefined;
  const isFresh = (isEnabled && disabled !== undefined) || (url !== undefined && url !== endpoint.url);
  return {
    ...(events === undefined || `${events}` === `${rest.events}` ? rest : withEvents(rest, events)),
    ...defined({ failing: isFresh ? undefined : failing }),
    ...(isEnabled ? {} : { disabled: disabled ?? { at, reason: 'requested' } }),
    ...defined({ url, description }),
    revision: endpoint.revision + 1,
  };
}

export const handler = lambda(updateEndpoint);
