import { BatchWriteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { WalletId } from '../domain/ledger.ts';
import { walletKey } from '../domain/ledger.ts';
import type { Lead } from '../domain/line.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { HOUR, plus, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import type { Posting } from './posting.ts';
import { queryAll } from './read-items.ts';
import { toPosting } from './stored-posting.ts';
import type { Item, Written } from './write.ts';
import { write } from './write.ts';

/**
 * Items of a wallet's line: `pk = <wallet>#<shard>`, `sk = <instant>#<id>`, a row, which is a posting that waits;
 * `pk = <wallet>`, `sk = 'lead'`, who leads. They are no part of the ledger: a line may be lost, and nothing else is.
 */

export interface Row {
  readonly pk: string;
  /** Its place in the line. */
  readonly sk: string;
  /** Nobody posts it later: whoever waits for it may say then that nothing was posted. */
  readonly until: Instant;
  readonly posting: Posting;
}

/** How long a row may be posted. */
export const ROW_MS = 6 * SECOND;
/** Clocks that differ by less agree on which rows may be posted. */
export const CLOCKS_DIFFER_MS = 3 * SECOND;
/** A partition takes 1,000 write units a second, and a row two to six. */
const SHARDS = 4;
const SHARD_NUMBERS = Array.from({ length: SHARDS }, (_, shard) => shard);
const DELETES_MAX = 25;

const LEAD: Shape<Lead> = { holder: 'string', until: 'string', version: 'number' };

export function rowOf(wallet: WalletId, posting: Posting, at: Instant): Row {
  const shard = Number.parseInt(sha256(posting.id).slice(0, 4), 16) % SHARDS;
  const place = { pk: `${walletKey(wallet)}#${shard}`, sk: `${at}#${posting.id}` };
  return { ...place, until: plus(at, ROW_MS), posting };
}

export function putRow(world: World, { pk, sk, until, posting }: Row): Promise<Written> {
  const expiresAt = Math.ceil((Date.parse(until) + HOUR) / SECOND);
  const item = { pk, sk, until, posting: JSON.stringify(posting), expiresAt };
  return write(world, [{ table: 'lines', item, condition: 'attribute_not_exists(pk)' }]);
}

/** What is in a line: its rows, the oldest first, and the places of rows that cannot be posted. */
export interface Found {
  readonly rows: readonly Row[];
  readonly damaged: readonly string[];
}

/**
 * The rows of a wallet that may still be posted, read consistently. Money is posted from a row, so one that is not
 * whole is left out: whoever waits for it posts its own as the leader, or is answered 503 when the row ends.
 */
export async function readRows(world: World, wallet: WalletId): Promise<Found> {
  const now = world.now();
  const since = plus(now, -(ROW_MS + CLOCKS_DIFFER_MS));
  const shards = SHARD_NUMBERS.map((shard) =>
    queryAll(world, 'lines', {
      KeyConditionExpression: 'pk = :pk AND sk > :since',
      ExpressionAttributeValues: { ':pk': `${walletKey(wallet)}#${shard}`, ':since': since },
    }),
  );
  const found = (await Promise.all(shards))
    .flat()
    .filter(({ until }) => String(until) > now)
    .map((item) => ({ sk: String(item.sk), row: toRow(wallet, item) }))
    .sort((a, b) => (a.sk < b.sk ? -1 : 1));
  return {
    rows: found.flatMap(({ row }) => row ?? []),
    damaged: found.flatMap(({ sk, row }) => (row ? [] : [sk])),
  };
}

function toRow(wallet: WalletId, { pk, sk, until, posting }: Item): Row | undefined {
  const whole = toPosting(wallet, String(posting));
  return whole && { pk: String(pk), sk: String(sk), until: String(until), posting: whole };
}

export async function isInLine(world: World, { pk, sk }: Row): Promise<boolean> {
  const get = new GetCommand({ TableName: world.table('lines'), Key: { pk, sk }, ConsistentRead: true });
  return (await world.db.send(get)).Item !== undefined;
}

/** Takes rows out of the line. One that stays is met again and found posted. */
export async function deleteRows(world: World, rows: readonly Row[]): Promise<void> {
  const table = world.table('lines');
  const parts = Array.from({ length: Math.ceil(rows.length / DELETES_MAX) }, (_, part) =>
    rows.slice(part * DELETES_MAX, (part + 1) * DELETES_MAX),
  );
  await Promise.all(
    parts.map((part) => {
      const requests = part.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
      return world.db.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    }),
  );
}

/** Who leads, as of a moment ago: it is only a hint. */
export async function readLead(world: World, wallet: WalletId): Promise<Lead | undefined> {
  const get = new GetCommand({ TableName: world.table('lines'), Key: { pk: walletKey(wallet), sk: 'lead' } });
  const { Item } = await world.db.send(get);
  return Item && fromItem('lead', LEAD, Item);
}

/** Writes the next version of a lead. Only one of concurrent writers has it; one whose answer is lost does not know. */
export async function saveLead(world: World, wallet: WalletId, lead: Lead): Promise<boolean> {
  const item = { pk: walletKey(wallet), sk: 'lead', ...lead };
  const isFirst = lead.version === 1;
  const condition = isFirst ? 'attribute_not_exists(pk)' : 'version = :before';
  const values = isFirst ? {} : { values: { ':before': lead.version - 1 } };
  return (await write(world, [{ table: 'lines', item, condition, ...values }])).kind === 'done';
}
