import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Mode, WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import type { Watch } from '../domain/watch.ts';
import type { World } from '../world.ts';
import type { Due } from './due-items.ts';
import { duePartition, dueRows } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { readItems } from './read-items.ts';
import type { Put } from './write.ts';
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

/** Writes the next revision of a watch (1: the first), with companions. False when another writer was first. */
export function saveWatch(world: World, watch: Watch, companions: readonly Put[] = []): Promise<boolean> {
  const pk = walletKey(watch);
  const due = watch.dueAt === undefined ? {} : { dueShard: duePartition({ id: sha256(pk), mode: watch.mode }) };
  return saveNext(world, { table: 'watches', item: { ...watch, pk, ...due }, counter: 'revision' }, companions);
}

/** Wallets whose watch is due for a check, the oldest first. */
export async function dueWatches(
  world: World,
  mode: Mode,
  at: Instant,
  limitPerShard: number,
): Promise<{ wallet: WalletId; due: Due }[]> {
  const rows = await dueRows(world, { table: 'watches', track: mode, at, limitPerShard });
  return rows.map(({ due }) => ({ wallet: walletOfKey(due.pk), due }));
}

function walletOfKey(key: string): WalletId {
  const [merchantId = '', mode, currency] = key.split('#');
  return { merchantId, mode: mode === 'live' ? 'live' : 'test', currency: currency as WalletId['currency'] };
}

function toWatch(item: Record<string, unknown>): Watch {
  return fromItem('watch', WATCH, item);
}
