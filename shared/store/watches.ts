import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import type { Watch } from '../domain/watch.ts';
import type { World } from '../world.ts';
import { dueRows, shardOf } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { readItems, readMany } from './read-items.ts';
import { saveNext } from './write.ts';

/** Low-balance thresholds, one item for each wallet that ever had one. It is in the due index while it has one. */

const WATCH: Shape<Watch> = {
  merchantId: 'string',
  mode: 'string',
  currency: 'string',
  thresholdMinor: 'number',
  seenSeq: 'number',
  revision: 'number',
};

export async function readWatch(world: World, wallet: WalletId): Promise<Watch | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('watches'), Key: { pk: walletKey(wallet) }, ConsistentRead: true }),
  );
  return answer.Item ? toWatch(answer.Item) : undefined;
}

/** The watches of these wallets, as far as they have one. */
export async function readWatches(world: World, wallets: readonly WalletId[]): Promise<Watch[]> {
  return (await readItems(world, 'watches', wallets.map(walletKey))).map(toWatch);
}

/** Writes the next revision of a watch (1: the first). False when another writer was first. */
export function saveWatch(world: World, watch: Watch): Promise<boolean> {
  const pk = walletKey(watch);
  const due = watch.dueAt === undefined ? {} : { dueShard: shardOf({ id: sha256(pk) }) };
  return saveNext(world, { table: 'watches', item: { ...watch, pk, ...due }, counter: 'revision' });
}

/** Watches that are due for a check, oldest first. */
export async function dueWatches(world: World, at: Instant, limitPerShard: number): Promise<Watch[]> {
  const pks = (await dueRows(world, 'watches', at, limitPerShard)).map(({ pk }) => String(pk));
  return (await readMany(world, 'watches', pks)).map(toWatch);
}

function toWatch(item: Record<string, unknown>): Watch {
  return fromItem('watch', WATCH, item);
}
