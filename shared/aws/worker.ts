import middy from '@middy/core';
import type { Context, ScheduledEvent, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { RECEIVES_MAX } from '../manifest/access.ts';
import type { World } from '../world.ts';
import { awsWorld } from './world.ts';

interface Work<Message> {
  /** Runs for each message; throwing gives the message back to the queue. */
  onMessage?(world: World, message: Message): Promise<void>;
  /** Runs when a message failed as often as its queue lets it, before it becomes a dead letter. */
  onLastFailure?(world: World, message: Message, cause: unknown): Promise<void>;
  /** Runs when the schedule fires. */
  onSchedule?(world: World): Promise<void>;
}

/**
 * Turns work into a Lambda handler. The messages of a batch run side by side, and only those that failed go back to
 * the queue: one bad message never makes its neighbours run twice.
 */
export function worker<Message>(work: Work<Message>) {
  return middy(async (event: SQSEvent | ScheduledEvent, _context: Context): Promise<SQSBatchResponse | undefined> => {
    const world = awsWorld();
    if ('Records' in event) return onBatch(world, work, event);
    if (!work.onSchedule) throw new Error('this worker has no schedule');
    await work.onSchedule(world);
    return undefined;
  });
}

/** The messages of one batch, side by side; answers which ones failed. */
export async function onBatch<Message>(world: World, work: Work<Message>, event: SQSEvent): Promise<SQSBatchResponse> {
  const results = await Promise.allSettled(event.Records.map((record) => onRecord(world, work, record)));
  const batchItemFailures = results.flatMap((result, index) => {
    const itemIdentifier = event.Records[index]?.messageId;
    if (result.status === 'fulfilled' || itemIdentifier === undefined) return [];
    world.log.error('message.failed', { messageId: itemIdentifier }, result.reason);
    return [{ itemIdentifier }];
  });
  return { batchItemFailures };
}

async function onRecord<Message>(world: World, work: Work<Message>, record: SQSRecord): Promise<void> {
  if (!work.onMessage) throw new Error('this worker has no queue');
  const message = JSON.parse(record.body) as Message;
  try {
    await work.onMessage(world, message);
  } catch (error) {
    if (Number(record.attributes.ApproximateReceiveCount) >= RECEIVES_MAX) {
      await work.onLastFailure?.(world, message, error);
    }
    throw error;
  }
}
