import type { FailureCode, Finding, Outcome } from '../domain/order.ts';
import { FAILURES } from '../domain/order.ts';
import { FAILING_TEST_NUMBER } from '../domain/phone.ts';
import type { Instant } from '../domain/time.ts';
import { elapsed, HOUR, MINUTE, SECOND } from '../domain/time.ts';
import type { Provider, Recharge } from './provider.ts';

/**
 * The provider behind every test key. The last three digits of the target choose the outcome, so that each one can be
 * produced on purpose. It keeps no state: the answer to a query depends on the time since the send.
 */

interface Behaviour {
  /** What the merchant sees, for the published table. */
  readonly shows: string;
  readonly send: Outcome['kind'];
  readonly failure?: FailureCode;
  /** The duration of the send. */
  readonly delayMs?: number;
  /** The answer to a query a minute after the send; before that, or if absent, the recharge is in progress. */
  readonly truth?: 'success' | 'rejected' | 'not_found';
}

/** By the last three digits of the target; every other target succeeds at once. */
export const SANDBOX_OUTCOMES: Readonly<Record<string, Behaviour>> = {
  '001': { shows: 'refunded: invalid_target', send: 'rejected', failure: 'invalid_target' },
  '002': { shows: 'refunded: invalid_amount', send: 'rejected', failure: 'invalid_amount' },
  '003': { shows: 'refunded: out_of_stock', send: 'rejected', failure: 'out_of_stock' },
  '004': { shows: 'refunded: limit_reached', send: 'rejected', failure: 'limit_reached' },
  '005': { shows: 'refunded: network_refused', send: 'rejected', failure: 'network_refused' },
  '006': { shows: 'refunded: product_unavailable', send: 'rejected', failure: 'product_unavailable' },
  '007': { shows: 'refunded: provider_unavailable', send: 'rejected', failure: 'provider_unavailable' },
  '010': { shows: 'success after three seconds', send: 'success', delayMs: 3 * SECOND },
  '011': { shows: 'unknown, then success when queried', send: 'unclear', truth: 'success' },
  '012': {
    shows: 'unknown, then refunded when queried',
    send: 'unclear',
    failure: 'network_refused',
    truth: 'rejected',
  },
  '013': { shows: 'unknown, then refunded: not_delivered', send: 'unclear', truth: 'not_found' },
  '014': { shows: 'unknown for ever; under_review after an hour', send: 'unclear' },
  '015': { shows: 'pending, then success when queried', send: 'accepted', truth: 'success' },
  '016': {
    shows: 'pending, then refunded when queried',
    send: 'accepted',
    failure: 'network_refused',
    truth: 'rejected',
  },
  '017': { shows: 'pending: cannot be sent; refunded after six hours', send: 'unsent' },
};

const TRUTH_AFTER_MS = MINUTE;
const EVIDENCE = 'Sandbox: nothing was sold.';

export function sandbox(deps: { sleep: (ms: number) => Promise<void>; now: () => Instant }): Provider {
  return {
    name: 'sandbox',
    capabilities: {
      sendTimeoutMs: 30 * SECOND,
      answersQueries: true,
      notFoundFinalAfterMs: 5 * MINUTE,
      queryIntervalMs: 30 * SECOND,
      reviewAfterMs: HOUR,
      // It is part of us; test orders keep to no pace.
      sendsPerSecondMax: 1_000,
      queriesPerSecondMax: 1_000,
    },
    prepare: async (recharge) => ({
      kind: 'ready',
      async send() {
        const behaviour = behaviourOf(recharge);
        if (behaviour?.delayMs) await deps.sleep(behaviour.delayMs);
        return answer(recharge, behaviour?.send ?? 'success', behaviour?.failure);
      },
    }),
    async query(recharge): Promise<Finding> {
      const behaviour = behaviourOf(recharge);
      const truth = truthOf(behaviour);
      if (truth === 'not_found') return { kind: 'not_found', evidence: EVIDENCE };
      if (!truth || elapsed(recharge.sentAt, deps.now()) < TRUTH_AFTER_MS) {
        return { kind: 'in_progress', evidence: EVIDENCE };
      }
      return answer(recharge, truth, behaviour?.failure);
    },
    balances: async () => [],
    catalogue: async () => [],
    lookup: async (_product, meter) =>
      meter.endsWith('001') ? undefined : { name: 'T. Moyo', address: '1 Sample Road, Harare' },
  };
}

/** A certain outcome stays true if the answer of the send was lost; a recharge that was never sent is never found. */
function truthOf(behaviour: Behaviour | undefined): Behaviour['truth'] {
  if (!behaviour || behaviour.send === 'success') return 'success';
  if (behaviour.send === 'rejected') return 'rejected';
  return behaviour.send === 'unsent' ? 'not_found' : behaviour.truth;
}

function behaviourOf({ msisdn }: Recharge): Behaviour | undefined {
  return SANDBOX_OUTCOMES[msisdn === `+${FAILING_TEST_NUMBER}` ? '005' : msisdn.slice(-3)];
}

function answer<K extends Outcome['kind']>(recharge: Recharge, kind: K, failure: FailureCode = 'network_refused') {
  const providerRef = `sandbox-${recharge.reference}`;
  const tokens = recharge.kind === 'zesa' ? { tokens: [{ token: '12345678901234567890', units: '10.0' }] } : {};
  const answers = {
    success: { kind: 'success', receipt: { providerRef, ...tokens }, evidence: EVIDENCE },
    accepted: { kind: 'accepted', receipt: { providerRef }, evidence: EVIDENCE },
    rejected: { kind: 'rejected', failure, evidence: FAILURES[failure].message },
    unclear: { kind: 'unclear', evidence: EVIDENCE },
    unsent: { kind: 'unsent', evidence: EVIDENCE },
    refuses_us: { kind: 'refuses_us', reason: 'credentials', evidence: EVIDENCE },
  } as const satisfies { [Kind in Outcome['kind']]: Extract<Outcome, { kind: Kind }> };
  return answers[kind];
}
