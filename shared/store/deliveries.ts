import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Mode } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { SECOND } from '../domain/time.ts';
import type { Delivery, DeliveryStatus } from '../domain/webhook.ts';
import { DELIVERY_KEPT_MS } from '../domain/webhook.ts';
import { newId } from '../id.ts';
import { DUE_INDEX, LISTED_INDEX } from '../tables.ts';
import type { World } from '../world.ts';
import { BATCH_GET_MAX, dueRows, readItems, shardOf } from './read.ts';
import { Again, persist, write } from './write.ts';

/**
 * Deliveries, one item each, by their id. `dueShard`/`dueAt` put one in the due index while it is owed, and
 * `listPk`/`listSk` in its merchant's list for as long as it is kept.
 */

interface Owner {
  readonly merchantId: string;
  readonly mode: Mode;
}

/** Rows looked at for one page: a rare status must not turn one request into a walk through months. */
const EXAMINED_MAX = 500;

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
export async function saveDelivery(world: World, delivery: Delivery): Promise<boolean> {
  const writeId = newId(world, 'wri');
  const isNew = delivery.version === 1;
  const { dueAt, createdAt, id } = delivery;
  const put = {
    table: 'deliveries',
    item: {
      ...delivery,
      pk: id,
      listPk: listPk(delivery),
      listSk: `${createdAt}#${id}`,
      ...(delivery.event.orderId === undefined ? {} : { orderId: delivery.event.orderId }),
      ...(dueAt === undefined ? {} : { dueShard: shardOf(delivery) }),
      expiresAt: Math.ceil((Date.parse(createdAt) + DELIVERY_KEPT_MS) / SECOND),
      writeId,
    },
    condition: isNew ? 'attribute_not_exists(pk)' : 'version = :version',
    ...(isNew ? {} : { values: { ':version': delivery.version - 1 } }),
  } as const;
  return persist(world, async () => {
    const written = await write(world, [put]);
    if (written.kind === 'again') return new Again(written.reason);
    return written.kind === 'done' || written.rows[0]?.writeId === writeId;
  });
}

/** What is due, oldest first. The index may lag. */
export async function dueDeliveries(
  world: World,
  at: Instant,
  limitPerShard: number,
): Promise<{ id: string; endpointId: string }[]> {
  const due = { table: 'deliveries', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  const rows = await dueRows(world, due, at, limitPerShard);
  return rows.map(({ pk, endpointId }) => ({ id: String(pk), endpointId: String(endpointId) }));
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
  filter: DeliveryFilter,
): Promise<{ deliveries: Delivery[]; next?: string }> {
  const found: Delivery[] = [];
  let below = filter.below;
  for (let examined = 0; examined < EXAMINED_MAX; ) {
    const page = await queryListed(world, owner, filter, below);
    examined += page.examined;
    const deliveries = (await readItems(world, 'deliveries', page.pks)).map(toDelivery);
    found.push(...deliveries.filter(({ status }) => filter.statuses?.includes(status) ?? true));
    const last = found[filter.limit - 1];
    if (last && found.length > filter.limit) {
      return { deliveries: found.slice(0, filter.limit), next: `${last.createdAt}#${last.id}` };
    }
    if (page.next === undefined) return { deliveries: found };
    below = page.next;
  }
  return below === undefined ? { deliveries: found } : { deliveries: found, next: below };
}

async function queryListed(world: World, owner: Owner, filter: DeliveryFilter, below: string | undefined) {
  const { endpointId, orderId, from = '0' } = filter;
  const filters = [
    ...(endpointId === undefined ? [] : ['endpointId = :endpoint']),
    ...(orderId === undefined ? [] : ['orderId = :order']),
  ];
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('deliveries'),
      IndexName: LISTED_INDEX,
      KeyConditionExpression: 'listPk = :owner AND listSk BETWEEN :from AND :top',
      ...(filters.length > 0 ? { FilterExpression: filters.join(' AND ') } : {}),
      ExpressionAttributeValues: {
        ':owner': listPk(owner),
        ':from': from,
        // `~` sorts after every instant.
        ':top': below ?? '~',
        ...(endpointId === undefined ? {} : { ':endpoint': endpointId }),
        ...(orderId === undefined ? {} : { ':order': orderId }),
      },
      ScanIndexForward: false,
      Limit: BATCH_GET_MAX,
    }),
  );
  const rows = (answer.Items ?? []).filter((row) => row.listSk !== below);
  const next = answer.LastEvaluatedKey?.listSk as string | undefined;
  return {
    pks: rows.map((row) => String(row.pk)),
    examined: Math.max(answer.ScannedCount ?? 0, 1),
    ...(next === undefined ? {} : { next }),
  };
}

function listPk({ merchantId, mode }: Owner): string {
  return `${merchantId}#${mode}`;
}

/** The item without what it holds for keys, indexes and the store itself. */
function toDelivery(item: Record<string, unknown>): Delivery {
  const {
    pk: _pk,
    listPk: _listPk,
    listSk: _listSk,
    orderId: _orderId,
    dueShard: _dueShard,
    expiresAt: _expiresAt,
    writeId: _writeId,
    ...delivery
  } = item;
  return delivery as unknown as Delivery;
}
