import type { Owner } from '../domain/ledger.ts';
import type { CountName } from '../domain/terms.ts';
import { limitKey } from '../domain/terms.ts';
import { Contention } from '../transient-error.ts';
import type { World } from '../world.ts';
import type { Check, Put, Update } from './write.ts';
import { Retry, withRetries, write, writeUpdate } from './write.ts';

/**
 * How many of a kind a merchant has in one mode: `count#<kind>#<merchant>#<mode>` in the table of limits. Whatever
 * makes or deletes one counts in the same transaction, on the condition that the limit is not reached, so that no
 * number of requests at once makes more. Counting a list before each creation cannot promise that.
 *
 * Where there is no counter yet, what exists is counted first. Nothing of the kind is made or deleted meanwhile,
 * because that needs the counter.
 */

export interface Counted {
  readonly owner: Owner;
  readonly kind: CountName;
  /** How many exist: for a counter that is not there yet. */
  countNow(): Promise<number>;
}

/** One more, unless there are so many; or one fewer. */
export type CountChange = { readonly max: number } | 'one fewer';

type Action = Put | Update | Check;

/**
 * `full`: there are as many as there may be. `taken`: the condition of one of the other writes failed. Nothing was
 * written in either case.
 */
export type CountedWrite = 'done' | 'full' | 'taken';

/** Writes what makes or deletes one, and counts it, in one transaction. */
export function writeCounted(
  world: World,
  counted: Counted,
  change: CountChange,
  actions: readonly Action[],
): Promise<CountedWrite> {
  const count = countOf(counted, change);
  const attempt = async (): Promise<CountedWrite | Retry> => {
    const written = await write(world, [...actions, count]);
    if (written.kind === 'again') return new Retry(written.reason);
    if (written.kind === 'done') return 'done';
    const rows = written.rows.slice(0, actions.length);
    if (actions.some((action, place) => isOurs(action, rows[place]))) return 'done';
    if (rows.some((row) => row !== undefined)) return 'taken';
    if (written.rows.at(-1)?.used !== undefined) return 'full';
    await begin(world, counted);
    return attempt();
  };
  return withRetries(world, attempt);
}

/** What is deleted counts whatever the counter says: a deletion is never refused. */
function countOf(counted: Counted, change: CountChange): Update {
  const item = { table: 'limits', key: keyOf(counted), update: 'ADD used :one' } as const;
  if (change === 'one fewer') return { ...item, condition: 'attribute_exists(used)', values: { ':one': -1 } };
  return { ...item, condition: 'used < :max', values: { ':one': 1, ':max': change.max } };
}

/** Whether our own write is what a condition failed on: the answer to an earlier try was lost. */
function isOurs(action: Action, row: Record<string, unknown> | undefined): boolean {
  return 'item' in action && row?.writeId !== undefined && row.writeId === action.item.writeId;
}

/** Two that begin at once count the same, and one of them writes it. */
async function begin(world: World, counted: Counted): Promise<void> {
  const used = await counted.countNow();
  const written = await writeUpdate(world, {
    ...{ table: 'limits', key: keyOf(counted), update: 'ADD used :used' },
    condition: 'attribute_not_exists(used)',
    values: { ':used': used },
  });
  if (written.kind === 'again') throw new Contention(`the counter was not written: ${written.reason}`);
}

function keyOf({ owner, kind }: Counted) {
  return { pk: `count#${limitKey(owner, kind)}` };
}
