import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { revokeKey as revoke } from '../../shared/flows/keys/revoke-key.ts';
import { keepCampaigns, keyParams } from '../../shared/http/key-fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewRevocation } from '../../shared/http/views/key-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ keep_campaigns: keepCampaigns });

/** Ends a key at once, pauses its campaigns, and shows what it leaves behind. A repeat answers the same. */
export const revokeKey = route({
  ...routes.revokeKey,
  params: keyParams,
  body,
  async run(world, { owner, origin, params, body }) {
    const options = { keepsCampaigns: body.keep_campaigns };
    const revocation = await revoke(world, owner, params.key_id, options, origin);
    return { status: 200, body: viewRevocation(revocation, world.now()) };
  },
});

export const handler = lambda(revokeKey);
