import { describe, expect, it } from '@jest/globals';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import type { Endpoint } from '../../../shared/domain/webhook.ts';
import { asNew, deliveryId } from '../../../shared/domain/webhook.ts';
import { deliverEvents } from '../../../shared/flows/webhooks/deliver-events.ts';
import { readDelivery, saveDelivery } from '../../../shared/store/deliveries.ts';
import { readEndpoint, saveEndpoint } from '../../../shared/store/endpoints.ts';
import type { World } from '../../../shared/world.ts';
import { repeats } from '../../support/length.ts';
import { anEvent, VirtualServers } from '../../support/virtual-servers.ts';

/** New events are posted first and written then: what arrives twice, and what never is. On virtual time. */

const MERCHANT = 'mer_1';
const OWNER = { merchantId: MERCHANT, mode: 'live' } as const;
const event = { ...anEvent({ id: 'order', createdAt: '2026-05-07T08:00:00.000Z' } as Endpoint, 1) };

class Outbox {
  isCleared = false;
  readonly clear = async () => {
    this.isCleared = true;
  };
}

const deliver = (world: World, outbox: Outbox, isAgain = false) =>
  deliverEvents(world, OWNER, [event], outbox.clear, { isAgain });

const received = ({ calls }: VirtualServers, host: string) => calls.filter((call) => call.host === host).length;

/** A process that dies after so long. */
function dying(virtual: VirtualServers, world: World, afterMs: number): World {
  const end = virtual.clock.now + afterMs;
  const lives =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (virtual.clock.now > end) return new Promise(() => {});
      const answer = await run(...args);
      return virtual.clock.now > end ? new Promise(() => {}) : answer;
    };
  const send = world.db.send.bind(world.db) as (command: never) => Promise<unknown>;
  return { ...world, outbound: lives(world.outbound), db: { send: lives(send) } as unknown as World['db'] };
}

describe('beside one that hangs', () => {
  const setUp = async () => {
    const virtual = new VirtualServers(1, { 'hanging.example': () => ({ afterMs: 10 * SECOND, status: 504 }) });
    const fast = await virtual.endpoint('fast.example', MERCHANT);
    await virtual.endpoint('hanging.example', MERCHANT);
    return { virtual, fast };
  };

  it('a delivery is written the moment its own POST ends', async () => {
    const { virtual, fast } = await setUp();
    const outbox = new Outbox();
    const work = deliver(virtual.process('sender'), outbox);
    await virtual.clock.runUntil(virtual.clock.now + SECOND);
    const world = virtual.process('reader');
    expect(await virtual.until(readDelivery(world, deliveryId(event, fast)))).toMatchObject({ status: 'delivered' });
    expect(outbox.isCleared).toBe(false);
    await virtual.until(work);
    expect(outbox.isCleared).toBe(true);
  });

  it('nobody gets an event again, when the message comes again because its process died', async () => {
    const { virtual } = await setUp();
    const outbox = new Outbox();
    deliver(dying(virtual, virtual.process('sender'), 5 * SECOND), outbox);
    await virtual.clock.runUntil(virtual.clock.now + 6 * MINUTE);
    expect(outbox.isCleared).toBe(false);
    await virtual.until(deliver(virtual.process('second'), outbox, true));
    expect([received(virtual, 'fast.example'), received(virtual, 'hanging.example')]).toEqual([1, 2]);
    expect(outbox.isCleared).toBe(true);
  });
});

describe('an event', () => {
  const setUp = async (status = 200) => {
    const server = { afterMs: 100, status };
    const virtual = new VirtualServers(1, { 'shop.example': () => server });
    return { virtual, server, endpoint: await virtual.endpoint('shop.example', MERCHANT) };
  };
  const stored = (virtual: VirtualServers, endpoint: Endpoint) =>
    virtual.until(readDelivery(virtual.process('reader'), deliveryId(event, endpoint)));

  it('that is taken is one write, and is never due', async () => {
    const { virtual, endpoint } = await setUp();
    virtual.commands.clear();
    await virtual.until(deliver(virtual.process('sender'), new Outbox()));
    expect(virtual.commands.get('PutCommand')).toBe(1);
    const delivery = await stored(virtual, endpoint);
    expect(delivery).toMatchObject({ status: 'delivered', tries: 1, version: 1 });
    expect(delivery).not.toHaveProperty('dueAt');
  });

  it('that is not taken is due again, and the sweep delivers it', async () => {
    const { virtual, server, endpoint } = await setUp(500);
    await virtual.until(deliver(virtual.process('sender'), new Outbox()));
    expect(await stored(virtual, endpoint)).toMatchObject({ status: 'pending', tries: 1, version: 1 });
    server.status = 200;
    await virtual.every(2 * MINUTE, 3 * MINUTE, sendDue);
    expect(await stored(virtual, endpoint)).toMatchObject({ status: 'delivered', tries: 2 });
  });

  it.each([
    ['backed off', { failing: { since: event.createdAt, times: 9, probeAt: event.createdAt } }, 'pending'],
    ['disabled', { disabled: { at: event.createdAt, reason: 'requested' } }, 'held'],
  ] as const)('for an endpoint that is %s is written and not posted', async (_what, health, status) => {
    const { virtual, endpoint } = await setUp();
    await virtual.until(saveEndpoint(virtual.process('owner'), { ...endpoint, ...health, revision: 2 }));
    const outbox = new Outbox();
    await virtual.until(deliver(virtual.process('sender'), outbox));
    expect(virtual.calls).toHaveLength(0);
    expect(outbox.isCleared).toBe(true);
    expect(await stored(virtual, endpoint)).toMatchObject({ status, tries: 0 });
  });

  it('that two messages post at once arrives twice, written once, and not tried again after one success', async () => {
    const answers = [
      { afterMs: 50, status: 500 },
      { afterMs: 200, status: 200 },
    ];
    const servers = new VirtualServers(1, { 'shop.example': () => answers.shift() ?? { afterMs: 1, status: 200 } });
    const endpoint = await servers.endpoint('shop.example', MERCHANT);
    const both = ['one', 'two'].map((name) => deliver(servers.process(name), new Outbox()));
    await servers.until(Promise.all(both));
    await servers.every(2 * MINUTE, 10 * MINUTE, sendDue);
    expect(servers.calls).toHaveLength(2);
    expect(await stored(servers, endpoint)).toMatchObject({ status: 'delivered', tries: 2, version: 2 });
    expect(await servers.until(readEndpoint(servers.process('x'), endpoint, endpoint.id))).not.toHaveProperty(
      'failing',
    );
  });

  it('whose resend is asked for meanwhile keeps the tries of the resend', async () => {
    const { virtual, server, endpoint } = await setUp();
    server.afterMs = 8 * SECOND;
    const slow = deliver(virtual.process('sender'), new Outbox());
    await virtual.clock.runUntil(virtual.clock.now + 100);
    server.afterMs = 10;
    const world = virtual.process('other');
    await virtual.until(deliver(world, new Outbox()), 20);
    const first = await stored(virtual, endpoint);
    if (!first) throw new Error('nothing is stored');
    await virtual.until(saveDelivery(world, asNew(first, world.now(), MINUTE)), 1);
    await virtual.until(slow, 20);
    expect(await stored(virtual, endpoint)).toMatchObject({ status: 'pending', tries: 0, version: 2 });
  });

  it('whose write fails stays in the outbox, and the next message delivers it', async () => {
    const { virtual, endpoint } = await setUp();
    const world = virtual.process('sender');
    const send = world.db.send.bind(world.db) as (command: { constructor: { name: string } }) => Promise<unknown>;
    const failing = async (command: { constructor: { name: string } }) => {
      if (command.constructor.name === 'PutCommand') throw new Error('no write');
      return send(command);
    };
    const outbox = new Outbox();
    const broken = { ...world, db: { send: failing } as unknown as World['db'] };
    await expect(virtual.until(deliver(broken, outbox))).rejects.toThrow('no write');
    expect(outbox.isCleared).toBe(false);
    await virtual.until(deliver(virtual.process('second'), outbox, true));
    expect(await stored(virtual, endpoint)).toMatchObject({ status: 'delivered', version: 1 });
    expect(virtual.calls).toHaveLength(2);
  });

  it('whose bytes cannot be made again is written before it is sent, and two messages send it once', async () => {
    const { virtual, endpoint } = await setUp();
    const batch = { ...event, type: 'batch.completed' };
    const both = ['one', 'two'].map((name) =>
      deliverEvents(virtual.process(name), OWNER, [batch], async () => undefined, { isAgain: false }),
    );
    await virtual.until(Promise.all(both));
    expect(virtual.calls).toHaveLength(1);
    expect(await stored(virtual, endpoint)).toMatchObject({ status: 'delivered', version: 2 });
  });
});

it('one event in a thousand at most arrives twice, where 1 % of messages come twice and 0.1 % of processes die', async () => {
  const EVENTS = repeats({ short: 3_000, long: 10_000 });
  const virtual = new VirtualServers(7, {});
  const endpoint = await virtual.endpoint('shop.example', MERCHANT);
  const { clock, chance } = virtual;
  const runs: Promise<void>[] = [];
  const message = async (n: number, outbox: Outbox, receives: number): Promise<void> => {
    if (outbox.isCleared) return;
    const world = virtual.process(`message ${n} at ${clock.now}`);
    const dies = receives === 1 && chance.happens(0.001);
    // A run takes some 100 ms.
    const runner = dies ? dying(virtual, world, chance.below(100)) : world;
    const events = [anEvent(endpoint, n)];
    const run = deliverEvents(runner, OWNER, events, outbox.clear, { isAgain: receives > 1 });
    if (!dies) return run;
    await clock.sleep(6 * MINUTE);
    return message(n, outbox, 2);
  };
  for (let n = 0; n < EVENTS; n += 1) {
    const outbox = new Outbox();
    clock.at(n, () => runs.push(message(n, outbox, 1)));
    if (chance.happens(0.01)) clock.at(n + chance.below(30 * SECOND), () => runs.push(message(n, outbox, 1)));
  }
  await clock.runUntil(clock.now + EVENTS + 10 * MINUTE);
  await virtual.until(Promise.all(runs));
  expect(virtual.taken.size).toBe(EVENTS);
  const again = virtual.calls.length - EVENTS;
  expect(again).toBeGreaterThan(0);
  expect(again).toBeLessThanOrEqual(EVENTS / 1_000);
}, 60_000);
