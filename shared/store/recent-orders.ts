import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { RecentOrder } from '../domain/duplicate.ts';
import { DUPLICATE_WITHIN_MS } from '../domain/duplicate.ts';
import type { Owner } from '../domain/ledger.ts';
import { messageOf } from '../domain/message-of.ts';
import { DAY, plus } from '../domain/time.ts';
import { LISTED_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { instantOfListSk, listPk } from './list-newest-first.ts';
import { keyOfPk, readOrder } from './orders.ts';

/** As many rows of the index as one read unit covers, at the most that each can have. */
const EXAMINED_MAX = 25;

/** How far back a merchant's own orders say that it knows a target, and how many of them are looked through. */
const KNOWN_FOR_MS = 30 * DAY;
const LOOKED_THROUGH_MAX = 500;
/** How many orders of the target are read. */
const READ_MAX = 5;

/** Whether one of a merchant's last five hundred orders, of the last thirty days, was delivered to this target. */
export async function hasDelivered(world: World, owner: Owner, target: string): Promise<boolean> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('orders'),
      IndexName: LISTED_INDEX,
      KeyConditionExpression: 'listPk = :owner AND listSk >= :from',
      FilterExpression: 'msisdn = :target',
      ExpressionAttributeValues: {
        ':owner': listPk(owner),
        ':from': plus(world.now(), -KNOWN_FOR_MS),
        ':target': target,
      },
      ScanIndexForward: false,
      Limit: LOOKED_THROUGH_MAX,
    }),
  );
  const keys = (answer.Items ?? []).slice(0, READ_MAX).map(({ pk }) => keyOfPk(String(pk)));
  const orders = await Promise.all(keys.map((key) => readOrder(world, key)));
  return orders.some((order) => order?.status === 'success');
}

/**
 * A merchant's newest orders of the last minute, by one query that costs one read unit at most. Only for hints: the
 * index lags by moments, many orders a minute are not all seen, and an error counts as none.
 */
export async function recentOrders(world: World, owner: Owner): Promise<RecentOrder[]> {
  try {
    const answer = await world.db.send(
      new QueryCommand({
        TableName: world.table('orders'),
        IndexName: LISTED_INDEX,
        KeyConditionExpression: 'listPk = :owner AND listSk >= :from',
        ExpressionAttributeValues: { ':owner': listPk(owner), ':from': plus(world.now(), -DUPLICATE_WITHIN_MS) },
        ScanIndexForward: false,
        Limit: EXAMINED_MAX,
      }),
    );
    return (answer.Items ?? []).map(({ pk, listSk, msisdn, amountMinor, currency }) => ({
      agentReference: keyOfPk(String(pk)).agentReference,
      createdAt: instantOfListSk(String(listSk)),
      msisdn,
      amountMinor,
      currency,
    }));
  } catch (error) {
    world.log.warn('orders.recent_not_read', { merchantId: owner.merchantId, reason: messageOf(error) });
    return [];
  }
}
