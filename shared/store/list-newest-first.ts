import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { LISTED_INDEX } from '../manifest/tables.ts';
import type { World } from '../world.ts';
import { BATCH_GET_MAX, readItems } from './read-items.ts';

/** A merchant's lists, newest first. The index gives keys and the table gives items, so a list shows current state. */

interface Listed {
  readonly id: string;
  readonly createdAt: Instant;
}

interface ListQuery<T> {
  readonly table: 'orders' | 'deliveries' | 'topups' | 'batches' | 'campaigns' | 'requests';
  /** A narrower index with the same sort key, instead of the list of all that the merchant has. */
  readonly within?: { readonly index: string; readonly partition: string; readonly value: string } | undefined;
  /** Filters on attributes that the index carries; `undefined` does not filter. */
  readonly equals?: Readonly<Record<string, string | number | undefined>>;
  /** Inclusive. */
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
  /** Continue below this `listSk`. */
  readonly below?: string | undefined;
  readonly limit: number;
  readonly read: (item: Record<string, unknown>) => T;
  /** Filters on what only the item itself shows. */
  readonly matches?: ((item: T) => boolean) | undefined;
}

/** Index rows examined for one page, so that a filter with few matches does not read years of rows in one request. */
const EXAMINED_MAX = 500;

/** The keys of an item in the index. They never change, so the index is written once for each item. */
export function listKeys(item: Owner & Listed): { listPk: string; listSk: string } {
  return { listPk: listPk(item), listSk: sortKey(item) };
}

/** One page. `next` is where to continue; a page may be short, even empty, while `next` is set. */
export async function listNewestFirst<T extends Listed>(
  world: World,
  owner: Owner,
  query: ListQuery<T>,
): Promise<{ items: T[]; next?: string }> {
  const items: T[] = [];
  let below = query.below;
  for (let examined = 0; examined < EXAMINED_MAX; ) {
    const page = await readListPage(world, owner, query, below);
    examined += page.examined;
    const found = (await readItems(world, query.table, page.pks)).map(query.read);
    items.push(...found.filter((item) => query.matches?.(item) ?? true));
    const last = items[query.limit - 1];
    if (last && items.length > query.limit) return { items: items.slice(0, query.limit), next: sortKey(last) };
    if (page.next === undefined) return { items };
    below = page.next;
  }
  return { items, ...defined({ next: below }) };
}

async function readListPage<T>(
  world: World,
  owner: Owner,
  query: ListQuery<T>,
  below: string | undefined,
): Promise<{ pks: string[]; examined: number; next?: string }> {
  const equals = Object.entries(query.equals ?? {}).filter(([, value]) => value !== undefined);
  const all = { index: LISTED_INDEX, partition: 'listPk', value: listPk(owner) };
  const { index, partition, value } = query.within ?? all;
  // `~` sorts after every instant. BETWEEN includes both bounds; the rows below exclude `below` itself, and an instant
  // alone sorts before every key that begins with it, which excludes `to`.
  const top = below ?? query.to ?? '~';
  const from = query.from ?? '0';
  if (top < from) return { pks: [], examined: 1 };
  const isFiltered = equals.length > 0 || query.matches !== undefined;
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
function sortKey({ createdAt, id }: Listed): string {
  return `${createdAt}#${id}`;
}

/** When an item was created, from its place in the list. */
export function instantOfListSk(listSk = ''): Instant {
  return listSk.split('#')[0] ?? '';
}
