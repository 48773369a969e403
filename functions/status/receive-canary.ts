import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { CANARY_MERCHANT } from '../../shared/domain/canary.ts';
import { checkSignature } from '../../shared/flows/campaigns/check-signature.ts';
import { activeSecrets } from '../../shared/flows/webhooks/signing-secrets.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { listEndpoints } from '../../shared/store/endpoints.ts';

/**
 * The server of the canary: it does what a merchant's should, and takes an event only if its signature is right. It
 * keeps nothing: what it answers is in the log of deliveries.
 */
export const receiveCanary: OpenRouteHandler = {
  ...openRoutes.receiveCanary,
  async run(world, { headers, body }) {
    // What is not signed at all costs no read.
    if (headers['webhook-signature'] === undefined) throw new Refusal('callback_not_ours');
    const endpoints = await listEndpoints(world, { merchantId: CANARY_MERCHANT, mode: 'test' });
    const secrets = await Promise.all(endpoints.map((endpoint) => activeSecrets(world, 'webhook', endpoint)));
    const proof = checkSignature({ headers, body }, secrets.flat(), { at: world.now(), needsTimestamp: true });
    if (proof.kind !== 'proven') throw new Refusal('callback_not_ours');
    return { status: 200, body: { received: true } };
  },
};

export const handler = lambdaOpen(receiveCanary);
