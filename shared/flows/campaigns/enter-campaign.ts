import type { Campaign } from '../../domain/campaign.ts';
import { Refusal } from '../../http/refusal.ts';
import { readActiveKey } from '../../store/merchants.ts';
import type { World } from '../../world.ts';
import { activeSecrets } from '../webhooks/endpoint-secrets.ts';
import type { Proof, Signed } from './check-signature.ts';
import { checkSignature } from './check-signature.ts';
import { findAnyCampaign, findCampaign } from './find-campaign.ts';

/** Who may ask a campaign to pay. `requestId` is what the request may be used once under, where it has one. */
export interface Entered {
  readonly campaign: Campaign;
  readonly requestId?: string | undefined;
}

/**
 * Lets in who signs with the campaign's secret, and, where the campaign allows it, its merchant's own key. A request
 * with a signature is judged by that alone. That a campaign exists is told to whoever names its id, a hundred random
 * bits; with a key that is not its merchant's it does not.
 */
export async function enterCampaign(world: World, campaignId: string, request: Signed): Promise<Entered> {
  const { authorization } = request.headers;
  const isSigned = SIGNATURE_HEADERS.some((name) => request.headers[name] !== undefined);
  if (authorization !== undefined && !isSigned) return enterWithKey(world, campaignId, authorization);
  const campaign = await findAnyCampaign(world, campaignId);
  const secrets = await activeSecrets(world, campaign);
  const proof = checkSignature(request, secrets, { at: world.now(), needsTimestamp: campaign.needsTimestamp });
  if (proof.kind === 'proven') return { campaign, requestId: proof.requestId };
  throw refusalOf(proof);
}

const SIGNATURE_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-airtime-signature'];

async function enterWithKey(world: World, campaignId: string, authorization: string): Promise<Entered> {
  const key = await readActiveKey(world, /^Api-Key +(\S+)$/i.exec(authorization.trim())?.[1] ?? '');
  if (!key) {
    throw new Refusal('unauthenticated', { param: 'Authorization', headers: { 'www-authenticate': 'Api-Key' } });
  }
  if (!key.scopes.includes('orders:write')) {
    throw new Refusal('scope_missing', { detail: 'This key does not have the scope orders:write.' });
  }
  const campaign = await findCampaign(world, key, campaignId);
  if (!campaign.allowsApiKey) throw new Refusal('api_key_not_allowed');
  return { campaign };
}

function refusalOf({ kind }: Exclude<Proof, { kind: 'proven' }>): Refusal {
  if (kind === 'stale') return new Refusal('timestamp_stale', { param: 'webhook-timestamp' });
  if (kind === 'untimed') return new Refusal('timestamp_required', { param: 'webhook-signature' });
  if (kind === 'wrong') return new Refusal('signature_invalid');
  return new Refusal('signature_invalid', { detail: 'There is no signature on this request.' });
}
