import type { StatusCounts } from '../domain/campaign.ts';
import { countStatus, sumOfCounts } from '../domain/campaign.ts';
import { statusOfEvent } from '../domain/order-events.ts';
import type { Payout } from '../domain/payout.ts';
import type { World } from '../world.ts';
import { shardOf } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { readOrder, readOrdersOf } from './orders.ts';
import { readItems } from './read-items.ts';
import { nextPut, Retry, withRetries, write } from './write.ts';

/**
 * A campaign's payouts by the status of their last published event, in sixteen items (`<campaign>#counts#<n>` in the
 * campaigns' table), which are added up when they are read. They are counted beside the put that takes the events out
 * of the outbox, and not in one transaction with it: that would cost six units for three, and let every payout of a
 * campaign wait for every other.
 *
 * Exact all the same. An item remembers the last event that it counted of each payout, until the payout's own item
 * shows that event as published. Whoever publishes reads the item and then the payout: if the event is still
 * unpublished, then what was counted of it is remembered, in what was read or in a newer version, on which the put
 * fails. So a crash between the two writes, or another publisher, counts nothing twice and leaves nothing out.
 */

const SHARDS = 16;
/** More are looked up in the orders, and forgotten where their event is published. */
const REMEMBERED_MAX = 8;

const COUNTS: Shape<StatusCounts> = { counts: 'object', counted: 'object', version: 'number' };
const NONE: StatusCounts = { counts: {}, counted: {}, version: 0 };

/** Counts a payout's events up to this one, which are about to leave its outbox. */
export function countPublished(world: World, payout: Payout, sequence: number): Promise<void> {
  const pk = countsPk(payout.payout.campaignId, shardOf(payout.id, SHARDS));
  return withRetries(world, async () => {
    const [item] = await readItems(world, 'campaigns', [pk]);
    const before = item ? toCounts(item) : NONE;
    const current = await readOrder(world, payout);
    const [first] = current?.outbox ?? [];
    const known = before.counted[payout.agentReference] ?? 0;
    if (!current || !first || first.sequence > sequence || known >= sequence) return undefined;
    const last = Math.max(known, first.sequence - 1);
    const counted = { ...(await withoutPublished(world, payout, before.counted)), [payout.agentReference]: sequence };
    const was = last === 0 ? undefined : statusOfEvent(current, last);
    const next = countStatus({ ...before, counted }, was, statusOfEvent(current, sequence));
    const written = await write(world, [nextPut({ table: 'campaigns', item: { pk, ...next }, counter: 'version' })]);
    return written.kind === 'done' ? undefined : new Retry('the counts of the campaign were changed first');
  });
}

/** What has to be remembered further. */
async function withoutPublished(
  world: World,
  { merchantId, mode }: Payout,
  counted: StatusCounts['counted'],
): Promise<StatusCounts['counted']> {
  const entries = Object.entries(counted);
  if (entries.length < REMEMBERED_MAX) return counted;
  const orders = await readOrdersOf(world, { merchantId, mode }, Object.keys(counted));
  const isUnpublished = ([reference, sequence]: readonly [string, number]) => {
    const [first] = orders.get(reference)?.outbox ?? [];
    return first !== undefined && first.sequence <= sequence;
  };
  return Object.fromEntries(entries.filter(isUnpublished));
}

/** A campaign's payouts by status, as far as their events were published. */
export async function readCounts(world: World, campaignId: string): Promise<StatusCounts['counts']> {
  const pks = Array.from({ length: SHARDS }, (_, shard) => countsPk(campaignId, shard));
  return sumOfCounts((await readItems(world, 'campaigns', pks)).map(toCounts));
}

function countsPk(campaignId: string, shard: number): string {
  return `${campaignId}#counts#${shard}`;
}

function toCounts(item: Record<string, unknown>): StatusCounts {
  return fromItem('payout counts', COUNTS, item);
}
