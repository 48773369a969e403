import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { enterCampaign } from '../../shared/flows/campaigns/enter-campaign.ts';
import { makePayout } from '../../shared/flows/campaigns/make-payout.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { payoutBody } from '../../shared/http/campaign-fields.ts';
import { readBody } from '../../shared/http/read-body.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { viewPayout } from '../../shared/http/views/payout-views.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';

/**
 * Pays a respondent of a survey: 201 at once, with the payout pending, or 200 when the respondent was asked for before.
 * The signature over the body as it came is what lets a caller in, so it is checked before a byte of it is read.
 */
export const createPayout: OpenRouteHandler = {
  ...openRoutes.createPayout,
  async run(world, { params, headers, body, bytes }) {
    const entered = await enterCampaign(world, params.campaign_id ?? '', { headers, body: bytes ?? body });
    if (bytes) throw new Refusal('malformed_json', { detail: 'The body is not UTF-8.' });
    const { respondent_id: respondentId, target, amount } = readBody(payoutBody, body);
    const { order, isReplay } = await makePayout(world, entered, { respondentId, target, amount });
    return {
      status: isReplay ? 200 : 201,
      body: viewPayout(order),
      headers: { location: `/api/v1/orders/${order.agentReference}`, ...(isReplay ? REPLAYED : {}) },
    };
  },
};

export const handler = lambdaOpen(createPayout);
