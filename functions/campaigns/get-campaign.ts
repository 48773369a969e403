import { lambda } from '../../shared/aws/lambda.ts';
import { findCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { campaignParams } from '../../shared/http/campaign-fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewCampaignInFull } from '../../shared/http/views/campaign-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readCounts } from '../../shared/store/payout-counts.ts';

/** One campaign. Its totals are exact at any moment; its counts by status lag by seconds, like its webhooks. */
export const getCampaign = route({
  ...routes.getCampaign,
  params: campaignParams,
  async run(world, { owner, params }) {
    await findCampaign(world, owner, params.campaign_id);
    // Before the totals, so that the counts never add up to more than were accepted.
    const counts = await readCounts(world, params.campaign_id);
    const campaign = await findCampaign(world, owner, params.campaign_id);
    return { status: 200, body: viewCampaignInFull(campaign, counts) };
  },
});

export const handler = lambda(getCampaign);
