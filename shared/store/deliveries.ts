import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { SECOND } from '../domain/time.ts';
import type { Delivery, DeliveryStatus } from '../domain/webhook.ts';
import { DELIVERY_KEPT_MS, laneOf } from '../domain/webhook.ts';
import { DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { listKeys, listNewestFirst } from './listed.ts';
import { dueRows, shardOf, withoutKeys } from './read.ts';
import { saveNext } from './write.ts';

/**
 * Deliveries, one item each, by their id. `dueShard`/`dueAt` put one in the due index while it is owed, and
 * `listPk`/`listSk` in its merchant's list for as long as it is kept.
 */

/** One delivery, read consistently; whoever acts on what an index said reads it here first. */
export async function readDelivery(world: World, id: string): Promise<Delivery | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('deliveries'), Key: { pk: id }, ConsistentRead: true }),
  );
  return answer.Item ? toDelivery(answer.Item) : undefined;
}

/**
 * Writes a delivery whose version follows the one that is there (1: none is). True for exactly one of those who try,
 * and for that one also when its answer was lost.
 */
export function saveDelivery(world: World, delivery: Delivery): Promise<boolean> {
  const { dueAt, createdAt, id } = delivery;
  const item = {
    ...delivery,
    pk: id,
    ...listKeys(delivery),
    ...defined({ orderId: delivery.event.orderId }),
    ...(dueAt === undefined ? {} : { dueShard: shardOf(delivery), lane: laneOf(delivery) }),
    expiresAt: Math.ceil((Date.parse(createdAt) + DELIVERY_KEPT_MS) / SECOND),
  };
  return saveNext(world, { table: 'deliveries', item, counter: 'version' });
}

/**
 * What is due, oldest first, and what each fails together with. The index may lag; one that was made before it carried
 * lanes has each fail alone.
 */
export async function dueDeliveries(
  world: World,
  at: Instant,
  limitPerShard: number,
): Promise<{ id: string; lane: string }[]> {
  const due = { table: 'deliveries', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  const rows = await dueRows(world, due, at, limitPerShard);
  return rows.map(({ pk, lane = pk }) => ({ id: String(pk), lane: String(lane) }));
}

export interface DeliveryFilter {
  readonly endpointId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly statuses?: readonly DeliveryStatus[] | undefined;
  readonly from?: Instant | undefined;
  /** Continue below this `listSk`. */
  readonly below?: string | undefined;
  readonly limit: number;
}

/** A merchant's deliveries, newest first. `next` is where to continue; a page may be short while `next` is set. */
export async function listDeliveries(
  world: World,
  owner: Owner,
  { endpointId, orderId, statuses, ...filter }: DeliveryFilter,
): Promise<{ deliveries: Delivery[]; next?: string }> {
  const { things: deliveries, ...rest } = await listNewestFirst(world, owner, {
    ...filter,
    table: 'deliveries',
    equals: { endpointId, orderId },
    read: toDelivery,
    ...(statuses ? { wants: ({ status }: Delivery) => statuses.includes(status) } : {}),
  });
  return { deliveries, ...rest };
}

function toDelivery(item: Record<string, unknown>): Delivery {
  const { orderId: _orderId, lane: _lane, ...delivery } = withoutKeys(item);
  return delivery as unknown as Delivery;
}
