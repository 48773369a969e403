import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { addEndpoint } from '../../shared/flows/webhooks/add-endpoint.ts';
import { route } from '../../shared/http/route.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { description, events, url } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ url, events: z.optional(events), description: z.optional(description) });

/** A new webhook endpoint with its secret, which only a rotation shows again. */
export const createEndpoint = route({
  ...routes.createEndpoint,
  body,
  async run(world, { owner, caller, origin, body }) {
    const { endpoint, secret } = await addEndpoint(world, owner, body, origin, caller);
    return { status: 201, body: { ...viewEndpoint(endpoint), secret } };
  },
});

export const handler = lambda(createEndpoint);
