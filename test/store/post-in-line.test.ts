import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { mismatchIn, walletKey } from '../../shared/domain/ledger.ts';
import { isHeld, taken } from '../../shared/domain/line.ts';
import type { Order } from '../../shared/domain/order.ts';
import { applySendOutcome, claim } from '../../shared/domain/order-life.ts';
import { plus, SECOND } from '../../shared/domain/time.ts';
import { changeOrder } from '../../shared/flows/orders/change-order.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import { readLead, rowOf, saveLead } from '../../shared/store/lines.ts';
import { commit, toOrder } from '../../shared/store/orders.ts';
import { post } from '../../shared/store/post.ts';
import type { Posting } from '../../shared/store/posting.ts';
import { WRITE_ATTEMPTS_MAX } from '../../shared/store/write.ts';
import { Contention } from '../../shared/transient-error.ts';
import type { Db, World } from '../../shared/world.ts';
import { capabilities } from '../domain/orders.ts';
import type { OnCommit } from '../simulation/model-db.ts';
import type { BusyWorld } from '../support/busy-world.ts';
import { BUSY_WALLET, busyWorld, place } from '../support/busy-world.ts';

/** A wallet that many want at once: whoever does not come first waits in its line, and is posted once. */

const ZWG = { ...BUSY_WALLET, currency: 'ZWG' } as const;

interface Effect {
  readonly name: string;
  readonly input: { readonly TransactItems?: readonly object[]; readonly Item?: Readonly<Record<string, unknown>> };
}

/** A process whose effects a test sees, by number, and may lose: `run` is the effect. */
function disturbed(
  world: World,
  disturb: (run: () => Promise<unknown>, number: number, effect: Effect) => Promise<unknown>,
): World {
  let count = 0;
  const send = (command: { constructor: { name: string }; input: Effect['input'] }) => {
    count += 1;
    const effect = { name: command.constructor.name, input: command.input };
    return disturb(() => (world.db.send as (each: unknown) => Promise<unknown>)(command), count, effect);
  };
  return { ...world, db: { send } as unknown as Db };
}

function lostAnswer(): never {
  throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
}

async function deposit(busy: BusyWorld, amountMinor: number, wallet: WalletId = BUSY_WALLET): Promise<void> {
  const money = { amountMinor, reason: 'Deposit', by: 'test' };
  await busy.finish(adjustWallet(busy.process(), wallet, money));
}

function together(busy: BusyWorld, names: readonly string[], of: Parameters<typeof place>[2] = {}) {
  return busy.finish(Promise.all(names.map((name) => place(busy.process(), name, of))));
}

function named(count: number, prefix = 'o'): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${n}`);
}

/** What is wrong with a wallet: a gap or an edit in its chain, or an order without exactly its own debit. */
function problems({ model }: BusyWorld, wallet: WalletId = BUSY_WALLET): string[] {
  const entries = model
    .items('ledger')
    .filter(({ pk }) => pk === walletKey(wallet))
    .map(({ pk: _pk, ...entry }) => entry as unknown as Entry)
    .toSorted((a, b) => a.seq - b.seq);
  const found = entries.flatMap((entry, n) => mismatchIn(wallet, entries[n - 1], entry) ?? []);
  for (const order of model.items('orders').map(toOrder)) {
    if (order.currency !== wallet.currency) continue;
    const moved = entries
      .filter(({ orderId }) => orderId === order.id)
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const expected = order.status === 'pending' ? -order.amountMinor : 0;
    if (moved !== expected) found.push(`${order.id} is ${order.status} and its entries add up to ${moved}`);
  }
  return found;
}

const statuses = (busy: BusyWorld) =>
  Object.entries(Object.groupBy(busy.model.items('orders'), ({ status }) => String(status)))
    .map(([status, orders]) => `${orders?.length} ${status}`)
    .toSorted();

it('forty at once are all accepted, in a few transactions, and nothing stays in the line', async () => {
  const busy = busyWorld(1);
  await deposit(busy, 100_000);
  const before = busy.db.transactions;
  const placed = await together(busy, named(40));
  expect(placed.every(({ order, isNew }) => isNew && order.status === 'pending')).toBe(true);
  expect(problems(busy)).toEqual([]);
  // Forty direct tries, of which one wins.
  expect(busy.db.transactions - before).toBeLessThanOrEqual(44);
  expect(busy.model.items('lines').filter(({ sk }) => sk !== 'lead')).toEqual([]);
});

it('ten requests under one reference in a line are one order with one debit, and all get that order', async () => {
  const busy = busyWorld(2);
  await deposit(busy, 100_000);
  const twins = named(10).map((id) => place(busy.process(), 'twin', { id }));
  const others = named(5).map((name) => place(busy.process(), name));
  const [placed] = await busy.finish(Promise.all([Promise.all(twins), Promise.all(others)]));
  expect(new Set(placed.map(({ order }) => order.id)).size).toBe(1);
  expect(placed.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(busy.errors).toEqual([]);
  expect(statuses(busy)).toEqual(['6 pending']);
  expect(problems(busy)).toEqual([]);
});

it('a wallet that runs dry in a line pays as long as it lasts, and a refusal is true as it is written', async () => {
  const untrue: string[] = [];
  let balanceMinor = 0;
  const onCommit: OnCommit = (writes) => {
    for (const { table, after } of writes) if (table === 'ledger') balanceMinor = Number(after.balanceAfterMinor);
    for (const { table, after } of writes) {
      const isUntrue = table === 'orders' && after.status === 'failed' && balanceMinor >= Number(after.amountMinor);
      if (isUntrue) untrue.push(String(after.id));
    }
  };
  const busy = busyWorld(3, onCommit);
  await deposit(busy, 1_050);
  const later = async () => {
    await busy.clock.sleep(60);
    await adjustWallet(busy.process(), BUSY_WALLET, { amountMinor: 500, reason: 'More', by: 'test' });
  };
  const orders = named(30).map(async (name, n) => {
    await busy.clock.sleep(n * 7);
    return place(busy.process(), name);
  });
  await busy.finish(Promise.all([...orders, later()]));
  expect(statuses(busy)).toEqual(['15 failed', '15 pending']);
  expect(untrue).toEqual([]);
  expect(problems(busy)).toEqual([]);
});

it('a refusal that is decided before a deposit is not written after it, in the line or without', async () => {
  const busy = busyWorld(4);
  await deposit(busy, 50);
  // The deposit is written while the refusal is under way.
  const slow = disturbed(busy.process(), async (run, _number, { name, input }) => {
    const isRefusal = name === 'TransactWriteCommand' && input.TransactItems?.length === 2;
    const money = { amountMinor: 1_000, reason: 'More', by: 'test' };
    if (isRefusal && busy.model.items('ledger').length === 1) await adjustWallet(busy.process(), BUSY_WALLET, money);
    return run();
  });
  const { order } = await busy.finish(place(slow, 'late'));
  expect(order.status).toBe('pending');
  expect(problems(busy)).toEqual([]);
});

it('wallets of two currencies have lines of their own, and no transaction has entries of both', async () => {
  const mixed: unknown[] = [];
  const busy = busyWorld(5, (writes) => {
    const wallets = new Set(writes.flatMap(({ table, after }) => (table === 'ledger' ? [after.pk] : [])));
    if (wallets.size > 1) mixed.push(wallets);
  });
  await deposit(busy, 100_000);
  await deposit(busy, 100_000, ZWG);
  const zwg = named(15, 'z').map((name) => place(busy.process(), name, { currency: 'ZWG' }));
  await busy.finish(Promise.all([...zwg, ...named(15).map((name) => place(busy.process(), name))]));
  expect(statuses(busy)).toEqual(['30 pending']);
  expect([...problems(busy), ...problems(busy, ZWG), ...mixed]).toEqual([]);
});

it('whichever answer of a leader is lost, everything in its line is posted once', async () => {
  for (let lost = 1; lost <= 24; lost += 1) {
    const busy = busyWorld(6);
    await deposit(busy, 100_000);
    const first = place(busy.process(), 'first');
    const leader = disturbed(busy.process(), async (run, number) => {
      const answer = await run();
      return number === lost ? lostAnswer() : answer;
    });
    const others = named(4).map(async (name) => {
      await busy.clock.sleep(40);
      return place(busy.process(), name);
    });
    const placed = await busy.finish(Promise.all([first, place(leader, 'leads'), ...others]));
    expect([lost, placed.every(({ isNew }) => isNew), statuses(busy), problems(busy)]).toEqual([
      lost,
      true,
      ['6 pending'],
      [],
    ]);
  }
});

it('wherever a leader dies, whoever waits goes on within two seconds, and nothing is posted twice', async () => {
  for (let last = 0; last <= 24; last += 1) {
    const busy = busyWorld(7);
    await deposit(busy, 100_000);
    const first = place(busy.process(), 'first');
    const never = new Promise<never>(() => {});
    const leader = disturbed(busy.process(), (run, number) => (number > last ? never : run()));
    void place(leader, 'leads');
    const startedAt = busy.clock.now;
    const others = named(4).map(async (name) => {
      await busy.clock.sleep(40);
      return place(busy.process(), name);
    });
    await busy.finish(Promise.all([first, ...others]));
    expect(busy.clock.now - startedAt).toBeLessThan(2 * SECOND);
    // Its merchant posts again.
    const { order } = await busy.finish(place(busy.process(), 'leads', { id: 'ord_again' }));
    expect([last, order.status, statuses(busy), problems(busy)]).toEqual([last, 'pending', ['6 pending'], []]);
  }
});

it.each([-3, 3])('clocks that differ by %d s neither stop a line nor post anything twice', async (seconds) => {
  const busy = busyWorld(8);
  await deposit(busy, 100_000);
  const placed = named(30).map(async (name, n) => {
    await busy.clock.sleep(n * 12);
    const world = busy.process();
    const now = () => (n % 3 === 0 ? plus(world.now(), seconds * SECOND) : world.now());
    return place({ ...world, now }, name);
  });
  const startedAt = busy.clock.now;
  expect((await busy.finish(Promise.all(placed))).every(({ isNew }) => isNew)).toBe(true);
  expect(busy.clock.now - startedAt).toBeLessThan(4 * SECOND);
  expect(problems(busy)).toEqual([]);
});

it('a lead that a dead process took by a clock of next year lasts a second', async () => {
  const busy = busyWorld(9);
  await deposit(busy, 100_000);
  const world = busy.process();
  const lead = taken(undefined, 'dead', '2027-01-01T00:00:00.000Z');
  await busy.finish(saveLead(world, BUSY_WALLET, lead));
  const startedAt = busy.clock.now;
  const { order } = await busy.finish(place(busy.process(), 'waits'));
  expect(order.status).toBe('pending');
  expect(busy.clock.now - startedAt).toBeLessThan(1_500);
  expect(isHeld(await busy.finish(readLead(world, BUSY_WALLET)), world.now())).toBe(false);
});

it('while somebody leads, nobody else writes to the wallet', async () => {
  const busy = busyWorld(10);
  await deposit(busy, 100_000);
  const world = busy.process();
  await busy.finish(place(world, 'remembered'));
  await busy.finish(saveLead(world, BUSY_WALLET, taken(undefined, 'leads', world.now())));
  const before = busy.db.transactions;
  const waiting = together(busy, named(5));
  // A process that remembers the wallet finds the lead with its first order, and looks before its next.
  await busy.finish(Promise.all([place(world, 'first'), busy.clock.sleep(500)]));
  void place(world, 'second');
  await busy.clock.runUntil(busy.clock.now + 300);
  expect(busy.db.transactions - before).toBe(1);
  await waiting;
});

it('nothing is accepted behind a 503: a row that nobody waits for is never posted', async () => {
  const busy = busyWorld(11);
  await deposit(busy, 100_000);
  let isStuck = true;
  const stuck = () =>
    disturbed(busy.process(), async (run, _number, { name }) => {
      const isRefused = isStuck && name === 'TransactWriteCommand';
      if (!isRefused) return run();
      await busy.clock.sleep(10);
      const CancellationReasons = [{ Code: 'TransactionConflict' }];
      throw Object.assign(new Error('conflict'), { name: 'TransactionCanceledException', CancellationReasons });
    });
  const answers = await busy.finish(Promise.allSettled(named(6).map((name) => place(stuck(), name))));
  expect(answers.every((answer) => answer.status === 'rejected' && answer.reason instanceof Contention)).toBe(true);
  expect(busy.model.items('lines').filter(({ sk }) => sk !== 'lead').length).toBeGreaterThan(0);
  isStuck = false;
  await together(busy, named(10, 'later'));
  expect(statuses(busy)).toEqual(['10 pending']);
  expect(problems(busy)).toEqual([]);
});

it('a posting that cannot be written at all stops nobody else in its line', async () => {
  const busy = busyWorld(12);
  await deposit(busy, 100_000);
  const entry = { id: 'ent_1', kind: 'adjustment', amountMinor: 5, description: 'x' } as const;
  const item = { pk: 'bad', writeId: 'wri_bad', text: '\ud800' };
  const put = { table: 'wallets', item, condition: 'attribute_not_exists(pk)' } as const;
  const broken = async () => {
    const movements = [{ wallet: BUSY_WALLET, entry, at: busy.clock.iso }];
    await expect(post(busy.process(), { id: 'wri_bad', puts: [put], movements })).rejects.toThrow('well-formed');
  };
  await busy.finish(saveLead(busy.process(), BUSY_WALLET, taken(undefined, 'leads', busy.clock.iso)));
  await busy.finish(Promise.all([broken(), ...named(12).map((name) => place(busy.process(), name))]));
  expect(statuses(busy)).toEqual(['12 pending']);
  expect(problems(busy)).toEqual([]);
});

const WHOLE = {
  id: 'wri_1',
  puts: [{ table: 'wallets', item: { pk: 'adjustment#1', writeId: 'wri_1' }, condition: 'attribute_not_exists(pk)' }],
  movements: [
    {
      wallet: BUSY_WALLET,
      entry: { id: 'ent_1', kind: 'adjustment', amountMinor: 5, description: 'x' },
      at: '2026-05-07T08:00:00.000Z',
    },
  ],
};
const [{ entry: ENTRY, ...MOVEMENT }] = WHOLE.movements as [(typeof WHOLE.movements)[0]];
const spending = { campaignId: 'cmp_1', day: '2026-05-07' };

it.each([
  ['is no JSON', '{"id":'],
  ['is nothing', 'null'],
  ['has no puts', { ...WHOLE, puts: undefined }],
  ['has none in its list of puts', { ...WHOLE, puts: [] }],
  ['puts into no table', { ...WHOLE, puts: [{ ...WHOLE.puts[0], table: 'toString' }] }],
  ['puts without a condition', { ...WHOLE, puts: [{ ...WHOLE.puts[0], condition: undefined }] }],
  ['puts an item without a key', { ...WHOLE, puts: [{ ...WHOLE.puts[0], item: {} }] }],
  ['moves nothing', { ...WHOLE, movements: [] }],
  ['moves another wallet', { ...WHOLE, movements: [{ ...MOVEMENT, entry: ENTRY, wallet: ZWG }] }],
  ['moves no amount', { ...WHOLE, movements: [{ ...MOVEMENT, entry: { ...ENTRY, amountMinor: null } }] }],
  ['moves half a cent', { ...WHOLE, movements: [{ ...MOVEMENT, entry: { ...ENTRY, amountMinor: 0.5 } }] }],
  ['moves as no kind', { ...WHOLE, movements: [{ ...MOVEMENT, entry: { ...ENTRY, kind: 'gift' } }] }],
  ['spends without an amount', { ...WHOLE, spending }],
  ['refuses by nothing that can be put', { ...WHOLE, refusal: { table: 'orders' } }],
])('a stored posting that %s is posted by nobody, and stops nobody in its line', async (_what, stored) => {
  const busy = busyWorld(17);
  await deposit(busy, 100_000);
  const { pk, sk, until } = rowOf(BUSY_WALLET, WHOLE as unknown as Posting, busy.clock.iso);
  const posting = typeof stored === 'string' ? stored : JSON.stringify(stored);
  const item = { pk, sk, until, posting };
  await busy.finish(busy.process().db.send(new PutCommand({ TableName: 'lines', Item: item })));
  await busy.finish(saveLead(busy.process(), BUSY_WALLET, taken(undefined, 'leads', busy.clock.iso)));
  await together(busy, named(12));
  expect(statuses(busy)).toEqual(['12 pending']);
  expect(problems(busy)).toEqual([]);
  expect(busy.model.items('ledger')).toHaveLength(13);
  expect(new Set(busy.errors)).toEqual(new Set(['line.row_damaged']));
});

it('a debit that the line before it leaves no money for is dropped, and nothing is written', async () => {
  // Which of them reads the line, and when, is chance.
  for (let seed = 1; seed <= 16; seed += 1) {
    const busy = busyWorld(seed);
    await deposit(busy, 150);
    await busy.finish(saveLead(busy.process(), BUSY_WALLET, taken(undefined, 'leads', busy.clock.iso)));
    const entry = { id: 'ent_1', kind: 'adjustment', amountMinor: -100, description: 'x' } as const;
    const item = { pk: 'adjustment#1', writeId: 'wri_1' };
    const put = { table: 'wallets', item, condition: 'attribute_not_exists(pk)' } as const;
    const debit = later(busy, 20, () => {
      const movements = [{ wallet: BUSY_WALLET, entry, at: busy.clock.iso }];
      return post(busy.process(), { id: 'wri_1', puts: [put], movements });
    });
    const [, posted] = await busy.finish(Promise.all([place(busy.process(), 'first'), debit]));
    expect([seed, posted]).toEqual([seed, { kind: 'dropped' }]);
    expect(problems(busy)).toEqual([]);
  }
});

it('a reference that several operators use at once is one entry, in a line too', async () => {
  for (let seed = 1; seed <= 8; seed += 1) {
    const busy = busyWorld(seed);
    await deposit(busy, 10_000);
    const again = { amountMinor: 500, reason: 'Deposit', by: 'ruth', reference: 'bank 17' };
    const adjusting = named(4).map(() => adjustWallet(busy.process(), BUSY_WALLET, again));
    const [entries] = await busy.finish(Promise.all([Promise.all(adjusting), together(busy, named(8))]));
    expect([seed, new Set(entries.map(({ seq }) => seq)).size]).toEqual([seed, 1]);
    expect(busy.model.items('ledger')).toHaveLength(10);
    expect(problems(busy)).toEqual([]);
  }
});

it('a refund in a line gives the money back once, whoever else decides the same', async () => {
  const busy = busyWorld(13);
  await deposit(busy, 100_000);
  const sent: Order[] = [];
  for (const name of named(3, 'doomed')) {
    const { order } = await busy.finish(place(busy.process(), name));
    const claimed = claim(order, `att_${name}`, capabilities, busy.clock.iso);
    await busy.finish(commit(busy.process(), claimed));
    sent.push(claimed.after);
  }
  const rejected = { kind: 'rejected', failure: 'invalid_target', evidence: '217' } as const;
  const refunds = [...sent, ...sent].map((order) => {
    const world = busy.process();
    return changeOrder(world, order, (each) => applySendOutcome(each, rejected, capabilities, world.now()));
  });
  const orders = named(20).map((name) => place(busy.process(), name));
  await busy.finish(Promise.all([...refunds, ...orders]));
  expect(statuses(busy)).toEqual(['20 pending', '3 refunded']);
  expect(busy.model.items('ledger').filter(({ kind }) => kind === 'refund')).toHaveLength(3);
  expect(problems(busy)).toEqual([]);
});

it('a debit that comes before a credit is not paid by it', async () => {
  const busy = busyWorld(14);
  await deposit(busy, 150);
  const lead = taken(undefined, 'leads', busy.clock.iso);
  await busy.finish(saveLead(busy.process(), BUSY_WALLET, lead));
  const inOrder = [
    place(busy.process(), 'paid'),
    later(busy, 20, () => place(busy.process(), 'short')),
    later(busy, 40, () => adjustWallet(busy.process(), BUSY_WALLET, { amountMinor: 100, reason: 'More', by: 'test' })),
    later(busy, 60, () => place(busy.process(), 'paid again')),
  ];
  await busy.finish(Promise.all(inOrder));
  const orders = busy.model
    .items('orders')
    .map(toOrder)
    .map(({ agentReference, status }) => `${agentReference}: ${status}`);
  expect(orders.toSorted()).toEqual(['paid again: pending', 'paid: pending', 'short: failed']);
  expect(problems(busy)).toEqual([]);
});

it('requests of one process share one leader, and leave few rows', async () => {
  const busy = busyWorld(17);
  await deposit(busy, 100_000);
  const before = busy.db.transactions;
  const world = busy.process();
  const startedAt = busy.clock.now;
  const placed = await busy.finish(
    Promise.all(named(120).map((name, n) => later(busy, n * 5, () => place(world, name)))),
  );
  expect(placed.every(({ isNew }) => isNew)).toBe(true);
  expect(busy.db.transactions - before).toBeLessThan(40);
  expect(busy.rows).toBeLessThan(20);
  const waits = named(120).map((name, n) => (busy.fundedAt.get(name) ?? Number.NaN) - startedAt - n * 5);
  // Whoever waits when a leader ends goes on at once.
  expect(Math.max(...waits)).toBeLessThan(1_000);
  expect(problems(busy)).toEqual([]);
});

it('a leader whose call hangs holds up nobody else in its process for longer than two seconds', async () => {
  const busy = busyWorld(18);
  await deposit(busy, 100_000);
  await busy.finish(saveLead(busy.process(), BUSY_WALLET, taken(undefined, 'leads', busy.clock.iso)));
  const world = busy.process();
  let hasHung = false;
  const hanging = disturbed(world, async (run, _number, { name }) => {
    if (name !== 'TransactWriteCommand' || hasHung) return run();
    hasHung = true;
    return new Promise(() => undefined);
  });
  // What a process remembers is shared by its requests.
  void place({ ...hanging, memo: world.memo }, 'hangs');
  await busy.clock.runUntil(busy.clock.now + 1_500);
  expect(hasHung).toBe(true);
  const startedAt = busy.clock.now;
  const placed = await busy.finish(Promise.all(named(10).map((name) => place(world, name))));
  expect(placed.every(({ isNew }) => isNew)).toBe(true);
  expect(busy.clock.now - startedAt).toBeLessThan(5_000);
  expect(problems(busy)).toEqual([]);
});

it('a leader that loses its race tries with half as much, and with all again once it has won', async () => {
  const busy = busyWorld(15);
  await deposit(busy, 100_000);
  await busy.finish(saveLead(busy.process(), BUSY_WALLET, taken(undefined, 'leads', busy.clock.iso)));
  const sizes: number[] = [];
  let conflicts = 2;
  const worlds = named(40).map(() =>
    disturbed(busy.process(), async (run, _number, { name, input }) => {
      if (name !== 'TransactWriteCommand') return run();
      sizes.push((input.TransactItems?.length ?? 0) / 2);
      conflicts -= 1;
      if (conflicts < 0) return run();
      const CancellationReasons = [{ Code: 'TransactionConflict' }];
      throw Object.assign(new Error('conflict'), { name: 'TransactionCanceledException', CancellationReasons });
    }),
  );
  await busy.finish(Promise.all(worlds.map((world, n) => place(world, `o${n}`))));
  expect(sizes).toEqual([40, 20, 10, 20, 10]);
  expect(problems(busy)).toEqual([]);
});

describe('nothing is posted behind an error', () => {
  it.each([5, 10, 15])('where the own call hangs for %i s, and another posts what waits', async (seconds) => {
    const busy = busyWorld(21);
    await deposit(busy, 100_000);
    await busy.finish(saveLead(busy.process(), BUSY_WALLET, taken(undefined, 'somebody', busy.clock.iso)));
    let hangs = 0;
    const waiting = disturbed(busy.process(), async (run, _number, { name, input }) => {
      if (name === 'PutCommand' && input.Item?.sk === 'lead' && hangs === 0) {
        hangs += 1;
        await busy.clock.sleep(seconds * SECOND);
      }
      return run();
    });
    const others = named(4).map((name) => later(busy, 1_500, () => place(busy.process(), name)));
    const [{ order }] = await busy.finish(Promise.all([place(waiting, 'waits'), ...others]));
    expect([order.status, hangs]).toEqual(['pending', 1]);
    expect(problems(busy)).toEqual([]);
  });

  it('where the answer to the last try of a posting in two wallets is lost', async () => {
    const busy = busyWorld(22);
    const write = { table: 'batches', condition: 'attribute_not_exists(pk)' } as const;
    const at = busy.clock.iso;
    const movements = [BUSY_WALLET, ZWG].map((wallet, n) => {
      return { wallet, at, entry: { id: `ent_${n}`, kind: 'adjustment', amountMinor: 5, description: 'x' } as const };
    });
    let tries = 0;
    const world = disturbed(busy.process(), async (run, _number, { name }) => {
      if (name !== 'TransactWriteCommand') return run();
      tries += 1;
      if (tries === WRITE_ATTEMPTS_MAX) await run();
      return lostAnswer();
    });
    const posting = { id: 'wri_1', puts: [{ ...write, item: { pk: 'bat_1', writeId: 'wri_1' } }], movements };
    expect(await busy.finish(post(world, posting))).toEqual({ kind: 'done' });
    expect(busy.model.items('ledger')).toHaveLength(2);
  });
});

async function later<T>(busy: BusyWorld, ms: number, run: () => Promise<T>): Promise<T> {
  await busy.clock.sleep(ms);
  return run();
}
