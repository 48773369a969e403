import * as z from 'zod/mini';
import { budget, name, onePerNumber, terms } from '../shared/api/campaign-fields.ts';
import { currency } from '../shared/api/fields.ts';
import { route } from '../shared/api/route.ts';
import { viewCampaign } from '../shared/api/views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { addCampaign } from '../shared/flows/add-campaign.ts';
import { routes } from '../shared/routes.ts';

const body = z.strictObject({ name, currency, budget, one_per_number: onePerNumber, ...terms });

/** A new campaign with its secret, which no later answer but that of a rotation shows. */
export const createCampaign = route({
  ...routes.createCampaign,
  body,
  async run(world, { owner, body }) {
    const { campaign, secret } = await addCampaign(world, owner, body);
    const headers = { location: `/api/v1/campaigns/${campaign.id}` };
    return { status: 201, body: { ...viewCampaign(campaign), secret }, headers };
  },
});

export const handler = lambda(createCampaign);
