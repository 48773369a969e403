import type { Campaign } from '../../domain/campaign.ts';
import { defined } from '../../domain/defined.ts';
import { keyOfAuthorization, schemeProblem } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import { Refusal } from '../../http/refusal.ts';
import { readActiveKey } from '../../store/keys.ts';
import type { World } from '../../world.ts';
import { activeSecrets } from '../webhooks/signing-secrets.ts';
import type { Proof, Signed } from './check-signature.ts';
import { checkSignature } from './check-signature.ts';
import { findAnyCampaign, findCampaign } from './find-campaign.ts';

/** Who may request payouts. `requestId` identifies the request, where its signature covers one: it may be used once. */
export interface Caller {
  readonly campaign: Campaign;
  readonly requestId?: string | undefined;
  /** Of the key, where it was one. */
  readonly keyId?: string;
}

/** Called with whose a request is, as soon as that is known, or whose it claims to be. */
interface Known {
  proven(caller: Owner & { readonly keyId?: string }): void;
  claimed(owner: Owner): void;
}

/**
 * Accepts a signature by the campaign's secret and, where the campaign allows it, its merchant's own key. If a request
 * has a signature, only that counts. With a key of another merchant the campaign looks missing; without a key, whoever
 * knows its id, a hundred random bits, learns that it exists.
 *
 * In a file of its own, like `check-signature.ts`: with both, `create-payout.ts` would be too long to read.
 */
export async function authenticateCaller(
  world: World,
  campaignId: string,
  request: Signed & { readonly address: string | undefined },
  known: Known,
): Promise<Caller> {
  const { address } = request;
  const { authorization } = request.headers;
  const isSigned = SIGNATURE_HEADERS.some((name) => request.headers[name] !== undefined);
  if (authorization !== undefined && !isSigned) {
    return authenticateByKey(world, campaignId, { authorization, address }, known);
  }
  const campaign = await findAnyCampaign(world, campaignId);
  const { merchantId, mode } = campaign;
  known.claimed({ merchantId, mode });
  const secrets = await activeSecrets(world, 'campaign', campaign);
  const proof = checkSignature(request, secrets, { at: world.now(), needsTimestamp: campaign.needsTimestamp });
  if (proof.kind === 'proven' || proof.kind === 'stale') known.proven({ merchantId, mode });
  if (proof.kind === 'proven') return { campaign, requestId: proof.requestId };
  throw refusalOf(proof);
}

const SIGNATURE_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-airtime-signature'];

async function authenticateByKey(
  world: World,
  campaignId: string,
  { authorization, address }: { authorization: string; address: string | undefined },
  known: Known,
): Promise<Caller> {
  const key = await readActiveKey(world, keyOfAuthorization(authorization), address);
  if (!key) {
    throw new Refusal('unauthenticated', {
      param: 'Authorization',
      ...defined({ detail: schemeProblem({ authorization }) }),
      headers: { 'www-authenticate': 'Api-Key' },
    });
  }
  known.proven({ merchantId: key.merchantId, mode: key.mode, keyId: key.id });
  if (!key.scopes.includes('orders:write')) {
    throw new Refusal('scope_missing', { detail: 'This key does not have the scope orders:write.' });
  }
  const campaign = await findCampaign(world, key, campaignId);
  if (!campaign.allowsApiKey) throw new Refusal('api_key_not_allowed');
  return { campaign, keyId: key.id };
}

function refusalOf({ kind }: Exclude<Proof, { kind: 'proven' }>): Refusal {
  if (kind === 'stale') return new Refusal('timestamp_stale', { param: 'webhook-timestamp' });
  if (kind === 'untimed') return new Refusal('timestamp_required', { param: 'webhook-signature' });
  if (kind === 'wrong') return new Refusal('signature_invalid');
  return new Refusal('signature_invalid', { detail: 'There is no signature on this request.' });
}
