import type { TableName } from '../../../shared/manifest/tables.ts';
import { tables } from '../../../shared/manifest/tables.ts';
import type { Db } from '../../../shared/world.ts';
import type { Clock } from '../../simulation/clock.ts';

/**
 * How long commands take within one region, in ms (docs/performance.md names the sources), and for how long of it a
 * transaction holds its items: whoever writes one of them meanwhile is rejected.
 */
export const LATENCY_MS = { read: 5, write: 7.5, transaction: 22, held: 12 } as const;

type Item = Readonly<Record<string, unknown>>;

interface Action {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Action & { readonly TransactItems?: readonly Readonly<Record<string, Action>>[] };
}

/** A database that answers as late as DynamoDB does, and in which transactions conflict by their overlap. */
export function slowDb(
  below: Db,
  clock: Clock,
  { commands, pace }: { commands: Map<string, number>; pace: number },
): Db {
  const send = below.send as unknown as (command: Command) => Promise<unknown>;
  const held = new Set<string>();
  const sleep = (ms: number) => clock.sleep(ms * pace);
  const transact = async (command: Command) => {
    const before = (LATENCY_MS.transaction - LATENCY_MS.held) / 2;
    await sleep(before);
    const keys = (command.input.TransactItems ?? []).flatMap(Object.values).map(keyOf);
    const taken = keys.map((key) => held.has(key));
    if (taken.includes(true)) {
      await sleep(LATENCY_MS.transaction - before);
      throw Object.assign(new Error('Transaction cancelled'), {
        name: 'TransactionCanceledException',
        CancellationReasons: taken.map((isTaken) => ({ Code: isTaken ? 'TransactionConflict' : 'None' })),
      });
    }
    for (const key of keys) held.add(key);
    await sleep(LATENCY_MS.held);
    try {
      return await send(command);
    } finally {
      for (const key of keys) held.delete(key);
      await sleep(before);
    }
  };
  const single = async (command: Command) => {
    await sleep(LATENCY_MS.write / 2);
    const isTaken = command.input.TableName !== undefined && held.has(keyOf(command.input));
    const answer = isTaken ? undefined : await send(command);
    await sleep(LATENCY_MS.write / 2);
    if (isTaken) throw Object.assign(new Error('Transaction is ongoing'), { name: 'TransactionConflictException' });
    return answer;
  };
  const read = async (command: Command) => {
    await sleep(LATENCY_MS.read / 2);
    const answer = await send(command);
    await sleep(LATENCY_MS.read / 2);
    return answer;
  };
  const sent = (command: Command) => {
    const { name } = command.constructor;
    commands.set(name, (commands.get(name) ?? 0) + 1);
    if (name === 'TransactWriteCommand') return transact(command);
    return /^(Get|Query|BatchGet|TransactGet)/.test(name) ? read(command) : single(command);
  };
  return { send: sent } as unknown as Db;
}

function keyOf({ TableName, Item, Key }: Action): string {
  const { partition, sort } = { sort: undefined, ...tables[TableName as TableName] };
  const item = Item ?? Key ?? {};
  return `${TableName} ${item[partition.name]} ${sort ? item[sort.name] : ''}`;
}
