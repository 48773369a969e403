import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import type { Watch } from '../domain/watch.ts';
import { newId } from '../id.ts';
import { DUE_INDEX } from '../tables.ts';
import type { World } from '../world.ts';
import { dueRows, readItems, shardOf } from './read.ts';
import { Again, persist, write } from './write.ts';

/** Low-balance thresholds, one item for each wallet that has one; an item without `thresholdMinor` watches nothing. */

export async function readWatch(world: World, wallet: WalletId): Promise<Watch | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('watches'), Key: { pk: walletKey(wallet) }, ConsistentRead: true }),
  );
  return answer.Item ? (answer.Item as unknown as Watch) : undefined;
}

/** Those of a merchant's wallets that have one. */
export async function readWatches(world: World, wallets: readonly WalletId[]): Promise<Watch[]> {
  return (await readItems(world, 'watches', wallets.map(walletKey))) as unknown as Watch[];
}

/** Writes a watch whose revision follows the one that is there (1: none is). False when somebody else was first. */
export async function saveWatch(world: World, watch: Watch): Promise<boolean> {
  const writeId = newId(world, 'wri');
  const isNew = watch.revision === 1;
  const pk = walletKey(watch);
  const put = {
    table: 'watches',
    item: { ...watch, pk, dueShard: shardOf({ id: sha256(pk) }), writeId },
    condition: isNew ? 'attribute_not_exists(pk)' : 'revision = :revision',
    ...(isNew ? {} : { values: { ':revision': watch.revision - 1 } }),
  } as const;
  return persist(world, async () => {
    const written = await write(world, [put]);
    if (written.kind === 'again') return new Again(written.reason);
    return written.kind === 'done' || written.rows[0]?.writeId === writeId;
  });
}

/** Wallets whose time to be looked at has come. */
export async function dueWatches(world: World, at: Instant, limitPerShard: number): Promise<Watch[]> {
  const due = { table: 'watches', index: DUE_INDEX, shard: 'dueShard', sort: 'dueAt' } as const;
  const rows = await dueRows(world, due, at, limitPerShard);
  const watches: Watch[] = [];
  for (let start = 0; start < rows.length; start += 100) {
    const pks = rows.slice(start, start + 100).map(({ pk }) => String(pk));
    watches.push(...((await readItems(world, 'watches', pks)) as unknown as Watch[]));
  }
  return watches;
}
