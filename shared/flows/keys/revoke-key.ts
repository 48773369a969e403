import type { Origin } from '../../domain/act.ts';
import type { Campaign } from '../../domain/campaign.ts';
import type { Key } from '../../domain/key.ts';
import { isActive, revoked } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Instant } from '../../domain/time.ts';
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
  /** That it, one that it replaced, or a key of its line that has ended made, widened or was shown the secret of. */
  readonly campaigns: readonly Campaign[];
  /** That it, one that it replaced, or a key of its line that has ended made or changed. */
  readonly endpoints: readonly Endpoint[];
  /** The keys of its line that still work. */
  readonly keys: readonly Key[];
}

/** Campaigns that are paused at the same time. */
const AT_ONCE = 10;

/**
 * Revokes a key for good, and pauses its campaigns unless they are to be kept: who has a campaign's secret needs no
 * key. The key ends in the transaction that notes the campaigns still to be paused, and with it every request that
 * would give it power over one more. The campaigns are paused after that, one by one: the same call again pauses what
 * is left, and nothing that was resumed since. Campaigns that were kept are paused by the next call that does not keep
 * them: whoever stole a key may have revoked it first, to keep what it made.
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
    const own = await readKeyCampaigns(world, current.id);
    if (current.revokedAt !== undefined && (keepsCampaigns || !own.isKept)) return current;
    const at = world.now();
    const next = current.revokedAt === undefined ? revoked(current, at) : current;
    const { ended } = lineOf(next, await listOwnKeys(world, owner), at);
    const campaignIds = await campaignsOf(world, ended);
    const toPause = keepsCampaigns ? [] : campaignIds;
    const isKept = keepsCampaigns;
    const closed = { closedAt: at, ...own, toPause, isKept, version: own.version + 1 };
    const facts = { before: keyFacts(current, at), after: { ...keyFacts(next, at), campaigns_to_pause: toPause } };
    const act = recordAct(world, owner, origin, { action: 'key.revoked', subject: next.id, ...facts });
    const isDone =
      next === current
        ? await saveKeyCampaigns(world, closed, [act])
        : await saveRevoked(world, next, [keyCampaignsPut(closed), act]);
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
  const [endpoints, keys] = await Promise.all([listEndpoints(world, owner), listOwnKeys(world, owner)]);
  const { ended, active } = lineOf(key, keys, world.now());
  const campaigns = await Promise.all((await campaignsOf(world, ended)).map((id) => readCampaign(world, id)));
  return {
    key,
    campaigns: campaigns.flatMap((campaign) => campaign ?? []),
    endpoints: endpoints.filter(({ keyIds = [] }) => keyIds.some((id) => ended.includes(id))),
    keys: active,
  };
}

/**
 * The line of a key: those that it replaced, and whatever any of them made or was replaced by, directly or through
 * keys that may have ended since. What a key made that still works is listed when that one is revoked.
 */
function lineOf(key: Key, all: readonly Key[], at: Instant): { ended: string[]; active: Key[] } {
  const own = [...key.replaces, key.id];
  const line = new Set(own);
  const isOfLine = ({ id, createdBy, replaces }: Key) =>
    line.has(id) || line.has(createdBy?.id ?? '') || replaces.some((each) => line.has(each));
  for (let size = 0; size < line.size; ) {
    size = line.size;
    for (const each of all) if (isOfLine(each)) line.add(each.id);
  }
  const active = all.filter((each) => line.has(each.id) && each.id !== key.id && isActive(each, at));
  const ended = [...line].filter((id) => own.includes(id) || !active.some((each) => each.id === id));
  return { ended, active };
}

async function campaignsOf(world: World, keyIds: readonly string[]): Promise<string[]> {
  const all = await Promise.all(keyIds.map((id) => readKeyCampaigns(world, id)));
  return [...new Set(all.flatMap(({ campaignIds }) => campaignIds))];
}
