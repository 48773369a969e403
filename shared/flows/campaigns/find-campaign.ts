import type { Action, Origin } from '../../domain/act.ts';
import type { Campaign } from '../../domain/campaign.ts';
import { paused } from '../../domain/campaign.ts';
import type { Owner } from '../../domain/ledger.ts';
import { isUnchanged } from '../../domain/versioned.ts';
import { Refusal } from '../../http/refusal.ts';
import { campaignFacts } from '../../http/views/act-views.ts';
import { recordAct } from '../../store/audit.ts';
import { readCampaign, saveCampaign } from '../../store/campaigns.ts';
import { keyCampaignsPut, readKeyCampaigns } from '../../store/key-campaigns.ts';
import type { Put } from '../../store/write.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';

/** A merchant's own campaign; one of another merchant or of the other mode looks missing. */
export async function findCampaign(world: World, owner: Owner, id: string): Promise<Campaign> {
  const campaign = await findAnyCampaign(world, id);
  if (campaign.merchantId !== owner.merchantId || campaign.mode !== owner.mode) throw notFound();
  return campaign;
}

/** Any merchant's campaign, for a caller who then proves to know its secret. A malformed id counts as unknown. */
export async function findAnyCampaign(world: World, id: string): Promise<Campaign> {
  const campaign = CAMPAIGN_ID.test(id) ? await readCampaign(world, id) : undefined;
  if (!campaign) throw notFound();
  return campaign;
}

interface CampaignChange {
  readonly decide: (current: Campaign) => Campaign | Promise<Campaign>;
  readonly origin: Origin;
  readonly action: Action;
  /** Whether it can make the campaign pay more, or shows its secret: then revoking the key pauses the campaign. */
  readonly givesPower: (current: Campaign, next: Campaign) => boolean;
}

/**
 * Changes a campaign for somebody; decides again whenever a payout or another change was written first. What changes
 * nothing is not written, and is no act.
 */
export function changeCampaign(
  world: World,
  owner: Owner,
  id: string,
  { decide, origin, action, givesPower }: CampaignChange,
): Promise<Campaign> {
  return withRetries(world, async () => {
    const current = await findCampaign(world, owner, id);
    const next = await decide(current);
    if (isUnchanged(current, next, ['version', 'basis'])) return current;
    const noted = givesPower(current, next) ? await noteCampaign(world, origin, id) : [];
    const act = recordChange(world, { current, next, origin, action });
    return (await saveCampaign(world, next, [act, ...noted])) ? next : new Retry('the campaign keeps changing');
  });
}

interface RecordedChange extends Pick<CampaignChange, 'origin' | 'action'> {
  readonly current: Campaign;
  readonly next: Campaign;
}

function recordChange(world: World, { current, next, origin, action }: RecordedChange): Put {
  const facts = { before: campaignFacts(current), after: campaignFacts(next) };
  return recordAct(world, current, origin, { action, subject: current.id, ...facts });
}

/** Pauses a campaign; one that is paused stays as it is. */
export function pauseCampaign(world: World, owner: Owner, id: string, origin: Origin): Promise<void> {
  return withRetries(world, async () => {
    const current = await findCampaign(world, owner, id);
    if (current.isPaused) return undefined;
    const next = paused(current);
    const act = recordChange(world, { current, next, origin, action: 'campaign.paused' });
    if (await saveCampaign(world, next, [act])) return undefined;
    return new Retry('the campaign keeps changing');
  });
}

/**
 * What is written beside a campaign that a key or a member makes, widens or is shown the secret of, so that revoking or
 * removing them finds the campaign. Who was since they were read is refused, however far their request has come.
 */
export async function noteCampaign(world: World, { by }: Origin, campaignId: string): Promise<Put[]> {
  if (by.kind === 'operator') return [];
  const before = await readKeyCampaigns(world, by.id);
  if (before.closedAt !== undefined) {
    if (by.kind === 'person') throw new Refusal('not_a_member', { param: 'Airtime-Merchant' });
    throw new Refusal('unauthenticated', { param: 'Authorization' });
  }
  const campaignIds = [...new Set([...before.campaignIds, campaignId])];
  return [keyCampaignsPut({ ...before, campaignIds, version: before.version + 1 })];
}

/** Excludes the keys of the other items in the table. */
const CAMPAIGN_ID = /^cmp_[0-9a-z]{20}$/;

function notFound(): Refusal {
  return new Refusal('campaign_not_found', { param: 'campaign_id' });
}
