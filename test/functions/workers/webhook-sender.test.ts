import { createHmac } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { sendDue, sendEvents } from '../../../functions/workers/webhook-sender.ts';
import { BACKED_OFF_AFTER } from '../../../shared/domain/endpoint-health.ts';
import type { Endpoint } from '../../../shared/domain/webhook.ts';
import { newDelivery, TRIES_MAX } from '../../../shared/domain/webhook.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/outbound-http.ts';
import { HttpFailure } from '../../../shared/outbound-http.ts';
import { listDeliveries, saveDelivery } from '../../../shared/store/deliveries.ts';
import { readEndpoint, saveEndpoint } from '../../../shared/store/endpoints.ts';
import { call } from '../../support/call.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, lostAnswer, sell, stopEngine, testWorld } from '../../support/world.ts';

const HOUR = 3_600_000;

let world: TestWorld;
let merchant: TestMerchant;
let endpoint: Endpoint;
let secret: string;
let received: HttpRequest[];
let answer: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  const owner = { merchantId: merchant.id, mode: 'live' } as const;
  ({ endpoint, secret } = await addEndpoint(world, owner, { url: 'https://merchant.example/hook' }, OPERATOR));
  received = [];
  answer = status(200);
  world.outboundAnswer = (request) => {
    received.push(request);
    return answer(request);
  };
});
afterAll(stopEngine);

function status(code: number, headers: Record<string, string> = {}, body = ''): () => HttpAnswer {
  return () => ({ status: code, headers, body });
}

const keyOf = (reference: string) => ({ merchantId: merchant.id, mode: 'live', agentReference: reference }) as const;

async function order(reference: string): Promise<void> {
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference },
  });
  await world.dispatchAll();
}

const deliveries = async () =>
  (await listDeliveries(world, { merchantId: merchant.id, mode: 'live' }, { limit: 100 })).deliveries;
const idOf = (request: HttpRequest) => request.headers?.['webhook-id'];

describe('a decided order', () => {
  it('is published at once, signed over the bytes that were sent, in both ways', async () => {
    await order('one');
    await world.dispatchAll();
    expect(received).toHaveLength(1);
    const [request] = received;
    const body = request?.body ?? '';
    const plain = createHmac('sha256', secret).update(body).digest('hex');
    expect(request?.headers?.['x-airtime-signature']).toBe(`sha256=${plain}`);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${idOf(request as HttpRequest)}.${request?.headers?.['webhook-timestamp']}.${body}`;
    const standard = createHmac('sha256', key).update(signed).digest('base64');
    expect(request?.headers?.['webhook-signature']).toBe(`v1,${standard}`);
    expect(JSON.parse(body)).toMatchObject({
      id: idOf(request as HttpRequest),
      type: 'order.success',
      sequence: 1,
      data: { object: { agent_reference: 'one', status: 'success', final: true } },
    });
    expect(await deliveries()).toMatchObject([{ status: 'delivered', tries: 1, attempts: [{ status: 200 }] }]);
  });

  it('is published once, however often its message comes', async () => {
    await order('one');
    await world.dispatchAll();
    await Promise.all([sendEvents(world, keyOf('one')), sendEvents(world, keyOf('one'))]);
    await sendDue(world);
    world.advance(2 * 60_000);
    await sendDue(world);
    expect(received).toHaveLength(1);
    expect(await deliveries()).toHaveLength(1);
  });

  it('is published by the sweep when its message was lost', async () => {
    await order('one');
    world.messages.length = 0;
    await world.sweep();
    await world.dispatchAll();
    expect(received).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('is sent once when answers of the database are lost %s', async (moment) => {
    await order('one');
    const lost = new Set<string>();
    world.fault = (name) => {
      if (lost.has(name) || name === 'QueryCommand') return undefined;
      lost.add(name);
      return moment === 'before' ? lostAnswer() : moment;
    };
    await sendEvents(world, keyOf('one')).catch(() => undefined);
    world.fault = undefined;
    await sendEvents(world, keyOf('one'));
    world.advance(61_000);
    await sendDue(world);
    expect(new Set(received.map(idOf)).size).toBe(1);
    expect(await deliveries()).toMatchObject([{ status: 'delivered' }]);
  });

  it('goes to every endpoint that asked for it and to no other', async () => {
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    const add = (path: string, events: string[]) =>
      addEndpoint(world, owner, { url: `https://m.example/${path}`, events }, OPERATOR);
    await add('failed', ['order.failed']);
    await add('success', ['order.success', 'order.unknown']);
    await addEndpoint(world, { ...owner, mode: 'test' }, { url: 'https://m.example/test' }, OPERATOR);
    await order('one');
    await world.dispatchAll();
    expect(received.map(({ url }) => url).sort()).toEqual([
      'https://m.example/success',
      'https://merchant.example/hook',
    ]);
  });

  it('of a merchant without an endpoint gets no events', async () => {
    merchant = await aMerchant(world);
    await order('one');
    await world.dispatchAll();
    world.calls.length = 0;
    await sendDue(world);
    expect(new Set(world.calls)).toEqual(new Set(['QueryCommand']));
  });
});

it('unknown is published, and so is what ends it, under a higher sequence, each as the order was', async () => {
  world.upstream.script = [{ kind: 'unclear', evidence: '' }];
  world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
  await order('one');
  world.messages.length = 0;
  await world.sweep();
  await world.dispatchAll();
  // The sweep enqueued the first event again and then decided the order: two messages at once.
  const events = [...new Set(received.map(({ body }) => body ?? ''))]
    .map((body) => JSON.parse(body))
    .sort((a, b) => a.sequence - b.sequence);
  expect(events.map(({ type, sequence, data }) => [type, sequence, data.object.status, data.object.final])).toEqual([
    ['order.unknown', 1, 'unknown', false],
    ['order.failed', 2, 'refunded', true],
  ]);
  expect(events[0].id).not.toBe(events[1].id);
});

it.each([200, 500])('an answer %i in emoji is recorded, and what is cut off ends between two of them', async (code) => {
  answer = status(code, {}, `a${'😀'.repeat(225)}`);
  await order('one');
  await world.dispatchAll();
  const [delivery] = await deliveries();
  expect(delivery).toMatchObject({ status: code === 200 ? 'delivered' : 'pending', tries: 1 });
  expect(delivery?.attempts).toMatchObject([{ status: code, excerpt: `a${'😀'.repeat(199)}` }]);
});

it('an error in emoji is recorded', async () => {
  answer = () => Promise.reject(new HttpFailure(`a${'😀'.repeat(225)}`, false));
  await order('one');
  await world.dispatchAll();
  expect(await deliveries()).toMatchObject([{ tries: 1, attempts: [{ error: `a${'😀'.repeat(199)}` }] }]);
});

describe('an endpoint that does not take it', () => {
  it('gets the same bytes under the same id, at least once an hour, until it takes them', async () => {
    answer = status(500, {}, 'oh\nno\u0007');
    await order('one');
    await world.dispatchAll();
    for (let hours = 0; hours < 72; hours += 1) {
      world.advance(HOUR);
      await sendDue(world);
    }
    expect(received.length).toBeGreaterThan(60);
    expect(received.length).toBeLessThan(90);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(idOf)).size).toBe(1);
    expect(await deliveries()).toMatchObject([{ status: 'pending', tries: BACKED_OFF_AFTER }]);
    expect((await deliveries())[0]?.attempts.at(-1)).toMatchObject({ status: 500, excerpt: 'oh no' });
    answer = status(200);
    world.advance(2 * HOUR);
    await sendDue(world);
    expect(await deliveries()).toMatchObject([{ status: 'delivered' }]);
    expect(await readEndpoint(world, endpoint, endpoint.id)).not.toHaveProperty('failing');
  });

  it('is given up on after nineteen tries over three days where it takes others', async () => {
    answer = (request) => status(JSON.parse(request.body ?? '{}').data.object.agent_reference === 'bad' ? 500 : 200)();
    await order('bad');
    await world.dispatchAll();
    const startedAt = Date.parse(world.now());
    for (let hours = 0; hours < 90; hours += 1) {
      await order(`good-${hours}`);
      await world.dispatchAll();
      // Often enough that the sweeps, and chance in the intervals, do not add up to more than these hours.
      for (let quarters = 0; quarters < 4; quarters += 1) {
        world.advance(HOUR / 4);
        await sendDue(world);
      }
    }
    const bad = (await deliveries()).find(({ status }) => status !== 'delivered');
    expect(bad).toMatchObject({ status: 'failed', tries: TRIES_MAX });
    // The intervals are 75 hours, each a tenth less at the least.
    expect(Date.parse(bad?.attempts.at(-1)?.at ?? '') - startedAt).toBeGreaterThan(0.9 * 75 * HOUR);
  });

  it('gets nothing before the time it asked for', async () => {
    answer = status(429, { 'retry-after': '7200' });
    await order('one');
    await world.dispatchAll();
    world.advance(HOUR);
    await sendDue(world);
    expect(received).toHaveLength(1);
    world.advance(1.1 * HOUR);
    await sendDue(world);
    expect(received).toHaveLength(2);
  });

  it('and says 410 is disabled; what happens then is kept', async () => {
    answer = status(410);
    await order('one');
    await world.dispatchAll();
    expect(await readEndpoint(world, endpoint, endpoint.id)).toMatchObject({ disabled: { reason: 'gone' } });
    await order('two');
    await world.dispatchAll();
    expect((await deliveries()).map((each) => each.status)).toEqual(['held', 'held']);
    expect(received).toHaveLength(1);
  });

  it('for five days is disabled, and its events are kept', async () => {
    answer = () => Promise.reject(new HttpFailure('no connection: ECONNREFUSED', false));
    await order('one');
    await world.dispatchAll();
    world.advance(5 * 24 * HOUR);
    await order('two');
    await world.dispatchAll();
    await sendDue(world);
    expect(await readEndpoint(world, endpoint, endpoint.id)).toMatchObject({ disabled: { reason: 'failing' } });
    world.advance(25 * HOUR);
    await sendDue(world);
    expect((await deliveries()).map((each) => each.status)).toEqual(['held', 'held']);
    expect((await deliveries()).map((each) => each.attempts.at(-1)?.error)).toContain('no connection: ECONNREFUSED');
  });

  it('costs one attempt in a sweep, whatever waits for it, and does not delay the others', async () => {
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    await addEndpoint(world, owner, { url: 'https://healthy.example/hook' }, OPERATOR);
    const events: typeof world.messages = [];
    for (let n = 0; n < 8; n += 1) {
      await order(`n${n}`);
      events.push(...world.messages.splice(0));
    }
    world.messages.push(...events);
    let release = () => {};
    const hung = new Promise<void>((resolve) => {
      release = resolve;
    });
    const attempted: string[] = [];
    answer = async ({ url }) => {
      if (url.includes('healthy')) {
        attempted.push(url);
        return status(200)();
      }
      await hung;
      throw new HttpFailure('no answer within 10000 ms', true);
    };
    await saveEndpoint(world, {
      ...endpoint,
      failing: { since: new Date(Date.parse(world.now()) - 600_000).toISOString(), times: 9, probeAt: world.now() },
      revision: 2,
    });
    // What is left to the sweep is due once the events are published.
    const sweep = world.dispatchAll().then(() => sendDue(world));
    for (let waited = 0; attempted.length < 8 && waited < 100; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(attempted).toHaveLength(8);
    release();
    await sweep;
    expect(received.filter(({ url }) => url === endpoint.url)).toHaveLength(1);
    const waiting = (await deliveries()).filter((each) => each.endpointId === endpoint.id);
    expect(waiting.filter((each) => each.status === 'pending' && each.attempts.length === 0)).toHaveLength(7);
  });
});

it.each(['before', 'after'] as const)(
  'a probe whose claim and result lose an answer %s is sent once',
  async (moment) => {
    const past = new Date(Date.parse(world.now()) - 600_000).toISOString();
    const down: Endpoint = { ...endpoint, failing: { since: past, times: 5, probeAt: past }, revision: 2 };
    await saveEndpoint(world, down);
    for (const n of [1, 2, 3]) {
      const event = { id: `evt_${n}`, type: 'order.success', createdAt: past, sequence: 1, body: '{}' };
      await saveDelivery(world, newDelivery(down, event, past));
    }
    answer = status(500);
    const lost = new Set<unknown>();
    world.fault = (name, input) => {
      const { revision } = (input as { Item?: { revision?: number } }).Item ?? {};
      if (name !== 'PutCommand' || revision === undefined || lost.has(revision)) return undefined;
      lost.add(revision);
      return moment;
    };
    await Promise.all([sendDue(world), sendDue(world)]);
    world.fault = undefined;
    expect(lost).toEqual(new Set([3, 4]));
    expect(received).toHaveLength(1);
    expect(await readEndpoint(world, endpoint, endpoint.id)).toMatchObject({ failing: { since: past, times: 6 } });
  },
);

it('what others wait for is reached behind a dead backlog, in one sweep', async () => {
  const owner = { merchantId: merchant.id, mode: 'live' } as const;
  const { endpoint: healthy } = await addEndpoint(world, owner, { url: 'https://healthy.example/hook' }, OPERATOR);
  answer = ({ url }) => (url.includes('healthy') ? status(200)() : status(500)());
  const past = new Date(Date.parse(world.now()) - 600_000).toISOString();
  const failing = { ...endpoint, failing: { since: past, times: 9, probeAt: past }, revision: 2 };
  await saveEndpoint(world, failing);
  const event = (n: number) => ({ id: `evt_${n}`, type: 'order.success', createdAt: past, sequence: 1, body: '{}' });
  for (let n = 0; n < 1_200; n += 50) {
    const some = Array.from({ length: 50 }, (_, k) => newDelivery(failing, event(n + k), past));
    await Promise.all(some.map((each) => saveDelivery(world, { ...each, dueAt: past })));
  }
  await saveDelivery(world, { ...newDelivery(healthy, event(9_999), past), dueAt: world.now() });
  await sendDue(world);
  expect(received.filter(({ url }) => url.includes('healthy'))).toHaveLength(1);
}, 60_000);

it('after a rotation both secrets sign, and then the new one alone', async () => {
  await saveEndpoint(world, {
    ...endpoint,
    secretVersion: 2,
    retiring: [{ version: 1, until: new Date(Date.parse(world.now()) + HOUR).toISOString() }],
    revision: 2,
  });
  await order('one');
  await world.dispatchAll();
  world.advance(2 * HOUR);
  await order('two');
  await world.dispatchAll();
  const signatures = received.map((request) => request.headers?.['webhook-signature']?.split(' ').length);
  expect(signatures).toEqual([2, 1]);
  const old = createHmac('sha256', secret)
    .update(received[0]?.body ?? '')
    .digest('hex');
  expect(received[0]?.headers?.['x-airtime-signature']).toBe(`sha256=${old}`);
});
