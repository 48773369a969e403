import { createPayout } from '../../functions/campaigns/create-payout.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { addCampaign } from '../../shared/flows/campaigns/add-campaign.ts';
import type { TermsInput } from '../../shared/flows/campaigns/set-terms.ts';
import { plainSignature, standardSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { World } from '../../shared/world.ts';
import type { Reply } from './call.ts';
import { keptContract } from './contract.ts';
import { OPERATOR } from './origin.ts';

/** What a survey platform knows of a campaign. */
export interface Known {
  readonly id: string;
  readonly secret: string;
}

type Terms = TermsInput & { one_per_number?: boolean; currency?: 'USD' | 'ZWG' | 'KES' };

/** A campaign that pays one dollar each out of a hundred, by default. */
export async function aCampaign(
  world: World,
  merchantId: string,
  { currency = 'USD', ...terms }: Terms = {},
  mode: Mode = 'live',
): Promise<Known> {
  const given = { name: 'Survey', budget: 100, ...(terms.min_amount === undefined ? { amount: 1 } : {}), ...terms };
  const { campaign, secret } = await addCampaign(world, { merchantId, mode }, { currency, ...given }, OPERATOR);
  return { id: campaign.id, secret };
}

let requests = 0;

export function plain(secret: string, body: string): Record<string, string> {
  return { 'x-airtime-signature': plainSignature(secret, body) };
}

export function standard(secret: string, body: string, at: Instant, id = `msg_${++requests}`): Record<string, string> {
  const timestamp = String(Math.floor(Date.parse(at) / 1000));
  const signature = standardSignature(secret, { id, timestamp, body });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/** A request as it arrives. */
export async function knock(
  world: World,
  campaignId: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  bytes?: Uint8Array,
): Promise<Reply> {
  requests += 1;
  const response = await serveOpen(world, createPayout, {
    method: 'POST',
    path: `/api/v1/campaigns/${campaignId}/payouts`,
    params: { campaign_id: campaignId },
    query: {},
    headers,
    body,
    ...(bytes ? { bytes } : {}),
    requestId: `req_${requests}`,
  });
  keptContract(createPayout.name, response);
  return { status: response.status, headers: response.headers, json: JSON.parse(response.body), text: response.body };
}

/** A payout as a platform asks for it: signed again, with an id and a timestamp. */
export function pay(world: World, { id, secret }: Known, content: object | string): Promise<Reply> {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return knock(world, id, standard(secret, body, world.now()), body);
}

/** The body for a respondent, with a number of its own. */
export function respondent(n: number, more: object = {}): { respondent_id: string; target: string } {
  return { respondent_id: `r-${n}`, target: `077${String(2_000_000 + n).padStart(7, '0')}`, ...more };
}
