import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { startTopup as begin } from '../../shared/flows/wallet/start-topup.ts';
import { agentReference, currency } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewTopup } from '../../shared/http/views/topup-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({
  amount: z.union([z.number(), z.string()], { error: 'must be a number such as 5 or 5.5, in major units.' }),
  currency,
  reference: z.optional(agentReference),
  return_url: z.optional(z.string({ error: 'must be a string.' })),
});

/**
 * Starts a payment and answers with the page to pay on: 201, or 200 when the same reference was posted before. The
 * wallet has the money once the gateway confirms it; the top-up then shows `success`.
 */
export const startTopup = route({
  ...routes.startTopup,
  body,
  async run(world, { owner, body }) {
    const { amount, currency, reference, return_url: returnUrl } = body;
    const { topup, isReplay } = await begin(world, owner, { amount, currency, reference, returnUrl });
    return {
      status: isReplay ? 200 : 201,
      body: viewTopup(topup),
      headers: { location: `/api/v1/wallet/topup/${topup.id}`, ...(isReplay ? REPLAYED : {}) },
    };
  },
});

export const handler = lambda(startTopup);
