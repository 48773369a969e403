import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { pathId } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewRequestInFull } from '../../shared/http/views/request-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readRequest } from '../../shared/store/requests.ts';

/** A request of the log, with what was sent and answered. */
export const getRequest = route({
  ...routes.getRequest,
  params: z.object({ request_id: pathId }),
  async run(world, { owner, caller, params }) {
    const kept = await readRequest(world, owner, params.request_id);
    if (!kept) throw new Refusal('request_not_found');
    return { status: 200, body: viewRequestInFull(kept, caller.scopes) };
  },
});

export const handler = lambda(getRequest);
