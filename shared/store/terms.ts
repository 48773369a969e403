import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Owner } from '../domain/ledger.ts';
import type { Freeze, Terms } from '../domain/terms.ts';
import { defaultTerms, freezesOf } from '../domain/terms.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import type { Check, Put } from './write.ts';
import { nextPut, saveNext } from './write.ts';

/**
 * A merchant's terms: `merchant#<id>` / `terms` in the merchants' table, absent until somebody changes them. This is
 * the only place that reads them.
 */

const TERMS: Shape<Terms> = { merchantId: 'string', limits: 'object', version: 'number' };

/**
 * How old the terms in a process may be. What an operator changes holds everywhere after five seconds: they are read
 * for half the price, as they were a moment ago.
 */
export const TERMS_MS_MAX = 4 * SECOND;

interface Remembered {
  readonly at: Instant;
  readonly terms: Terms;
}

/** A merchant's terms, at most five seconds old; `ageMsMax`: for how long what this process remembers is enough. */
export async function readTerms(world: World, merchantId: string, ageMsMax: number = TERMS_MS_MAX): Promise<Terms> {
  const key = memoKey(merchantId);
  const remembered = world.memo.get(key) as Remembered | undefined;
  if (remembered && isFresh(remembered.at, world.now(), ageMsMax)) return remembered.terms;
  for (;;) {
    const at = world.now();
    const terms = await read(world, merchantId, false);
    world.memo.set(key, { at, terms } satisfies Remembered);
    // Else this process stood still meanwhile.
    if (isFresh(at, world.now())) return terms;
  }
}

/**
 * The freeze of a merchant's mode, if there is one: looked for before anything is accepted, claimed or begun.
 * `unfrozenAt`: when another process read that there was none, which counts as long as if this one had read it.
 */
export async function readFreeze(
  world: World,
  { merchantId, mode }: Owner,
  unfrozenAt?: Instant,
): Promise<Freeze | undefined> {
  if (unfrozenAt !== undefined && isFresh(unfrozenAt, world.now())) return undefined;
  return freezesOf(await readTerms(world, merchantId), mode)[0];
}

/** When this process last read that a merchant is not frozen, for one that it leaves work to. */
export function lastUnfrozenAt(world: World, { merchantId, mode }: Owner): Instant | undefined {
  const remembered = world.memo.get(memoKey(merchantId)) as Remembered | undefined;
  return remembered && freezesOf(remembered.terms, mode).length === 0 ? remembered.at : undefined;
}

/** A clock that was set back makes nothing fresh. */
function isFresh(readAt: Instant, at: Instant, ageMsMax: number = TERMS_MS_MAX): boolean {
  return Math.abs(elapsed(readAt, at)) < ageMsMax;
}

/** The terms as they are stored: for who changes them. */
export function readTermsNow(world: World, merchantId: string): Promise<Terms> {
  return read(world, merchantId, true);
}

async function read(world: World, merchantId: string, isConsistent: boolean): Promise<Terms> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('merchants'), Key: keyOf(merchantId), ConsistentRead: isConsistent }),
  );
  return answer.Item ? fromItem('terms', TERMS, answer.Item) : defaultTerms(merchantId);
}

/** Writes the next version of a merchant's terms, with companions. False when another writer was first. */
export async function saveTerms(world: World, terms: Terms, companions: readonly (Put | Check)[]): Promise<boolean> {
  const item = { ...keyOf(terms.merchantId), ...terms };
  const isSaved = await saveNext(world, { table: 'merchants', item, counter: 'version' }, companions);
  world.memo.delete(memoKey(terms.merchantId));
  return isSaved;
}

/** The first terms of a new merchant, as one put of the transaction that makes it. */
export function termsPut(terms: Terms): Put {
  return nextPut({ table: 'merchants', item: { ...keyOf(terms.merchantId), ...terms }, counter: 'version' });
}

function keyOf(merchantId: string) {
  return { pk: `merchant#${merchantId}`, sk: 'terms' };
}

function memoKey(merchantId: string): string {
  return `terms ${merchantId}`;
}
