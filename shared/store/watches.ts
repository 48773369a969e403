import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import type { Watch } from '../domain/watch.ts';
import { DUE_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { BATCH_GET_MAX, dueRows, readItems, shardOf, withoutKeys } from './read.ts';
import { saveNext } from './write.ts';

/** Low-balance thresholds, one item for each wallet that ever had one. Without one it is due for nothing. */

export async function readWatch(world: World, wallet: WalletId): Promise<Watch | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('watches'), Key: { pk: walletKey(wallet) }, ConsistentRead: true }),
  );
  return answer.Item ? toWatch(answer.Item) : undefined;
}

/** Those of a merchant's wallets that have one. */
export async function readWatches(world: World, wallets: readonly WalletId[]): Promise<Watch[]> {
  return (await readItems(world, 'watches', wallets.map(walletKey))).map(toWatch);
}

/** Writes a watch whose revision follows the one that is there (1: none is). False when somebody else was first. */
export function saveWatch(world: World, watch: Watch): Promise<boolean> {
  const pk = walletKey(watch);
  const due = watch.dueAt === undefined ? {} : { dueShard: shardOf({ id: sha256(pk) }) };
  return saveNext(world, { table: 'watches', item: { ...watch, pk, ...due }, counter: 'revision' });
}

/** Wallets whose time to be looked at has come. */
export async function dueWatches(world: World, at: Instant, limitPerShard: number): Promise<Watch[]> {
  const due = { table: 'watches', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  const rows = await dueRows(world, due, at, limitPerShard);
  const watches: Watch[] = [];
  for (let start = 0; start < rows.length; start += BATCH_GET_MAX) {
    const pks = rows.slice(start, start + BATCH_GET_MAX).map(({ pk }) => String(pk));
    watches.push(...(await readItems(world, 'watches', pks)).map(toWatch));
  }
  return watches;
}

function toWatch(item: Record<string, unknown>): Watch {
  return withoutKeys(item) as unknown as Watch;
}
