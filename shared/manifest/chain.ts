import type { QueueName } from './access.ts';
import { consumerOf } from './workers.ts';

/**
 * How often the consumer of each queue ran in a chain of messages, of which each was sent while the one before it was
 * worked. AWS follows such chains by itself, and stops one in which a function runs too often; the local queues and the
 * simulation do so by this count, which every message carries.
 */
export type Chain = Readonly<Partial<Record<QueueName, number>>>;

/** The message attribute that has the chain of a message, as JSON. */
export const CHAIN_ATTRIBUTE = 'Chain';

interface Attributed {
  readonly messageAttributes?: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

/** The chain of a received message; empty where it does not say. */
export function chainOf({ messageAttributes }: Attributed): Chain {
  const text = messageAttributes?.[CHAIN_ATTRIBUTE]?.stringValue;
  return text === undefined ? {} : (JSON.parse(text) as Chain);
}

/** As often a function runs in one chain before AWS stops it. */
const RUNS_MAX = 16;

/** The chain of a message to this queue, sent while one of `chain` was worked. */
export function nextInChain(chain: Chain = {}, queue: QueueName): Chain {
  return { ...chain, [queue]: (chain[queue] ?? 0) + 1 };
}

/** Whether a message ends as a dead letter, because its chain is too long and its worker may not recurse. */
export function isCut(chain: Chain, queue: QueueName): boolean {
  return !consumerOf(queue).mayRecurse && (chain[queue] ?? 0) > RUNS_MAX;
}
