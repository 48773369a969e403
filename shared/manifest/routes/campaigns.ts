import { DISPATCH_QUEUES, MONEY } from '../access.ts';
import type { OpenRoute, Route } from '../route.ts';

/** Survey campaigns and their payouts. */

/** Creating a campaign, widening its terms or reading its secret allows spending from the wallet, as an order does. */
const SPENDING = ['campaigns:write', 'orders:write'] as const;

export const campaignsRoutes = {
  createCampaign: {
    name: 'create-campaign',
    method: 'POST',
    path: '/api/v1/campaigns',
    scope: SPENDING,
    access: {
      tables: { audit: 'append', campaigns: 'write', catalogue: 'read', merchants: 'read' },
      secrets: ['campaign'],
    },
    summary: 'Creates a campaign. Its secret is shown once.',
    spends: true,
  },
  listCampaigns: {
    name: 'list-campaigns',
    method: 'GET',
    path: '/api/v1/campaigns',
    scope: 'campaigns:read',
    access: { tables: { campaigns: 'read', merchants: 'read' } },
    summary: 'Lists campaigns, newest first.',
  },
  getCampaign: {
    name: 'get-campaign',
    method: 'GET',
    path: '/api/v1/campaigns/{campaign_id}',
    scope: 'campaigns:read',
    access: { tables: { campaigns: 'read', merchants: 'read' } },
    summary: 'Returns one campaign: its terms, spending and payouts by status.',
  },
  updateCampaign: {
    name: 'update-campaign',
    method: 'PATCH',
    path: '/api/v1/campaigns/{campaign_id}',
    // Terms that allow more need `orders:write`, too: `update-campaign.ts`.
    scope: 'campaigns:write',
    access: { tables: { audit: 'append', campaigns: 'write', catalogue: 'read', merchants: 'read' } },
    summary: 'Changes the terms of a campaign, pauses or resumes it.',
    spends: true,
  },
  rotateCampaignSecret: {
    name: 'rotate-campaign-secret',
    method: 'POST',
    path: '/api/v1/campaigns/{campaign_id}/rotate-secret',
    scope: SPENDING,
    access: { tables: { audit: 'append', campaigns: 'write', merchants: 'read' }, secrets: ['campaign'] },
    summary: 'Rotates the secret of a campaign. The new one is shown once; the old one stays valid during the overlap.',
  },
  listPayouts: {
    name: 'list-payouts',
    method: 'GET',
    path: '/api/v1/campaigns/{campaign_id}/payouts',
    scope: 'campaigns:read',
    access: { tables: { campaigns: 'read', orders: 'read', merchants: 'read' } },
    summary: 'Lists the payouts of a campaign, newest first, as JSON or CSV.',
  },
} as const satisfies Record<string, Route>;

export const campaignsOpenRoutes = {
  createPayout: {
    name: 'create-payout',
    method: 'POST',
    path: '/api/v1/campaigns/{campaign_id}/payouts',
    access: {
      tables: { ...MONEY, merchants: 'read', catalogue: 'read' },
      queues: [...DISPATCH_QUEUES, 'requests'],
      secrets: ['campaign', 'privacy'],
    },
    takesKey: true,
    summary: "Pays a respondent once. Authenticated by a signature with the campaign's secret.",
    spends: true,
  },
} as const satisfies Record<string, OpenRoute>;
