import type { Campaign } from '../../domain/campaign.ts';
import type { Key } from '../../domain/key.ts';
import { isActive } from '../../domain/key.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import { readCampaign } from '../../store/campaigns.ts';
import { listEndpoints } from '../../store/endpoints.ts';
import { readKeyCampaigns } from '../../store/key-campaigns.ts';
import { listKeys } from '../../store/keys.ts';
import type { World } from '../../world.ts';

/** What a member who has gone may still know a secret of. It goes on by itself, and somebody should look at it. */
export interface LeftBehind {
  /** That they made and that still work. */
  readonly keys: readonly Key[];
  /** That they made or changed, or were shown the secret of. */
  readonly endpoints: readonly Endpoint[];
  /** That they made or widened, or were shown the secret of. */
  readonly campaigns: readonly Campaign[];
}

export async function leftBehindBy(world: World, merchantId: string, memberId: string): Promise<LeftBehind> {
  const owners = (['live', 'test'] as const).map((mode) => ({ merchantId, mode }));
  const [keys, endpoints, { campaignIds }] = await Promise.all([
    Promise.all(owners.map((owner) => listKeys(world, owner))),
    Promise.all(owners.map((owner) => listEndpoints(world, owner))),
    readKeyCampaigns(world, memberId),
  ]);
  const campaigns = await Promise.all(campaignIds.map((id) => readCampaign(world, id)));
  return {
    keys: keys.flat().filter((key) => key.createdBy?.id === memberId && isActive(key, world.now())),
    endpoints: endpoints.flat().filter(({ keyIds = [] }) => keyIds.includes(memberId)),
    campaigns: campaigns.flatMap((campaign) => campaign ?? []),
  };
}
