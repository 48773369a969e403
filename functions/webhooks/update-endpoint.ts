import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Instant } from '../../shared/domain/time.ts';
import type { Endpoint } from '../../shared/domain/webhook.ts';
import { requireUrl } from '../../shared/flows/webhooks/add-endpoint.ts';
import { changeEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { route } from '../../shared/http/route.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { description, endpointParams, events, url } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({
  url: z.optional(url),
  events: z.optional(events),
  description: z.optional(description),
  enabled: z.optional(z.boolean({ error: 'must be true or false.' })),
});
type Wish = z.infer<typeof body>;

/** Changes what is named and leaves the rest. An endpoint that is enabled again, or moved, starts without a past. */
export const updateEndpoint = route({
  ...routes.updateEndpoint,
  params: endpointParams,
  body,
  async run(world, { owner, params, body }) {
    if (body.url !== undefined) requireUrl(world, body.url);
    const endpoint = await changeEndpoint(world, owner, params.endpoint_id, (current) =>
      changed(current, body, world.now()),
    );
    return { status: 200, body: viewEndpoint(endpoint) };
  },
});

function changed(endpoint: Endpoint, wish: Wish, at: Instant): Endpoint {
  const { failingSince, disabled, ...rest } = endpoint;
  const isEnabled = wish.enabled ?? disabled === undefined;
  const isFresh = (isEnabled && disabled !== undefined) || (wish.url !== undefined && wish.url !== endpoint.url);
  return {
    ...rest,
    ...(isFresh || failingSince === undefined ? {} : { failingSince }),
    ...(isEnabled ? {} : { disabled: disabled ?? { at, reason: 'requested' } }),
    ...defined({ url: wish.url, events: wish.events, description: wish.description }),
    revision: endpoint.revision + 1,
  };
}

export const handler = lambda(updateEndpoint);
