import { describe, expect, it } from '@jest/globals';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { BACKED_OFF_AFTER } from '../../../shared/domain/endpoint-health.ts';
import { RESULT_EVENT } from '../../../shared/domain/result.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import type { Endpoint } from '../../../shared/domain/webhook.ts';
import { newDelivery, resultsEndpoint } from '../../../shared/domain/webhook.ts';
import { deliverEvents } from '../../../shared/flows/webhooks/deliver-events.ts';
import { saveDelivery } from '../../../shared/store/deliveries.ts';
import type { World } from '../../../shared/world.ts';
import { repeats } from '../../support/length.ts';
import { anEvent, VirtualServers } from '../../support/virtual-servers.ts';

/** What one merchant's server does to its own events and to those of others, on virtual time. */

const SWEEP = 2 * MINUTE;
const healthy = () => ({ afterMs: 50, status: 200 });
const dead = () => ({ afterMs: 20, status: 500 });
const hanging = () => ({ afterMs: 10 * SECOND, status: 504 });
const slow = () => ({ afterMs: 9 * SECOND, status: 200 });

const publish = (world: World, endpoint: Endpoint, n: number) =>
  deliverEvents(world, endpoint, [anEvent(endpoint, n)], async () => undefined, { isAgain: false });

describe.each([1, 2, 3, 4, 5])('an endpoint that fails three times in ten, seed %i', (seed) => {
  it('has all of 200 events within ten minutes, those that are due and those that are new', async () => {
    const virtual: VirtualServers = new VirtualServers(seed, {
      'flaky.example': (id, at) => ({
        afterMs: 200,
        status: virtual.chance.fork(`${id} at ${at}`).happens(0.3) ? 500 : 200,
      }),
    });
    const endpoint = await virtual.endpoint('flaky.example');
    const startedAt = virtual.clock.now;
    if (seed % 2 === 0) await virtual.due(endpoint, 200);
    else {
      const sender = virtual.process('sender');
      for (let n = 0; n < 200; n += 10) {
        await virtual.until(Promise.all(Array.from({ length: 10 }, (_, k) => publish(sender, endpoint, n + k))));
      }
    }
    await virtual.every(SWEEP, 10 * MINUTE, sendDue);
    expect(virtual.taken.size).toBe(200);
    expect(Math.max(...virtual.taken.values()) - startedAt).toBeLessThanOrEqual(10 * MINUTE);
  });
});

it('one bad answer delays its own event and no other, however new: the next ones are posted at once', async () => {
  let failures = 0;
  const virtual = new VirtualServers(1, {
    'one.example': () => ({ afterMs: 50, status: failures++ === 0 ? 500 : 200 }),
  });
  const endpoint = await virtual.endpoint('one.example');
  const sender = virtual.process('sender');
  await virtual.until(publish(sender, endpoint, 0));
  for (let n = 1; n < 10; n += 1) {
    const postedAt = virtual.clock.now;
    await virtual.until(publish(sender, endpoint, n), 10);
    expect((virtual.taken.get(anEvent(endpoint, n).id) ?? Number.NaN) - postedAt).toBeLessThan(SECOND);
    await virtual.clock.runUntil(virtual.clock.now + 3 * SECOND);
  }
  await virtual.every(SWEEP, 2 * SWEEP, sendDue);
  expect(virtual.taken.size).toBe(10);
});

it('one that counts as down gets its new events from the sweep', async () => {
  const virtual = new VirtualServers(1, { 'down.example': dead });
  const endpoint = await virtual.endpoint('down.example');
  const sender = virtual.process('sender');
  for (let n = 0; n < 20; n += 1) await virtual.until(publish(sender, endpoint, n));
  expect(virtual.calls).toHaveLength(BACKED_OFF_AFTER);
});

describe('behind results to 2,000 hosts of one merchant that hang', () => {
  const HOSTS = 2_000;
  const hosts = Array.from({ length: HOSTS }, (_, n) => `h${n}.bad.example`);
  const servers = { ...Object.fromEntries(hosts.map((host) => [host, hanging])) };
  const begin = () => {
    const virtual = new VirtualServers(1, servers);
    const results = resultsEndpoint({ merchantId: 'mer_bad', mode: 'live' }, virtual.clock.iso);
    const resultOf = (n: number) => ({ ...anEvent(results, n), type: RESULT_EVENT });
    return { virtual, results, resultOf };
  };

  it('the retries of ten others are sent within 30 s', async () => {
    const { virtual, results, resultOf } = begin();
    const filling = virtual.process('fills');
    const save = (host: string, n: number) =>
      saveDelivery(filling, newDelivery(results, resultOf(n), filling.now(), { url: `https://${host}/r` }));
    await virtual.until(Promise.all(hosts.map(save)));
    await virtual.clock.runUntil(virtual.clock.now + MINUTE);
    for (let n = 0; n < 10; n += 1) await virtual.due(await virtual.endpoint(`healthy${n}.example`), 1);
    const startedAt = virtual.clock.now;
    await virtual.every(SWEEP, 2 * SWEEP, sendDue);
    expect(virtual.taken.size).toBe(10);
    expect(Math.max(...virtual.taken.values()) - startedAt - SWEEP).toBeLessThan(30 * SECOND);
  });

  it('a sender of new events is kept by the first of them only', async () => {
    const { virtual, results, resultOf } = begin();
    const sender = virtual.process('sender');
    const send = (host: string, n: number) => {
      const result = { event: resultOf(n), endpoint: results, receiver: results, url: `https://${host}/r` };
      return deliverEvents(sender, results, [], async () => undefined, { isAgain: false, results: [result] });
    };
    for (const [n, host] of hosts.slice(0, 20).entries()) await virtual.until(send(host, n));
    expect(virtual.calls).toHaveLength(1);
  });
});

const READY = repeats({ short: 2_000, long: 6_000 });
const DUE = repeats({ short: 1_500, long: 20_000 });

describe(`behind ${DUE} due events of one that is dead`, () => {
  it.each([
    ['refuses', dead],
    ['hangs', hanging],
  ])(
    'and %s, the retry of another is sent within 30 s',
    async (_how, server) => {
      const virtual = new VirtualServers(1, { 'dead.example': server, 'healthy.example': healthy });
      await virtual.due(await virtual.endpoint('dead.example'), DUE);
      await virtual.due(await virtual.endpoint('healthy.example'), 1);
      const startedAt = virtual.clock.now;
      virtual.commands.clear();
      await virtual.every(SWEEP, 3 * SWEEP, sendDue);
      const [at = Number.POSITIVE_INFINITY] = virtual.taken.values();
      expect(at - startedAt - SWEEP).toBeLessThan(30 * SECOND);
      // Nobody writes a thousand rows to say "later", and a sweep asks the dead one a few times at most.
      expect(virtual.commands.get('PutCommand')).toBeLessThan(100);
      expect(virtual.calls.filter(({ host }) => host === 'dead.example').length).toBeLessThan(20);
    },
    120_000,
  );
});

it('one that is down is probed with one event at growing gaps, by its own failing time, and then all flows', async () => {
  let isUp = false;
  const virtual = new VirtualServers(1, { 'down.example': () => (isUp ? healthy() : dead()) });
  const endpoint = await virtual.endpoint('down.example');
  // Old events: their age must not count as time that the endpoint has failed.
  await virtual.due(endpoint, 500);
  await virtual.clock.runUntil(virtual.clock.now + 24 * 60 * MINUTE);
  await virtual.every(SWEEP, 60 * MINUTE, sendDue);
  const at = virtual.calls.map((call) => (call.at - (virtual.calls[0]?.at ?? 0)) / MINUTE);
  expect(at.length).toBeGreaterThan(10);
  expect(at.length).toBeLessThan(30);
  expect(new Set(virtual.calls.slice(5).map(({ eventId }) => eventId)).size).toBeGreaterThan(5);
  // After ten minutes of failure the next probe comes within another ten and a sweep.
  for (const [n, minutes] of at.entries()) {
    const next = at[n + 1];
    if (next !== undefined && minutes > 1) expect(next - minutes).toBeLessThanOrEqual(minutes + SWEEP / MINUTE + 1);
  }
  isUp = true;
  await virtual.every(SWEEP, 70 * MINUTE, sendDue);
  expect(virtual.taken.size).toBe(500);
});

it('one that can never take its 100 oldest events has all others within ten minutes', async () => {
  const virtual = new VirtualServers(1, {
    'picky.example': (id) => ({ afterMs: 100, status: Number(id.split('_').at(-1)) < 100 ? 500 : 200 }),
  });
  const endpoint = await virtual.endpoint('picky.example');
  await virtual.due(endpoint, 200);
  await virtual.every(SWEEP, 10 * MINUTE, sendDue);
  expect(virtual.taken.size).toBe(100);
});

it.each([50, 400])(
  'one that is up again and answers after %i ms takes 50 events per second and more',
  async (afterMs) => {
    const virtual = new VirtualServers(1, { 'up.example': () => ({ afterMs, status: 200 }) });
    await virtual.due(await virtual.endpoint('up.example'), READY);
    const startedAt = virtual.clock.now;
    let [inFlight, most] = [0, 0];
    const sweep = virtual.process('sweep');
    const outbound: World['outbound'] = async (request) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      const answer = await sweep.outbound(request);
      inFlight -= 1;
      return answer;
    };
    await virtual.until(sendDue({ ...sweep, outbound }));
    // In a long run that is two minutes, after which the next sweep starts.
    const inTime = [...virtual.taken.values()].filter((at) => at - startedAt < (READY / 50) * SECOND);
    expect(inTime).toHaveLength(READY);
    expect(most).toBeLessThanOrEqual(100);
  },
  60_000,
);

it('one that fails in the midst of it gets one call at a time', async () => {
  const virtual = new VirtualServers(1, {
    'fails.example': (_id, at) => ({ afterMs: 100, status: at - startedAt < 2 * SECOND ? 200 : 500 }),
  });
  await virtual.due(await virtual.endpoint('fails.example'), 2_000);
  const startedAt = virtual.clock.now;
  await virtual.until(sendDue(virtual.process('sweep')));
  // Those in flight when it began to fail, and then the probes.
  expect(virtual.calls.filter(({ at }) => at - startedAt >= 2 * SECOND).length).toBeLessThan(130);
  expect(virtual.calls.filter(({ at }) => at - startedAt >= 3 * SECOND).length).toBeLessThan(10);
});

it('two sweeps at once send one probe', async () => {
  const virtual = new VirtualServers(1, { 'down.example': dead });
  const endpoint = await virtual.endpoint('down.example');
  await virtual.due(endpoint, 50);
  await virtual.until(sendDue(virtual.process('first')));
  await virtual.clock.runUntil(virtual.clock.now + 10 * MINUTE);
  virtual.calls.length = 0;
  await virtual.until(Promise.all([sendDue(virtual.process('one')), sendDue(virtual.process('other'))]));
  expect(virtual.calls).toHaveLength(1);
});

describe('one that answers after 9 s', () => {
  it('keeps its share of a sweep, and the others have all of theirs in seconds', async () => {
    const others = Array.from({ length: 20 }, (_, n) => `fast-${n}.example`);
    const virtual = new VirtualServers(1, { 'slow.example': slow });
    await virtual.due(await virtual.endpoint('slow.example'), 500);
    for (const host of others) await virtual.due(await virtual.endpoint(host), 100);
    const startedAt = virtual.clock.now;
    await virtual.until(sendDue(virtual.process('sweep')));
    const times = (part: string) =>
      [...virtual.taken].filter(([id]) => id.includes(part)).map(([, at]) => at - startedAt);
    expect(times('fast')).toHaveLength(2_000);
    expect(Math.max(...times('fast'))).toBeLessThan(5 * SECOND);
    const inFlight = virtual.calls.filter(({ host, at }) => host === 'slow.example' && at - startedAt < 20 * SECOND);
    expect(inFlight.length).toBeLessThanOrEqual(1 + 10 + 10);
    expect(times('slow').length).toBeGreaterThanOrEqual(30);
  });

  it('does not keep the senders of new events from those of others', async () => {
    const virtual = new VirtualServers(1, { 'slow.example': slow });
    const late = await virtual.endpoint('slow.example');
    const fast = await virtual.endpoint('fast.example');
    const startedAt = virtual.clock.now;
    let next = 0;
    const sender = async (name: string) => {
      const world = virtual.process(name);
      while (next < 200) {
        const first = next;
        next += 5;
        await Promise.all(
          Array.from({ length: 5 }, (_, n) => [
            publish(world, fast, first + n),
            publish(world, late, first + n),
          ]).flat(),
        );
      }
    };
    await virtual.until(Promise.all(['one', 'two'].map(sender)));
    const fastTimes = [...virtual.taken].filter(([id]) => id.includes('fast')).map(([, at]) => at - startedAt);
    expect(fastTimes).toHaveLength(200);
    expect(Math.max(...fastTimes)).toBeLessThan(30 * SECOND);
    await virtual.every(SWEEP, 14 * MINUTE, sendDue);
    expect(virtual.taken.size).toBe(400);
  });
});

it('a retry is sent when it is due, also while calls to another receiver hang', async () => {
  const tried = new Set<string>();
  const virtual = new VirtualServers(1, {
    'hangs.example': hanging,
    'flaky.example': (id) => {
      const status = tried.has(id) ? 200 : 500;
      tried.add(id);
      return { afterMs: 50, status };
    },
  });
  await virtual.due(await virtual.endpoint('flaky.example'), 3);
  await virtual.due(await virtual.endpoint('hangs.example'), 50);
  const startedAt = virtual.clock.now;
  await virtual.until(sendDue(virtual.process('run')));
  const flaky = virtual.calls.filter(({ host }) => host === 'flaky.example').map(({ at }) => at - startedAt);
  expect(Math.max(...flaky.slice(0, 4))).toBeLessThan(8 * SECOND);
});
