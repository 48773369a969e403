import type { FailureCode, Finding, Outcome, Receipt } from '../domain/order.ts';
import { FAILURES } from '../domain/order.ts';
import { FAILING_TEST_NUMBER } from '../domain/phone.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, HOUR, MINUTE, SECOND } from '../domain/time.ts';
import type { Preparation, Provider, Recharge } from './provider.ts';

/**
 * The provider behind every test key. The last three digits of the target choose the outcome, so that each one can be
 * produced on purpose. It keeps no state and holds nobody up: what it answers depends on the recharge alone, and on how
 * many of its queries were answered before.
 */

/** What a status query is answered. `never`: nothing more will be known. */
type Answer = 'success' | 'rejected' | 'not_found' | 'in_progress' | 'never';

interface Behaviour {
  readonly send: Outcome['kind'];
  readonly failure?: FailureCode;
  /** The duration of the send. */
  readonly delayMs?: number;
  /** What its status queries are answered, one after the other; the last answer stays. */
  readonly answers?: readonly Answer[];
  /** A success that is taken back when it is asked about again. */
  readonly isReversed?: true;
  /** Until so long after it was ordered, the provider is down for it. */
  readonly downMs?: number;
}

const refused = (failure: FailureCode) => ({ send: 'rejected', failure }) as const;

/** By the last three digits of the target; every other target succeeds at once. `bin/sandbox-page.ts` has the words. */
export const SANDBOX_OUTCOMES: Readonly<Record<string, Behaviour>> = {
  '001': refused('invalid_target'),
  '002': refused('invalid_amount'),
  '003': refused('out_of_stock'),
  '004': refused('limit_reached'),
  '005': refused('network_refused'),
  '006': refused('product_unavailable'),
  '007': refused('provider_unavailable'),
  '010': { send: 'success', delayMs: 3 * SECOND },
  '011': { send: 'unclear', answers: ['success'] },
  '012': { send: 'unclear', answers: ['rejected'] },
  '013': { send: 'unclear', answers: ['not_found'] },
  '014': { send: 'unclear', answers: ['never'] },
  '015': { send: 'accepted', answers: ['success'] },
  '016': { send: 'accepted', answers: ['rejected'] },
  '017': { send: 'unsent', failure: 'provider_unavailable' },
  '018': { send: 'accepted', answers: ['in_progress', 'success'] },
  '019': { send: 'success', downMs: MINUTE },
  '020': { send: 'success', isReversed: true },
  '021': { send: 'unclear', answers: ['not_found', 'not_found', 'success'] },
};

/** When a success that will be reversed is asked about again. */
const REVERSED_AFTER_MS = MINUTE;
const EVIDENCE = 'Sandbox: nothing was sold.';

interface Dependencies {
  sleep(ms: number): Promise<void>;
  now(): Instant;
}

export function sandbox(deps: Dependencies): Provider {
  return makeSandbox(deps, false);
}

/** Ahead, nothing waits: the provider is up, sends take no time, and what cannot be sent is given up. */
function makeSandbox(deps: Dependencies, isAhead: boolean): Provider {
  return {
    name: 'sandbox',
    capabilities: {
      sendTimeoutMs: 30 * SECOND,
      answersQueries: true,
      // It says "not found" only where that is final.
      notFoundFinalAfterMs: 0,
      queryIntervalMs: 30 * SECOND,
      reviewAfterMs: HOUR,
      // It is part of us; test orders keep to no pace.
      sendsPerSecondMax: 1_000,
      queriesPerSecondMax: 1_000,
    },
    prepare: async (recharge) => prepare(recharge, deps, isAhead),
    query: async (recharge) => query(recharge),
    isDownFor(recharge) {
      const { downMs = 0 } = behaviourOf(recharge);
      return !isAhead && downMs > 0 && elapsed(recharge.sentAt, deps.now()) < downMs;
    },
    ahead: () => makeSandbox(deps, true),
    balances: async () => [],
    catalogue: async () => [],
    lookup: async (_product, meter) =>
      meter.endsWith('001') ? undefined : { name: 'T. Moyo', address: '1 Sample Road, Harare' },
  };
}

function prepare(recharge: Recharge, { sleep }: Dependencies, isAhead: boolean): Preparation {
  const behaviour = behaviourOf(recharge);
  const { send, failure = 'provider_unavailable', delayMs = 0 } = behaviour;
  if (send === 'unsent' && isAhead) return { kind: 'rejected', failure, evidence: FAILURES[failure].message };
  return {
    kind: 'ready',
    async send() {
      if (delayMs > 0 && !isAhead) await sleep(delayMs);
      return outcome(recharge, behaviour);
    },
  };
}

function outcome(recharge: Recharge, { send, failure = 'network_refused', isReversed }: Behaviour): Outcome {
  const receipt = receiptOf(recharge);
  const recheck = isReversed ? { recheckAfterMs: REVERSED_AFTER_MS } : {};
  const outcomes = {
    success: { kind: 'success', receipt, evidence: EVIDENCE, ...recheck },
    accepted: { kind: 'accepted', receipt: { providerRef: referenceOf(recharge) }, evidence: EVIDENCE },
    rejected: { kind: 'rejected', failure, evidence: FAILURES[failure].message },
    unclear: { kind: 'unclear', evidence: EVIDENCE },
    unsent: { kind: 'unsent', evidence: EVIDENCE },
    refuses_us: { kind: 'refuses_us', reason: 'credentials', evidence: EVIDENCE },
  } as const satisfies { [Kind in Outcome['kind']]: Extract<Outcome, { kind: Kind }> };
  return outcomes[send];
}

function query(recharge: Recharge): Finding {
  const behaviour = behaviourOf(recharge);
  const { failure = 'network_refused', isReversed } = behaviour;
  const answer = answerOf(recharge, behaviour);
  // Its merchant knows of the success, so this is the query after it.
  const isKnown = recharge.receipt.providerRef !== undefined;
  if (answer === 'rejected' || (isReversed && isKnown)) {
    return { kind: 'rejected', failure, evidence: FAILURES[failure].message };
  }
  if (answer === 'never') return { kind: 'unclear', isLast: true, evidence: EVIDENCE };
  if (answer !== 'success') return { kind: answer, evidence: EVIDENCE };
  const recheck = isReversed ? { recheckAfterMs: REVERSED_AFTER_MS } : {};
  return { kind: 'success', receipt: receiptOf(recharge), evidence: EVIDENCE, ...recheck };
}

/** A certain outcome stays true if the answer of the send was lost; a recharge that was never sent is never found. */
function answerOf({ queryCount = 0 }: Recharge, { send, answers = [] }: Behaviour): Answer {
  if (send === 'success' || send === 'rejected') return send;
  if (send === 'unsent') return 'not_found';
  return answers[Math.min(queryCount, answers.length - 1)] ?? 'in_progress';
}

const SUCCESS: Behaviour = { send: 'success' };

function behaviourOf({ msisdn }: Recharge): Behaviour {
  return SANDBOX_OUTCOMES[msisdn === `+${FAILING_TEST_NUMBER}` ? '005' : msisdn.slice(-3)] ?? SUCCESS;
}

function referenceOf({ reference }: Recharge): string {
  return `sandbox-${reference}`;
}

function receiptOf(recharge: Recharge): Receipt {
  const tokens = recharge.kind === 'zesa' ? { tokens: [{ token: '12345678901234567890', units: '10.0' }] } : {};
  return { providerRef: referenceOf(recharge), ...tokens };
}
