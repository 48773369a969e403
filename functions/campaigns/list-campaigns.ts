import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewCampaign } from '../../shared/http/views/campaign-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listCampaigns as queryCampaigns } from '../../shared/store/campaigns.ts';

const query = z.strictObject({ limit, cursor });
const place = z.strictObject({ below: z.string() });

/** A merchant's campaigns, newest first. */
export const listCampaigns = route({
  ...routes.listCampaigns,
  query,
  async run(world, { owner, query }) {
    const below = decodeCursor(query.cursor, place)?.below;
    const { campaigns, next } = await queryCampaigns(world, owner, { below, limit: query.limit });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: campaigns.map(viewCampaign), next_cursor } };
  },
});

export const handler = lambda(listCampaigns);
