import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, ScheduledEvent, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { assert } from '../domain/assert.ts';
import { RECEIVES_MAX } from '../manifest/access.ts';
import type { Chain } from '../manifest/chain.ts';
import { chainOf } from '../manifest/chain.ts';
import { METRICS } from '../manifest/metrics.ts';
import type { workers } from '../manifest/workers.ts';
import type { World } from '../world.ts';
import type { Slots, Source } from './message-pool.ts';
import { runInSlots, sourceOf } from './message-pool.ts';
import { powertools } from './powertools.ts';
import { awsWorld } from './world.ts';

interface Work<Message> {
  /** Runs for each message; when it throws, the message goes back to the queue. `receives`: this time included. */
  onMessage?(world: World, message: Message, receives: number): Promise<void>;
  /** Runs when a message has failed as often as its queue allows, before it becomes a dead letter. */
  onLastFailure?(world: World, message: Message, cause: unknown): Promise<void>;
  /** For messages that may take very different times: each has a slot, which takes the next message when it is free. */
  readonly slots?: Slots;
  /** Runs when the schedule fires. */
  onSchedule?(world: World): Promise<void>;
  /** The worker's name, by which the alarm on its schedule knows it. */
  readonly schedule?: (typeof workers)[keyof typeof workers]['name'];
}

/**
 * Turns work into a Lambda handler. The messages of a batch run in parallel, and only those that failed go back to the
 * queue: one bad message never makes its neighbours run twice.
 */
export function worker<Message>(work: Work<Message>) {
  return middy(async (event: SQSEvent | ScheduledEvent, _context: Context): Promise<SQSBatchResponse | undefined> => {
    const world = awsWorld();
    if ('Records' in event) return work.slots ? onSlots(world, work, event, work.slots) : onBatch(world, work, event);
    if (!work.onSchedule) throw new Error('this worker has no schedule');
    await onSchedule(world, work.onSchedule);
    // Not where it failed or ran out of time: the alarm is on runs that do their work.
    if (work.schedule) world.log.metric(METRICS.scheduleRan, 1, { schedule: work.schedule });
    return undefined;
  }).use(powertools());
}

/** Lambda logs what a run throws with all that it carries, so the run throws an error that carries nothing. */
async function onSchedule(world: World, run: (world: World) => Promise<void>): Promise<void> {
  try {
    await run(world);
  } catch (cause) {
    world.log.error('run.failed', {}, cause);
    throw new Error('the run failed');
  }
}

/** Runs the messages of one batch in parallel and returns those that failed. */
export function onBatch<Message>(world: World, work: Work<Message>, event: SQSEvent): Promise<SQSBatchResponse> {
  const run = (record: SQSRecord) => logged(world, work, record);
  // A processor keeps what failed, so each batch has its own. By default it throws when every message failed.
  const processor = new BatchProcessor(EventType.SQS);
  return processPartialResponse(event, run, processor, { throwOnFullBatchFailure: false });
}

/** Runs the messages of one batch and then of its queue, in slots. */
export function onSlots<Message>(
  world: World,
  work: Work<Message>,
  event: SQSEvent,
  slots: Slots,
  source?: Source,
): Promise<SQSBatchResponse> {
  const [first] = event.Records;
  assert(first, 'a batch has a message');
  const run = (record: SQSRecord) => logged(world, work, record);
  return runInSlots(world, event, { run, source: source ?? sourceOf(first), slots });
}

async function logged<Message>(world: World, work: Work<Message>, record: SQSRecord): Promise<void> {
  try {
    await onRecord(inChain(world, chainOf(record)), work, record);
  } catch (cause) {
    world.log.error('message.failed', { messageId: record.messageId }, cause);
    // The processor takes nothing but an Error for a failed message; anything else would fail the whole batch.
    throw new Error('message failed', { cause });
  }
}

/** The same world, whose messages go on with a chain. */
function inChain(world: World, chain: Chain): World {
  const send: World['queues']['send'] = (queue, messages) =>
    world.queues.send(
      queue,
      messages.map((message) => ({ ...message, chain })),
    );
  return { ...world, queues: { send } };
}

async function onRecord<Message>(world: World, work: Work<Message>, record: SQSRecord): Promise<void> {
  if (!work.onMessage) throw new Error('this worker has no queue');
  const message = JSON.parse(record.body) as Message;
  const receives = Number(record.attributes.ApproximateReceiveCount);
  try {
    await work.onMessage(world, message, receives);
  } catch (error) {
    if (receives >= RECEIVES_MAX) {
      await work.onLastFailure?.(world, message, error);
    }
    throw error;
  }
}
