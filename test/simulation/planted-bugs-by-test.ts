import type { PlantedBug } from './planted-bugs.ts';

/**
 * Bugs that the simulation cannot see, because it replaces the part that they are in or never looks at it. The named
 * test must catch each one: jest runs it with the bug planted by its transformer, `test/support/strip-types.mjs`.
 */
export const PLANTED_BUGS_BY_TEST: readonly (PlantedBug & Required<Pick<PlantedBug, 'caughtBy'>>)[] = [
  {
    name: 'HotRecharge reply 219 counts as a refusal',
    file: 'shared/providers/hotrecharge-replies.ts',
    find: '  219: unclear,',
    replace: "  219: refused('limit_reached'),",
    caughtBy: { test: 'test/providers/certainty.test.ts' },
  },
  {
    name: 'HotRecharge reply 702 counts as a refusal',
    file: 'shared/providers/hotrecharge-replies.ts',
    find: '  702: unclear,',
    replace: "  702: refused('network_refused'),",
    caughtBy: { test: 'test/providers/certainty.test.ts' },
  },
  {
    name: 'HotRecharge\'s "not found" is proof after 15 minutes',
    file: 'shared/providers/hotrecharge.ts',
    find: '      notFoundFinalAfterMs: HOUR,',
    replace: '      notFoundFinalAfterMs: HOUR / 4,',
    caughtBy: { test: 'test/providers/certainty.test.ts' },
  },
  {
    name: 'a failed probe closes the breaker',
    file: 'shared/flows/orders/circuit-breaker.ts',
    find: '      const reason = messageOf(error);',
    replace: '      await recover(world, provider.name);\n      const reason = messageOf(error);',
    caughtBy: { test: 'test/regressions/missed-bugs.test.ts', name: 'stays so when a probe fails' },
  },
  {
    name: 'one sweep works through 25 of 40 items',
    file: 'shared/flows/work-through.ts',
    find: 'while (done < items.length && isTimeLeft())',
    replace: 'if (items.length > 0 && isTimeLeft())',
    caughtBy: { test: 'test/regressions/missed-bugs.test.ts', name: 'one sweep queries' },
  },
  {
    name: 'a poisoned order that was tried before is never sent to review',
    file: 'shared/flows/orders/dispatch-order.ts',
    find: "current.status === 'pending' ? sendToManualReview(",
    replace: "current.status === 'pending' && current.attempts.length === 0 ? sendToManualReview(",
    caughtBy: { test: 'test/regressions/missed-bugs.test.ts', name: 'that was tried before' },
  },
  {
    name: 'both results of a late delivery say success',
    file: 'shared/flows/webhooks/publish-events.ts',
    find: 'resultOf(asOf(order, event), balanceOf(tail))',
    replace: 'resultOf(order, balanceOf(tail))',
    caughtBy: { test: 'test/functions/pesaway/late-results.test.ts' },
  },
  {
    name: 'a retry in UGX sends a hundredth of the amount',
    file: 'functions/bulk/retry-bulk.ts',
    find: 'amount: formatAmount(amountMinor, currency),',
    replace: 'amount: String(amountMinor / 100),',
    caughtBy: { test: 'test/functions/bulk/same-batch.test.ts', name: 'without cents' },
  },
  {
    name: 'the defaults of a batch are not part of its content',
    file: 'functions/bulk/create-bulk.ts',
    find: '[csvHash, defaults, body.accept, hasRowWebhooks]',
    replace: '[csvHash, body.accept, hasRowWebhooks]',
    caughtBy: { test: 'test/functions/bulk/same-batch.test.ts' },
  },
  {
    name: 'how a batch accepts rows is not part of its content',
    file: 'functions/bulk/create-bulk.ts',
    find: '[csvHash, defaults, body.accept, hasRowWebhooks]',
    replace: '[csvHash, defaults, hasRowWebhooks]',
    caughtBy: { test: 'test/functions/bulk/same-batch.test.ts' },
  },
  {
    name: 'whether a batch has row webhooks is not part of its content',
    file: 'functions/bulk/create-bulk.ts',
    find: '[csvHash, defaults, body.accept, hasRowWebhooks]',
    replace: '[csvHash, defaults, body.accept]',
    caughtBy: { test: 'test/functions/bulk/same-batch.test.ts' },
  },
  {
    name: 'a verification does not see a wrong balance',
    file: 'shared/domain/ledger.ts',
    find: 'if (entry.balanceAfterMinor !== expected) {',
    replace: 'if (entry.balanceAfterMinor === Number.NaN) {',
    caughtBy: { test: 'test/domain/forged-entries.test.ts' },
  },
  {
    name: 'a verification does not see a negative balance',
    file: 'shared/domain/ledger.ts',
    find: 'return entry.balanceAfterMinor < 0 ? `entry',
    replace: 'return entry.balanceAfterMinor < -1e15 ? `entry',
    caughtBy: { test: 'test/domain/forged-entries.test.ts' },
  },
  {
    name: 'a verification goes on from a balance that its cursor remembers wrongly',
    file: 'shared/flows/wallet/verify-ledger.ts',
    find: 'entry.hash === hash && entry.balanceAfterMinor === balanceMinor',
    replace: 'entry.hash === hash',
    caughtBy: { test: 'test/functions/wallet/verify-ledger.test.ts', name: 'sees between two parts' },
  },
];
