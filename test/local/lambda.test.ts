import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { LOCAL_CREDENTIALS } from '../../shared/local/environment.ts';
import { LocalLambda, RunningInvocations } from '../../shared/local/lambda.ts';
import type { LocalQueues } from '../../shared/local/queues.ts';
import { startQueues } from '../../shared/local/queues.ts';
import { Schedules } from '../../shared/local/schedules.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import { CONCURRENCY } from '../../shared/manifest/concurrency.ts';
import { visibilitySeconds, workers } from '../../shared/manifest/workers.ts';

/** What Lambda, API Gateway and SQS limit is limited on one machine too. */

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const close of closers.splice(0)) await close();
});

async function until(isTrue: () => boolean, ms = 8_000): Promise<void> {
  for (const giveUpAt = Date.now() + ms; !isTrue() && Date.now() < giveUpAt; ) await sleep(5);
}

/** Something that is held until it is released. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('concurrency', () => {
  it('is what a function has reserved; the others share what the quota leaves', () => {
    const running = new RunningInvocations({ quota: 5, reserved: { dispatch: 2 } });
    expect(['dispatch', 'dispatch', 'dispatch'].map((name) => running.begin(name))).toEqual([true, true, false]);
    expect(['a', 'b', 'a', 'c'].map((name) => running.begin(name))).toEqual([true, true, true, false]);
    running.end('a');
    expect([running.begin('dispatch'), running.begin('c'), running.begin('b')]).toEqual([false, true, false]);
  });

  it('is that of the stage: a development account runs ten, whatever they are', () => {
    const running = new RunningInvocations(CONCURRENCY.dev);
    const begun = Array.from({ length: 11 }, (_, n) => running.begin(`function-${n}`));
    expect(begun.filter((each) => each)).toHaveLength(10);
    const live = new RunningInvocations(CONCURRENCY.live);
    for (let n = 0; n < 500; n += 1) expect(live.begin('create-order')).toBe(true);
    expect([live.begin('create-order'), live.begin('get-order')]).toEqual([false, true]);
  });

  it('is free again once an invocation answered, failed, or was cut', async () => {
    const lambda = new LocalLambda({ quota: 1, reserved: {} });
    const fn = lambda.function({ name: 'f', timeoutSeconds: 0.05 }, async (what: string) => {
      if (what === 'fails') throw new Error('it failed');
      if (what === 'hangs') await new Promise(() => {});
      return what;
    });
    await expect(fn('fails')).rejects.toThrow('it failed');
    const hangs = fn('hangs');
    await expect(fn('fine')).rejects.toMatchObject({ kind: 'throttled' });
    await expect(hangs).rejects.toMatchObject({ kind: 'timed out' });
    await expect(fn('fine')).resolves.toBe('fine');
    await expect(fn('fine')).resolves.toBe('fine');
  });
});

it('a function knows how much time it has left', async () => {
  const lambda = new LocalLambda(CONCURRENCY.dev);
  const left = await lambda.function({ name: 'f', timeoutSeconds: 7 }, async (_event: object, context) => {
    return context.getRemainingTimeInMillis();
  })({});
  expect(left).toBeGreaterThan(6_000);
  expect(left).toBeLessThanOrEqual(7_000);
});

describe('a request', () => {
  const UNAVAILABLE = [503, '{"message":"Service Unavailable"}'];

  async function serve(lambda: LocalLambda, handler: () => Promise<void>, { timeoutSeconds = 5, answerMsMax = 5_000 }) {
    const answer = async () => {
      await handler();
      return { statusCode: 200, body: 'fine' };
    };
    const fn = lambda.function({ name: 'f', timeoutSeconds }, answer);
    const routes = [{ method: 'GET', path: '/thing', handler: fn }];
    const gateway = await startApiGateway({ port: 0, routes, notFound: fn, answerMsMax });
    closers.push(() => gateway.stop());
    return async () => {
      const response = await fetch(`http://127.0.0.1:${gateway.port}/thing`);
      return [response.status, await response.text()];
    };
  }

  it('that takes longer than API Gateway waits is answered 503, and its function goes on', async () => {
    let isDone = false;
    const work = async () => {
      await sleep(150);
      isDone = true;
    };
    const get = await serve(new LocalLambda(CONCURRENCY.dev), work, { answerMsMax: 50 });
    expect(await get()).toEqual(UNAVAILABLE);
    expect(isDone).toBe(false);
    await until(() => isDone);
    expect(isDone).toBe(true);
  });

  it('whose function is cut at its timeout is answered 503', async () => {
    const get = await serve(new LocalLambda(CONCURRENCY.dev), () => new Promise(() => {}), { timeoutSeconds: 0.05 });
    expect(await get()).toEqual(UNAVAILABLE);
  });

  it('for which there is no room is answered 503, and the others are served', async () => {
    const { opened, open } = gate();
    const get = await serve(new LocalLambda({ quota: 2, reserved: {} }), () => opened, {});
    const first = [get(), get()];
    await sleep(50);
    expect(await get()).toEqual(UNAVAILABLE);
    open();
    expect(await Promise.all(first)).toEqual([
      [200, 'fine'],
      [200, 'fine'],
    ]);
    expect(await get()).toEqual([200, 'fine']);
  });
});

describe('a queue', () => {
  const QUEUE = 'dispatch-sandbox';
  let queues: LocalQueues;

  async function start(options: Parameters<typeof startQueues>[0] = {}): Promise<void> {
    queues = await startQueues(options);
    closers.push(() => queues.stop());
  }

  async function send(queue: QueueName, count: number): Promise<void> {
    const credentials = { accessKeyId: LOCAL_CREDENTIALS.AWS_ACCESS_KEY_ID, secretAccessKey: 'local' };
    const { endpoint } = queues;
    const client = new SQSClient({ endpoint, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
    const Entries = Array.from({ length: count }, (_, n) => ({ Id: `${n}`, MessageBody: `m${n}` }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queues.urlOf(queue), Entries }));
    client.destroy();
  }

  interface Seen {
    readonly bodies: readonly string[];
    readonly count: string | undefined;
  }

  /** Consumes a queue by a function that does this, and returns what it was invoked with. */
  function consume(
    lambda: LocalLambda,
    queue: QueueName,
    work: (seen: Seen) => Promise<unknown>,
    timeoutSeconds = 60,
  ): Seen[] {
    const invocations: Seen[] = [];
    const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
      const seen = { bodies: Records.map(({ body }) => body), count: Records[0]?.attributes.ApproximateReceiveCount };
      invocations.push(seen);
      await work(seen);
      return { batchItemFailures: [] };
    };
    queues.consume(queue, lambda.function({ name: queue, timeoutSeconds }, handler));
    return invocations;
  }

  it('keeps a message while its function is throttled, and delivers it once there is room', async () => {
    await start();
    const lambda = new LocalLambda({ quota: 1, reserved: {} });
    const { opened, open } = gate();
    const other = lambda.function({ name: 'other', timeoutSeconds: 5 }, () => opened)({});
    const seen = consume(lambda, QUEUE, async () => {});
    await send(QUEUE, 1);
    await sleep(300);
    expect(seen).toEqual([]);
    open();
    await other;
    await until(() => seen.length > 0);
    expect(seen).toEqual([{ bodies: ['m0'], count: '1' }]);
  });

  it('takes a message back that was throttled until its visibility ended', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    await start({ visibilitySeconds: () => 1 });
    const lambda = new LocalLambda({ quota: 1, reserved: {} });
    const { opened, open } = gate();
    const other = lambda.function({ name: 'other', timeoutSeconds: 5 }, () => opened)({});
    const seen = consume(lambda, QUEUE, async () => {});
    await send(QUEUE, 1);
    await sleep(1_500);
    open();
    await other;
    await until(() => seen.length > 0);
    expect(seen).toEqual([{ bodies: ['m0'], count: '2' }]);
  });

  it('has no more batches at once than its maximum concurrency and that of the stage', async () => {
    await start({ consumersMax: CONCURRENCY.dev.consumersMax });
    const lambda = new LocalLambda(CONCURRENCY.live);
    const { opened, open } = gate();
    const seen = consume(lambda, 'bulk', () => opened);
    await send('bulk', 4);
    await until(() => seen.length >= 2);
    await sleep(200);
    expect(seen.map(({ bodies }) => bodies.length)).toEqual([1, 1]);
    open();
    await until(() => seen.length === 4);
    expect(seen.flatMap(({ bodies }) => bodies).toSorted()).toEqual(['m0', 'm1', 'm2', 'm3']);
  });

  it('gives a batch of the size of the manifest, and its messages come back from a function that is cut', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    await start({ visibilitySeconds: () => 1 });
    const { batchSize } = QUEUES[QUEUE];
    const hangs = ({ count }: Seen) => (count === '1' ? new Promise(() => {}) : Promise.resolve());
    // As long as it hangs it holds all the concurrency there is.
    const seen = consume(new LocalLambda({ quota: 1, reserved: {} }), QUEUE, hangs, 0.2);
    await send(QUEUE, batchSize);
    await until(() => seen.some(({ count }) => count === '2'));
    expect(seen.map(({ bodies, count }) => [bodies.length, count])).toEqual([
      [batchSize, '1'],
      [batchSize, '2'],
    ]);
  });

  it('gives up a message that failed as often as the manifest says', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    await start({ visibilitySeconds: () => 1 });
    const fails = () => Promise.reject(new Error('it fails'));
    const seen = consume(new LocalLambda(CONCURRENCY.dev), QUEUE, fails);
    await send(QUEUE, 1);
    const { receivesMax } = QUEUES[QUEUE];
    await until(() => seen.length >= receivesMax);
    await sleep(1_500);
    expect(seen.map(({ count }) => count)).toEqual(['1', '2', '3', '4', '5']);
  }, 15_000);

  it('hides a message for longer than its function may run', () => {
    for (const worker of Object.values(workers)) {
      if ('queue' in worker) expect(visibilitySeconds(worker.queue)).toBe(6 * worker.timeoutSeconds);
    }
  });
});

it('a schedule whose function is throttled runs once there is room, and not after the stop', async () => {
  const lambda = new LocalLambda({ quota: 1, reserved: {} });
  const { opened, open } = gate();
  const other = lambda.function({ name: 'other', timeoutSeconds: 5 }, () => opened)({});
  let runs = 0;
  const sweep = lambda.function({ name: 'sweep', timeoutSeconds: 5 }, async () => {
    runs += 1;
  });
  const schedules = new Schedules();
  const run = schedules.now('sweep', sweep);
  await sleep(150);
  expect(runs).toBe(0);
  open();
  await Promise.all([other, run]);
  expect(runs).toBe(1);
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const hangs = lambda.function({ name: 'other', timeoutSeconds: 0.3 }, () => new Promise(() => {}))({});
  void schedules.now('sweep', sweep);
  await schedules.stop();
  await expect(hangs).rejects.toThrow('cut at its timeout');
  await sleep(150);
  expect(runs).toBe(1);
});
