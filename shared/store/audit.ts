import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Act, Action, Facts, Origin } from '../domain/act.ts';
import { differing } from '../domain/act.ts';
import { defined } from '../domain/defined.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { DAY, plus, SECOND } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import type { Put } from './write.ts';

/**
 * The audit log: `pk = <merchant>#<mode>`, `sk = <instant>#<id>`, one item for each act. An entry is put in the
 * transaction of the act, so neither is there without the other, on the condition that it is new; no function may
 * update or delete one, and the table denies both to everybody. It expires as its stage says.
 */

const ACT: Shape<Act> = {
  id: 'string',
  at: 'string',
  merchantId: 'string',
  mode: 'string',
  action: 'string',
  subject: 'string',
  by: 'object',
};

interface ActFacts {
  readonly action: Action;
  readonly subject: string;
  /** Absent if the act makes what it is about. */
  readonly before?: Facts;
  readonly after: Facts;
}

/**
 * The entry of an act, as one put of the transaction that does it. `before` and `after` are whole, as they are shown to
 * the merchant; the entry keeps what differs.
 */
export function recordAct(
  world: World,
  { merchantId, mode }: Owner,
  { by, requestId, address }: Origin,
  { action, subject, before, after }: ActFacts,
): Put {
  const at = world.now();
  const id = newId(world, 'act');
  const facts = before ? differing(before, after) : { after };
  const act: Act = { id, at, merchantId, mode, action, subject, by, ...defined({ requestId, address }), ...facts };
  const expiresAt = Math.ceil(Date.parse(plus(at, world.auditDays * DAY)) / SECOND);
  const item = { pk: auditPk({ merchantId, mode }), sk: `${at}#${id}`, ...act, expiresAt };
  return { table: 'audit', item, condition: 'attribute_not_exists(pk)' };
}

export interface ActFilter {
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  /** The id of who acted. */
  readonly by?: string | undefined;
  /** Inclusive. */
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
  /** Continue below this sort key. */
  readonly below?: string | undefined;
  readonly limit: number;
}

const PAGE = 100;
/** Entries examined for one page, so that a filter with few matches does not read years in one request. */
const EXAMINED_MAX = 500;

/** Entries, newest first, read consistently. `next` is where to continue; a page may be short while it is set. */
export async function listActs(
  world: World,
  owner: Owner,
  { limit, ...filter }: ActFilter,
): Promise<{ acts: Act[]; next?: string }> {
  const found: { sk: string; act: Act }[] = [];
  let below = filter.below;
  for (let examined = 0; examined < EXAMINED_MAX; examined += PAGE) {
    const { items, next } = await readPage(world, owner, { ...filter, below });
    found.push(...items.filter(({ act }) => matches(act, filter)));
    const last = found[limit - 1];
    if (last && found.length > limit) return { acts: found.slice(0, limit).map(({ act }) => act), next: last.sk };
    if (next === undefined) return { acts: found.map(({ act }) => act) };
    below = next;
  }
  return { acts: found.map(({ act }) => act), ...defined({ next: below }) };
}

async function readPage(
  world: World,
  owner: Owner,
  { from = '0', to, below }: Pick<ActFilter, 'from' | 'to' | 'below'>,
): Promise<{ items: { sk: string; act: Act }[]; next?: string }> {
  // `~` sorts after every instant, and an instant alone before every key that begins with it, which excludes `to`.
  const top = below ?? to ?? '~';
  if (top < from) return { items: [] };
  const answer = await world.db.send(
    new QueryCommand({
      TableName: world.table('audit'),
      KeyConditionExpression: 'pk = :owner AND sk BETWEEN :from AND :top',
      ExpressionAttributeValues: { ':owner': auditPk(owner), ':from': from, ':top': top },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: PAGE,
    }),
  );
  const rows = (answer.Items ?? []).filter(({ sk }) => sk !== below);
  const items = rows.map((row) => ({ sk: String(row.sk), act: fromItem<Act>('act', ACT, row) }));
  return { items, ...defined({ next: answer.LastEvaluatedKey?.sk as string | undefined }) };
}

function matches(act: Act, { action, subject, by }: Omit<ActFilter, 'limit'>): boolean {
  return (
    (action === undefined || act.action === action) &&
    (subject === undefined || act.subject === subject) &&
    (by === undefined || act.by.id === by)
  );
}

function auditPk({ merchantId, mode }: Owner): string {
  return `${merchantId}#${mode}`;
}
