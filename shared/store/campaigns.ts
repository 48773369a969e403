import type { Campaign } from '../domain/campaign.ts';
import type { Owner } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { CountedWrite } from './counts.ts';
import { writeCounted } from './counts.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listKeys, listNewestFirst } from './list-newest-first.ts';
import { readItems } from './read-items.ts';
import type { Put } from './write.ts';
import { nextPut, Retry, saveNext, withRetries, write } from './write.ts';

/**
 * Campaign items, by `pk`: `<id>`, a campaign with its terms and spent totals; `<id>#counts`, its payouts by status
 * (`payout-counts.ts`); `<id>#number#<hash>`, the respondents who used a phone number, by its keyed hash, so that it
 * stays used once the number is erased everywhere else; `<id>#request#<hash>`, a used request id, kept for ever;
 * `key#<key id>`, what a key made (`key-campaigns.ts`). Payouts themselves are orders.
 *
 * The campaign's version is a fence: every transaction that moves money for one of its payouts also raises it. So what
 * was read after the campaign still holds when a write on the condition of its version succeeds.
 */

const CAMPAIGN: Shape<Campaign> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  currency: 'string',
  budgetMinor: 'number',
  spentMinor: 'number',
  payouts: 'number',
  accepted: 'number',
  basis: 'number',
  today: 'object',
  secretVersion: 'number',
  version: 'number',
};
const HOLDERS: Shape<NumberHolders> = { references: 'object', version: 'number' };

export async function readCampaign(world: World, id: string): Promise<Campaign | undefined> {
  return (await readCampaigns(world, [id]))[0];
}

/** Campaigns by id, at most a hundred. */
export async function readCampaigns(world: World, ids: readonly string[]): Promise<Campaign[]> {
  return (await readItems(world, 'campaigns', ids)).map(toCampaign);
}

/** Writes the next version of a campaign (1: the first), with companions. False when another writer was first. */
export function saveCampaign(world: World, campaign: Campaign, companions: readonly Put[] = []): Promise<boolean> {
  return saveNext(world, { table: 'campaigns', item: itemOf(campaign), counter: 'version' }, companions);
}

/** Writes the first version of a campaign, with companions, unless its merchant has as many as it may have. */
export function createCampaign(
  world: World,
  campaign: Campaign,
  max: number,
  companions: readonly Put[],
): Promise<CountedWrite> {
  const { merchantId, mode } = campaign;
  const owner = { merchantId, mode };
  const counted = { owner, kind: 'campaigns', countNow: () => countCampaigns(world, owner) } as const;
  return writeCounted(world, counted, { max }, [campaignPut(world, campaign), ...companions]);
}

/** By the list, which lags by moments. */
async function countCampaigns(world: World, owner: Owner): Promise<number> {
  let count = 0;
  for (let below: string | undefined, isMore = true; isMore; ) {
    const { campaigns, next } = await listCampaigns(world, owner, { below, limit: 100 });
    count += campaigns.length;
    below = next;
    isMore = next !== undefined;
  }
  return count;
}

/** The next version of a campaign, as one put of a transaction. */
export function campaignPut(world: World, campaign: Campaign): Put {
  const item = { ...itemOf(campaign), writeId: newId(world, 'wri') };
  return nextPut({ table: 'campaigns', item, counter: 'version' });
}

/** A merchant's campaigns, newest first. `next` is where to continue below. */
export async function listCampaigns(
  world: World,
  owner: Owner,
  page: { below?: string | undefined; limit: number },
): Promise<{ campaigns: Campaign[]; next?: string }> {
  const query = { ...page, table: 'campaigns', read: toCampaign } as const;
  const { items: campaigns, ...rest } = await listNewestFirst(world, owner, query);
  return { campaigns, ...rest };
}

/** The respondents whose payouts used a phone number, by the reference of each one's first payout. */
export interface NumberHolders {
  readonly references: readonly string[];
  readonly version: number;
}

/** Stored only for campaigns that pay each number once. */
export async function readHolders(world: World, { id }: Campaign, numberHash: string): Promise<NumberHolders> {
  const [item] = await readItems(world, 'campaigns', [numberPk(id, numberHash)]);
  return item ? fromItem('number', HOLDERS, item) : { references: [], version: 0 };
}

/** The put that adds a respondent, on the condition that `before` is current. */
export function holdersPut({ id }: Campaign, numberHash: string, before: NumberHolders, reference: string): Put {
  const references = [...new Set([...before.references, reference])];
  const item = { pk: numberPk(id, numberHash), references, version: before.version + 1 };
  return nextPut({ table: 'campaigns', item, counter: 'version' });
}

/** Whether a request with this id was ever answered with a payout. */
export async function isRequestUsed(world: World, { id }: Campaign, requestId: string): Promise<boolean> {
  return (await readItems(world, 'campaigns', [requestPk(id, requestId)])).length > 0;
}

export function requestPut(world: World, { id }: Campaign, requestId: string): Put {
  const item = { pk: requestPk(id, requestId), usedAt: world.now(), writeId: newId(world, 'wri') };
  return { table: 'campaigns', item, condition: NEW };
}

/** Marks a request id as used. True for exactly one of concurrent callers, for that one also after a lost answer. */
export function takeRequest(world: World, campaign: Campaign, requestId: string): Promise<boolean> {
  const put = requestPut(world, campaign, requestId);
  return withRetries(world, async () => {
    const written = await write(world, [put]);
    if (written.kind === 'again') return new Retry(written.reason);
    return written.kind === 'done' || written.rows[0]?.writeId === put.item.writeId;
  });
}

const NEW = 'attribute_not_exists(pk)';

function itemOf(campaign: Campaign) {
  return { pk: campaign.id, ...campaign, ...listKeys(campaign) };
}

function numberPk(campaignId: string, numberHash: string): string {
  return `${campaignId}#number#${numberHash}`;
}

function requestPk(campaignId: string, requestId: string): string {
  return `${campaignId}#request#${sha256(requestId).slice(0, 40)}`;
}

function toCampaign(item: Record<string, unknown>): Campaign {
  return fromItem('campaign', CAMPAIGN, item);
}
