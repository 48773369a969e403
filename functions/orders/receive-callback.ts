import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import { hearCallback } from '../../shared/flows/orders/apply-callback.ts';
import { readCallbackToken } from '../../shared/flows/orders/callback-url.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';

/**
 * An upstream tells how an order ended. What it says is a hint: it settles only what is certain and fits the order.
 * A genuine URL is always answered 200, whatever was in the body, so that upstreams do not repeat what we cannot use.
 */
export const receiveCallback: OpenRouteHandler = {
  ...openRoutes.receiveCallback,
  async run(world, { params, headers, body }) {
    const key = await readCallbackToken(world, params.token ?? '');
    const provider = PROVIDERS.find((name) => name === params.provider);
    if (!key || !provider) throw new Refusal('callback_not_ours');
    await hearCallback(world, provider, key, { headers, body });
    return { status: 200, body: { received: true } };
  },
};

export const handler = lambdaOpen(receiveCallback);
