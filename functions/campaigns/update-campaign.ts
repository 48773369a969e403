import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Campaign } from '../../shared/domain/campaign.ts';
import { isNarrower } from '../../shared/domain/campaign.ts';
import { requireMaySpend } from '../../shared/flows/account/may-spend.ts';
import { changeCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { setTerms } from '../../shared/flows/campaigns/set-terms.ts';
import { budget, campaignParams, name, terms } from '../../shared/http/campaign-fields.ts';
import { requireScopes } from '../../shared/http/require-scopes.ts';
import { route } from '../../shared/http/route.ts';
import { viewCampaign } from '../../shared/http/views/campaign-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ name: z.optional(name), budget: z.optional(budget), ...terms });

/**
 * Changes the named fields and leaves the rest. Once answered, no payout is made on the old terms. Whoever may manage
 * campaigns can stop one, in a freeze too; what lets it pay more, or otherwise than before, needs the scope of orders
 * and a merchant that may spend.
 */
export const updateCampaign = route({
  ...routes.updateCampaign,
  params: campaignParams,
  body,
  async run(world, { owner, origin, caller, params, body }) {
    const decide = async (current: Campaign) => {
      const next = await setTerms(world, current, body);
      if (isNarrower(current, next)) return next;
      requireScopes(caller, ['orders:write']);
      await requireMaySpend(world, owner);
      return next;
    };
    const givesPower = (current: Campaign, next: Campaign) => !isNarrower(current, next);
    const change = { decide, origin, action: 'campaign.updated', givesPower } as const;
    return { status: 200, body: viewCampaign(await changeCampaign(world, owner, params.campaign_id, change)) };
  },
});

export const handler = lambda(updateCampaign);
