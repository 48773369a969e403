import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Mode, Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { SECOND } from '../domain/time.ts';
import type { Delivery, DeliveryStatus } from '../domain/webhook.ts';
import { DELIVERY_KEPT_MS, receiverOf } from '../domain/webhook.ts';
import type { World } from '../world.ts';
import type { Due } from './due-items.ts';
import { duePartition, eachDueRow } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listKeys, listNewestFirst } from './list-newest-first.ts';
import { readMany } from './read-items.ts';
import type { Item } from './write.ts';
import { saveNext } from './write.ts';

/**
 * Delivery items, by id. `dueShard`/`dueAt` put one in the due index while it is pending, with its receiver as
 * `lane`; `listPk`/`listSk` put it in the merchant's list until it expires. The event's bytes are stored compressed:
 * an order's event is then one write unit.
 */

const DELIVERY: Shape<Delivery> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  endpointId: 'string',
  event: 'object',
  status: 'string',
  tries: 'number',
  version: 'number',
};

/** One delivery, read consistently. Callers read it here before they act on an index row. */
export async function readDelivery(world: World, id: string): Promise<Delivery | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('deliveries'), Key: { pk: id }, ConsistentRead: true }),
  );
  return answer.Item ? toDelivery(answer.Item) : undefined;
}

/** Those of the ids under which a delivery is stored. */
export async function storedDeliveries(world: World, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await readMany(world, 'deliveries', ids)).map(({ pk }) => String(pk)));
}

/**
 * Writes the next version of a delivery (1: the first). True for exactly one of concurrent writers, and for that one
 * also when its answer was lost.
 */
export function saveDelivery(world: World, delivery: Delivery): Promise<boolean> {
  return saveNext(world, { table: 'deliveries', item: itemOf(delivery), counter: 'version' });
}

/** A delivery as it is stored. */
export function itemOf(delivery: Delivery): Item {
  const { dueAt, createdAt, id, event } = delivery;
  return {
    ...delivery,
    event: { ...event, body: deflateRawSync(event.body) },
    pk: id,
    ...listKeys(delivery),
    ...defined({ orderId: event.orderId }),
    ...(dueAt === undefined ? {} : { dueShard: duePartition(delivery), lane: receiverOf(delivery) }),
    expiresAt: Math.ceil((Date.parse(createdAt) + DELIVERY_KEPT_MS) / SECOND),
  };
}

export interface DueDelivery {
  readonly id: string;
  readonly due: Due;
}

/** Partitions are read side by side, so the oldest of all are only known among more. */
const KEPT_SPARE = 4;

/**
 * Due deliveries by receiver, the oldest of each first and `keptPerReceiver` at most. All due rows are read, without
 * their deliveries, so that nobody waits behind another's backlog; a backlog stays where it is. The index may lag.
 */
export async function dueByReceiver(
  world: World,
  mode: Mode,
  at: Instant,
  keptPerReceiver: number,
): Promise<ReadonlyMap<string, readonly DueDelivery[]>> {
  const found = new Map<string, DueDelivery[]>();
  await eachDueRow(world, { table: 'deliveries', track: mode, at }, ({ due, fields }) => {
    const receiver = String(fields.lane);
    const rows = found.get(receiver) ?? [];
    if (rows.length < KEPT_SPARE * keptPerReceiver) rows.push({ id: due.pk, due });
    found.set(receiver, rows);
  });
  const oldest = (rows: DueDelivery[]) =>
    rows.sort((one, other) => (one.due.at < other.due.at ? -1 : 1)).slice(0, keptPerReceiver);
  return new Map([...found].map(([receiver, rows]) => [receiver, oldest(rows)]));
}

export interface DeliveryFilter {
  readonly endpointId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly statuses?: readonly DeliveryStatus[] | undefined;
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
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
  const { items: deliveries, ...rest } = await listNewestFirst(world, owner, {
    ...filter,
    table: 'deliveries',
    equals: { endpointId, orderId },
    read: toDelivery,
    matches: statuses && (({ status }: Delivery) => statuses.includes(status)),
  });
  return { deliveries, ...rest };
}

export function toDelivery(item: Record<string, unknown>): Delivery {
  const { orderId: _orderId, lane: _lane, ...fields } = item;
  const delivery = fromItem<Delivery>('delivery', DELIVERY, fields);
  const stored = delivery.event.body as unknown as Uint8Array;
  return { ...delivery, event: { ...delivery.event, body: inflateRawSync(stored).toString() } };
}
