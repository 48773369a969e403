import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { LISTED_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { BATCH_GET_MAX, readItems } from './read.ts';

/** What a merchant lists, newest first: the index gives keys, the table the things, so what is shown is current. */

interface Listed {
  readonly id: string;
  readonly createdAt: Instant;
}

interface ListQuery<T> {
  readonly table: 'orders' | 'deliveries' | 'topups' | 'batches' | 'campaigns';
  /** A narrower list than all that is the merchant's, by an index of the same sort key. */
  readonly within?: { readonly index: string; readonly partition: string; readonly value: string } | undefined;
  /** Attributes that the index carries, and what they must be; those that are `undefined` may be anything. */
  readonly equals?: Readonly<Record<string, string | number | undefined>>;
  /** Inclusive. */
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
  /** Continue below this place. */
  readonly below?: string | undefined;
  readonly limit: number;
  readonly read: (item: Record<string, unknown>) => T;
  /** What only the thing itself tells. */
  readonly wants?: ((thing: T) => boolean) | undefined;
}

/** Index rows looked at for one page: what is rare must not turn one request into a walk through years. */
const EXAMINED_MAX = 500;

/** The attributes by which the index finds a thing. They never change, so an item pays for them once. */
export function listKeys(thing: Owner & Listed): { listPk: string; listSk: string } {
  return { listPk: listPk(thing), listSk: placeOf(thing) };
}

/** One page. `next` is where to continue; a page may be short, even empty, while `next` is set. */
export async function listNewestFirst<T extends Listed>(
  world: World,
  owner: Owner,
  query: ListQuery<T>,
): Promise<{ things: T[]; next?: string }> {
  const things: T[] = [];
  let below = query.below;
  for (let examined = 0; examined < EXAMINED_MAX; ) {
    const page = await readPage(world, owner, query, below);
    examined += page.examined;
    const found = (await readItems(world, query.table, page.pks)).map(query.read);
    things.push(...found.filter((thing) => query.wants?.(thing) ?? true));
    const last = things[query.limit - 1];
    if (last && things.length > query.limit) return { things: things.slice(0, query.limit), next: placeOf(last) };
    if (page.next === undefined) return { things };
    below = page.next;
  }
  return below === undefined ? { things } : { things, next: below };
}

async function readPage<T>(
  world: World,
  owner: Owner,
  query: ListQuery<T>,
  below: string | undefined,
): Promise<{ pks: string[]; examined: number; next?: string }> {
  const equals = Object.entries(query.equals ?? {}).filter(([, value]) => value !== undefined);
  const all = { index: LISTED_INDEX, partition: 'listPk', value: listPk(owner) };
  const { index, partition, value } = query.within ?? all;
  // `~` sorts after every instant; exclusive bounds are made by sorting just above or below the instant's own text.
  const top = below ?? query.to ?? '~';
  const from = query.from ?? '0';
  if (top < from) return { pks: [], examined: 1 };
  const isFiltered = equals.length > 0 || query.wants !== undefined;
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table(query.table),
      IndexName: index,
      KeyConditionExpression: `${partition} = :owner AND listSk BETWEEN :from AND :top`,
      ...(equals.length > 0 ? { FilterExpression: equals.map(([name]) => `${name} = :${name}`).join(' AND ') } : {}),
      ExpressionAttributeValues: {
        ':owner': value,
        ':from': from,
        ':top': top,
        ...Object.fromEntries(equals.map(([name, value]) => [`:${name}`, value])),
      },
      ScanIndexForward: false,
      Limit: isFiltered ? BATCH_GET_MAX : Math.min(query.limit + 1, BATCH_GET_MAX),
    }),
  );
  const rows = (answer.Items ?? []).filter((row) => row.listSk !== below);
  const next = answer.LastEvaluatedKey?.listSk as string | undefined;
  return {
    pks: rows.map((row) => String(row.pk)),
    examined: Math.max(answer.ScannedCount ?? 0, 1),
    ...defined({ next }),
  };
}

export function listPk({ merchantId, mode }: Owner): string {
  return `${merchantId}#${mode}`;
}

/** Sorts by creation; the id makes it unique. */
function placeOf({ createdAt, id }: Listed): string {
  return `${createdAt}#${id}`;
}
