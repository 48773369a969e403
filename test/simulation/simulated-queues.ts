import type { SQSEvent } from 'aws-lambda';
import { dispatch, giveUp } from '../../functions/workers/dispatch.ts';
import { runBulk } from '../../functions/workers/run-bulk.ts';
import { sendEvents } from '../../functions/workers/webhook-sender.ts';
import { onBatch } from '../../shared/aws/worker.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { EventMessage } from '../../shared/flows/webhooks/enqueue-events.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import { CHAIN_ATTRIBUTE, isCut, nextInChain } from '../../shared/manifest/chain.ts';
import { consumerOf, visibilitySeconds } from '../../shared/manifest/workers.ts';
import type { QueueMessage, World } from '../../shared/world.ts';
import type { Actors } from './actors.ts';
import type { Chance } from './chance.ts';
import type { Invocation } from './simulated-lambda.ts';
import { THROTTLED_PAUSE_MS } from './simulated-lambda.ts';

const POISON = ['not JSON', 'null', '{}', '{"merchantId":"mer_none","mode":"live","agentReference":"none"}'];

/** So many times the worker of a queue has run when its next message would be cut. */
const CHAIN_LENGTH = 15;
/** A worker that always fails gets at most so far the first time, and nowhere when little is left to do. */
const COMMANDS_MAX = 6;
/** The part of dead letters that is moved back. */
const MOVED_BACK = 0.5;

interface Sent {
  readonly queue: QueueName;
  readonly message: QueueMessage;
  readonly name: string;
  /** Its worker dies each time. */
  readonly isDoomed: boolean;
}

/** The queues and their workers. A message is delivered more than once, in any order, late, or never. */
export class SimulatedQueues {
  readonly #actors: Actors;

  constructor(actors: Actors) {
    this.#actors = actors;
  }

  send(queue: QueueName, messages: readonly QueueMessage[], sender: Chance): void {
    const { clock, faults } = this.#actors;
    for (const sent of messages) {
      const delayMs = (sent.delaySeconds ?? 0) * SECOND;
      const by = delayMs > 0 ? sender.fork(`${sender.name}, later, draw ${sender.draws}`) : sender;
      if (queue === 'webhooks') this.#actors.auditor.webhookAuditor.onMessage(sent.body as EventMessage, by.name);
      // As a long batch has it: where a message's worker feeds its own queue, AWS stops it here.
      const chain = faults.happens(by, 'chain near its end') ? { ...sent.chain, [queue]: CHAIN_LENGTH } : sent.chain;
      const message = { ...sent, chain: nextInChain(chain, queue) };
      if (faults.happens(by, 'message dropped')) continue;
      const copies = faults.happens(by, 'message doubled') ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const lateMs = faults.happens(by, 'message late') ? by.below(15 * MINUTE) : 5 + by.below(50);
        const waitMs = faults.happens(by, 'message days late') ? by.below(2 * DAY) : lateMs;
        const name = `${queue} message of ${by.name}, draw ${by.draws}`;
        const isDoomed = faults.mayKill && faults.happens(by, 'message fails every time');
        clock.at(delayMs + waitMs, () => this.#deliver({ queue, message, name, isDoomed }, 1));
      }
    }
  }

  /** A message that is throttled is held, and tried again until it is visible again. */
  #deliver(sent: Sent, receives: number, heldMs = 0): void {
    const { queue, message, name } = sent;
    const { auditor, clock, faults, isOver, lambda, report } = this.#actors;
    if (isOver()) return;
    if (isCut(message.chain ?? {}, queue)) {
      report(`a chain was cut: ${queue} feeds itself, and its worker may not`);
      return;
    }
    const visibilityMs = visibilitySeconds(queue) * SECOND;
    const invocation = lambda.begin(consumerOf(queue), `${name}, receive ${receives}`);
    if (!invocation && heldMs < visibilityMs) {
      clock.at(THROTTLED_PAUSE_MS, () => this.#deliver(sent, receives, heldMs + THROTTLED_PAUSE_MS));
      return;
    }
    const chance = this.#actors.chance.fork(`${name} receive ${receives}`);
    if (!invocation) {
      this.#comesBack(sent, receives, chance);
      return;
    }
    if (queue === 'bulk') auditor.batchAuditor.onMessage(message.body);
    const process = `${name}, receive ${receives}`;
    if (queue === 'webhooks') auditor.webhookAuditor.onReceive(process, message.body as EventMessage, receives);
    const world = sent.isDoomed ? dying(invocation, receives === 1 ? chance.below(COMMANDS_MAX) : 0) : invocation.world;
    const isPoisoned = faults.happens(chance, 'poison message in the batch');
    const records = [
      { messageId: 'ours', body: JSON.stringify(message.body), messageAttributes: attributesOf(message) },
      ...(isPoisoned ? [{ messageId: 'poison', body: chance.pick(POISON) }] : []),
    ].map((record) => ({ ...record, attributes: { ApproximateReceiveCount: String(receives) } }));
    let isDone = false;
    const work = onBatch<never>(world, workOf(queue), { Records: records } as unknown as SQSEvent);
    invocation.until(work).then(({ batchItemFailures }) => {
      const failed = batchItemFailures.map((each) => each.itemIdentifier);
      isDone = !failed.includes('ours');
      if (isPoisoned && queue !== 'webhooks' && !failed.includes('poison')) {
        report('a poison message counts as done');
      }
    });
    clock.at(visibilityMs - heldMs, () => {
      if (!isDone) this.#comesBack(sent, receives, chance);
    });
  }

  #comesBack(sent: Sent, receives: number, chance: Chance): void {
    if (receives < QUEUES[sent.queue].receivesMax) this.#deliver(sent, receives + 1);
    else this.#becomeDeadLetter(sent, chance);
  }

  /** Nobody works it through: the sweeps do what it was to do. Operators move some back into the queue, hours later. */
  #becomeDeadLetter(sent: Sent, chance: Chance): void {
    this.#actors.faults.follows('message dead-lettered');
    const again = { ...sent, name: `${sent.name}, moved back`, isDoomed: false };
    if (chance.happens(MOVED_BACK)) this.#actors.clock.at(HOUR + chance.below(5 * HOUR), () => this.#deliver(again, 1));
  }
}

/** The world of a process that dies after so many commands to the database. */
function dying({ world, end }: Invocation, commands: number): World {
  let left = commands;
  const send = (command: never) => {
    left -= 1;
    if (left >= 0) return world.db.send(command);
    end();
    return new Promise(() => {});
  };
  return { ...world, db: { send } as unknown as World['db'] };
}

function attributesOf({ chain }: QueueMessage) {
  return { [CHAIN_ATTRIBUTE]: { dataType: 'String', stringValue: JSON.stringify(chain) } };
}

function workOf(queue: QueueName) {
  if (queue === 'webhooks') return { onMessage: sendEvents };
  return queue === 'bulk' ? { onMessage: runBulk } : { onMessage: dispatch, onLastFailure: giveUp };
}
