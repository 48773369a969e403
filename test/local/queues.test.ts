import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, it, jest } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import type { LocalQueues } from '../../shared/local/queues.ts';
import { startQueues } from '../../shared/local/queues.ts';

const QUEUE = 'dispatch-sandbox';
const folder = mkdtempSync(join(tmpdir(), 'airtime-queues-'));
const running: LocalQueues[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((queues) => queues.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(visibilitySeconds: number, dataDir?: string): Promise<LocalQueues> {
  const queues = await startQueues({
    visibilitySeconds: () => visibilitySeconds,
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  running.push(queues);
  return queues;
}

async function send(queues: LocalQueues, ...bodies: string[]): Promise<void> {
  const client = new SQSClient({
    endpoint: queues.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body, MessageGroupId: 'acme' }));
  await client.send(new SendMessageBatchCommand({ QueueUrl: queues.urlOf(QUEUE), Entries }));
  client.destroy();
}

async function until(isTrue: () => boolean, ms = 5_000): Promise<void> {
  for (const giveUpAt = Date.now() + ms; !isTrue() && Date.now() < giveUpAt; ) await sleep(5);
}

it('only the failed messages of a batch come back, with a higher receive count', async () => {
  const queues = await start(1);
  const seen: { body: string; count: string }[] = [];
  queues.consume(QUEUE, async ({ Records }: SQSEvent) => {
    const failures: { itemIdentifier: string }[] = [];
    for (const { body, messageId, attributes } of Records) {
      seen.push({ body, count: attributes.ApproximateReceiveCount });
      const isFirst = attributes.ApproximateReceiveCount === '1';
      if (body === 'bad' && isFirst) failures.push({ itemIdentifier: messageId });
    }
    return { batchItemFailures: failures };
  });
  await send(queues, 'good', 'bad', 'fine');
  await until(() => seen.length === 4);
  await sleep(1_200);
  expect(seen.filter(({ body }) => body !== 'bad')).toHaveLength(2);
  expect(seen.filter(({ body }) => body === 'bad')).toEqual([
    { body: 'bad', count: '1' },
    { body: 'bad', count: '2' },
  ]);
});

it('every message of a batch whose handler throws comes back, and the error is logged', async () => {
  const logged = jest.spyOn(console, 'error').mockImplementation(() => {});
  const queues = await start(1);
  const seen: string[] = [];
  queues.consume(QUEUE, async ({ Records }: SQSEvent) => {
    seen.push(...Records.map(({ body }) => body));
    if (seen.length <= 2) throw new Error('the function crashed');
    return { batchItemFailures: [] };
  });
  await send(queues, 'one', 'two');
  await until(() => seen.length >= 4);
  expect(seen.toSorted()).toEqual(['one', 'one', 'two', 'two']);
  expect(String(logged.mock.calls[0]?.[0])).toContain('the function crashed');
  logged.mockRestore();
});

it('a message reaches its handler at once', async () => {
  const queues = await start(30);
  let receivedAt = 0;
  queues.consume(QUEUE, async () => {
    receivedAt = performance.now();
    return { batchItemFailures: [] };
  });
  await sleep(100);
  await send(queues, 'warm-up');
  await until(() => receivedAt > 0);
  receivedAt = 0;
  const sentAt = performance.now();
  await send(queues, 'now');
  await until(() => receivedAt > 0);
  // A poll would come seconds later.
  expect(receivedAt - sentAt).toBeLessThan(1_000);
});

it('messages in flight when the process was killed come back soon after the next start', async () => {
  const first = await start(900, folder);
  let taken = 0;
  first.consume(QUEUE, async ({ Records }: SQSEvent) => {
    taken += Records.length;
    return { batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  await send(first, 'pending');
  await until(() => taken === 1);
  await first.stop();
  running.length = 0;
  const second = await start(900, folder);
  const seen: string[] = [];
  second.consume(QUEUE, async ({ Records }: SQSEvent) => {
    seen.push(...Records.map(({ body }) => body));
    return { batchItemFailures: [] };
  });
  await until(() => seen.length > 0);
  expect(seen).toEqual(['pending']);
});

it('a folder with another visibility timeout can be opened', async () => {
  await (await start(30, folder)).stop();
  running.length = 0;
  await expect(start(60, folder)).resolves.toBeDefined();
});

it('the queues cannot be reached from another machine', async () => {
  const { port } = new URL((await start(30)).endpoint);
  const outside = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { address, family, internal } of outside) {
    if (!internal && family === 'IPv4') expect(await isOpen(address, Number(port))).toBe(false);
  }
  expect(await isOpen('127.0.0.1', Number(port))).toBe(true);
  // All of 127/8 is this machine: a server that answers here listens on more than 127.0.0.1.
  if (process.platform === 'linux') expect(await isOpen('127.0.0.2', Number(port))).toBe(false);
});

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (result: boolean) => {
      socket.destroy();
      done(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
