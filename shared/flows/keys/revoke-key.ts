import type { Origin } from '../../domain/act.ts';
import type { Campaign } from '../../domain/campaign.ts';
import type { Key } from '../../domain/key.ts';
import { isActive, revoked } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import { keyFacts } from '../../http/views/act-views.ts';
import { recordAct } from '../../store/audit.ts';
import { readCampaign } from '../../store/campaigns.ts';
import { listEndpoints } from '../../store/endpoints.ts';
import { keyCampaignsPut, readKeyCampaigns, saveKeyCampaigns } from '../../store/key-campaigns.ts';
import { saveRevoked } from '../../store/keys.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { pauseCampaign } from '../campaigns/find-campaign.ts';
import { findKey, listOwnKeys } from './find-key.ts';

/** What a revoked key leaves behind, as it is now: what goes on by itself, and what its owner should look at. */
interface Revocation {
  readonly key: Key;
  /** That it or a key it replaced made, widened or was shown the secret of. */
  readonly campaigns: readonly Campaign[];
  /** That it or a key it replaced made or changed. */
  readonly endpoints: readonly Endpoint[];
  /** That it or a key it replaced made, and what replaced it, as far as they still work. */
  readonly keys: readonly Key[];
}

/** Campaigns that are paused at the same time. */
const AT_ONCE = 10;

/**
 * Revokes a key for good, and pauses its campaigns unless they are to be kept: who has a campaign's secret needs no
 * key. The key ends in the transaction that notes the campaigns still to be paused, and with it every request that
 * would give it power over one more. The campaigns are paused after that, one by one: the same call again pauses what
 * is left, and nothing that was resumed since.
 */
export async function revokeKey(
  world: World,
  owner: Owner,
  keyId: string,
  { keepsCampaigns }: { keepsCampaigns: boolean },
  origin: Origin,
): Promise<Revocation> {
  const key = await withRetries(world, async () => {
    const current = await findKey(world, owner, keyId);
    if (current.revokedAt !== undefined) return current;
    const own = await readKeyCampaigns(world, current.id);
    const campaignIds = await campaignsOf(world, current);
    const at = world.now();
    const next = revoked(current, at);
    const toPause = keepsCampaigns ? [] : campaignIds;
    const closed = keyCampaignsPut({ ...own, closedAt: at, toPause, version: own.version + 1 });
    const facts = { before: keyFacts(current, at), after: { ...keyFacts(next, at), campaigns_to_pause: toPause } };
    const act = recordAct(world, owner, origin, { action: 'key.revoked', subject: next.id, ...facts });
    const isDone = await saveRevoked(world, next, [closed, act]);
    return isDone ? next : new Retry('the key and its campaigns keep changing');
  });
  await pauseWhatIsLeft(world, owner, key, origin);
  return whatIsLeftBehind(world, owner, key);
}

async function pauseWhatIsLeft(world: World, owner: Owner, { id }: Key, origin: Origin): Promise<void> {
  const before = await readKeyCampaigns(world, id);
  const toPause = [...(before.toPause ?? [])];
  if (toPause.length === 0) return;
  while (toPause.length > 0) {
    await Promise.all(toPause.splice(0, AT_ONCE).map((campaignId) => pauseCampaign(world, owner, campaignId, origin)));
  }
  await saveKeyCampaigns(world, { ...before, toPause: [], version: before.version + 1 });
}

async function whatIsLeftBehind(world: World, owner: Owner, key: Key): Promise<Revocation> {
  const ids = [...key.replaces, key.id];
  const [campaignIds, endpoints, keys] = await Promise.all([
    campaignsOf(world, key),
    listEndpoints(world, owner),
    listOwnKeys(world, owner),
  ]);
  const campaigns = await Promise.all(campaignIds.map((id) => readCampaign(world, id)));
  return {
    key,
    campaigns: campaigns.flatMap((campaign) => campaign ?? []),
    endpoints: endpoints.filter(({ keyIds = [] }) => keyIds.some((id) => ids.includes(id))),
    keys: keys.filter((each) => isActive(each, world.now()) && isFrom(each, ids)),
  };
}

function isFrom({ id, createdBy, replaces }: Key, ids: readonly string[]): boolean {
  const isMade = createdBy?.kind === 'key' && ids.includes(createdBy.id);
  return (isMade || replaces.some((each) => ids.includes(each))) && !ids.includes(id);
}

async function campaignsOf(world: World, { id, replaces }: Key): Promise<string[]> {
  const all = await Promise.all([...replaces, id].map((each) => readKeyCampaigns(world, each)));
  return [...new Set(all.flatMap(({ campaignIds }) => campaignIds))];
}
