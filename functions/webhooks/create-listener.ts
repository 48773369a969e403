import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { startListener } from '../../shared/flows/webhooks/start-listener.ts';
import { route } from '../../shared/http/route.ts';
import { viewListener } from '../../shared/http/views/webhook-views.ts';
import { events } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ event_types: z.optional(events) });

/**
 * A listening endpoint: for an hour the events of test mode are kept for it, and somebody polls them who has no public
 * address. Its secret is shown here only.
 */
export const createListener = route({
  ...routes.createListener,
  body,
  async run(world, { owner, caller, origin, body: { event_types = [] } }) {
    const { listener, secret } = await startListener(world, owner, event_types, origin, caller);
    return { status: 201, body: { ...viewListener(listener), secret } };
  },
});

export const handler = lambda(createListener);
