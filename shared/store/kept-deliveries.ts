import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Delivery } from '../domain/webhook.ts';
import type { World } from '../world.ts';
import { itemOf, toDelivery } from './deliveries.ts';
import { readItems } from './read-items.ts';
import type { Put } from './write.ts';
import { nextPut, Retry, withRetries, write } from './write.ts';

/**
 * What listeners got, in the order in which it was stored. `kept#<endpoint>` has the last number of a listener, and
 * `kept#<endpoint>#<number>` the id of the delivery with that number. A delivery is stored with its number in one
 * transaction, on the condition that the number is the next one. So who has read up to a number has read all that was
 * stored before it, and what comes later has a higher one, however many senders write at once. Instants promise none
 * of that: two machines have two clocks, and an index lags.
 */

const TABLE = 'deliveries';

/** Stores a delivery of a listener behind those that it has. One that is stored already stays where it is. */
export function keepDelivery(world: World, delivery: Delivery): Promise<void> {
  const { endpointId } = delivery;
  const item = itemOf(delivery);
  const { expiresAt } = item;
  return withRetries(world, async () => {
    const before = await lastNumber(world, endpointId);
    const last = before + 1;
    const numbered = { pk: pkOf(endpointId, last), deliveryId: delivery.id, expiresAt };
    const written = await write(world, [
      nextPut({ table: TABLE, item, counter: 'version' }),
      { table: TABLE, item: numbered, condition: 'attribute_not_exists(pk)' },
      numberPut(endpointId, before, { last, expiresAt }),
    ]);
    if (written.kind === 'again') return new Retry(written.reason);
    // Ours, where the answer was lost, or that of another message about the same event.
    if (written.kind === 'done' || written.rows[0] !== undefined) return undefined;
    return new Retry('another delivery got the number');
  });
}

function numberPut(endpointId: string, before: number, fields: { last: number; expiresAt: unknown }): Put {
  const item = { pk: pkOf(endpointId), ...fields };
  if (before === 0) return { table: TABLE, item, condition: 'attribute_not_exists(pk)' };
  return {
    table: TABLE,
    item,
    condition: '#last = :before',
    names: { '#last': 'last' },
    values: { ':before': before },
  };
}

export interface KeptPage {
  readonly deliveries: readonly Delivery[];
  /** The number of the last one of the page, after which to go on. */
  readonly upTo: number;
}

/** The deliveries of a listener after a number, oldest first, read consistently. */
export async function listKept(
  world: World,
  endpointId: string,
  { after, limit }: { after: number; limit: number },
): Promise<KeptPage> {
  const last = await lastNumber(world, endpointId);
  const upTo = Math.min(last, after + limit);
  const pks = Array.from({ length: Math.max(0, upTo - after) }, (_, place) => pkOf(endpointId, after + 1 + place));
  const ids = (await readItems(world, TABLE, pks)).map(({ deliveryId }) => String(deliveryId));
  const deliveries = (await readItems(world, TABLE, ids)).map(toDelivery);
  return { deliveries, upTo: Math.min(last, Math.max(after, upTo)) };
}

async function lastNumber(world: World, endpointId: string): Promise<number> {
  const read = new GetCommand({ TableName: world.table(TABLE), Key: { pk: pkOf(endpointId) }, ConsistentRead: true });
  return Number((await world.db.send(read)).Item?.last ?? 0);
}

function pkOf(endpointId: string, number?: number): string {
  return number === undefined ? `kept#${endpointId}` : `kept#${endpointId}#${number}`;
}
