import * as z from 'zod/mini';
import { route } from '../shared/api/route.ts';
import { description, events, url } from '../shared/api/webhook-fields.ts';
import { viewEndpoint } from '../shared/api/webhook-views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { addEndpoint } from '../shared/flows/add-endpoint.ts';
import { routes } from '../shared/routes.ts';

const body = z.strictObject({ url, events: z.optional(events), description: z.optional(description) });

/** A new endpoint with its secret, which no later answer shows. */
export const createEndpoint = route({
  ...routes.createEndpoint,
  body,
  async run(world, { owner, body }) {
    const { endpoint, secret } = await addEndpoint(world, owner, body);
    return { status: 201, body: { ...viewEndpoint(endpoint), secret } };
  },
});

export const handler = lambda(createEndpoint);
