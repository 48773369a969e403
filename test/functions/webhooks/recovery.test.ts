import { beforeEach, expect, it } from '@jest/globals';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { MINUTE, plus, SECOND } from '../../../shared/domain/time.ts';
import type { Endpoint } from '../../../shared/domain/webhook.ts';
import { hold, newDelivery } from '../../../shared/domain/webhook.ts';
import { recoverEndpoint } from '../../../shared/flows/webhooks/recover-endpoint.ts';
import { listDeliveries, saveDelivery } from '../../../shared/store/deliveries.ts';
import type { World } from '../../../shared/world.ts';
import { anEvent, VirtualServers } from '../../support/virtual-servers.ts';

/** What an endpoint missed while it was disabled, for ranges that no request can recover. On virtual time. */

const HELD = 350;
const SINCE = '2020-01-01T00:00:00.000Z';

let virtual: VirtualServers;
let endpoint: Endpoint;

beforeEach(async () => {
  virtual = new VirtualServers(1, {});
  endpoint = await virtual.endpoint('shop.example');
  const world = virtual.process('fills');
  const save = (n: number) => saveDelivery(world, held(n));
  await virtual.until(Promise.all(Array.from({ length: HELD }, (_, n) => save(n))));
});

/** One a second, each later than the one before. */
function held(n: number) {
  return { ...hold(newDelivery(endpoint, anEvent(endpoint, n), plus(endpoint.createdAt, n * SECOND))), version: 1 };
}

const ask = (world: World, range: { since?: string; until?: string } = {}) => {
  const { id: endpointId, merchantId, mode } = endpoint;
  return recoverEndpoint(world, { endpointId, merchantId, mode, since: SINCE, ...range });
};

/** A process whose time for the request is up after its first page. */
function hurried(world: World): World {
  let pages = 0;
  const send = world.db.send.bind(world.db) as (command: { constructor: { name: string } }) => Promise<unknown>;
  const counted = (command: { constructor: { name: string } }) => {
    if (command.constructor.name === 'QueryCommand') pages += 1;
    return send(command);
  };
  return {
    ...world,
    now: () => plus(world.now(), pages * 6 * SECOND),
    db: { send: counted } as unknown as World['db'],
  };
}

/** A process that dies at its write number so and so. */
function dying(world: World, writes: number): World {
  let left = writes;
  const send = world.db.send.bind(world.db) as (command: { constructor: { name: string } }) => Promise<unknown>;
  const until = (command: { constructor: { name: string } }) => {
    if (command.constructor.name === 'PutCommand') left -= 1;
    return left < 0 ? new Promise(() => {}) : send(command);
  };
  return { ...world, db: { send: until } as unknown as World['db'] };
}

async function countOf(status: 'held' | 'pending' | 'delivered'): Promise<number> {
  let below: string | undefined;
  let count = 0;
  do {
    const query = { statuses: [status], limit: 100, below };
    const page = await virtual.until(listDeliveries(virtual.process('reader'), endpoint, query));
    count += page.deliveries.length;
    below = page.next;
  } while (below !== undefined);
  return count;
}

it('all of a range is recovered by one request where there is time', async () => {
  expect(await virtual.until(ask(virtual.process('one')))).toMatchObject({ recovered: HELD });
  expect(await countOf('held')).toBe(0);
});

it('a range is exclusive of its end', async () => {
  const since = plus(endpoint.createdAt, 10 * SECOND);
  const until = plus(endpoint.createdAt, 20 * SECOND);
  expect(await virtual.until(ask(virtual.process('one'), { since, until }))).toMatchObject({ recovered: 10 });
});

it('a range that is too large for a request is recovered by the sweeps, and each event is sent once', async () => {
  const first = await virtual.until(ask(hurried(virtual.process('one'))));
  expect(first.recovered).toBe(100);
  expect(first.dueAt).toBeDefined();
  await virtual.every(2 * MINUTE, 7 * MINUTE, sendDue);
  expect(await countOf('delivered')).toBe(HELD);
  expect(virtual.calls).toHaveLength(HELD);
  expect(await virtual.until(ask(virtual.process('again')))).toMatchObject({ recovered: 0 });
});

it('whoever asks again while it goes on learns how far it is, and begins nothing', async () => {
  const first = await virtual.until(ask(hurried(virtual.process('one'))));
  virtual.commands.clear();
  expect(await virtual.until(ask(virtual.process('two')))).toEqual(first);
  expect(virtual.commands.has('PutCommand')).toBe(false);
});

it('two requests at once recover each delivery once', async () => {
  const both = await virtual.until(Promise.all(['one', 'two'].map((name) => ask(virtual.process(name)))));
  expect(Math.max(...both.map(({ recovered }) => recovered))).toBe(HELD);
  expect(await countOf('pending')).toBe(HELD);
});

it('a larger range that is asked for meanwhile is recovered too', async () => {
  const until = plus(endpoint.createdAt, 200 * SECOND);
  await virtual.until(ask(hurried(virtual.process('one')), { until }));
  await virtual.until(ask(virtual.process('two')));
  expect(await countOf('pending')).toBe(HELD);
});

it.each([1, 50, 101, 150])('a request that dies at write %i is gone on with by the sweep', async (writes) => {
  ask(dying(virtual.process('one'), writes));
  await virtual.clock.runUntil(virtual.clock.now + 10 * SECOND);
  await virtual.every(2 * MINUTE, 7 * MINUTE, sendDue);
  expect(await countOf('delivered')).toBe(HELD);
  expect(virtual.calls).toHaveLength(HELD);
});

it.each(['lost before commit', 'lost after commit'] as const)(
  'a recovery whose writes are %s ends right',
  async (when) => {
    const world = virtual.process('one');
    const send = world.db.send.bind(world.db) as (command: { constructor: { name: string } }) => Promise<unknown>;
    const lost = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    let commands = 0;
    const faulty = async (command: { constructor: { name: string } }) => {
      commands += 1;
      if (command.constructor.name !== 'PutCommand' || commands % 3 > 0) return send(command);
      if (when === 'lost after commit') await send(command);
      throw lost;
    };
    const recovery = await virtual.until(ask({ ...world, db: { send: faulty } as unknown as World['db'] }));
    expect(recovery.dueAt).toBeUndefined();
    expect(recovery.recovered).toBe(HELD);
  },
);
