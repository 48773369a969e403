import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Entry, Mode, Owner, WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { LISTED_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { duePartition, dueRows, eachDueRow } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listPk } from './list-newest-first.ts';
import { readMany } from './read-items.ts';
import type { Put } from './write.ts';
import { saveNext } from './write.ts';

/**
 * What is known of a wallet beside its ledger, by `pk`: `<wallet>`, how far its chain was verified, written in the
 * transaction of the wallet's first entry, so that every wallet is in the due index for the next verification;
 * `adjustment#<owner>#<reference>`: see `shared/store/adjustments.ts`. No balance is stored here.
 */

export interface WalletCheck extends WalletId {
  /** The last entry that was verified, 0 for none, and what it was then. */
  readonly seq: number;
  readonly hash: string;
  readonly balanceMinor: number;
  /** The first entry that was wrong when the wallet was last verified, and since when. */
  readonly broken?: { readonly seq: number; readonly what: string; readonly since: Instant };
  readonly dueAt: Instant;
  readonly revision: number;
}

const WALLET_CHECK: Shape<WalletCheck> = {
  merchantId: 'string',
  mode: 'string',
  currency: 'string',
  seq: 'number',
  hash: 'string',
  balanceMinor: 'number',
  revision: 'number',
};

const NEW = 'attribute_not_exists(pk)';

/** The first entry of a wallet is written together with the wallet's item; later ones need none. */
export function newWalletPuts({ merchantId, mode, currency, seq, at }: Entry): Put[] {
  if (seq !== 1) return [];
  const check: WalletCheck = { merchantId, mode, currency, seq: 0, hash: '', balanceMinor: 0, dueAt: at, revision: 1 };
  return [{ table: 'wallets', item: itemOf(check), condition: NEW }];
}

/** Writes the next revision of a check. False when another run was first. */
export function saveWalletCheck(world: World, check: WalletCheck): Promise<boolean> {
  return saveNext(world, { table: 'wallets', item: itemOf(check), counter: 'revision' });
}

/** The currencies of a merchant's wallets, by an index that lags by moments behind a wallet's first entry. */
export async function currenciesOf(world: World, owner: Owner): Promise<Currency[]> {
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('wallets'),
      IndexName: LISTED_INDEX,
      KeyConditionExpression: 'listPk = :owner',
      ExpressionAttributeValues: { ':owner': listPk(owner) },
    }),
  );
  return (answer.Items ?? []).map(({ listSk }) => listSk);
}

/** Wallets of a mode whose verification is due, the longest waiting first. */
export async function dueWallets(world: World, mode: Mode, at: Instant, limitPerShard: number): Promise<WalletCheck[]> {
  const pks = (await dueRows(world, { table: 'wallets', track: mode, at, limitPerShard })).map(({ due }) => due.pk);
  const items = await readMany(world, 'wallets', pks);
  const checks = items.map((item) => fromItem<WalletCheck>('wallet', WALLET_CHECK, item));
  return checks.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
}

/** Later than any instant that a wallet is due at. */
const ALWAYS = '9999';

/** The keys of all wallets of both modes. The index lags by moments behind a wallet's first entry. */
export async function everyWallet(world: World): Promise<string[]> {
  const keys = new Set<string>();
  for (const track of ['live', 'test'] as const) {
    await eachDueRow(world, { table: 'wallets', track, at: ALWAYS }, ({ due }) => keys.add(due.pk));
  }
  return [...keys];
}

function itemOf(check: WalletCheck): Record<string, unknown> {
  const pk = walletKey(check);
  const listed = { listPk: listPk(check), listSk: check.currency };
  return { ...check, ...listed, pk, dueShard: duePartition({ id: sha256(pk), mode: check.mode }) };
}
