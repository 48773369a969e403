import type { Campaign, StatusCounts } from '../domain/campaign.ts';
import { recounted, tallied } from '../domain/campaign.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Change } from '../domain/order.ts';
import { sha256 } from '../domain/sha256.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import { listKeys, listNewestFirst } from './listed.ts';
import { readItems, withoutKeys } from './read.ts';
import type { Put } from './write.ts';
import { nextPut, Retry, saveNext, withRetries, write } from './write.ts';

/**
 * Campaign items, by `pk`: `<id>`, a campaign with its terms and its tally; `<id>#counts`, its payouts by status;
 * `<id>#number#<number>`, whom a phone number was tried for; `<id>#request#<hash>`, that a request's id is used, for
 * ever. Payouts themselves are orders.
 *
 * The campaign's version is a fence: whatever moves money of one of its payouts rises it in the same transaction. So
 * what was read after the campaign still holds when a write on the condition of its version succeeds.
 */

export async function readCampaign(world: World, id: string): Promise<Campaign | undefined> {
  const [item] = await readItems(world, 'campaigns', [id]);
  return item && toCampaign(item);
}

/** Writes a campaign whose version follows the one that is there (1: none is). False when somebody came first. */
export function saveCampaign(world: World, campaign: Campaign): Promise<boolean> {
  return saveNext(world, { table: 'campaigns', item: itemOf(campaign), counter: 'version' });
}

/** The same as a part of a transaction. */
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
  const { things: campaigns, ...rest } = await listNewestFirst(world, owner, query);
  return { campaigns, ...rest };
}

/** Whom a number was ever tried for, by the references of their first tries. */
export interface NumberHolders {
  readonly references: readonly string[];
  readonly version: number;
}

/** Only campaigns that pay numbers once remember it. */
export async function readHolders(world: World, { id }: Campaign, msisdn: string): Promise<NumberHolders> {
  const [item] = await readItems(world, 'campaigns', [numberPk(id, msisdn)]);
  return item ? (withoutKeys(item) as unknown as NumberHolders) : { references: [], version: 0 };
}

/** Writes one holder more, on the condition that nobody else came first. */
export function holdersPut({ id }: Campaign, msisdn: string, before: NumberHolders, reference: string): Put {
  const references = [...new Set([...before.references, reference])];
  const item = { pk: numberPk(id, msisdn), references, version: before.version + 1 };
  return nextPut({ table: 'campaigns', item, counter: 'version' });
}

/** Whether a request's id was used, in whichever way the request was answered with a payout. */
export async function isRequestUsed(world: World, { id }: Campaign, requestId: string): Promise<boolean> {
  return (await readItems(world, 'campaigns', [requestPk(id, requestId)])).length > 0;
}

export function requestPut(world: World, { id }: Campaign, requestId: string): Put {
  const item = { pk: requestPk(id, requestId), usedAt: world.now(), writeId: newId(world, 'wri') };
  return { table: 'campaigns', item, condition: NEW };
}

/** Uses a request's id up. True for exactly one of those who try, and for that one also when its answer was lost. */
export function takeRequest(world: World, campaign: Campaign, requestId: string): Promise<boolean> {
  const put = requestPut(world, campaign, requestId);
  return withRetries(world, async () => {
    const written = await write(world, [put]);
    if (written.kind === 'again') return new Retry(written.reason);
    return written.kind === 'done' || written.rows[0]?.writeId === put.item.writeId;
  });
}

/** How many payouts there are by status: those that were told of. */
export async function readCounts(world: World, campaignId: string): Promise<StatusCounts> {
  const [item] = await readItems(world, 'campaigns', [countsPk(campaignId)]);
  return item ? (withoutKeys(item) as unknown as StatusCounts) : { counts: {}, version: 0 };
}

/**
 * What an order's change writes beside it, where the order is a payout: its campaign's tally when money moves, its
 * counts when its events were handed on. Read anew for each try. Where the order `hasMoved` on, the tally may have
 * moved with it and nothing is decided on it: the change itself is then refused.
 */
export function companionWrites(
  world: World,
  { before, after, entry }: Change,
  hasMoved: () => Promise<boolean>,
): (() => Promise<Put[]>) | undefined {
  const { payout } = after;
  if (!payout) return undefined;
  if (entry) {
    return async () => {
      const campaign = await readCampaign(world, payout.campaignId);
      if (!campaign) throw new Error(`no campaign ${payout.campaignId}`);
      if (await hasMoved()) return [];
      return [campaignPut(world, tallied(campaign, payout.day, entry.amountMinor))];
    };
  }
  const was = before.payout?.countedAs;
  const is = payout.countedAs;
  if (is === undefined || is === was) return undefined;
  return async () => {
    const counts = recounted(await readCounts(world, payout.campaignId), was, is);
    return [nextPut({ table: 'campaigns', item: { pk: countsPk(payout.campaignId), ...counts }, counter: 'version' })];
  };
}

const NEW = 'attribute_not_exists(pk)';

function itemOf(campaign: Campaign) {
  return { pk: campaign.id, ...campaign, ...listKeys(campaign) };
}

function numberPk(campaignId: string, msisdn: string): string {
  return `${campaignId}#number#${msisdn}`;
}

function requestPk(campaignId: string, requestId: string): string {
  return `${campaignId}#request#${sha256(requestId).slice(0, 40)}`;
}

function countsPk(campaignId: string): string {
  return `${campaignId}#counts`;
}

function toCampaign(item: Record<string, unknown>): Campaign {
  return withoutKeys(item) as unknown as Campaign;
}
