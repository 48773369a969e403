import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Campaign } from '../../shared/domain/campaign.ts';
import { requireNotFrozen } from '../../shared/flows/account/require-not-frozen.ts';
import { changeCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { setTerms } from '../../shared/flows/campaigns/set-terms.ts';
import { budget, campaignParams, name, terms } from '../../shared/http/campaign-fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewCampaign } from '../../shared/http/views/campaign-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ name: z.optional(name), budget: z.optional(budget), ...terms });

/** Changes the named fields and leaves the rest. Once answered, no payout is made on the old terms. */
export const updateCampaign = route({
  ...routes.updateCampaign,
  params: campaignParams,
  body,
  async run(world, { owner, params, body }) {
    await requireNotFrozen(world, owner);
    const decide = (current: Campaign) => setTerms(world, current, body);
    return { status: 200, body: viewCampaign(await changeCampaign(world, owner, params.campaign_id, decide)) };
  },
});

export const handler = lambda(updateCampaign);
