import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Campaign } from '../../shared/domain/campaign.ts';
import { formatAmount } from '../../shared/domain/money.ts';
import type { Payout } from '../../shared/domain/payout.ts';
import { isPayout } from '../../shared/domain/payout.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { findCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { campaignParams } from '../../shared/http/campaign-fields.ts';
import { csvRow } from '../../shared/http/csv/csv.ts';
import { csvPart } from '../../shared/http/csv/csv-part.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { cursor, limit } from '../../shared/http/fields.ts';
import type { Answer } from '../../shared/http/route.ts';
import { route } from '../../shared/http/route.ts';
import { viewPayout } from '../../shared/http/views/payout-views.ts';
import { PUBLIC_STATUSES, statusesBehind } from '../../shared/http/views/public-status.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listPayouts as queryPayouts } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

/** Five thousand rows of the longest respondent ids are about three of the six megabytes that an answer may have. */
const ROWS_MAX = 5_000;
/** A request ends at 30 s. */
const RUN_MS_MAX = 20 * SECOND;
const PAGE = 99;

const query = z.strictObject({
  status: z.optional(z.enum(PUBLIC_STATUSES, { error: `must be one of ${PUBLIC_STATUSES.join(', ')}.` })),
  format: z.optional(z.enum(['json', 'csv'], { error: 'must be json or csv.' })),
  limit,
  cursor,
});
const place = z.strictObject({ below: z.string() });

const COLUMNS = [
  'id',
  'respondent_id',
  'status',
  'target',
  'amount',
  'currency',
  'failure',
  'order_id',
  'agent_reference',
  'created_at',
  'finalized_at',
];

/** A campaign's payouts, newest first, one line per attempt; as JSON pages, or as CSV in parts. */
export const listPayouts = route({
  ...routes.listPayouts,
  params: campaignParams,
  query,
  async run(world, { owner, params, query, headers }) {
    const campaign = await findCampaign(world, owner, params.campaign_id);
    const below = decodeCursor(query.cursor, place)?.below;
    const wanted = { ...(query.status ? { status: statusesBehind(query.status) } : {}), below };
    const isCsv = query.format === 'csv' || (query.format === undefined && /\btext\/csv\b/i.test(headers.accept ?? ''));
    if (isCsv) return exportPart(world, campaign, query, wanted);
    const { orders, next } = await queryPayouts(world, owner, campaign.id, { ...wanted, limit: query.limit });
    const next_cursor = next === undefined ? null : encodeCursor({ below: next });
    return { status: 200, body: { data: orders.filter(isPayout).map(viewPayout), next_cursor } };
  },
});

async function exportPart(
  world: World,
  campaign: Campaign,
  { status, cursor }: z.infer<typeof query>,
  wanted: { below?: string | undefined },
): Promise<Answer> {
  const startedAt = world.now();
  const rows: string[] = [];
  let next = wanted.below;
  do {
    const limit = Math.min(PAGE, ROWS_MAX - rows.length);
    const page = await queryPayouts(world, campaign, campaign.id, { ...wanted, below: next, limit });
    rows.push(...page.orders.filter(isPayout).map(csvOfPayout));
    next = page.next;
  } while (next !== undefined && rows.length < ROWS_MAX && elapsed(startedAt, world.now()) < RUN_MS_MAX);
  return csvPart({
    fileName: `payouts-${campaign.id}${status ? `-${status}` : ''}.csv`,
    columns: COLUMNS,
    rows,
    path: routes.listPayouts.path.replace('{campaign_id}', campaign.id),
    query: { format: 'csv', status, cursor },
    next: next === undefined ? undefined : { below: next },
  });
}

function csvOfPayout(order: Payout): string {
  const { id, respondent_id, status, target, currency, failure, order_id, agent_reference, ...times } =
    viewPayout(order);
  return csvRow([
    id,
    respondent_id ?? '',
    status,
    target,
    { plain: formatAmount(order.amountMinor, currency) },
    currency,
    failure?.code ?? '',
    order_id,
    agent_reference,
    times.created_at,
    times.finalized_at ?? '',
  ]);
}

export const handler = lambda(listPayouts);
