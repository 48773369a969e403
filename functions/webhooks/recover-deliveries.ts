import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { defined } from '../../shared/domain/defined.ts';
import { findEnabledEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { recoverEndpoint } from '../../shared/flows/webhooks/recover-endpoint.ts';
import { decodeCursor } from '../../shared/http/cursor.ts';
import { cursor, instant } from '../../shared/http/fields.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { instantOfListSk } from '../../shared/store/list-newest-first.ts';

/** `cursor`: of an answer of before, when one request did not recover a whole range. */
const body = z.strictObject({ since: instant, until: z.optional(instant), cursor });
const place = z.strictObject({ below: z.string() });

/**
 * Makes every delivery due again that was created in a time range and has failed or was held. One request is enough for
 * any number of them; the same request again shows how far it is.
 */
export const recoverDeliveries = route({
  ...routes.recoverDeliveries,
  params: endpointParams,
  body,
  async run(world, { owner, params, body: { since, until, cursor } }) {
    const { id: endpointId } = await findEnabledEndpoint(world, owner, params.endpoint_id, 'any');
    await requireAdmission(world, owner, 'resends');
    const below = decodeCursor(cursor, place)?.below;
    const recovery = await recoverEndpoint(world, { ...owner, endpointId, since, ...defined({ until, below }) });
    const { recovered, dueAt } = recovery;
    const progress = {
      in_progress: dueAt !== undefined,
      reached: dueAt === undefined ? null : instantOfListSk(recovery.below) || null,
    };
    return { status: 202, body: { recovered, ...progress, next_cursor: null } };
  },
});

export const handler = lambda(recoverDeliveries);
