import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Owner, WalletId } from '../../shared/domain/ledger.ts';
import type { Change, Order } from '../../shared/domain/order.ts';
import { compensate, refund, storeOutcome } from '../../shared/domain/order-life.ts';
import type { CountName } from '../../shared/domain/terms.ts';
import { limitKey } from '../../shared/domain/terms.ts';
import { plus } from '../../shared/domain/time.ts';
import { putRow, readLead, rowOf, saveLead } from '../../shared/store/lines.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import { commitUnmoved, readOrder } from '../../shared/store/orders.ts';
import type { Posting } from '../../shared/store/posting.ts';
import type { Put } from '../../shared/store/write.ts';
import type { World } from '../../shared/world.ts';

/** What others left in the tables who died, or who were of a release before. */

/** Longer than anybody believes it: who has seen the same lead for a second takes it. */
const HELD_MS = 60_000;
/** How much later than now the rows say that they were put: they wait so much longer than rows do. */
const ROWS_LATER_MS = 20_000;
/** More than any wallet has. */
const TOO_MUCH_MINOR = 1_000_000_000_000;

type Database = DynamoDBDocumentClient;

/**
 * Leaves a wallet as others would who died: somebody leads, and a posting of each kind waits. So
 * whoever moves money next finds the wallet busy, waits in its line, takes the lead, and posts for all. Of an order
 * that the wallet does not cover and that was sent twice at once, the second is refused in a round of its own.
 * `campaignId` is one of the wallet's currency. The items of these postings are nobody's, and no sweep or list finds
 * them.
 */
export async function leaveBusy(database: Database, wallet: WalletId, campaignId: string): Promise<void> {
  const world = worldOf(database);
  const kinds: Put['table'][][] = [['orders'], ['topups'], ['batches'], ['campaigns'], ['wallets', 'audit']];
  const postings = kinds.map((tables) => {
    const posting = postingOf(wallet, tables, -1);
    if (tables[0] !== 'orders') return posting;
    const spending = { campaignId, day: world.now().slice(0, 10), amountMinor: -1 };
    return { ...posting, spending };
  });
  const twice = postingOf(wallet, ['orders'], -TOO_MUCH_MINOR);
  const again = { ...twice, ...named(wallet, -TOO_MUCH_MINOR) };
  const [refusal] = twice.puts;
  const refused = refusal ? [twice, again].map((posting) => ({ ...posting, refusal })) : [];
  const rows = [...postings, ...refused].map((posting) => rowOf(wallet, posting, plus(world.now(), ROWS_LATER_MS)));
  const before = await readLead(world, wallet);
  const lead = { holder: 'left', until: plus(world.now(), HELD_MS), version: (before?.version ?? 0) + 1 };
  await Promise.all([...rows.map((row) => putRow(world, row)), saveLead(world, wallet, lead)]);
}

function postingOf(wallet: WalletId, tables: readonly Put['table'][], amountMinor: number): Posting {
  const own = named(wallet, amountMinor);
  const puts = tables.map((table) => ({
    table,
    item: { pk: `left#${own.id}`, ...(table === 'audit' ? { sk: own.id } : {}), writeId: own.id },
    condition: 'attribute_not_exists(pk)',
  }));
  return { ...own, puts };
}

function named(wallet: WalletId, amountMinor: number): Pick<Posting, 'id' | 'movements'> {
  const id = `wri_${randomBytes(8).toString('hex')}`;
  const entry = { id: id.replace('wri', 'ent'), kind: 'order', amountMinor, description: 'Left' } as const;
  return { id, movements: [{ wallet, entry, at: new Date().toISOString() }] };
}

/**
 * Leaves an order as a process would that died once it had stored how the order ended, because the wallet was busy: it
 * was not delivered or, where it was refunded, it was after all.
 */
export async function leaveStored(database: Database, key: OrderKey): Promise<void> {
  const world = worldOf(database);
  const order = await readOrder(world, key);
  if (!order) throw new Error(`there is no order ${key.agentReference}`);
  const { isDone } = await commitUnmoved(world, storeOutcome(endOf(order, world.now()), world.now()));
  if (!isDone) throw new Error(`${key.agentReference} was changed meanwhile`);
}

function endOf(order: Order, at: string): Change {
  if (order.status !== 'refunded') return refund(order, 'network_refused', at, 'network_refused', {});
  const change = compensate(order, {}, at);
  if (!change) throw new Error(`${order.agentReference} was charged again before`);
  return change;
}

/** Leaves a merchant as one was from before there were counters. */
export async function leaveUncounted(database: Database, owner: Owner, kind: CountName): Promise<void> {
  await database.send(new DeleteCommand({ TableName: 'Limits', Key: { pk: `count#${limitKey(owner, kind)}` } }));
}

/** As far as the store needs it. */
function worldOf(db: Database): World {
  const table = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  const now = () => new Date().toISOString();
  const sleep = async () => undefined;
  return {
    db,
    table,
    now,
    sleep,
    random: Math.random,
    bytes: (count: number) => randomBytes(count),
  } as unknown as World;
}
