import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { costMs, latestFullAt } from '../domain/quota.ts';
import type { Quota } from '../domain/terms.ts';
import { HOUR, MINUTE, SECOND } from '../domain/time.ts';
import { Contention } from '../transient-error.ts';
import type { World } from '../world.ts';
import type { Update } from './write.ts';
import { writeUpdate } from './write.ts';

/**
 * Buckets of tokens that all processes share: `lease#<bucket>` in the table of limits, with `fullAt`, the moment at
 * which it is full again. Whoever takes tokens moves that on, by a condition that two cannot both meet. A bucket that
 * is full is the same as one that is not there, so an item may expire then.
 */

const TRIES = 5;
/** What is further ahead than this was written by a process whose clock is wrong, or when the window was longer. */
const WRONG_MS = MINUTE;

export interface Leased {
  readonly isTaken: boolean;
  /** When the bucket is full again. */
  readonly fullAt: number;
}

/**
 * Takes tokens, or none where there are too few. It reads first, at a tenth of a write's price: where there are too few
 * nothing is written, and else the condition mostly holds. An answer that is lost costs the tokens that it took.
 */
export async function takeTokens(world: World, bucket: string, quota: Quota, count: number): Promise<Leased> {
  const key = { pk: `lease#${bucket}` };
  const read = new GetCommand({ TableName: world.table('limits'), Key: key, ConsistentRead: true });
  let fullAt = fullAtOf((await world.db.send(read)).Item);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const now = Date.parse(world.now());
    const latest = latestFullAt(quota, count, now);
    const isWrong = fullAt > now + quota.windowSeconds * SECOND + WRONG_MS;
    if (fullAt > latest && !isWrong) return { isTaken: false, fullAt };
    const ms = costMs(quota, count);
    const isFull = fullAt < now || isWrong;
    const change = isFull ? begin({ seen: fullAt, next: now + ms }) : join({ ms, now, latest });
    const written = await writeUpdate(world, { ...change, table: 'limits', key });
    if (written.kind === 'done') return { isTaken: true, fullAt: Number(written.item.fullAt) };
    if (written.kind === 'refused') fullAt = fullAtOf(written.rows[0]);
  }
  throw new Contention(`${bucket} keeps changing`);
}

/** One that is not there was full at any time. */
function fullAtOf(item: Record<string, unknown> | undefined): number {
  return Number(item?.fullAt ?? 0);
}

type Change = Pick<Update, 'update' | 'condition' | 'values'>;

/** It is full: what is taken is taken from now on. */
function begin({ seen, next }: { seen: number; next: number }): Change {
  const values = { ':next': next, ':expiresAt': expiryOf(next) };
  const update = 'SET fullAt = :next, expiresAt = :expiresAt';
  if (seen === 0) return { update, condition: 'attribute_not_exists(fullAt)', values };
  return { update, condition: 'fullAt = :seen', values: { ...values, ':seen': seen } };
}

function join({ ms, now, latest }: { ms: number; now: number; latest: number }): Change {
  return {
    update: 'SET expiresAt = :expiresAt ADD fullAt :ms',
    condition: 'fullAt BETWEEN :now AND :latest',
    values: { ':ms': ms, ':now': now, ':latest': latest, ':expiresAt': expiryOf(latest + ms) },
  };
}

/** In seconds, as DynamoDB has it. */
function expiryOf(fullAt: number): number {
  return Math.ceil((fullAt + HOUR) / SECOND);
}
