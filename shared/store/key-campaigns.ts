import type { Instant } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { readItems, readMany } from './read-items.ts';
import type { Put } from './write.ts';
import { nextPut, saveNext } from './write.ts';

/**
 * The campaigns that a key made, changed or was shown the secret of, in the table of campaigns: `key#<key id>`; and
 * those of a member, by the member's id. Each is added in the transaction that writes the campaign, so that revoking
 * the key, or removing the member, finds all of them, and once the item is closed no such transaction succeeds.
 */
export interface KeyCampaigns {
  readonly keyId: string;
  readonly campaignIds: readonly string[];
  /** When the key was revoked. */
  readonly closedAt?: Instant;
  /** Campaigns that are still to be paused, because the key was revoked. */
  readonly toPause?: readonly string[];
  /** Set where it was revoked and its campaigns were to go on: the next revocation that does not say so pauses them. */
  readonly isKept?: boolean;
  /** Set until the campaigns that keys of its line made are among those to be paused. */
  readonly isLineOpen?: boolean;
  readonly version: number;
}

const KEY_CAMPAIGNS: Shape<KeyCampaigns> = { keyId: 'string', campaignIds: 'object', version: 'number' };

export async function readKeyCampaigns(world: World, keyId: string): Promise<KeyCampaigns> {
  const [item] = await readItems(world, 'campaigns', [pkOf(keyId)]);
  return item ? fromItem('campaigns of a key', KEY_CAMPAIGNS, item) : { keyId, campaignIds: [], version: 0 };
}

/** Those of many keys, without the keys that have none. */
export async function readAllKeyCampaigns(world: World, keyIds: readonly string[]): Promise<KeyCampaigns[]> {
  const items = await readMany(world, 'campaigns', keyIds.map(pkOf));
  return items.map((item) => fromItem('campaigns of a key', KEY_CAMPAIGNS, item));
}

/** The next version as one put of a transaction. */
export function keyCampaignsPut(next: KeyCampaigns): Put {
  return nextPut({ table: 'campaigns', item: { pk: pkOf(next.keyId), ...next }, counter: 'version' });
}

/** The next version, with companions in the same transaction. False when another writer was first. */
export function saveKeyCampaigns(world: World, next: KeyCampaigns, companions: readonly Put[] = []): Promise<boolean> {
  const item = { pk: pkOf(next.keyId), ...next };
  return saveNext(world, { table: 'campaigns', item, counter: 'version' }, companions);
}

function pkOf(keyId: string): string {
  return `key#${keyId}`;
}
