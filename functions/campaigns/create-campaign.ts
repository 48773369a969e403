import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { requireMaySpend } from '../../shared/flows/account/may-spend.ts';
import { addCampaign } from '../../shared/flows/campaigns/add-campaign.ts';
import { budget, name, onePerNumber, terms } from '../../shared/http/campaign-fields.ts';
import { currency } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewCampaign } from '../../shared/http/views/campaign-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ name, currency, budget, one_per_number: onePerNumber, ...terms });

/** A new campaign with its secret, which only a rotation shows again. */
export const createCampaign = route({
  ...routes.createCampaign,
  body,
  async run(world, { owner, origin, body }) {
    await requireMaySpend(world, owner);
    const { campaign, secret } = await addCampaign(world, owner, body, origin);
    const headers = { location: `/api/v1/campaigns/${campaign.id}` };
    return { status: 201, body: { ...viewCampaign(campaign), secret }, headers };
  },
});

export const handler = lambda(createCampaign);
