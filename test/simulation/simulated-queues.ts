import type { SQSEvent } from 'aws-lambda';
import { dispatch, giveUp } from '../../functions/workers/dispatch.ts';
import { runBulk } from '../../functions/workers/run-bulk.ts';
import { sendEvents } from '../../functions/workers/webhook-sender.ts';
import { onBatch } from '../../shared/aws/worker.ts';
import { DAY, MINUTE } from '../../shared/domain/time.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import { CHAIN_ATTRIBUTE, isCut, nextInChain } from '../../shared/manifest/chain.ts';
import type { QueueMessage } from '../../shared/world.ts';
import type { Actors } from './actors.ts';
import type { Chance } from './chance.ts';

const VISIBILITY_MS = 12 * MINUTE;
const POISON = ['not JSON', 'null', '{}', '{"merchantId":"mer_none","mode":"live","agentReference":"none"}'];

/** The queues and their workers. A message is delivered more than once, in any order, late, or never. */
export class SimulatedQueues {
  readonly #actors: Actors;

  constructor(actors: Actors) {
    this.#actors = actors;
  }

  send(queue: QueueName, messages: readonly QueueMessage[], by: Chance): void {
    const { clock, faults } = this.#actors;
    for (const sent of messages) {
      const message = { ...sent, chain: nextInChain(sent.chain, queue) };
      if (faults.happens(by, 'message dropped')) continue;
      const copies = faults.happens(by, 'message doubled') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const lateMs = faults.happens(by, 'message late') ? by.below(15 * MINUTE) : 5 + by.below(50);
        const waitMs = faults.happens(by, 'message days late') ? by.below(2 * DAY) : lateMs;
        const name = `${queue} message of ${by.name}, draw ${by.draws}`;
        clock.at(waitMs, () => this.#deliver(queue, message, name, 1));
      }
    }
  }

  #deliver(queue: QueueName, message: QueueMessage, name: string, receives: number): void {
    const { auditor, clock, faults, isOver, report } = this.#actors;
    if (isOver()) return;
    if (isCut(message.chain ?? {}, queue)) {
      faults.count('message cut: its chain fed itself too often');
      return;
    }
    if (queue === 'bulk') auditor.batchAuditor.onMessage(message.body);
    const chance = this.#actors.chance.fork(`${name} receive ${receives}`);
    const world = this.#actors.process(`${name}, receive ${receives}`);
    const isPoisoned = faults.happens(chance, 'poison message in the batch');
    const records = [
      { messageId: 'ours', body: JSON.stringify(message.body), messageAttributes: attributesOf(message) },
      ...(isPoisoned ? [{ messageId: 'poison', body: chance.pick(POISON) }] : []),
    ].map((record) => ({ ...record, attributes: { ApproximateReceiveCount: String(receives) } }));
    let isDone = false;
    onBatch<never>(world, workOf(queue), { Records: records } as unknown as SQSEvent).then(({ batchItemFailures }) => {
      const failed = batchItemFailures.map((each) => each.itemIdentifier);
      isDone = !failed.includes('ours');
      if (isPoisoned && queue !== 'webhooks' && !failed.includes('poison')) {
        report('a poison message counts as done');
      }
    });
    clock.at(VISIBILITY_MS, () => {
      if (isDone || receives >= QUEUES[queue].attemptsMax) return;
      if (faults.mayKill && faults.happens(chance, 'message dead-lettered')) return;
      this.#deliver(queue, message, name, receives + 1);
    });
  }
}

function attributesOf({ chain }: QueueMessage) {
  return { [CHAIN_ATTRIBUTE]: { dataType: 'String', stringValue: JSON.stringify(chain) } };
}

function workOf(queue: QueueName) {
  if (queue === 'webhooks') return { onMessage: sendEvents };
  return queue === 'bulk' ? { onMessage: runBulk } : { onMessage: dispatch, onLastFailure: giveUp };
}
