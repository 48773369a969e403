import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { HOUR } from '../../shared/domain/time.ts';
import type { Endpoint } from '../../shared/domain/webhook.ts';
import { rotate } from '../../shared/domain/webhook.ts';
import { signingVersion } from '../../shared/flows/signing-keys.ts';
import { changeEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { newestSecret } from '../../shared/flows/webhooks/signing-secrets.ts';
import { overlapHours } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { saveEndpoint } from '../../shared/store/endpoints.ts';

const body = z.strictObject({ overlap_hours: overlapHours });

/**
 * Answers with a new secret, once. Until the overlap ends, events are signed with both. For the built-in endpoint
 * `results`, which signs what goes to a `ResultsUrl`, this is the only way to get its secret.
 */
export const rotateSecret = route({
  ...routes.rotateSecret,
  params: endpointParams,
  body,
  async run(world, { owner, caller: maker, origin, params, body }) {
    const overlapMs = Math.round(body.overlap_hours * HOUR);
    const keyVersion = await signingVersion(world, 'webhook');
    const decide = (current: Endpoint) => rotate(current, keyVersion, overlapMs, world.now());
    const endpoint = await changeEndpoint(world, owner, params.endpoint_id, {
      decide,
      origin,
      maker,
      action: 'endpoint.secret_rotated',
      which: 'any',
      save: saveEndpoint,
    });
    return { status: 200, body: { ...viewEndpoint(endpoint), secret: await newestSecret(world, 'webhook', endpoint) } };
  },
});

export const handler = lambda(rotateSecret);
