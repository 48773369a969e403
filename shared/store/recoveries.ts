import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Recovery } from '../domain/recovery.ts';
import { SECOND } from '../domain/time.ts';
import { DELIVERY_KEPT_MS } from '../domain/webhook.ts';
import type { World } from '../world.ts';
import { duePartition } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { saveNext } from './write.ts';

/** Recoveries of endpoints, beside the deliveries: they are due in the same index, in a lane of their own. */

export const RECOVERY_LANE = 'recovery';

const RECOVERY: Shape<Recovery> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  endpointId: 'string',
  since: 'string',
  recovered: 'number',
  version: 'number',
};

export async function readRecovery(world: World, id: string): Promise<Recovery | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('deliveries'), Key: { pk: id }, ConsistentRead: true }),
  );
  if (!answer.Item) return undefined;
  const { lane: _lane, ...item } = answer.Item;
  return fromItem('recovery', RECOVERY, item);
}

/** Writes the next version of a recovery (1: the first). True for exactly one of concurrent writers. */
export function saveRecovery(world: World, recovery: Recovery): Promise<boolean> {
  const { id, createdAt, dueAt } = recovery;
  const item = {
    ...recovery,
    pk: id,
    ...(dueAt === undefined ? {} : { dueShard: duePartition(recovery), lane: RECOVERY_LANE }),
    expiresAt: Math.ceil((Date.parse(createdAt) + DELIVERY_KEPT_MS) / SECOND),
  };
  return saveNext(world, { table: 'deliveries', item, counter: 'version' });
}
