import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Mode } from '../domain/ledger.ts';
import type { Notice, NoticeKey, Occurrence } from '../domain/notice.ts';
import { newNotice } from '../domain/notice.ts';
import type { NotificationKind } from '../domain/notification.ts';
import { sha256 } from '../domain/sha256.ts';
import type { Instant } from '../domain/time.ts';
import { DAY } from '../domain/time.ts';
import type { World } from '../world.ts';
import { duePartition, dueRows } from './due-items.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { readItems } from './read-items.ts';
import type { Item, Put } from './write.ts';
import { nextPut, saveNext } from './write.ts';

/**
 * What is to be mailed: a notice, under `<merchant>#<mode>#<kind>#<subject>`, in the due index while something waits in
 * it; `occurred#<id>`, that an occurrence is in one, so that it is added once; and `reviews#<table>#<mode>`, from when
 * on to read what went to manual review. Notices and occurrences expire a month after their last change.
 */

const NOTICE: Shape<Notice> = {
  merchantId: 'string',
  mode: 'string',
  kind: 'string',
  subject: 'string',
  version: 'number',
};

const KEPT_MS = 30 * DAY;

export async function readNotice(world: World, key: NoticeKey): Promise<Notice> {
  return toNotice(key, await read(world, pkOf(key)));
}

async function read(world: World, pk: string): Promise<Item | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('notices'), Key: { pk }, ConsistentRead: true }),
  );
  return answer.Item;
}

/** A notice, and the ids of those of these occurrences that are in one already. */
export async function readWithKnown(
  world: World,
  key: NoticeKey,
  occurrences: readonly Occurrence[],
): Promise<{ notice: Notice; known: ReadonlySet<string> }> {
  const pk = pkOf(key);
  const pks = occurrences.map(occurrencePk);
  const items = await readItems(world, 'notices', [pk, ...pks]);
  const found = new Set(items.map((item) => item.pk));
  const known = new Set(occurrences.filter((each) => found.has(occurrencePk(each))).map(({ id }) => id));
  const [item] = items.filter((each) => each.pk === pk);
  return { notice: toNotice(key, item), known };
}

/** The next version of a notice, with what was added to it, for one transaction. */
export function noticePuts(world: World, notice: Notice, added: readonly Occurrence[]): Put[] {
  const occurred = added.map(
    (each): Put => ({
      table: 'notices',
      item: { pk: occurrencePk(each), expiresAt: expiryFrom(world.now()) },
      condition: 'attribute_not_exists(pk)',
    }),
  );
  return [nextPut({ table: 'notices', item: itemOf(world, notice), counter: 'version' }), ...occurred];
}

/** Writes the next version of a notice. False when another writer was first. */
export function saveNotice(world: World, notice: Notice): Promise<boolean> {
  return saveNext(world, { table: 'notices', item: itemOf(world, notice), counter: 'version' });
}

/** Notices that are due, the oldest first. */
export async function dueNotices(world: World, mode: Mode, at: Instant, limitPerShard: number): Promise<NoticeKey[]> {
  const rows = await dueRows(world, { table: 'notices', track: mode, at, limitPerShard });
  return rows.map(({ due }) => keyOf(due.pk));
}

/** Where manual reviews are: in a table of its own each. */
export type Reviewed = 'orders' | 'topups';

/** From when on to read what went to manual review. */
export interface ReviewCursor {
  readonly since: Instant;
  /** 0: not stored. */
  readonly version: number;
}

export async function readReviewCursor(world: World, of: Reviewed, mode: Mode): Promise<ReviewCursor | undefined> {
  const item = await read(world, cursorPk(of, mode));
  return item && fromItem<ReviewCursor>('review cursor', { since: 'string', version: 'number' }, item);
}

/** False when another run was first. */
export function saveReviewCursor(world: World, of: Reviewed, mode: Mode, cursor: ReviewCursor): Promise<boolean> {
  const item = { pk: cursorPk(of, mode), ...cursor };
  return saveNext(world, { table: 'notices', item, counter: 'version' });
}

function itemOf(world: World, notice: Notice): Item {
  const pk = pkOf(notice);
  const due = notice.dueAt === undefined ? {} : { dueShard: duePartition({ id: sha256(pk), mode: notice.mode }) };
  return { ...notice, pk, ...due, expiresAt: expiryFrom(world.now()) };
}

function toNotice(key: NoticeKey, item: Item | undefined): Notice {
  return item ? fromItem('notice', NOTICE, item) : newNotice(key);
}

/** In seconds, as DynamoDB wants it. */
function expiryFrom(at: Instant): number {
  return Math.ceil((Date.parse(at) + KEPT_MS) / 1000);
}

function pkOf({ merchantId, mode, kind, subject }: NoticeKey): string {
  return `${merchantId}#${mode}#${kind}#${subject}`;
}

function keyOf(pk: string): NoticeKey {
  const [merchantId = '', mode, kind, subject = ''] = pk.split('#');
  return { merchantId, mode: mode === 'live' ? 'live' : 'test', kind: kind as NotificationKind, subject };
}

function occurrencePk({ id }: Pick<Occurrence, 'id'>): string {
  return `occurred#${id}`;
}

function cursorPk(of: Reviewed, mode: Mode): string {
  return `reviews#${of}#${mode}`;
}
