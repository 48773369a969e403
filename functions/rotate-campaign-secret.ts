import * as z from 'zod/mini';
import { campaignParams } from '../shared/api/campaign-fields.ts';
import { overlapHours } from '../shared/api/fields.ts';
import { route } from '../shared/api/route.ts';
import { viewCampaign } from '../shared/api/views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import type { Campaign } from '../shared/domain/campaign.ts';
import { rotated } from '../shared/domain/rotation.ts';
import { HOUR } from '../shared/domain/time.ts';
import { revised } from '../shared/domain/versioned.ts';
import { newestSecret } from '../shared/flows/endpoint-secrets.ts';
import { changeCampaign } from '../shared/flows/find-campaign.ts';
import { routes } from '../shared/routes.ts';

const body = z.strictObject({ overlap_hours: overlapHours });

/** A new secret in the answer, and in no later one. Until the overlap ends the old one is taken beside it. */
export const rotateCampaignSecret = route({
  ...routes.rotateCampaignSecret,
  params: campaignParams,
  body,
  async run(world, { owner, params, body }) {
    const overlapMs = Math.round(body.overlap_hours * HOUR);
    const decide = (current: Campaign) => revised(current, rotated(current, overlapMs, world.now()));
    const campaign = await changeCampaign(world, owner, params.campaign_id, decide);
    return { status: 200, body: { ...viewCampaign(campaign), secret: await newestSecret(world, campaign) } };
  },
});

export const handler = lambda(rotateCampaignSecret);
