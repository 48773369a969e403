import type { SQSEvent } from 'aws-lambda';
import { dispatch, giveUp } from '../../functions/workers/dispatch.ts';
import { runBulk } from '../../functions/workers/run-bulk.ts';
import { sendEvents } from '../../functions/workers/webhook-sender.ts';
import { onBatch } from '../../shared/aws/worker.ts';
import { DAY, MINUTE } from '../../shared/domain/time.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import type { QueueMessage } from '../../shared/world.ts';
import type { Actors } from './actors.ts';
import type { Chance } from './chance.ts';

type Chain = Readonly<Partial<Record<QueueName, number>>>;

/** A message on its way. */
interface Sent {
  readonly name: string;
  readonly chain: Chain;
}

const VISIBILITY_MS = 12 * MINUTE;
const POISON = ['not JSON', 'null', '{}', '{"merchantId":"mer_none","mode":"live","agentReference":"none"}'];

/**
 * AWS stops a function that is invoked this often in one chain of messages (recursive loop detection, on by default),
 * except where the function's configuration allows it.
 */
const CHAIN_MAX = 16;
/** The queues whose functions may send messages to themselves without end. */
const CHAINS_ALLOWED: ReadonlySet<QueueName> = new Set();

/** The queues and their workers. A message is delivered more than once, in any order, late, or never. */
export class SimulatedQueues {
  readonly #actors: Actors;
  /** How often each queue's function ran in the chain of messages that a process works on, by the process. */
  readonly #chains = new Map<string, Chain>();

  constructor(actors: Actors) {
    this.#actors = actors;
  }

  send(queue: QueueName, messages: readonly QueueMessage[], by: Chance): void {
    const { clock, faults } = this.#actors;
    const chain = this.#chains.get(by.name) ?? {};
    const length = (chain[queue] ?? 0) + 1;
    if (length > CHAIN_MAX && !CHAINS_ALLOWED.has(queue)) {
      faults.count(`chain cut at ${CHAIN_MAX}: ${queue}`);
      return;
    }
    for (const message of messages) {
      if (faults.happens(by, 'message dropped')) continue;
      const copies = faults.happens(by, 'message doubled') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const lateMs = faults.happens(by, 'message late') ? by.below(15 * MINUTE) : 5 + by.below(50);
        const waitMs = faults.happens(by, 'message days late') ? by.below(2 * DAY) : lateMs;
        const name = `${queue} message of ${by.name}, draw ${by.draws}`;
        clock.at(waitMs, () => this.#deliver(queue, message, { name, chain: { ...chain, [queue]: length } }, 1));
      }
    }
  }

  #deliver(queue: QueueName, message: QueueMessage, { name, chain }: Sent, receives: number): void {
    const { auditor, clock, faults, isOver, report } = this.#actors;
    if (isOver()) return;
    if (queue === 'bulk') auditor.batchAuditor.onMessage(message.body);
    const chance = this.#actors.chance.fork(`${name} receive ${receives}`);
    const process = `${name}, receive ${receives}`;
    this.#chains.set(process, chain);
    const world = this.#actors.process(process);
    const isPoisoned = faults.happens(chance, 'poison message in the batch');
    const records = [
      { messageId: 'ours', body: JSON.stringify(message.body) },
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
      this.#deliver(queue, message, { name, chain }, receives + 1);
    });
  }
}

function workOf(queue: QueueName) {
  if (queue === 'webhooks') return { onMessage: sendEvents };
  return queue === 'bulk' ? { onMessage: runBulk } : { onMessage: dispatch, onLastFailure: giveUp };
}
