import type { Message } from '@aws-sdk/client-sqs';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { defined } from '../domain/defined.ts';
import { elapsed, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';

/** Where an invocation gets more messages of its queue. */
export interface Source {
  /** At most so many; waits a little where there are none. */
  receive(most: number): Promise<readonly SQSRecord[]>;
  /** A message that was received so and is done. */
  remove(record: SQSRecord): Promise<void>;
}

export interface Slots {
  readonly count: number;
  /** How long an invocation takes more messages. What is left of its timeout is for those that it has. */
  readonly forMs: number;
}

/** A batch whose calls all last as usual ends before this, and costs no request more. */
const FULL_AFTER_MS = 5 * SECOND;
const RECEIVE_MAX = 10;
const WAIT_SECONDS = 2;
/** Of what an invocation receives itself, whatever the timeout of its queue is: longer than any message is worked. */
const HIDDEN_SECONDS = 720;

/**
 * Works the messages of a batch, each in a slot of its own. A slot is free when its own message is done, and takes the
 * next from the queue: one call that hangs for a minute leaves one slot idle for it and not ten. Answers which of the
 * batch failed; what else was received is removed when it is done, and is received again where it failed.
 */
export async function runInSlots(
  world: World,
  { Records }: SQSEvent,
  { run, source, slots }: { run: (record: SQSRecord) => Promise<void>; source: Source; slots: Slots },
): Promise<SQSBatchResponse> {
  const startedAt = world.now();
  const running = new Set<Promise<void>>();
  const failed: string[] = [];
  const begin = (work: Promise<void>) => {
    const slot = work.finally(() => running.delete(slot));
    running.add(slot);
  };
  for (const record of Records) begin(run(record).catch(() => void failed.push(record.messageId)));
  await world.within(FULL_AFTER_MS, Promise.all(running));
  while (running.size > 0 && elapsed(startedAt, world.now()) < slots.forMs) {
    const free = slots.count - running.size;
    if (free <= 0) await Promise.race(running);
    else for (const record of await receive(world, source, free)) begin(runOne(world, source, record, run));
  }
  await Promise.all(running);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function receive(world: World, source: Source, free: number): Promise<readonly SQSRecord[]> {
  try {
    return await source.receive(Math.min(free, RECEIVE_MAX));
  } catch (error) {
    world.log.error('messages.not_received', {}, error);
    await world.sleep(WAIT_SECONDS * SECOND);
    return [];
  }
}

async function runOne(
  world: World,
  source: Source,
  record: SQSRecord,
  run: (record: SQSRecord) => Promise<void>,
): Promise<void> {
  try {
    await run(record);
  } catch {
    // Logged already; the queue has it again when its time is up.
    return;
  }
  try {
    await source.remove(record);
  } catch (error) {
    // It comes again, and its work finds that it is done.
    world.log.warn('message.not_removed', { messageId: record.messageId, reason: String(error) });
  }
}

let client: SQSClient | undefined;

/** The queue that a record came from. Only its path counts: the client calls its configured endpoint. */
export function sourceOf(record: SQSRecord): Source {
  const queueUrl = () => {
    const [, , , region, account, name] = record.eventSourceARN.split(':');
    return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  };
  return {
    async receive(most) {
      client ??= new SQSClient({ useQueueUrlAsEndpoint: false });
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl(),
        MaxNumberOfMessages: most,
        WaitTimeSeconds: WAIT_SECONDS,
        VisibilityTimeout: HIDDEN_SECONDS,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        MessageAttributeNames: ['All'],
      });
      return ((await client.send(command)).Messages ?? []).map((message) => recordOf(record, message));
    },
    async remove({ receiptHandle }) {
      await client?.send(new DeleteMessageCommand({ QueueUrl: queueUrl(), ReceiptHandle: receiptHandle }));
    },
  };
}

function recordOf(sibling: SQSRecord, { MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: Message) {
  return {
    ...sibling,
    messageId: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
    body: Body ?? '',
    attributes: { ...sibling.attributes, ApproximateReceiveCount: Attributes?.ApproximateReceiveCount ?? '1' },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes ?? {}).map(([name, { StringValue }]) => [
        name,
        { dataType: 'String' as const, ...defined({ stringValue: StringValue }) },
      ]),
    ),
  };
}
