import type { Campaign } from '../../domain/campaign.ts';
import type { Owner } from '../../domain/ledger.ts';
import { Refusal } from '../../http/refusal.ts';
import { readCampaign, saveCampaign } from '../../store/campaigns.ts';
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

/** Changes a campaign; decides again whenever a payout or another change was written first. */
export function changeCampaign(
  world: World,
  owner: Owner,
  id: string,
  decide: (current: Campaign) => Campaign | Promise<Campaign>,
): Promise<Campaign> {
  return withRetries(world, async () => {
    const next = await decide(await findCampaign(world, owner, id));
    return (await saveCampaign(world, next)) ? next : new Retry('the campaign keeps changing');
  });
}

/** Excludes the keys of the other items in the table. */
const CAMPAIGN_ID = /^cmp_[0-9a-z]{20}$/;

function notFound(): Refusal {
  return new Refusal('campaign_not_found', { param: 'campaign_id' });
}
