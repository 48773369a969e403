import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Campaign } from '../../shared/domain/campaign.ts';
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
  async run(world, { owner, origin, params, body }) {
    const decide = (current: Campaign) => setTerms(world, current, body);
    const change = { decide, origin, action: 'campaign.updated', givesPower: givesPower(body) } as const;
    return { status: 200, body: viewCampaign(await changeCampaign(world, owner, params.campaign_id, change)) };
  },
});

/** Whether a campaign may pay more after it. A pause and a name are no power, so whoever only does that has none. */
function givesPower({ name: _name, paused, ...others }: z.infer<typeof body>): boolean {
  return paused === false || Object.values(others).some((each) => each !== undefined);
}

export const handler = lambda(updateCampaign);
