import { MINUTE } from '../../shared/domain/time.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import { DUE_INDEX } from '../../shared/manifest/tables.ts';
import { reviewPartition } from '../../shared/store/due-items.ts';
import type { World } from '../../shared/world.ts';
import type { Item } from './expressions.ts';
import type { ModelDb } from './model-db.ts';
import type { Sweep } from './sweep-auditor.ts';

/** The tables whose due rows each sweep works through. */
const SWEPT: Readonly<Record<Sweep, readonly TableName[]>> = {
  reconcile: ['orders', 'topups'],
  'webhook sweep': ['deliveries', 'watches'],
  'bulk sweep': ['batches'],
};

/** Longer than any sweep: one also waits for what becomes due while it runs. */
const RUN_MS_MAX = 2 * MINUTE;
/** What waits for a person, no sweep works through, but for its events. */
const REVIEWS: ReadonlySet<unknown> = new Set([reviewPartition('live'), reviewPartition('test')]);
const WRITES = /^(Put|Update|TransactWrite|BatchWrite)Command$/;

/**
 * Whether a sweep that begins now has nothing to do: no row of its tables is due before it ends, or was when an index
 * that lags was last up to date. It asks the database and not the code under test. In the quiet days after the faults
 * nine sweeps in ten are such, and a simulation leaves most of them out: they would only read that nothing is due.
 */
export function isIdle(model: ModelDb, sweep: Sweep, now: number): boolean {
  const end = new Date(now + RUN_MS_MAX).toISOString();
  return !SWEPT[sweep].some((table) => hasDue(model, table, end));
}

/** Whether the verification of ledgers, which looks at every wallet once an hour, looks at none now. */
export function isVerificationIdle(model: ModelDb, now: number): boolean {
  return !hasDue(model, 'wallets', new Date(now).toISOString());
}

function hasDue(model: ModelDb, table: TableName, end: string): boolean {
  return model.showsIn(table, DUE_INDEX, (row) => isSwept(row) && String(row.dueAt) <= end);
}

function isSwept({ dueShard, dueFor }: Item): boolean {
  return !REVIEWS.has(dueShard) || dueFor !== undefined;
}

/** The world of a sweep that is idle and runs all the same: whatever it does but read is reported. */
export function onlyReading(world: World, report: (effect: string) => void): World {
  const send = (command: { constructor: { name: string } }) => {
    if (WRITES.test(command.constructor.name)) report(command.constructor.name);
    return world.db.send(command as never);
  };
  return {
    ...world,
    db: { send } as unknown as World['db'],
    queues: {
      send: (queue, messages) => {
        report(`a message to ${queue}`);
        return world.queues.send(queue, messages);
      },
    },
  };
}
