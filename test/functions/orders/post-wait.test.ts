import { beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { sendEvents } from '../../../functions/workers/webhook-sender.ts';
import type { Outcome } from '../../../shared/domain/order.ts';
import { isFinal } from '../../../shared/domain/order.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import { readHealth } from '../../../shared/store/health.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { toOrder } from '../../../shared/store/orders.ts';
import type { World } from '../../../shared/world.ts';
import { call } from '../../support/call.ts';
import { UnitCounter } from '../../support/count-units.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import type { TestMerchant } from '../../support/world.ts';
import { aMerchant, sell } from '../../support/world.ts';

/** How long a POST waits for its order's outcome, and what that costs, on virtual time. */

const READ_UNITS_MAX = 8.5;

let virtual: VirtualWorld;
let world: World;
/** Dispatchers and webhook senders are other processes. */
let dispatcher: World;
let merchant: TestMerchant;
/** What a send takes, and what it comes to. */
let sendMs: number;
let outcome: Outcome;
/** Whether an order that was accepted is dispatched. */
let dispatches: boolean;
/** When each order was decided, and the reads of orders that cost half a unit. */
let decidedAt: number;
let peeks: number;
let healthWrites: number;

beforeEach(async () => {
  virtual = virtualWorld();
  const { clock } = virtual;
  sendMs = 800;
  outcome = { kind: 'success', evidence: '', receipt: {} };
  dispatches = true;
  const send = async () => {
    await clock.sleep(sendMs);
    return outcome;
  };
  const port = { ...virtual.providers.hotrecharge.port, prepare: async () => ({ kind: 'ready' as const, send }) };
  world = {
    ...virtual.world,
    provider: () => port,
    db: { send: counted },
    queues: {
      async send(queue, messages) {
        if (!dispatches || !queue.startsWith('dispatch')) return;
        for (const { body } of messages) void dispatched(dispatcher, body as OrderKey);
      },
    },
  };
  dispatcher = { ...world, memo: new Map() };
  merchant = await virtual.during(aMerchant(world));
  await virtual.during(sell(world));
  peeks = 0;
  healthWrites = 0;
});

async function dispatched(dispatcher: World, key: OrderKey): Promise<void> {
  await virtual.clock.sleep(10);
  await dispatch(dispatcher, key);
}

const counted = (async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
  const { name } = command.constructor;
  const { TableName, ConsistentRead, Item } = command.input as {
    TableName: string;
    ConsistentRead?: true;
    Item?: Record<string, unknown>;
  };
  if (name === 'GetCommand' && TableName === 'orders' && !ConsistentRead) peeks += 1;
  if (name === 'UpdateCommand' && TableName === 'health') healthWrites += 1;
  const answer = await (virtual.world.db.send as (command: unknown) => Promise<unknown>)(command);
  if (TableName === 'orders' && Item && isFinal(toOrder(Item).status)) decidedAt = virtual.clock.now;
  return answer;
}) as unknown as World['db']['send'];

async function post(
  reference: string,
  { mode = 'live', prefer = '' }: { mode?: 'live' | 'test'; prefer?: string } = {},
) {
  const startedAt = virtual.clock.now;
  const reply = await virtual.during(
    call(world, createOrder, {
      headers: { ...merchant.headers(mode), prefer },
      body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference },
    }).then((answer) => ({ ...answer, endedAt: virtual.clock.now })),
  );
  return { status: reply.status, waitedMs: reply.endedAt - startedAt, lateMs: reply.endedAt - decidedAt };
}

async function learn(count = 20): Promise<void> {
  for (let n = 0; n < count; n += 1) await post(`learn-${n}`);
  // What this process remembers of the provider is some seconds old.
  await virtual.clock.runUntil(virtual.clock.now + 20 * SECOND);
}

/** An order whose send takes longer than anyone waits for it. */
async function hang(reference: string): Promise<void> {
  await post(reference, { prefer: 'respond-async' });
  await virtual.clock.runUntil(virtual.clock.now + sendMs + SECOND);
}

describe('an order', () => {
  it('that is final at once is seen at once, also where nothing is known of its provider', async () => {
    sendMs = 1;
    const { status, lateMs } = await post('one');
    expect(status).toBe(201);
    expect(lateMs).toBeLessThanOrEqual(25);
  });

  it('of a provider that takes 800 ms costs two units of reads while it is waited for, and is seen soon', async () => {
    await learn();
    peeks = 0;
    const { status, lateMs } = await post('one');
    expect(status).toBe(201);
    expect(peeks / 2).toBeLessThanOrEqual(2);
    expect(lateMs).toBeLessThanOrEqual(150);
  });

  it('of such a provider costs few units of reads from the POST to its webhook', async () => {
    const endpoint = { headers: merchant.headers(), body: { url: 'https://merchant.example/hook' } };
    await virtual.during(call(world, createEndpoint, endpoint));
    await learn();
    const units = new UnitCounter(world);
    Object.assign(dispatcher, { db: world.db });
    const { read } = await units.during(async () => {
      await post('one');
      await virtual.during(sendEvents(dispatcher, { merchantId: merchant.id, mode: 'live', agentReference: 'one' }));
    });
    expect(read).toBeGreaterThan(READ_UNITS_MAX / 2);
    expect(read).toBeLessThanOrEqual(READ_UNITS_MAX);
  });

  it('leaves no write behind where its provider takes as long as ever', async () => {
    await learn();
    healthWrites = 0;
    await post('one');
    expect(healthWrites).toBe(0);
  });
});

describe('a new order', () => {
  it('of a provider that is mostly slow is answered 202 after two seconds', async () => {
    sendMs = 15 * SECOND;
    await learn(5);
    const { status, waitedMs } = await post('one', { prefer: 'wait=20' });
    expect(status).toBe(202);
    expect(waitedMs).toBeGreaterThanOrEqual(2 * SECOND);
    expect(waitedMs).toBeLessThan(2.2 * SECOND);
  });

  it('of one that has become fast again is waited for', async () => {
    sendMs = 15 * SECOND;
    await learn(5);
    sendMs = 3 * SECOND;
    for (let n = 0; n < 20; n += 1) {
      await post(`again-${n}`);
      await virtual.clock.runUntil(virtual.clock.now + 12 * SECOND);
    }
    expect((await post('one')).status).toBe(201);
  });

  it('is waited for although one send of its provider hung', async () => {
    sendMs = 60 * SECOND;
    await hang('hangs');
    sendMs = 30;
    await learn(17);
    sendMs = 3 * SECOND;
    expect((await post('one')).status).toBe(201);
  });

  it('is waited for again ten minutes after sends that hung, though nothing was sent meanwhile', async () => {
    sendMs = 60 * SECOND;
    for (let n = 0; n < 5; n += 1) await hang(`hangs-${n}`);
    sendMs = 3 * SECOND;
    expect((await post('one')).status).toBe(202);
    await virtual.clock.runUntil(virtual.clock.now + 10 * MINUTE);
    expect((await post('two')).status).toBe(201);
  });

  it('of one whose breaker is open is not waited for', async () => {
    outcome = { kind: 'refuses_us', reason: 'credentials', evidence: '' };
    await post('refused', { prefer: 'wait=1' });
    dispatches = false;
    expect((await virtual.during(readHealth(world, 'hotrecharge', 0))).openSince).toBeDefined();
    const { status, waitedMs } = await post('one');
    expect(status).toBe(202);
    expect(waitedMs).toBeLessThan(100);
  });

  it('of the sandbox is waited for, whatever is known of the others', async () => {
    outcome = { kind: 'refuses_us', reason: 'credentials', evidence: '' };
    await post('refused', { prefer: 'wait=1' });
    dispatches = false;
    const { waitedMs } = await post('one', { mode: 'test' });
    expect(waitedMs).toBeGreaterThanOrEqual(5 * SECOND);
  });

  it.each(['', 'wait=25'])(
    'of a test key holds a process for five seconds at most, with Prefer "%s"',
    async (prefer) => {
      dispatches = false;
      const { status, waitedMs } = await post('one', { mode: 'test', prefer });
      expect(status).toBe(202);
      expect(waitedMs).toBeGreaterThanOrEqual(5 * SECOND);
      expect(waitedMs).toBeLessThan(5.2 * SECOND);
    },
  );

  it('is answered although the health of its provider cannot be read', async () => {
    const { db } = world;
    const broken = { send: (command: never) => failing(db, command) } as unknown as World['db'];
    world = { ...world, db: broken };
    expect((await post('one')).status).toBe(201);
  });
});

/** A database that answers everything but reads of health. */
async function failing(db: World['db'], command: { constructor: { name: string }; input: { TableName?: string } }) {
  const { name } = command.constructor;
  if (name === 'GetCommand' && command.input.TableName === 'health') throw new Error('no answer');
  return (db.send as (command: unknown) => unknown)(command);
}

describe.each(['live', 'test'] as const)('a %s order that is posted again', (mode) => {
  it('is waited for five seconds at most', async () => {
    dispatches = false;
    await post('one', { mode, prefer: 'respond-async' });
    const { status, waitedMs } = await post('one', { mode });
    expect(status).toBe(202);
    expect(waitedMs).toBeGreaterThanOrEqual(5 * SECOND);
    expect(waitedMs).toBeLessThan(5.2 * SECOND);
  });
});
