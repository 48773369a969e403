import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { startFauxqs } from 'fauxqs';
import { defined } from '../domain/defined.ts';
import { messageOf } from '../domain/message-of.ts';
import type { QueueName } from '../manifest/access.ts';
import { QUEUES } from '../manifest/access.ts';
import { chainOf, isCut } from '../manifest/chain.ts';
import { visibilitySeconds } from '../manifest/workers.ts';
import { whileThrottled } from './lambda.ts';
import { StartError } from './start-error.ts';

/** Queues on this machine: a real SQS endpoint, and pollers that pass its messages to handlers as Lambda does. */

export interface LocalQueues {
  readonly endpoint: string;
  urlOf(queue: QueueName): string;
  /** Passes the queue's messages to a handler until the queues stop. */
  consume(queue: QueueName, handler: (event: SQSEvent) => Promise<SQSBatchResponse | undefined>): void;
  /** Receives no more messages, waits for those in flight, and stops. */
  stop(): Promise<void>;
}

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const DRAIN_MS_MAX = 3_000;

interface Limits {
  /** By default as the manifest says. */
  readonly visibilitySeconds: (queue: QueueName) => number;
  /** The maximum concurrency of any queue, if its own is not less. */
  readonly consumersMax: number;
}

interface Options extends Partial<Limits> {
  readonly dataDir?: string;
}

/** Starts the queues of the manifest, each with a dead-letter queue. With a folder they survive a restart. */
export async function startQueues(options: Options) {
  const limits = { visibilitySeconds, consumersMax: Number.POSITIVE_INFINITY, ...options };
  const fauxqs = { port: 0, logger: false, ...defined({ dataDir: options.dataDir }) };
  const server = await onLoopback(() => startFauxqs(fauxqs)).catch((error: unknown) => {
    const where = options.dataDir ?? 'memory';
    throw new StartError(`The queues could not start on ${where}: ${messageOf(error)}.`);
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS, useQueueUrlAsEndpoint: false });
  for (const name of Object.keys(QUEUES) as QueueName[]) {
    await client.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
    await client.send(new CreateQueueCommand({ QueueName: name }));
    // Not at creation, which fails if a queue kept in the folder has other attributes.
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: `${endpoint}/${ACCOUNT}/${name}`,
        Attributes: {
          VisibilityTimeout: String(limits.visibilitySeconds(name)),
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}-dead`,
            maxReceiveCount: QUEUES[name].receivesMax,
          }),
        },
      }),
    );
    await release(client, `${endpoint}/${ACCOUNT}/${name}`, server.inspectQueue(name)?.messages.inflight ?? []);
  }
  return pollers(client, endpoint, limits, () => server.stop());
}

/**
 * Messages that were in flight when the last process ended become visible after a second. That process was the only
 * consumer, so nothing works on them, and their visibility timeout could be many minutes. Not at once, because the
 * queue server cannot store a timeout of zero.
 */
async function release(client: SQSClient, url: string, held: readonly { receiptHandle: string }[]): Promise<void> {
  for (const { receiptHandle } of held) {
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: 1,
    });
    await client.send(command).catch((error: unknown) => {
      // Its visibility timeout has ended already.
      if (!(error instanceof Error && error.name === 'MessageNotInflight')) throw error;
    });
  }
}

/** The queue server always listens on every interface; its messages must not be reachable from other machines. */
async function onLoopback<Result>(start: () => Promise<Result>): Promise<Result> {
  const { listen } = Server.prototype;
  const listenLocally = function (this: Server, first: unknown, ...rest: unknown[]) {
    const isOpen = typeof first === 'object' && first !== null && 'host' in first && first.host === '0.0.0.0';
    return Reflect.apply(listen, this, [isOpen ? { ...first, host: '127.0.0.1' } : first, ...rest]);
  };
  Object.assign(Server.prototype, { listen: listenLocally });
  try {
    return await start();
  } finally {
    Object.assign(Server.prototype, { listen });
  }
}

function pollers(
  client: SQSClient,
  endpoint: string,
  { visibilitySeconds, consumersMax }: Limits,
  stopServer: () => Promise<void>,
): LocalQueues {
  const abort = new AbortController();
  const running = new Set<Promise<void>>();
  const urlOf = (queue: QueueName) => `${endpoint}/${ACCOUNT}/${queue}`;
  const track = (work: Promise<void>) => {
    running.add(work);
    const forget = () => running.delete(work);
    work.then(forget, forget);
  };
  return {
    endpoint,
    urlOf,
    consume(queue, handler) {
      const { signal } = abort;
      // What is throttled until its messages are visible again is dropped: they are received once more.
      const msMax = 1_000 * visibilitySeconds(queue);
      const invocation = (event: SQSEvent) => whileThrottled(() => handler(event), { msMax, signal });
      track(poll(client, { queue, url: urlOf(queue), consumersMax }, invocation, signal));
    },
    async stop() {
      abort.abort();
      await Promise.race([Promise.allSettled(running), sleep(DRAIN_MS_MAX, undefined, { ref: false })]);
      client.destroy();
      await stopServer();
    },
  };
}

async function poll(
  client: SQSClient,
  { queue, url, consumersMax }: { queue: QueueName; url: string; consumersMax: number },
  handler: (event: SQSEvent) => Promise<SQSBatchResponse | undefined>,
  signal: AbortSignal,
): Promise<void> {
  const { batchSize } = QUEUES[queue];
  const concurrencyMax = Math.min(QUEUES[queue].concurrencyMax, consumersMax);
  const batches = new Set<Promise<void>>();
  while (!signal.aborted) {
    const messages = await receive(client, url, batchSize, signal);
    if (messages.length === 0) continue;
    const batch = deliver(client, queue, url, messages, handler).catch((error: unknown) => {
      console.error(`queue ${queue}: a batch failed: ${error}`);
    });
    batches.add(batch);
    batch.finally(() => batches.delete(batch));
    if (batches.size >= concurrencyMax) await Promise.race(batches);
  }
  await Promise.allSettled(batches);
}

async function receive(client: SQSClient, url: string, most: number, signal: AbortSignal): Promise<Message[]> {
  try {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(most, 10),
      WaitTimeSeconds: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return (await client.send(command, { abortSignal: signal })).Messages ?? [];
  } catch (error) {
    if (!signal.aborted) {
      console.error(`queue ${url}: ${error}`);
      await sleep(500);
    }
    return [];
  }
}

/**
 * Deletes the messages that succeeded. Those that failed, or all when the handler threw, become visible again. As on
 * AWS, a message of a chain that feeds itself too often is not delivered.
 */
async function deliver(
  client: SQSClient,
  queue: QueueName,
  url: string,
  messages: readonly Message[],
  handler: (event: SQSEvent) => Promise<SQSBatchResponse | undefined>,
): Promise<void> {
  const records = messages.map((message) => toRecord(queue, message));
  const cut = records.filter((record) => isCut(chainOf(record), queue));
  for (const { body, messageId } of cut) {
    console.error(`queue ${queue}: message ${messageId} is in a chain that AWS stops; it is a dead letter`);
    await client.send(new SendMessageCommand({ QueueUrl: `${url}-dead`, MessageBody: body }));
  }
  const taken = records.filter((record) => !cut.includes(record));
  const answer = taken.length > 0 ? await handler({ Records: taken }) : undefined;
  const failed = new Set((answer?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier));
  const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
  if (done.length === 0) return;
  await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: done.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle })),
    }),
  );
}

function toRecord(queue: QueueName, message: Message): SQSRecord {
  const { Attributes: attributes = {} } = message;
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: attributes.SentTimestamp ?? '0',
      SenderId: attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
        name,
        { dataType: 'String' as const, ...defined({ stringValue: StringValue }) },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
    awsRegion: REGION,
  };
}
