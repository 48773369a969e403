import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Campaign } from '../../shared/domain/campaign.ts';
import { rotated } from '../../shared/domain/rotation.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { revised } from '../../shared/domain/versioned.ts';
import { changeCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { signingVersion } from '../../shared/flows/signing-keys.ts';
import { newestSecret } from '../../shared/flows/webhooks/signing-secrets.ts';
import { campaignParams } from '../../shared/http/campaign-fields.ts';
import { overlapHours } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewCampaign } from '../../shared/http/views/campaign-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ overlap_hours: overlapHours });

/** Answers with a new secret, once. The old one stays valid until the overlap ends. */
export const rotateCampaignSecret = route({
  ...routes.rotateCampaignSecret,
  params: campaignParams,
  body,
  async run(world, { owner, origin, params, body }) {
    const overlapMs = Math.round(body.overlap_hours * HOUR);
    const keyVersion = await signingVersion(world, 'campaign');
    const decide = (current: Campaign) => revised(current, rotated(current, keyVersion, overlapMs, world.now()));
    const change = { decide, origin, action: 'campaign.secret_rotated', givesPower: () => true } as const;
    const campaign = await changeCampaign(world, owner, params.campaign_id, change);
    return {
      status: 200,
      body: { ...viewCampaign(campaign), secret: await newestSecret(world, 'campaign', campaign) },
    };
  },
});

export const handler = lambda(rotateCampaignSecret);
