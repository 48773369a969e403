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
import type { KeyCampaigns } from '../../store/key-campaigns.ts';
import { readAllKeyCampaigns, readKeyCampaigns, saveKeyCampaigns } from '../../store/key-campaigns.ts';
import { listKeys, saveRevoked } from '../../store/keys.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { pauseCampaign } from '../campaigns/find-campaign.ts';
import { findKey } from './find-key.ts';

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
 * key. The key ends first, by a write that waits for nothing that its holder could make long, such as many keys. Then
 * its list of campaigns is closed, and with it every request that was let in and would give it power over one more;
 * these are paused, then those of its line. Where this dies in between, the same call again does what is left, and
 * pauses nothing that was resumed since. Campaigns that were kept are paused by the next call that does not keep them:
 * whoever stole a key may have revoked it first, to keep what it made.
 */
export async function revokeKey(
  world: World,
  owner: Owner,
  keyId: string,
  { keepsCampaigns }: { keepsCampaigns: boolean },
  origin: Origin,
): Promise<Revocation> {
  const revocation = { keyId, keepsCampaigns, origin };
  const key = await end(world, owner, revocation);
  await close(world, key, revocation);
  await pauseWhatIsLeft(world, owner, key, origin);
  await followLine(world, owner, key);
  await pauseWhatIsLeft(world, owner, key, origin);
  return whatIsLeftBehind(world, owner, key);
}

interface Request {
  readonly keyId: string;
  readonly keepsCampaigns: boolean;
  readonly origin: Origin;
}

function end(world: World, owner: Owner, request: Request): Promise<Key> {
  return withRetries(world, async () => {
    const current = await findKey(world, owner, request.keyId);
    if (current.revokedAt !== undefined) return current;
    const next = revoked(current, world.now());
    const act = actOf(world, request, { current, next, own: await readKeyCampaigns(world, current.id) });
    return (await saveRevoked(world, next, [act])) ? next : new Retry('the key keeps changing');
  });
}

/** Closes the list of what a key made, and notes what is to be paused. One that was closed to keep all opens again. */
function close(world: World, key: Key, request: Request): Promise<void> {
  const { keepsCampaigns: isKept } = request;
  return withRetries(world, async () => {
    const own = await readKeyCampaigns(world, key.id);
    if (own.closedAt !== undefined && (isKept || !own.isKept)) return undefined;
    const acts = own.closedAt === undefined ? [] : [actOf(world, request, { current: key, next: key, own })];
    const toPause = isKept ? [] : own.campaignIds;
    const closed = { closedAt: world.now(), ...own, toPause, isKept, isLineOpen: !isKept, version: own.version + 1 };
    return (await saveKeyCampaigns(world, closed, acts))
      ? undefined
      : new Retry('the campaigns of the key keep changing');
  });
}

function actOf(world: World, request: Request, { current, next, own }: { current: Key; next: Key; own: KeyCampaigns }) {
  const at = world.now();
  const campaigns_to_pause = request.keepsCampaigns ? [] : own.campaignIds;
  const facts = { before: keyFacts(current, at), after: { ...keyFacts(next, at), campaigns_to_pause } };
  return recordAct(world, next, request.origin, { action: 'key.revoked', subject: next.id, ...facts });
}

/** Notes what keys of its line made, too, once: it needs all keys of the merchant. */
function followLine(world: World, owner: Owner, key: Key): Promise<void> {
  return withRetries(world, async () => {
    const own = await readKeyCampaigns(world, key.id);
    if (!own.isLineOpen) return undefined;
    const { ended } = lineOf(key, await listKeys(world, owner), world.now());
    const others = (await campaignsOf(world, ended)).filter((id) => !own.campaignIds.includes(id));
    const toPause = [...(own.toPause ?? []), ...others];
    const followed = { ...own, toPause, isLineOpen: false, version: own.version + 1 };
    return (await saveKeyCampaigns(world, followed)) ? undefined : new Retry('somebody else follows the line');
  });
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
  const [endpoints, keys] = await Promise.all([listEndpoints(world, owner), listKeys(world, owner)]);
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
  const all = await readAllKeyCampaigns(world, keyIds);
  return [...new Set(all.flatMap(({ campaignIds }) => campaignIds))];
}
