import type { Instant } from '../domain/time.ts';
import type { Delivery } from '../domain/webhook.ts';
import type { World } from '../world.ts';
import { itemOf, toDelivery } from './deliveries.ts';
import { readItems, readMany } from './read-items.ts';
import type { Put } from './write.ts';
import { nextPut, Retry, withRetries, write } from './write.ts';

/**
 * What listeners got, in lanes: `kept#<endpoint>#<lane>` has the last number of a lane, and the same with `#<number>`
 * the id of the delivery with that number. A delivery is stored with its number in one transaction, on the condition
 * that the number is the lane's next one. So who has read a lane up to a number has read all that was stored in it
 * before, and what comes later has a higher one, however many senders write at once. Instants promise none of that: two
 * machines have two clocks, and an index lags. One lane alone would be a queue of senders, who have others to send to.
 */

const TABLE = 'deliveries';

/** So many senders write at once without waiting for each other. */
export const LANES = 16;

/** A lane and a number in it. */
interface Place {
  readonly lane: number;
  readonly number: number;
}

/** Stores a delivery of a listener. One that is stored already stays where it is. */
export function keepDelivery(world: World, delivery: Delivery): Promise<void> {
  const { id, endpointId, event } = delivery;
  const item = itemOf(delivery);
  const { expiresAt } = item;
  return withRetries(world, async () => {
    const lane = Math.floor(world.random() * LANES);
    const [before = 0] = await lastNumbers(world, endpointId, [lane]);
    const number = before + 1;
    const kept = { pk: pkOf(endpointId, { lane, number }), deliveryId: id, createdAt: event.createdAt, expiresAt };
    const written = await write(world, [
      nextPut({ table: TABLE, item, counter: 'version' }),
      { table: TABLE, item: kept, condition: 'attribute_not_exists(pk)' },
      lastPut({ pk: lanePk(endpointId, lane), last: number, expiresAt }),
    ]);
    if (written.kind === 'again') return new Retry(written.reason);
    // Ours, where the answer was lost, or that of another message about the same event.
    if (written.kind === 'done' || written.rows[0] !== undefined) return undefined;
    return new Retry('another delivery got the number');
  });
}

function lastPut(item: { pk: string; last: number; expiresAt: unknown }): Put {
  if (item.last === 1) return { table: TABLE, item, condition: 'attribute_not_exists(pk)' };
  const names = { '#last': 'last' };
  return { table: TABLE, item, condition: '#last = :before', names, values: { ':before': item.last - 1 } };
}

export interface KeptPage {
  readonly deliveries: readonly Delivery[];
  /** The last number of each lane that was read, after which to go on. */
  readonly upTo: readonly number[];
}

/**
 * The deliveries of a listener after a number of each lane, read consistently: of those that are next in their lanes
 * the one of the oldest event first.
 */
export async function listKept(
  world: World,
  endpointId: string,
  { after, limit }: { after: readonly number[]; limit: number },
): Promise<KeptPage> {
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  const lasts = await lastNumbers(world, endpointId, lanes);
  const upTo = lanes.map((lane) => Math.min(after[lane] ?? 0, lasts[lane] ?? 0));
  const open = lanes.flatMap((lane) => numbersAfter(upTo[lane] ?? 0, lasts[lane] ?? 0, limit, lane));
  const rows = await readMany(
    world,
    TABLE,
    open.map((place) => pkOf(endpointId, place)),
  );
  const kept = new Map(rows.map((row) => [String(row.pk), row]));
  const ids: string[] = [];
  while (ids.length < limit) {
    const heads = lanes.flatMap((lane) => {
      const row = kept.get(pkOf(endpointId, { lane, number: (upTo[lane] ?? 0) + 1 }));
      return row ? [{ lane, id: String(row.deliveryId), at: String(row.createdAt) }] : [];
    });
    const [oldest] = heads.sort((one, other) => compared(one.at, other.at));
    if (!oldest) break;
    ids.push(oldest.id);
    upTo[oldest.lane] = (upTo[oldest.lane] ?? 0) + 1;
  }
  return { deliveries: (await readItems(world, TABLE, ids)).map(toDelivery), upTo };
}

function numbersAfter(after: number, last: number, limit: number, lane: number): Place[] {
  const length = Math.min(last - after, limit);
  return Array.from({ length }, (_, place) => ({ lane, number: after + 1 + place }));
}

function compared(one: Instant, other: Instant): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** In the order of the lanes; 0: nothing is stored in it. */
async function lastNumbers(world: World, endpointId: string, lanes: readonly number[]): Promise<number[]> {
  const pks = lanes.map((lane) => lanePk(endpointId, lane));
  const found = new Map((await readItems(world, TABLE, pks)).map(({ pk, last }) => [pk, Number(last)]));
  return pks.map((pk) => found.get(pk) ?? 0);
}

function lanePk(endpointId: string, lane: number): string {
  return `kept#${endpointId}#${lane}`;
}

function pkOf(endpointId: string, { lane, number }: Place): string {
  return `${lanePk(endpointId, lane)}#${number}`;
}
