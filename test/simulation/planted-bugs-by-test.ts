import type { PlantedBug } from './planted-bugs.ts';

/**
 * Bugs that the simulation cannot see, because it replaces the part that they are in or never looks at it. The named
 * test must catch each one: jest runs it with the bug planted by its transformer, `test/support/strip-types.mjs`.
 */
export const PLANTED_BUGS_BY_TEST: readonly PlantedBug[] = [
  // What proves that nothing was delivered.
  ...bugsIn('shared/providers/hotrecharge-replies.ts', 'test/providers/certainty.test.ts', [
    ['HotRecharge reply 219 counts as a refusal', '  219: unclear,', "  219: refused('limit_reached'),"],
    ['HotRecharge reply 702 counts as a refusal', '  702: unclear,', "  702: refused('network_refused'),"],
    ['HotRecharge reply 216, a duplicate, counts as a refusal', '  216: unclear,', "  216: refused('limit_reached'),"],
    ['HotRecharge reply -1 counts as a refusal', '  [-1]: unclear,', "  [-1]: refused('network_refused'),"],
  ]),
  ...bugsIn('shared/providers/hotrecharge.ts', 'test/providers/certainty.test.ts', [
    ['HotRecharge\'s "not found" is proof after 15 minutes', 'FinalAfterMs: HOUR,', 'FinalAfterMs: HOUR / 4,'],
  ]),
  ...bugsIn('shared/providers/pesaway.ts', 'test/providers/certainty.test.ts', [
    [
      'any refusal by PesaWay refunds an order',
      ": { kind: 'unclear', evidence: said };\n}\n\nconst text",
      ": isConsistent ? { kind: 'rejected', failure: 'product_unavailable', evidence: said } : { kind: 'unclear', evidence: said };\n}\n\nconst text",
    ],
    ['PesaWay code of 402 counts as a refusal of us', "'403': 'suspended' }", "'403': 'suspended', '402': 'balance' }"],
    [
      'a code of a gateway before PesaWay counts as a refusal',
      'body.code.startsWith(`${answer.status}.`)',
      'body.code.startsWith(`${answer.status}`)',
    ],
    ['a status and a code of two classes count', 'body.code.startsWith(`${answer.status}.`);', 'true;'],
    ['PesaWay\'s "not found" is proof after an hour', 'notFoundFinalAfterMs: null,', 'notFoundFinalAfterMs: HOUR,'],
  ]),

  ...bugsIn(
    'shared/flows/orders/reconcile-order.ts',
    'test/functions/workers/not-found.test.ts',
    [
      [
        '"not found" by another account ends the query of a day later',
        'const finding = await checkNotFound(world, provider, { order, finding: found, controls });\n  await',
        'const finding = controls ? found : found;\n  await',
      ],
    ],
    { name: 'believes no other account' },
  ),

  ...bugsIn('shared/providers/hotrecharge-api.ts', 'test/providers/certainty.test.ts', [
    [
      'a login to HotRecharge that is throttled or fails counts as refused',
      'if (LOGIN_REFUSALS.has(answer.status)) throw',
      'if (answer.status !== 200) throw',
    ],
  ]),
  ...bugsIn('shared/providers/pesaway-api.ts', 'test/providers/certainty.test.ts', [
    [
      'a login to PesaWay that is throttled or fails counts as refused',
      'if (LOGIN_REFUSALS.has(answer.status)) throw',
      'if (answer.status >= 300) throw',
    ],
  ]),

  // The test clock.
  ...bugsIn('shared/http/pipeline.ts', 'test/functions/orders/sandbox-outcomes.test.ts', [
    [
      'a live key may do what is for test keys alone',
      "handler.isTestOnly && caller.mode !== 'test'",
      'handler.isTestOnly === false',
    ],
  ]),
  ...bugsIn('shared/flows/orders/advance-order.ts', 'test/functions/orders/sandbox-outcomes.test.ts', [
    [
      'a live order can be advanced',
      "assert(order.mode === 'test' && ahead, 'only an order of the sandbox is advanced');\n  return { ...world, provider: () => ahead };",
      'return ahead ? { ...world, provider: () => ahead } : world;',
    ],
    [
      'the test clock asks the sandbox as it is',
      'world.provider(order.provider).ahead?.();',
      'world.provider(order.provider);',
    ],
  ]),
  ...bugsIn('shared/flows/orders/change-order.ts', 'test/functions/orders/sandbox-outcomes.test.ts', [
    [
      'a test order waits for a sweep',
      "if (after.mode === 'test') await enqueueAnswer",
      "if (after.mode !== 'test') await enqueueAnswer",
    ],
  ]),
  ...bugsIn('shared/domain/order-queries.ts', 'test/functions/orders/sandbox-outcomes.test.ts', [
    [
      'a test order in review is queried again',
      'return isInDoubt(order) ? order.dueAt : undefined;',
      'return order.dueAt;',
    ],
  ]),
  // The request log.
  ...bugsIn('shared/http/keep-request.ts', 'test/http/keep-unserved.test.ts', [
    ['whoever knows a campaign writes into a log', 'body: isClaimed ? withoutContent(kept) : kept', 'body: kept'],
    ["a claim takes a merchant's room in their log", "isClaimed ? 'kept_claims' : response", 'response'],
  ]),
  ...bugsIn('functions/webhooks/test-endpoint.ts', 'test/functions/webhooks/test-endpoint.test.ts', [
    [
      'a live endpoint gets samples',
      "type !== TEST_EVENT && endpoint.mode !== 'test'",
      'type !== TEST_EVENT && !endpoint.mode',
    ],
  ]),
  // Listeners.
  ...bugsIn('shared/store/kept-deliveries.ts', 'test/functions/webhooks/kept-deliveries.test.ts', [
    [
      'a poll passes what a lane has beyond the page',
      'upTo[oldest.lane] = (upTo[oldest.lane] ?? 0) + 1;',
      'upTo[oldest.lane] = lasts[oldest.lane] ?? 0;',
    ],
    [
      'a delivery that is kept already keeps its event in the outbox',
      "written.kind === 'done' || written.rows[0] !== undefined",
      "written.kind === 'done'",
    ],
  ]),
  ...bugsIn('shared/store/endpoints.ts', 'test/functions/webhooks/listeners.test.ts', [
    ['a listener that has ended holds its place', 'await removeEnded(world, endpoint);', ''],
    ['a listener never ends', 'deletedAt === undefined && !hasEnded(endpoint, at);', 'deletedAt === undefined;'],
    ['a listener is found by the id of who had its place', 'endpoint?.id === id && isThere', 'endpoint && isThere'],
  ]),
  ...bugsIn('shared/flows/webhooks/deliver-events.ts', 'test/functions/webhooks/listeners.test.ts', [
    [
      'what a listener gets is posted',
      'if (isListener(endpoint)) await keepDelivery(world, waiting);\n  else if (isForSweep)',
      'if (isListener(endpoint) && !waiting) await keepDelivery(world, waiting);\n  else if (isForSweep)',
    ],
  ]),
  ...bugsIn('functions/webhooks/poll-deliveries.ts', 'test/functions/webhooks/listeners.test.ts', [
    ['a poll shows what its key is not shown', 'wants(listener, type)', '!wants(listener, type)'],
  ]),
  ...bugsIn('shared/store/adjustments.ts', 'test/functions/wallet/set-test-balance.test.ts', [
    ['a test balance is set again where the answer was lost', 'tries > 0 ? await', 'tries > 99 ? await'],
    ['a live balance can be set', "  assert(mode === 'test', 'no live balance is ever set');\n", ''],
    ['a test balance is added', 'balanceMinor - balanceOf(tail);', 'balanceMinor;'],
  ]),
  ...bugsIn('shared/domain/recheck.ts', 'test/domain/order-life.test.ts', [
    [
      'a live success is asked about again',
      "return mode === 'test' && recheckAfterMs",
      'return mode && recheckAfterMs',
    ],
  ]),
  ...bugsIn(
    'shared/store/payout-counts.ts',
    'test/functions/campaigns/payout-counts.test.ts',
    [
      [
        'the counts of a campaign are written without the condition that they are unchanged',
        "write(world, [nextPut({ table: 'campaigns', item: { pk, ...next }, counter: 'version' })])",
        "write(world, [{ table: 'campaigns', item: { pk, ...next }, condition: 'attribute_not_exists(nothing)' }])",
      ],
    ],
    { name: 'beside another of its item' },
  ),
  ...bugsIn(
    'shared/store/write.ts',
    'test/functions/orders/money.test.ts',
    [
      [
        'a write that meets others gives up after two tries',
        'export const WRITE_ATTEMPTS_MAX = 8;',
        'export const WRITE_ATTEMPTS_MAX = 2;',
      ],
    ],
    { name: 'a change that moves no money is tried again' },
  ),
  {
    name: 'an order is refused on a cached balance',
    file: 'shared/store/post.ts',
    find: "parts[0]?.decision.kind === 'posted' ? books : undefined;",
    replace: 'parts[0]?.decision ? books : undefined;',
    also: { file: 'shared/store/posting.ts', find: '  if (hasEntries || refused?', replace: '  if (parts || refused?' },
    caughtBy: { test: 'test/functions/orders/money.test.ts', name: 'a stale memory of the wallet' },
  },

  ...bugsIn(
    'shared/store/due-items.ts',
    'test/functions/workers/put-off.test.ts',
    [
      [
        'an event that is posted again shows when a failed sweep has put its order off to',
        "table === 'orders' ? { putOffFrom: item.putOffFrom ?? at } : {}",
        '{}',
      ],
    ],
    { name: 'leaves an event as it was first posted' },
  ),
  ...bugsIn(
    'shared/flows/orders/circuit-breaker.ts',
    'test/functions/workers/dispatch-breaker.test.ts',
    [
      [
        'a run waits for the probe of another process past its own end',
        'earlier(endsAt, plus(world.now(), intervalMs + PROBE_MS_MAX))',
        'plus(world.now(), intervalMs + PROBE_MS_MAX)',
      ],
    ],
    { name: 'is not waited for past the end of a run' },
  ),
  ...bugsIn(
    'shared/flows/orders/keep-pace.ts',
    'test/functions/workers/provider-pace.test.ts',
    [
      [
        'a process waits minutes for a call that it was given before its clock was set back',
        '|| next > now + AHEAD_MS_MAX)',
        '|| next > now + 999 * AHEAD_MS_MAX)',
      ],
      [
        'a process enqueues nothing for minutes after its clock was set back',
        'if (share.enqueueAt > now + AHEAD_MS_MAX) share.enqueueAt = now;',
        '',
      ],
    ],
    { name: 'before its clock was set back' },
  ),

  ...bugsIn(
    'shared/store/post.ts',
    'test/store/post-in-line.test.ts',
    [['what another posted while the own call hung is answered as not accepted', 'if (posted) return posted;', '']],
    { name: 'nothing is posted behind an error' },
  ),
  ...bugsIn(
    'shared/flows/webhooks/deliver-fairly.ts',
    'test/functions/workers/webhook-fairness.test.ts',
    [
      [
        'a retry of one receiver waits for a call to another that hangs',
        'await (msToNext > 0 ? world.within(msToNext, ended.promise) : ended.promise);',
        'await ended.promise;',
      ],
    ],
    { name: 'also while calls to another receiver hang' },
  ),
  // What is due, and the events of it.
  ...bugsIn('shared/domain/order-life.ts', 'test/domain/order-life.test.ts', [
    [
      'a claim is due when its order was, however soon that is',
      'const dueAt = keptDue(order.dueAt, plus(',
      'const dueAt = order.dueAt ?? (plus(',
    ],
  ]),
  ...bugsIn('shared/domain/order-publishing.ts', 'test/domain/order-life.test.ts', [
    [
      'an order that is queried once more is left to a message about its events',
      '(order.recheckAt !== undefined && order.recheckAt <= at);',
      'order.recheckAt === at;',
    ],
  ]),
  ...bugsIn('shared/domain/order-events.ts', 'test/domain/order-life.test.ts', [
    [
      'an event that is published late shows the order as it is by then',
      '({ shown: shownOf(before), ...event })',
      '({ shown: { ...shownOf(after), status: before.status }, ...event })',
    ],
  ]),

  ...bugsIn('shared/store/payout-counts.ts', 'test/functions/campaigns/payout-counts.test.ts', [
    [
      'a payout is counted again when its events are published again after a crash',
      'const known = before.counted[payout.agentReference] ?? 0;',
      'const known = 0;',
    ],
    [
      'a campaign forgets what it has counted before that is published',
      '...(await withoutPublished(world, payout, before.counted)), ',
      '',
    ],
    [
      'a campaign forgets what it has counted once it remembers many',
      'return first !== undefined && first.sequence <= sequence;',
      'return first !== first;',
    ],
    [
      'a payout is counted by what a slow publisher read before another had published it',
      'const current = await readOrder(world, payout);',
      'const current = (await readOrder(world, payout)) && payout;',
    ],
  ]),

  // Breaker, sweeps, poisoned messages.
  ...bugsIn('shared/flows/orders/circuit-breaker.ts', 'test/regressions/missed-bugs.test.ts', [
    [
      'a failed probe closes the breaker',
      '    const reason = messageOf(error);',
      "    await recover(world, provider.name, 'probe');\n    const reason = messageOf(error);",
    ],
    ['an open breaker holds nothing back', "if (state === 'up') return", 'if (state) return'],
  ]),
  ...bugsIn('shared/flows/orders/circuit-breaker.ts', 'test/functions/workers/dispatch-breaker.test.ts', [
    [
      'every order that waits probes the provider',
      "if (!(await takeProbe(world, provider.name))) return 'probed by another';",
      '',
    ],
    ['a probe that is answered leaves the breaker open', "    await recover(world, provider.name, 'probe');\n", ''],
  ]),
  ...bugsIn(
    'shared/flows/orders/circuit-breaker.ts',
    'test/functions/workers/dispatch-refused.test.ts',
    [
      [
        'an order goes by the balance from before a reading that is under way',
        '  else await whileBalancesAreRead(world, provider);\n',
        '',
      ],
      ['an order waits minutes for a reader of balances who died', '< PROBE_MS_MAX) {', '< 9 * PROBE_MS_MAX) {'],
      ['an order that our account does not cover says that its provider is down', "'uncovered')", "'held')"],
    ],
    { name: 'our prepaid balance' },
  ),
  ...bugsIn(
    'shared/store/health.ts',
    'test/functions/workers/dispatch-refused.test.ts',
    [['a reading of balances that ended is waited for', "'REMOVE balancesReadSince'", "''"]],
    { name: 'our prepaid balance' },
  ),
  ...bugsIn('shared/domain/order-queries.ts', 'test/functions/workers/dispatch-breaker.test.ts', [
    ['an order shows a next check that has passed', 'return dueAt >= at ? dueAt :', 'return dueAt ? dueAt :'],
  ]),
  ...bugsIn('shared/domain/watch.ts', 'test/functions/wallet/update-wallet.test.ts', [
    [
      'a threshold that is set above the balance warns nobody',
      'return { ...watch, dueAt: at, setBelow };',
      'return { ...watch, dueAt: at };',
    ],
    [
      'a threshold warns again each time it is set',
      'if (thresholdMinor === (before?.thresholdMinor ?? 0)) return undefined;',
      '',
    ],
  ]),
  ...bugsIn('functions/workers/webhook-sender.ts', 'test/functions/wallet/update-wallet.test.ts', [
    ['the event of a new threshold has the id of one before', "'' : `_${revision}`", "'' : ''"],
  ]),
  // The edge.
  ...bugsIn('shared/aws/lambda.ts', 'test/aws/lambda.test.ts', [
    ["the API's own address is open to everybody", '&& !cameByOrigin(headers)', '&& false'],
  ]),
  ...bugsIn('shared/aws/compress.ts', 'test/aws/compress.test.ts', [
    ['an answer that may show a secret is compressed', "method !== 'GET' || ", ''],
  ]),
  // The pace of a provider.
  ...bugsIn('shared/domain/pace.ts', 'test/domain/pace.test.ts', [
    ['a ramp never grows', 'const next = 2 * rampPerSecond;', 'const next = rampPerSecond;'],
    [
      'a ramp grows without answers',
      'return { perSecond: rampPerSecond, isRamping: true };',
      'return { perSecond: 2 * rampPerSecond, isRamping: true };',
    ],
    [
      'an unclear answer does not slow a ramp',
      'Math.max(RAMP_START, rampPerSecond / 2)',
      'Math.max(RAMP_START, rampPerSecond)',
    ],
    ['a ramp halves for each call that was under way', '    if (answer.startedAt < rampAt) return undefined;\n', ''],
    [
      'a ramp with unclear answers never ends',
      'elapsed(rampSince, at) >= RAMP_MS_MAX) {',
      'elapsed(rampSince, at) >= 9 * RAMP_MS_MAX) {',
    ],
  ]),
  ...bugsIn('shared/flows/orders/keep-pace.ts', 'test/functions/workers/provider-pace.test.ts', [
    [
      'the pace of a provider is ignored',
      "  if (mode === 'test') return 'at once';\n",
      "  if (mode.length > 0) return 'at once';\n",
    ],
    ['each process has the whole pace for itself', 'const gapMs = (SENDERS * SECOND) /', 'const gapMs = SECOND /'],
    [
      'answers do not change the pace',
      'if (after) await saveRamp(',
      'if (after && after.rampAt === "") await saveRamp(',
    ],
  ]),
  ...bugsIn('shared/domain/send-times.ts', 'test/domain/send-times.test.ts', [
    ['one send that hung makes a provider slow', '=> b - a)[1] ??', '=> b - a)[0] ??'],
    ['the first sends of a provider make it slow', 'times.length >= SLOW_SENDS_MIN &&', 'times.length > 0 &&'],
    [
      'a provider that was slow once is slow for days',
      'const isOld = slowSendAt === undefined || elapsed(slowSendAt, at) >= SLOW_FOR_MS;',
      'const isOld = slowSendAt === undefined;',
    ],
    [
      'a provider that stays slow is forgotten',
      "  if (isSlow(before) && elapsed(known.slowSendAt ?? '', at) >= SLOW_FOR_MS / 2) return false;\n",
      '',
    ],
  ]),
  ...bugsIn('shared/store/health.ts', 'test/functions/orders/post-wait.test.ts', [
    ['a steady provider costs a write for each send', '  if (saysTheSame(known, next, at)) return;\n', ''],
  ]),
  ...bugsIn('shared/store/pace.ts', 'test/functions/workers/provider-pace.test.ts', [
    [
      'two processes take the same calls',
      'seen === undefined ? `attribute_not_exists(${name})` : `${name} = :seen`',
      "seen === undefined ? 'attribute_exists(pk) AND attribute_not_exists(none)' : `attribute_not_exists(none)`",
    ],
    ['a clock that was ahead holds all calls up', ' || seen > now + WRONG_MS', ''],
    ['a line of calls may be of any length', 'AHEAD_MS_MAX = 2 * SECOND', 'AHEAD_MS_MAX = 50 * SECOND'],
  ]),
  ...bugsIn('shared/store/health.ts', 'test/functions/workers/provider-pace.test.ts', [
    [
      'a breaker closes without a ramp',
      'upSince = :at, ${RAMP} REMOVE',
      'upSince = :at, was = :perSecond, then = :rampSince REMOVE',
    ],
  ]),
  ...bugsIn('shared/flows/orders/reconcile-order.ts', 'test/functions/workers/provider-pace.test.ts', [
    [
      'a held order is enqueued again while its message waits',
      'const MESSAGE_MS = 10 * MINUTE;',
      'const MESSAGE_MS = 2 * MINUTE;',
    ],
  ]),
  ...bugsIn('functions/workers/reconcile.ts', 'test/functions/workers/provider-pace.test.ts', [
    [
      'status queries have twenty slots at any provider',
      'Math.max(QUERIES_AT_ONCE_MIN, Math.min(',
      'Math.min(QUERIES_AT_ONCE_MIN / 2, Math.min(',
    ],
  ]),
  ...bugsIn(
    'shared/aws/message-pool.ts',
    'test/aws/message-pool.test.ts',
    [
      [
        'an invocation has more calls than slots',
        'const free = slots.count - running.size;',
        'const free = slots.count;',
      ],
    ],
    { name: 'gives a free slot to the next message' },
  ),
  ...bugsIn('shared/aws/message-pool.ts', 'test/aws/message-pool.test.ts', [
    ['a slot waits for its batch', 'while (running.size > 0 && elapsed(', 'while (running.size > 99 && elapsed('],
    [
      'a message that failed is removed from its queue',
      '    return;\n  }\n  try {\n    await source.remove',
      '  }\n  try {\n    await source.remove',
    ],
    ['an invocation takes messages until its function ends', ' < slots.forMs)', ' < 2 * slots.forMs)'],
  ]),
  ...bugsIn('shared/store/health.ts', 'test/functions/workers/dispatch-breaker.test.ts', [
    ['failures never open the breaker', 'health.failureCount < FAILURE_COUNT_MAX', 'health.failureCount >= 0'],
  ]),
  ...bugsIn('shared/flows/work-through.ts', 'test/regressions/missed-bugs.test.ts', [
    [
      'one sweep works through 25 of 40 items',
      'while (this.#next < this.#waiting.length &&',
      'while (this.#next < Math.min(this.#waiting.length, 25) &&',
    ],
  ]),
  ...bugsIn('shared/flows/orders/dispatch-order.ts', 'test/regressions/missed-bugs.test.ts', [
    [
      'a poisoned order that was tried before is never sent to review',
      "current.status === 'pending' ? sendToManualReview(",
      "current.status === 'pending' && current.attempts.length === 0 ? sendToManualReview(",
    ],
  ]),
  ...bugsIn('functions/workers/dispatch.ts', 'test/functions/workers/dispatch-dead-letters.test.ts', [
    ['a poisoned order is not sent to review', '  return sendToReview(world, message, cause);', '  return;'],
  ]),
  ...bugsIn('shared/domain/order-life.ts', 'test/functions/workers/dispatch-dead-letters.test.ts', [
    ['the review of a poisoned order does not name the cause', 'could not be processed: ${cause}', 'failed'],
  ]),
  ...bugsIn('shared/flows/orders/reconcile-order.ts', 'test/functions/workers/reconcile.test.ts', [
    ['an order that cannot be sent waits for ever', '>= PENDING_AGE_MAX_MS) {', '>= 1e15) {'],
  ]),
  ...bugsIn('shared/flows/orders/circuit-breaker.ts', 'test/functions/workers/reconcile-fairness.test.ts', [
    [
      'a provider that another process probes counts as down',
      "while (state === 'probed by another' &&",
      "while (state === 'up' &&",
    ],
  ]),
  ...bugsIn('functions/workers/reconcile.ts', 'test/functions/workers/reconcile-fairness.test.ts', [
    [
      'a provider that is down is probed again for each order that waits',
      'if (!isDown) asked = undefined;',
      'asked = undefined;',
    ],
  ]),

  // HotRecharge.
  ...bugsIn('shared/providers/hotrecharge.ts', 'test/providers/hotrecharge.test.ts', [
    [
      'HotRecharge sells in minor units',
      'Number(formatAmount(recharge.amountMinor, recharge.currency))',
      'recharge.amountMinor',
    ],
    [
      'HotRecharge gets the number in international form',
      'isPhone ? nationalForm(recharge) :',
      'isPhone ? recharge.msisdn :',
    ],
    [
      'a time-out of HotRecharge counts as unsent',
      "kind: isUnsent ? 'unsent' : 'unclear', evidence",
      "kind: 'unsent', evidence",
    ],
    [
      'a refusal of HotRecharge with status 500 is certain',
      'answer.status < 500 && answer.status !== 429;\n  if (!body ||',
      'answer.status !== 429;\n  if (!body ||',
    ],
    [
      'an answer of HotRecharge to another reference counts',
      'if (reference && reference !== recharge.reference) return',
      "if (reference === '') return",
    ],
    [
      'an answer of HotRecharge with another amount counts',
      'parseAmount(amount, recharge.currency) !== recharge.amountMinor',
      'parseAmount(amount, recharge.currency) === 0',
    ],
    [
      'an answer of HotRecharge that contradicts itself counts',
      'if (body.successful === isRefusal) {',
      'if (body === undefined) {',
    ],
    [
      '"the network refused" is certain for electricity',
      "if (recharge.kind === 'zesa' && meaning",
      "if (recharge.kind === 'data' && meaning",
    ],
    [
      'a gateway\'s 404 is "not found"',
      'if (Number(outer.ReplyCode ?? outer.replyCode) === NOT_FOUND) {',
      'if (answer.status === 404 || Number(outer.ReplyCode) === NOT_FOUND) {',
    ],
    [
      '"not found" counts beside a stored result',
      "return outer.rawData ? { kind: 'unclear', evidence: said } : {",
      'return {',
    ],
    ['a stored result counts whatever the status', 'answer.status === 200 && outer.rawData', 'outer.rawData'],
    [
      'an unknown meter is vended to',
      "if (!checked) return rejected('invalid_target', 'the provider does not know this meter');",
      '',
    ],
    [
      'a discount of HotRecharge is added to our cost',
      '(10_000 - Math.round(percent * 100))',
      '(10_000 + Math.round(percent * 100))',
    ],
    [
      'the account types of HotRecharge are mixed up',
      "2: { account: 'ZWG-utilities', currency: 'ZWG' }",
      "2: { account: 'ZWG', currency: 'ZWG' }",
    ],
    ['an overdrawn account looks rich', 'balanceMinor: balance < 0 ? -minor : minor', 'balanceMinor: minor'],
    [
      'tokens of electricity stand in the evidence',
      'evidence(`${answer.status} ${maskTokens(answer.body)}`);\n  const isOk',
      'evidence(`${answer.status} ${answer.body}`);\n  const isOk',
    ],
    [
      'missing credentials leave an order in doubt',
      "return { kind: 'unsent', evidence: evidence(`nothing was sent",
      "return { kind: 'unclear', evidence: evidence(`nothing was sent",
    ],
    ['a bundle is sold without its code', '...defined({ RechargeOptions: code && [', '...defined({ Options: code && ['],
  ]),
  ...bugsIn('shared/providers/hotrecharge-api.ts', 'test/providers/hotrecharge.test.ts', [
    [
      'a token of HotRecharge is used after it expired',
      'if (this.#kept && this.#kept.until > this.#deps.now())',
      'if (this.#kept)',
    ],
    ['each call logs in to HotRecharge', 'this.#renewal ??= this.#renew', 'this.#renewal = this.#renew'],
    [
      'a late refusal drops a newer token',
      'if (this.#kept?.tokens.token === token) this.#kept',
      'if (this.#kept) this.#kept',
    ],
  ]),
  ...bugsIn('shared/providers/hotrecharge-catalogue.ts', 'test/providers/hotrecharge.test.ts', [
    [
      'two bundles with the same id are sold',
      '.filter(({ id }) => times.get(id) === 1)',
      '.filter(({ id }) => times.get(id) !== 0)',
    ],
    ['a bundle is sold in the currency of another', 'value === 0 || !isIn(base.currency, item)', 'value === 0'],
    [
      'an answer without a readable product is an empty catalogue',
      'if (list.length > 0 && read.length === 0) throw',
      'if (list.length < 0) throw',
    ],
    [
      'a product without an increment is sold in any amount',
      '!minMinor || !maxMinor || !stepMinor',
      '!minMinor || !maxMinor',
    ],
  ]),
  ...bugsIn('shared/domain/money.ts', 'test/providers/hotrecharge.test.ts', [
    ['ZiG is not known as ZWG', "  if (code === 'ZIG') return 'ZWG';\n", ''],
  ]),

  // PesaWay.
  ...bugsIn('shared/providers/pesaway.ts', 'test/providers/pesaway.test.ts', [
    [
      'what PesaWay accepts counts as delivered',
      "return { kind: 'accepted', receipt:",
      "return { kind: 'success', receipt:",
    ],
    [
      'a refusal of another order counts as ours',
      'if (body.OriginatorReference && body.OriginatorReference !== recharge.reference) {',
      "if (body.OriginatorReference === '') {",
    ],
    [
      'a callback of PesaWay needs no signature',
      'if (callbackSecret !== undefined && !isSigned(',
      "if (callbackSecret === '' && !isSigned(",
    ],
    [
      'any signature of the right length is one of PesaWay',
      'given.length === expected.length && timingSafeEqual(given, expected)',
      'given.length === expected.length',
    ],
    [
      'a result of PesaWay with another amount counts',
      'parseAmount(amount, recharge.currency) !== recharge.amountMinor',
      'parseAmount(amount, recharge.currency) === 0',
    ],
    [
      'the result of another order counts',
      'if (body && named === recharge.reference) return',
      'if (body && named !== undefined) return',
    ],
    [
      'a pending result of PesaWay counts as failed',
      'if (code === RESULT_FAILED) return',
      'if (code !== undefined) return',
    ],
    ['a callback without a code counts as failed', '/^[1-9]\\d*$/.test(code)', '!/^0$/.test(code)'],
    ['a callback says nothing of its number', '...defined({ msisdn, amount }),', '...defined({ amount }),'],
    ['a callback says nothing of its amount', '...defined({ msisdn, amount }),', '...defined({ msisdn }),'],
    [
      'an empty callback secret accepts every callback',
      '...(json.callbackSecret == null ?',
      '...(!json.callbackSecret ?',
    ],
    ['PesaWay sells half shillings', '    stepMinor: whole,', '    stepMinor: 1,'],
  ]),
  ...bugsIn('shared/providers/pesaway-api.ts', 'test/providers/pesaway.test.ts', [
    [
      'the regions of PesaWay share a token',
      '    const kept = this.#tokens.get(region);',
      '    const kept = [...this.#tokens.values()][0];',
    ],
    ['PesaWay does not get the region', "      'x-region': region,\n", ''],
  ]),

  // Pesepay.
  ...bugsIn('shared/providers/pesepay.ts', 'test/providers/pesepay.test.ts', [
    ['a payment that is pending counts as paid', "['PENDING', 'in_progress']", "['PENDING', 'paid']"],
    ['a payment that was reversed counts as paid', "['REVERSED', 'review']", "['REVERSED', 'paid']"],
    ['a payment in part counts as paid', "['PARTIALLY_PAID', 'review']", "['PARTIALLY_PAID', 'paid']"],
    ['ZWL counts as ZWG', "['ZWG', 'ZWG'],\n]", "['ZWG', 'ZWG'],\n  ['ZWL', 'ZWG'],\n]"],
    [
      'the answer about another payment counts',
      'if (body.referenceNumber !== gatewayRef) {',
      "if (body.referenceNumber === '') {",
    ],
    [
      'a start that may have happened counts as rejected',
      'const UNSURE = new Set([408, 409, 425, 429]);',
      'const UNSURE = new Set([425]);',
    ],
    [
      'a payment page without https is shown',
      "return url.protocol === 'https:' ||",
      "return url.protocol === 'http:' ||",
    ],
    [
      'an amount with too many digits is rounded',
      "const isPlain = name === 'amount' &&",
      "const isPlain = name === '' &&",
    ],
    ['the keys of Pesepay stand in the evidence', "said.replaceAll(secret, '(key)')", 'said'],
    [
      'any 404 means that there is no such payment',
      'reply.status === 404 && NOT_FOUND.test(reply.message)',
      'reply.status === 404',
    ],
    [
      'the start of another payment counts',
      'body.merchantReference != null && body.merchantReference !== request.reference',
      "body.merchantReference === ''",
    ],
  ]),
  ...bugsIn('shared/providers/pesepay-cipher.ts', 'test/providers/pesepay-payload.test.ts', [
    ['a payload that is not base64 is read', '  if (!BASE64.test(base64)) return undefined;\n', ''],
  ]),
  ...bugsIn('shared/providers/pesepay-cipher.ts', 'test/providers/pesepay.test.ts', [
    ['a payload that is not UTF-8 is read', '{ fatal: true }', '{ fatal: false }'],
  ]),

  // Money, numbers, catalogue, and the comparison of replays.
  ...bugsIn('shared/domain/money.ts', 'test/domain/money.test.ts', [
    ['decimals beyond those of a currency are cut', "if (decimals.length > exponent) return 'too_many_decimals';", ''],
    ['an amount with one decimal is a tenth', "decimals.padEnd(exponent, '0')", "decimals.padStart(exponent, '0')"],
    ['a formatted amount loses its leading zeros', "padStart(exponent + 1, '0')", "padStart(1, '0')"],
    ['a negative amount loses its sign', "minor < 0 ? '-' : ''", "minor > 0 ? '' : ''"],
    ['shillings of Uganda have cents', 'UGX: 0', 'UGX: 2'],
    ['a signed amount is accepted', '/^(\\d{1,15})', '/^([-+]?\\d{1,15})'],
    ['an amount has no upper limit', "minor > AMOUNT_MINOR_MAX ? 'too_large' : minor", 'minor'],
  ]),
  ...bugsIn('shared/domain/phone.ts', 'test/domain/phone.test.ts', [
    [
      'a landline is recharged',
      "network ? { msisdn: `+${callingCode}${national}`, country, network } : 'not_mobile'",
      "{ msisdn: `+${callingCode}${national}`, country, network: network ?? 'Econet' }",
    ],
    [
      'the shortest prefix decides the network',
      'prefix.length > (found?.length ?? 0)',
      'prefix.length < (found?.length ?? 9)',
    ],
    [
      'a number with a digit too many is cut',
      'rest.length === NATIONAL_DIGITS) return rest;',
      'rest.length >= NATIONAL_DIGITS) return rest.slice(0, NATIONAL_DIGITS);',
    ],
    [
      'a number of another country is read as ours',
      "if (international && !digits.startsWith(callingCode)) return 'other_country';",
      '',
    ],
    ['the national form has no 0', 'return `0${phone.msisdn', 'return `${phone.msisdn'],
    ['a number stands whole in the log', '`${text.slice(0, -6)}***${text.slice(-3)}`', 'text'],
  ]),
  ...bugsIn('shared/domain/catalogue.ts', 'test/domain/what-is-sold.test.ts', [
    [
      'a product without denominations is preferred last',
      '+ Math.sign(product.denominationsMinor.length)',
      '- Math.sign(product.denominationsMinor.length)',
    ],
    ['a product that is not available is preferred', '(product.available ? 0 : 4)', '(product.available ? 4 : 0)'],
    [
      'airtime of another network is sold',
      '.filter((each) => each.network === network || each.network === ANY_NETWORK)',
      '.filter((each) => each.network !== undefined)',
    ],
    [
      'airtime of another currency is sold',
      '&& each.country === country && each.currency === currency',
      '&& each.country === country',
    ],
  ]),
  ...bugsIn('shared/domain/catalogue.ts', 'test/domain/what-is-sold.test.ts', [
    [
      'an amount between two steps is sold',
      "return amountMinor % product.stepMinor === 0 ? 'fits' : 'off_step';",
      "return 'fits';",
    ],
    [
      'an amount above the maximum is sold',
      'if (amountMinor > product.maxMinor)',
      'if (amountMinor > 2 * product.maxMinor)',
    ],
    ['an amount below the minimum is sold', 'if (amountMinor < product.minMinor)', 'if (amountMinor < 0)'],
    [
      'an amount between two denominations is sold',
      "includes(amountMinor) ? 'fits' : 'not_a_denomination'",
      "includes(amountMinor) ? 'fits' : 'fits'",
    ],
    ['a meter with a digit too many is accepted', '/^\\d{11}$/', '/^\\d{11}/'],
  ]),
  ...bugsIn('shared/domain/order-input.ts', 'test/domain/order-input.test.ts', [
    [
      'a repeat with another amount is a replay',
      "if (parseAmount(input.amount, order.currency) !== order.amountMinor) return 'amount';",
      '',
    ],
    ['a repeat with another number is a replay', "if (!isOfNumber(order, input.target, hash)) return 'target';", ''],
    ['a repeat with another product is a replay', "if (order.productId !== input.productId) return 'product_id';", ''],
    ['a repeat with another text is a replay', "return isSameSms ? undefined : 'custom_sms';", 'return undefined;'],
    [
      'the same number in another spelling is another order',
      'const normal = normalTarget(order, target);',
      'const normal = target;',
    ],
    ['a product that is not available is sold', 'if (!product.available) {', 'if (!product.name) {'],
    ['a number of another network is sold to', '&& !portable) {', '&& portable && !portable) {'],
    [
      'the failing test number is accepted with live keys',
      "if (mode === 'test' && isFailingTestNumber(target)) {",
      'if (isFailingTestNumber(target)) {',
    ],
  ]),
  ...bugsIn('shared/store/catalogue.ts', 'test/functions/workers/sync-catalogue.test.ts', [
    [
      'a product that its provider no longer lists stays available',
      'available.filter(({ id }) => !ids.has(id))',
      'available.filter(({ id }) => !ids.has(id) && id < 0)',
    ],
    [
      'a provider that is off in its stage is sold',
      '.filter(({ provider }) => world.providersOn().includes(provider))',
      '',
    ],
  ]),

  // Keys, tokens, signatures and rotation.
  ...bugsIn('shared/domain/key.ts', 'test/domain/key.test.ts', [
    [
      'a key with a typo is looked up',
      'checksum(body) === text.slice(-CHECKSUM_LENGTH) ? (match[1] as Mode) : undefined',
      'match[1] as Mode',
    ],
    [
      'keys have half of their random bits',
      'text += ALPHABET[(value >> bits) & 31];',
      'text += ALPHABET[(value >> bits) & 3];',
    ],
  ]),
  ...bugsIn('shared/flows/access-token.ts', 'test/functions/pesaway/issue-token.test.ts', [
    [
      'a token never expires',
      'return expiresAt > world.now() ? readActiveKeyByHash(world, hash, address) : undefined;',
      'return expiresAt ? readActiveKeyByHash(world, hash, address) : undefined;',
    ],
    [
      'a token is issued for the id of another key',
      '  if (key?.id !== id) return undefined;',
      '  if (!key) return undefined;',
    ],
  ]),
  ...bugsIn('shared/domain/key.ts', 'test/functions/account/create-key.test.ts', [
    ['an expired key still opens', '(endsAt === undefined || at < endsAt)', '(endsAt === undefined || at <= endsAt)'],
    [
      'a key works where no address is known',
      "isInRanges(address ?? '', allowedRanges)",
      '(address === undefined || isInRanges(address, allowedRanges))',
    ],
    ['a key gives scopes that it lacks', 'if (missing.length > 0) return', 'if (missing.length > 9) return'],
    ['a key that ends makes one that does not', 'endsAt > has.endsAt)) {', 'endsAt !== endsAt)) {'],
  ]),
  ...bugsIn('shared/flows/keys/revoke-key.ts', 'test/functions/account/revoke-key.test.ts', [
    [
      'campaigns that were kept go on after a revocation that keeps none',
      'if (own.closedAt !== undefined && (isKept || !own.isKept)) return undefined;',
      'if (own.closedAt !== undefined) return undefined;',
    ],
    [
      'a revoked key leaves its campaigns running',
      'const toPause = isKept ? [] : own.campaignIds;',
      'const toPause: string[] = [];',
    ],
    ['a key that was rolled keeps its campaigns', 'const own = [...key.replaces, key.id];', 'const own = [key.id];'],
    [
      'a campaign is paused again that was resumed',
      'toPause: [], version: before.version + 1',
      'toPause: before.toPause ?? [], version: before.version + 1',
    ],
  ]),
  ...bugsIn('shared/flows/keys/revoke-key.ts', 'test/functions/account/revoke-key.test.ts', [
    ['a key that was made through one that ended stays unnamed', 'size < line.size; ) {', 'size < 1; ) {'],
    [
      'a key ends only after all keys were read',
      'const current = await findKey(world, owner, request.keyId);',
      'const current = await findKey(world, owner, request.keyId);\n    await listKeys(world, owner);',
    ],
    [
      'a revocation that died forgets the keys of its line',
      'isKept, isLineOpen: !isKept,',
      'isKept, isLineOpen: false,',
    ],
  ]),
  ...bugsIn('shared/flows/keys/roll-key.ts', 'test/functions/account/revoke-key.test.ts', [
    [
      'a key that is rolled again ends with an overlap',
      'before.endsAt : ownEndOf(before)',
      'before.endsAt : before.endsAt',
    ],
    [
      'a request of a revoked key still rolls one',
      'maker.id !== before.id ? [standing(maker)]',
      'maker.id === before.id ? [standing(maker)]',
    ],
  ]),
  ...bugsIn('shared/flows/keys/make-key.ts', 'test/functions/account/revoke-key.test.ts', [
    ['a request of a revoked key still makes a key', 'maker ? [standing(maker)] : []', 'maker ? [] : []'],
  ]),
  ...bugsIn('shared/domain/act.ts', 'test/functions/account/list-audit.test.ts', [
    ['an entry keeps what did not change', 'JSON.stringify(before[name]) !== JSON', '[] !== JSON'],
  ]),
  ...bugsIn('shared/domain/versioned.ts', 'test/functions/account/list-audit.test.ts', [
    ['what changes nothing is an act', 'counters.includes(name) || isSame', 'isSame'],
  ]),
  ...bugsIn('shared/store/keys.ts', 'test/functions/account/create-key.test.ts', [
    ['a page of keys begins with the last one again', 'placeOf(each) > after', 'placeOf(each) >= after'],
    ['a page of keys is the last one', 'rest.length > page.length', 'rest.length < page.length'],
  ]),
  ...bugsIn('shared/store/audit.ts', 'test/functions/account/list-audit.test.ts', [
    ['a page of the audit log skips an entry', 'next: last.sk }', 'next: String(found[limit]?.sk) }'],
    ['entries of the audit log never end', ', ...act, expiresAt }', ', ...act }'],
    [
      'a live act is shown to a test key',
      'return `${merchantId}#${mode}`;',
      'return `${merchantId}#${mode.slice(9)}`;',
    ],
  ]),
  ...bugsIn('shared/store/adjustments.ts', 'test/functions/account/list-audit.test.ts', [
    ['an adjustment leaves no entry', 'puts: [put, ...companions]', 'puts: [put]'],
  ]),
  ...bugsIn('shared/store/orders.ts', 'test/functions/account/list-audit.test.ts', [
    [
      'a decision about an order leaves no entry',
      'movements, spending, companions, instead',
      'movements, spending, instead',
    ],
  ]),
  ...bugsIn('shared/http/views/act-views.ts', 'test/functions/account/list-audit.test.ts', [
    ['the audit log has the path of a webhook', 'return `${origin}/… (sha256', 'return `${url} (sha256'],
  ]),
  ...bugsIn('shared/flows/campaigns/find-campaign.ts', 'test/functions/account/revoke-key.test.ts', [
    [
      'a request of a revoked key still makes a campaign',
      'if (before.closedAt !== undefined) {',
      'if (before.version < 0) {',
    ],
  ]),
  ...bugsIn('shared/domain/key.ts', 'test/functions/pesaway/issue-token.test.ts', [
    ['a revoked key still opens', 'return revokedAt === undefined && (endsAt', 'return (endsAt'],
  ]),
  ...bugsIn('shared/flows/url-code.ts', 'test/functions/pesaway/issue-token.test.ts', [
    [
      'any code of the right length makes a token ours',
      'given.length === expected.length && timingSafeEqual(given, expected)',
      'given.length === expected.length',
    ],
  ]),
  ...bugsIn('shared/flows/campaigns/check-signature.ts', 'test/functions/campaigns/payout-access.test.ts', [
    [
      'a request without a timestamp is accepted where one is required',
      "if (needsTimestamp) return { kind: 'untimed' };",
      '',
    ],
  ]),
  ...bugsIn('shared/flows/campaigns/check-signature.ts', 'test/functions/campaigns/request-ids.test.ts', [
    ['a request id with a dot is accepted', '/^[\\x21-\\x2d\\x2f-\\x7e]{1,128}$/', '/^[\\x21-\\x7e]{1,128}$/'],
  ]),
  ...bugsIn('shared/flows/campaigns/check-signature.ts', 'test/functions/campaigns/payout-signatures.test.ts', [
    ['a stale signature is accepted', 'return ageSeconds <= TIMESTAMP_TOLERANCE_SECONDS ?', 'return ageSeconds >= 0 ?'],
    [
      'a signature from the future is accepted',
      'Math.abs(Date.parse(at) / SECOND - Number(timestamp))',
      'Date.parse(at) / SECOND - Number(timestamp)',
    ],
    ['a wrong signature is accepted', 'return fits.includes(true);', 'return fits.length > 0;'],
    [
      'a request with half of the headers falls back to the plain form',
      "if (id === undefined || timestamp === undefined || signature === undefined) return { kind: 'wrong' };",
      "if (id === undefined || timestamp === undefined || signature === undefined) return { kind: 'proven' };",
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/sign-event.ts', 'test/functions/webhooks/sign-event.test.ts', [
    ['an event is signed without its id', '.update(`${id}.${timestamp}.`)', '.update(`${timestamp}.`)'],
    [
      'an event is signed by the newest secret only',
      "secrets.map((secret) => standardSignature(secret, { ...event, timestamp })).join(' ')",
      "secrets.slice(0, 1).map((secret) => standardSignature(secret, { ...event, timestamp })).join(' ')",
    ],
    [
      'the plain header is signed by the newest secret during an overlap',
      'const oldest = secrets.at(-1);',
      'const oldest = secrets.at(0);',
    ],
    [
      'a secret is the key as a text',
      "Buffer.from(secret.slice(PREFIX.length), 'base64')",
      "Buffer.from(secret.slice(-32), 'utf8')",
    ],
  ]),
  ...bugsIn('shared/domain/rotation.ts', 'test/functions/campaigns/rotate-campaign-secret.test.ts', [
    [
      'an old secret is valid after its overlap',
      '...current.retiring.filter(({ until }) => until > at)]',
      '...current.retiring]',
    ],
    [
      'an old secret is not valid during its overlap',
      'return [newestVersion(current), ...current.retiring',
      'return [newestVersion(current), ...current.retiring.slice(9)',
    ],
    [
      'a leaked secret stays valid',
      'retiring: overlapMs > 0 ? [last, ...earlier] : []',
      "retiring: [{ ...last, until: '9' }, ...earlier]",
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/signing-secrets.ts', 'test/functions/webhooks/rotate-secret.test.ts', [
    ['a rotation gives the same secret again', '`${name}#${version}`', 'name'],
  ]),

  // Scopes and owners.
  ...bugsIn('shared/http/require-scopes.ts', 'test/matrix.test.ts', [
    ['a key without the scope is let in', 'if (missing.length === 0) return;', 'if (missing.length >= 0) return;'],
  ]),
  ...bugsIn('functions/campaigns/update-campaign.ts', 'test/functions/campaigns/update-campaign.test.ts', [
    ['whoever manages campaigns may widen them', 'if (isNarrower(current, next))', 'if (isNarrower(next, next))'],
  ]),
  ...bugsIn('shared/flows/campaigns/find-campaign.ts', 'test/matrix.test.ts', [
    [
      "another merchant's campaign is shown",
      'if (campaign.merchantId !== owner.merchantId || campaign.mode',
      'if (campaign.mode',
    ],
    ['a live campaign is shown to a test key', '|| campaign.mode !== owner.mode) throw notFound', ') throw notFound'],
  ]),
  ...bugsIn('shared/flows/bulk/batch-rows.ts', 'test/matrix.test.ts', [
    [
      "another merchant's batch is shown",
      'if (batch?.merchantId !== merchantId || batch.mode !== mode) {',
      'if (batch?.mode !== mode) {',
    ],
    [
      'a live batch is shown to a test key',
      'batch?.merchantId !== merchantId || batch.mode !== mode',
      'batch?.merchantId !== merchantId',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/find-webhook.ts', 'test/matrix.test.ts', [
    [
      "another merchant's delivery is shown",
      'delivery?.merchantId !== owner.merchantId || delivery.mode !== owner.mode',
      'delivery?.mode !== owner.mode',
    ],
    [
      'a live delivery is shown to a test key',
      'delivery?.merchantId !== owner.merchantId || delivery.mode !== owner.mode',
      'delivery?.merchantId !== owner.merchantId',
    ],
  ]),
  ...bugsIn('functions/wallet/get-topup.ts', 'test/matrix.test.ts', [
    [
      "another merchant's top-up is shown",
      'topup?.merchantId === owner.merchantId && topup.mode === owner.mode',
      'topup?.mode === owner.mode',
    ],
    [
      'a live top-up is shown to a test key',
      'topup?.merchantId === owner.merchantId && topup.mode === owner.mode',
      'topup?.merchantId === owner.merchantId',
    ],
  ]),
  ...bugsIn('shared/flows/campaigns/authenticate-caller.ts', 'test/functions/campaigns/payout-access.test.ts', [
    [
      'a campaign is paid with a key that it does not allow',
      "if (!campaign.allowsApiKey) throw new Refusal('api_key_not_allowed');",
      '',
    ],
    [
      'a payout is requested with a key without the scope',
      "if (!key.scopes.includes('orders:write')) {",
      'if (key.scopes.length === 0) {',
    ],
  ]),

  // What is posted before anything is written.
  ...bugsIn('shared/flows/webhooks/deliver-events.ts', 'test/functions/workers/post-first.test.ts', [
    [
      'a disabled endpoint is posted to',
      "waiting.status === 'held' || isBackedOff(receiver) ||",
      'isBackedOff(receiver) ||',
    ],
    [
      'the outbox is cleared although a delivery could not be written',
      "for (const each of ended) if (each.status === 'rejected') throw each.reason;",
      'void ended;',
    ],
    [
      'an event whose bytes cannot be made again is posted first',
      'else if (!isMadeOnce(event)) await',
      'else if (event) await',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/deliver-event.ts', 'test/functions/workers/post-first.test.ts', [
    [
      'a delivery is written after the slowest POST',
      '  const next = recorded(world, { ...delivery, version: 0 }, posted);',
      '  await world.sleep(10_000);\n  const next = recorded(world, { ...delivery, version: 0 }, posted);',
    ],
    [
      'a success is forgotten where the failure of a second message was written first',
      "if (!isSaved && next.status === 'delivered') await",
      'if (!isSaved && next.version > 1) await',
    ],
    [
      'a success of a second message ends a resend that was asked for meanwhile',
      "if (stored?.status === 'pending' && stored.version === 1) await",
      "if (stored?.status === 'pending') await",
    ],
  ]),

  ...bugsIn('shared/store/deliveries.ts', 'test/store/delivery-bytes.test.ts', [
    [
      'an event is sent again with other bytes',
      'inflateRawSync(stored).toString()',
      "inflateRawSync(stored).toString('latin1')",
    ],
  ]),
  ...bugsIn(
    'shared/flows/webhooks/deliver-events.ts',
    'test/functions/workers/webhook-fairness.test.ts',
    [
      [
        'one bad answer leaves the new events of its endpoint to the sweep',
        "'held' || isBackedOff(receiver) ||",
        "'held' || receiver.failing ||",
      ],
    ],
    { name: 'one bad answer' },
  ),
  ...bugsIn(
    'shared/flows/webhooks/receiver-speed.ts',
    'test/functions/workers/webhook-fairness.test.ts',
    [
      [
        'each host of a merchant that hangs keeps a sender of new events once',
        'return isSlow(world, sharerOf(receiver));',
        'return isSlow(world, receiver);',
      ],
    ],
    { name: 'of one merchant that hang' },
  ),
  ...bugsIn(
    'shared/flows/webhooks/deliver-fairly.ts',
    'test/functions/workers/webhook-fairness.test.ts',
    [
      [
        'the slots of a run are shared by hosts and not by merchants',
        '  return one.sharer.inFlight < other.sharer.inFlight;',
        '  return one.inFlight < other.inFlight;',
      ],
    ],
    { name: 'of one merchant that hang' },
  ),
  ...bugsIn('shared/flows/webhooks/deliver-fairly.ts', 'test/functions/workers/webhook-fairness.test.ts', [
    ['a receiver that is up again gets ten events at a time', 'AT_ONCE_MAX = 100;', 'AT_ONCE_MAX = 10;'],
    [
      'a receiver that is slow gets a hundred events at a time',
      'isSlow(world, lane.receiver) ? AT_ONCE_MIN : AT_ONCE_MAX',
      'isSlow(world, lane.receiver) ? 10 * AT_ONCE_MIN : AT_ONCE_MAX',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/recover-endpoint.ts', 'test/functions/webhooks/recovery.test.ts', [
    [
      'a recovery ends with its request',
      '  const released = releaseRecovery(current, world.now());',
      '  const released = endRecovery(current);',
    ],
    [
      'whoever asks for a recovery that goes on begins it again',
      'if (!next && current) return current;',
      'if (!next && current) return work(world, current, plus(world.now(), REQUEST_MS));',
    ],
  ]),

  // Batches, results, statements, exports, verification, deposits.
  ...bugsIn('shared/flows/webhooks/publish-events.ts', 'test/functions/pesaway/late-results.test.ts', [
    ['both results of a late delivery say success', 'resultOf(asOf(order, event), ', 'resultOf(order, '],
  ]),
  ...bugsIn('functions/bulk/retry-bulk.ts', 'test/functions/bulk/same-batch.test.ts', [
    [
      'a retry in UGX sends a hundredth of the amount',
      'amount: formatAmount(amountMinor, currency),',
      'amount: String(amountMinor / 100),',
    ],
  ]),
  ...bugsIn('functions/bulk/create-bulk.ts', 'test/functions/bulk/same-batch.test.ts', [
    [
      'the defaults of a batch are not part of its content',
      '[csvHash, defaults, body.accept, hasRowWebhooks]',
      '[csvHash, body.accept, hasRowWebhooks]',
    ],
    [
      'how a batch accepts rows is not part of its content',
      '[csvHash, defaults, body.accept, hasRowWebhooks]',
      '[csvHash, defaults, hasRowWebhooks]',
    ],
    [
      'whether a batch has row webhooks is not part of its content',
      '[csvHash, defaults, body.accept, hasRowWebhooks]',
      '[csvHash, defaults, body.accept]',
    ],
  ]),
  ...bugsIn('functions/wallet/get-statement.ts', 'test/functions/wallet/get-statement.test.ts', [
    [
      'a statement opens with the balance after its first entry',
      '[first - 2, first - 1, end]',
      '[first - 2, first, end]',
    ],
    [
      'a statement has the entries of the next month',
      'new Date(Date.UTC(year, number, 1))',
      'new Date(Date.UTC(year, number + 1, 1))',
    ],
    ['a statement counts the kinds of entries together', 'totals.set(entry.kind, {', "totals.set('order', {"],
  ]),
  ...bugsIn('functions/wallet/export-ledger.ts', 'test/functions/wallet/export-ledger.test.ts', [
    [
      'an export has no last entry',
      '(await seqAt(world, wallet, query.to)) - 1',
      '(await seqAt(world, wallet, query.to)) - 2',
    ],
  ]),
  ...bugsIn(
    'functions/wallet/export-ledger.ts',
    'test/functions/wallet/export-ledger.test.ts',
    [['an export shows amounts in minor units', 'formatAmount(minor, entry.currency)', 'String(minor)']],
    { name: 'has every entry' },
  ),
  ...bugsIn(
    'functions/wallet/export-ledger.ts',
    'test/functions/wallet/export-ledger.test.ts',
    [['an export ignores the kind', 'query.kind === undefined || kind === query.kind', 'kind !== undefined']],
    { name: 'takes a part' },
  ),
  ...bugsIn(
    'shared/flows/take-rows.ts',
    'test/functions/wallet/export-ledger.test.ts',
    [
      [
        'the next part of an export skips a row',
        'return { rows, next: placeOf(row) };',
        'return { rows, next: placeOf(row) + 1 };',
      ],
    ],
    { name: 'of more than a part' },
  ),
  ...bugsIn('shared/domain/ledger.ts', 'test/domain/forged-entries.test.ts', [
    [
      'a verification does not see a wrong balance',
      'if (entry.balanceAfterMinor !== expected) {',
      'if (Number.isNaN(expected)) {',
    ],
    [
      'a verification does not see a negative balance',
      'return entry.balanceAfterMinor < 0 ? `entry',
      'return entry.balanceAfterMinor < -1e15 ? `entry',
    ],
  ]),
  ...bugsIn('shared/domain/ledger.ts', 'test/domain/ledger.test.ts', [
    ['the hash of an entry leaves out what it is about', '      entry.orderId ?? null,\n', ''],
    ['an entry may be older than the one before', 'at: tail ? later(tail.at, at) : at,', 'at,'],
    [
      'a verification does not see an entry of another wallet',
      'if (walletKey(entry) !== walletKey(wallet)) return',
      "if (walletKey(entry) === '') return",
    ],
    [
      'a wallet can be spent below zero',
      'return balanceOf(tail) >= amountMinor;',
      'return balanceOf(tail) + 1 >= amountMinor;',
    ],
  ]),
  ...bugsIn('shared/flows/wallet/verify-ledger.ts', 'test/functions/wallet/verify-ledger.test.ts', [
    [
      'a verification goes on from a balance that its cursor remembers wrongly',
      'entry.hash === hash && entry.balanceAfterMinor === balanceMinor',
      'entry.hash === hash',
    ],
    [
      'a verification does not see an entry before the first',
      'return stray && { seq: stray.seq,',
      'return undefined;\n  return stray && { seq: stray.seq,',
    ],
  ]),
  ...bugsIn('shared/flows/wallet/adjust-wallet.ts', 'test/functions/wallet/operator-deposits.test.ts', [
    [
      'an adjustment does not say who made it',
      'description: `${reason} (${nameOfOperator(by)}${name})`',
      'description: `${reason}${name}`',
    ],
    [
      "an operator's debit is a credit",
      "kind: 'adjustment', amountMinor,",
      "kind: 'adjustment', amountMinor: Math.abs(amountMinor),",
    ],
  ]),
  ...bugsIn('shared/store/adjustments.ts', 'test/store/post-in-line.test.ts', [
    [
      'a deposit that two operators make at once is credited twice',
      "condition: 'attribute_not_exists(pk)' }",
      "condition: 'attribute_not_exists(nothing)' }",
    ],
  ]),
  ...bugsIn('shared/store/adjustments.ts', 'test/functions/wallet/operator-deposits.test.ts', [
    [
      'an operator who debits too much gets a bug for an answer',
      "      if (posted.kind === 'uncovered') return undefined;\n",
      '',
    ],
  ]),

  // What a catalogue may lose, and a provider without credentials.
  ...bugsIn('shared/flows/orders/sync-products.ts', 'test/functions/workers/sync-catalogue.test.ts', [
    [
      'an answer that lacks most products withdraws them all',
      'const may = allowsWithdrawals ? undefined : mayWithdraw;',
      'const may = undefined;',
    ],
    ['an empty answer about products is taken for success', 'if (offered.length === 0) {', 'if (offered.length < 0) {'],
    [
      'a provider without credentials fails the sync',
      'if (error instanceof NotSetUp) return switchOff(world, name);',
      '',
    ],
    ['a provider stays off once its credentials are set', 'await setOff(world, name, false);', ''],
  ]),
  ...bugsIn('functions/workers/sync-catalogue.ts', 'test/functions/workers/sync-catalogue.test.ts', [
    ['a sync that failed is a success', 'failures.push(error);', ''],
  ]),

  // Texts, numbers, amounts and currencies as clients send them.
  ...bugsIn('shared/http/fields.ts', 'test/http/path-and-cursor.test.ts', [
    ['an id in a path is longer than any key', '\\x7e]{1,200}$/, { error', '\\x7e]{1,9999}$/, { error'],
  ]),
  ...bugsIn('shared/http/cursor.ts', 'test/http/path-and-cursor.test.ts', [
    ['a cursor is read as a key whatever its text', ', requireKeyText);', ');'],
  ]),
  ...bugsIn('shared/http/field-problems.ts', 'test/http/field-problems.test.ts', [
    ['null for an optional field is refused', 'value === null && Object.hasOwn', 'value === 0 && Object.hasOwn'],
    ['a misspelt field does not name the field that is near it', 'closest.count <= 2', 'closest.count <= 0'],
  ]),
  ...bugsIn('shared/domain/phone.ts', 'test/domain/phone.test.ts', [
    ['a number with invisible characters in it is refused', '[\\s\\p{Z}\\p{Cf}\\p{Pd}', '[\\s\\p{Z}\\p{Pd}'],
    ['a number with a dash of typography in it is refused', '\\p{Cf}\\p{Pd}\\u2212]', '\\p{Cf}-]'],
    [
      'a number with a 0 behind its calling code is refused',
      "rest.length === NATIONAL_DIGITS + 1 && rest.startsWith('0')",
      "rest.length === NATIONAL_DIGITS && rest.startsWith('0')",
    ],
  ]),
  ...bugsIn('shared/http/json.ts', 'test/http/json.test.ts', [
    [
      'an amount with more digits than a double has is rounded',
      'return digits === significant(value.toPrecision(PRINTED_DIGITS_MAX));',
      'return true;',
    ],
    ['an amount as %.17g prints it is refused', 'significant(value.toPrecision(PRINTED_DIGITS_MAX))', "''"],
    [
      'the second of two fields of one name counts',
      'if (twice === undefined) return parsed;',
      'if (parsed) return parsed;',
    ],
    ['a byte order mark before a body is refused', "text.replace(/^\\uFEFF/, '')", 'text'],
  ]),
  ...bugsIn('shared/domain/money.ts', 'test/http/field-problems.test.ts', [
    ['a currency in small letters is refused', 'text.trim().toUpperCase()', 'text.trim()'],
    ['a currency field does not take ZiG', "if (code === 'ZIG') return 'ZWG';", "if (text === 'ZIG') return 'ZWG';"],
  ]),

  // PesaWay's clients as they are.
  ...bugsIn(
    'functions/pesaway/send-airtime.ts',
    'test/functions/pesaway/send-airtime.test.ts',
    [
      [
        'a request without X-Region is refused',
        'regionOf(headers, impliedRegion(body, owner.mode))',
        'regionOf(headers)',
      ],
    ],
    { name: 'without X-Region' },
  ),
  ...bugsIn(
    'shared/http/pesaway-protocol.ts',
    'test/functions/pesaway/send-airtime.test.ts',
    [['a refusal of PesaWay has no message', 'description, message: description }', 'description }']],
    { name: 'is refused by its name' },
  ),
  ...bugsIn('functions/pesaway/get-account-balance.ts', 'test/functions/pesaway/get-account-balance.test.ts', [
    [
      'a balance is refused without a region, also to a merchant of one region',
      'used.length === 1 ? used[0] : undefined',
      'undefined',
    ],
    ['a balance is that of the first of several regions', 'used.length === 1 ? used[0]', 'used.length > 0 ? used[0]'],
  ]),
  ...bugsIn(
    'shared/flows/webhooks/sign-event.ts',
    'test/functions/pesaway/results.test.ts',
    [
      [
        "a result of PesaWay is signed in another encoding than PesaWay's",
        "createHmac('sha256', oldest).update(body).digest('base64')",
        "createHmac('sha256', oldest).update(body).digest('hex')",
      ],
    ],
    { name: 'Signature' },
  ),

  // Sheets, both ways.
  ...bugsIn(
    'shared/http/csv/csv.ts',
    'test/functions/bulk/round-trip.test.ts',
    [['a spreadsheet shortens the long digits of an export', "  '\\\\d{12,}',\n", '']],
    { name: 'long digits' },
  ),
  ...bugsIn(
    'shared/http/csv/csv.ts',
    'test/http/csv/read-sheet.test.ts',
    [
      [
        'a text that an export guarded comes back with its apostrophe',
        'return cell.startsWith("\'") &&',
        "return cell === '' &&",
      ],
    ],
    { name: 'is read as it was' },
  ),
  ...bugsIn(
    'shared/http/csv/sheet-cells.ts',
    'test/http/csv/read-sheet.test.ts',
    [
      ['a reference that we generated is refused', ' || GENERATED_REFERENCE.test(text)', ''],
      [
        'an amount with the sign of a currency is refused',
        'return rest !== undefined && currency ?',
        'return rest === mark && currency ?',
      ],
    ],
    { name: 'a cell of' },
  ),
  ...bugsIn(
    'shared/http/csv/sheet-header.ts',
    'test/http/csv/read-sheet.test.ts',
    [['a column of amounts is not known by its abbreviation', "'amount amt value", "'amount value"]],
    { name: '^a file ' },
  ),

  // Hints and refusals that merchants act on.
  ...bugsIn('shared/domain/duplicate.ts', 'test/functions/orders/possible-duplicate.test.ts', [
    ['an order an hour ago counts as sent twice', 'DUPLICATE_WITHIN_MS = MINUTE', 'DUPLICATE_WITHIN_MS = 60 * MINUTE'],
    ['an order to another number counts as sent twice', '      other.msisdn === order.msisdn &&\n', ''],
    ['a repeat counts as its own duplicate', 'other.agentReference !== order.agentReference &&', ''],
  ]),
  ...bugsIn('shared/domain/order.ts', 'test/http/refusal.test.ts', [
    [
      'a failure for lack of funds says that it cannot be retried',
      "'The wallet did not cover the amount.', retryable: true",
      "'The wallet did not cover the amount.', retryable: false",
    ],
  ]),
  ...bugsIn('shared/manifest/refusals/request-refusals.ts', 'test/http/refusal.test.ts', [
    [
      'a payout without funds says that it cannot be retried',
      "    retryable: true,\n    title: 'Insufficient funds for payout',",
      "    retryable: false,\n    title: 'Insufficient funds for payout',",
    ],
  ]),
  ...bugsIn('shared/http/read-body.ts', 'test/http/field-problems.test.ts', [
    [
      'only the first problem of a body is listed',
      'errors: [first, ...others]',
      'errors: [first].slice(others.length)',
    ],
  ]),
  ...bugsIn('shared/http/idempotency-key.ts', 'test/functions/orders/get-order.test.ts', [
    ['an Idempotency-Key beside another reference is ignored', 'if (given === key) return input;', 'return input;'],
  ]),
  ...bugsIn('functions/orders/get-order.ts', 'test/functions/orders/get-order.test.ts', [
    [
      'the id of one order hides the reference of another',
      'byReference ?? (await findOrderById(world, owner, agentReference))',
      '(await findOrderById(world, owner, agentReference)) ?? byReference',
    ],
  ]),
  ...bugsIn('shared/http/pipeline.ts', 'test/functions/handlers.test.ts', [
    [
      'a known path with another method is unknown',
      "if (allowed !== '') return refuse",
      "if (allowed === '-') return refuse",
    ],
  ]),
  ...bugsIn('shared/local/receiver.ts', 'test/local/receiver.test.ts', [
    [
      'the line of a batch has the fields of a wallet',
      '  batch: ({ batch_reference, status }) => `${batch_reference} is ${status}`,',
      '  batch: ({ currency, balance }) => `${currency} ${balance} left`,',
    ],
  ]),
  ...bugsIn(
    'functions/wallet/start-topup.ts',
    'test/functions/wallet/start-topup.test.ts',
    [
      [
        'a currency that no payment takes counts as a wrong amount',
        "throw new Refusal('currency_not_payable', { param: 'currency', detail });",
        "throw new Refusal('invalid_amount', { param: 'currency', detail });",
      ],
    ],
    { name: 'is refused by its own code' },
  ),

  ...bugsIn('functions/wallet/start-topup.ts', 'test/functions/idempotency-key.test.ts', [
    ['a top-up ignores its Idempotency-Key', "  idempotencyField: 'reference',\n", ''],
  ]),
  ...bugsIn('functions/bulk/create-bulk.ts', 'test/functions/idempotency-key.test.ts', [
    ['a batch ignores its Idempotency-Key', "  idempotencyField: 'batch_reference',\n", ''],
  ]),

  // Lines of the first bad day that had no bug of their own.
  ...bugsIn(
    'shared/flows/orders/dispatch-order.ts',
    'test/functions/workers/dispatch-prepare.test.ts',
    [
      [
        'something is read between the claim and the call',
        '  await sendClaimed(world, provider, { order: claimed.order, attemptId, ready: prepared });',
        '  await readOrder(world, key);\n  await sendClaimed(world, provider, { order: claimed.order, attemptId, ready: prepared });',
      ],
    ],
    { name: 'nothing is read or written between' },
  ),
  ...bugsIn(
    'shared/domain/batch-life.ts',
    'test/functions/workers/run-bulk.test.ts',
    [['a chunk is leased for six minutes', 'RUN_LEASE_MS = 20 * SECOND;', 'RUN_LEASE_MS = 360 * SECOND;']],
    { name: 'has a lease that ends' },
  ),
  ...bugsIn(
    'functions/workers/run-bulk.ts',
    'test/functions/workers/run-bulk.test.ts',
    [['the lease of a chunk is not renewed', 'if (done > 0 && isRenewalDue(', 'if (done < 0 && isRenewalDue(']],
    { name: 'renews the lease while it works' },
  ),
  ...bugsIn('shared/domain/topup.ts', 'test/functions/wallet/start-topup.test.ts', [
    [
      'two requests start the payment of one top-up',
      "if (status !== 'starting' || (startLease !== undefined && startLease.until > at)) return undefined;",
      "if (status !== 'starting') return undefined;",
    ],
  ]),
  ...bugsIn(
    'functions/workers/reconcile.ts',
    'test/functions/workers/reconcile-fairness.test.ts',
    [
      [
        'top-ups wait for the status queries of orders',
        'begin: () => pool.add(topup)',
        'begin: () => void world.sleep(70_000).then(() => pool.add(topup))',
      ],
    ],
    { name: 'a paid top-up is credited' },
  ),
  ...bugsIn('shared/store/due-items.ts', 'test/functions/workers/live-before-test.test.ts', [
    [
      'test items share the due partitions of live ones',
      'test: 1, sandbox: 1, pesaway: 2 }',
      'test: 0, sandbox: 0, pesaway: 2 }',
    ],
    [
      'test orders share the review list of live ones',
      'return TRACKS[mode] * PARTITIONS + REVIEW;',
      'return TRACKS[mode] * 0 + REVIEW;',
    ],
  ]),
  ...bugsIn('shared/flows/queue-group.ts', 'test/functions/workers/live-before-test.test.ts', [
    ['test messages are of the group of live ones', '`${merchantId}.${mode}`', '`${merchantId}.${mode && 0}`'],
  ]),
  ...bugsIn('shared/flows/count-live.ts', 'test/functions/workers/live-before-test.test.ts', [
    ['what testers provoke raises alarms', "if (mode === 'live') world", 'if (mode !== undefined) world'],
  ]),
  ...bugsIn('functions/workers/reconcile.ts', 'test/functions/workers/reconcile-fairness.test.ts', [
    [
      'a sweep handles only what is due when it begins',
      'const until = plus(startedAt, RUN_MS_MAX);',
      'const until = startedAt;',
    ],
  ]),
  ...bugsIn(
    'shared/domain/order-queries.ts',
    'test/functions/workers/reconcile.test.ts',
    [
      [
        'nobody says why an order that was not found waits',
        'const timeline = noted(order, noRecordYet(finalAt), at);',
        'const { timeline } = order;',
      ],
      [
        'an order that was not found is asked about next as if it decided nothing',
        'const next = decisiveAt < earliest ? earliest : decisiveAt;',
        'const next = decisiveAt < earliest ? earliest : dueAt;',
      ],
    ],
    { name: 'waits an hour before' },
  ),
  ...bugsIn('shared/http/read-upload.ts', 'test/http/read-upload.test.ts', [
    [
      'a form that is cut off is taken as far as it goes',
      "form.on('error', reject);",
      "form.on('error', () => resolve(values.set('csv', 'x')));",
    ],
    [
      'a second file of a form is ignored',
      "    form.on('filesLimit', () => reject(badForm('It has more than one file; send one.')));\n",
      '',
    ],
  ]),
  ...bugsIn('shared/local/crashes.ts', 'test/local/crashes.test.ts', [
    ['a crash leaves its request without an answer', '    running.getStore()?.(crash);\n', ''],
  ]),
  ...bugsIn('shared/http/json.ts', 'test/http/readable-text.test.ts', [
    [
      'a text that cannot be read is kept',
      "typeof value === 'string' && isDamaged(value)",
      "typeof value === 'boolean'",
    ],
    ['a name that cannot be read is kept', 'if (isDamaged(name)) throw', 'if (name === undefined) throw'],
  ]),

  ...bugsIn(
    'shared/http/csv/sheet-dialect.ts',
    'test/http/csv/read-sheet.test.ts',
    [
      [
        'the lines of a file are counted from its beginning again and again',
        '  return (to) => {\n    for (; next',
        "  return (to) => {\n    if (count % 128 === 127) {\n      count = 0;\n      next = text.indexOf('\\n');\n    }\n    for (; next",
      ],
    ],
    { name: 'takes time in proportion' },
  ),

  // Reports over a damaged entry.
  ...bugsIn('shared/store/ledger.ts', 'test/functions/wallet/damaged-entries.test.ts', [
    [
      'a report over an amount with half a cent fails',
      'Number.isSafeInteger(value) && Math.abs(Number(value)) <= AMOUNT_MINOR_MAX;',
      "typeof value === 'number';",
    ],
    ['the list of entries fails over a damaged one', '...(filter.isReport ? { read: toShownEntry } : {}),', ''],
    ['a damaged instant ends the list of entries', " && !entry.damaged?.includes('at')) return", ') return'],
    ['an entry of another currency counts as whole', "if (item.currency !== currency) damaged.push('currency');", ''],
  ]),
  ...bugsIn('shared/domain/ledger.ts', 'test/functions/wallet/damaged-entries.test.ts', [
    ['a damaged entry continues the chain', 'entry.damaged !== undefined || ', ''],
  ]),
  ...bugsIn('functions/wallet/list-ledger.ts', 'test/functions/wallet/damaged-entries.test.ts', [
    [
      'a damaged instant moves an entry in the list',
      "if (at === '' || (entry.at !== '' && entry.at < at)) at = entry.at;",
      'at = entry.at;',
    ],
  ]),

  // A cancellation that is answered while calls are made ready.
  ...bugsIn(
    'shared/flows/orders/dispatch-order.ts',
    'test/functions/bulk/cancel-bulk.test.ts',
    [
      [
        'a row is claimed without another look at its batch',
        '  if (await cancelWithBatch(world, order)) return;\n  // Last, because',
        '  // Last, because',
      ],
    ],
    { name: 'whose call is being made ready meanwhile' },
  ),
  ...bugsIn(
    'shared/flows/bulk/send-row.ts',
    'test/functions/bulk/cancel-bulk.test.ts',
    [
      [
        'a row of a chunk whose call took long to be made ready is sent by what was known before',
        'if (elapsed(lookedAt, world.now()) >= STALE_MS &&',
        'if (elapsed(lookedAt, world.now()) >= 1e9 &&',
      ],
    ],
    { name: 'rows of a chunk whose call takes long' },
  ),

  // Rows that are written claimed.
  ...bugsIn('shared/flows/bulk/send-row.ts', 'test/functions/workers/claimed-rows.test.ts', [
    [
      'the claim of a row is recognised by the id of its order',
      'if (isClaimedBy(order, attemptId))',
      'if (order.id === row.id)',
    ],
    [
      'the claim of a row is recognised by the id of its batch',
      'if (isClaimedBy(order, attemptId))',
      'if (order.batchId === row.batchId)',
    ],
    [
      'a row is put without a read of the breaker',
      'const found = await findHold(world, provider, row);',
      'const found = world === undefined ? await findHold(world, provider, row) : undefined;',
    ],
  ]),
  ...bugsIn('functions/workers/run-bulk.ts', 'test/functions/workers/claimed-rows.test.ts', [
    ['nobody gives up the claim of a row', '  await releaseClaims(world, batch, orders);\n', ''],
    [
      'a group of rows is put by the batch as its chunk found it',
      'const current = isFirst ? batch : await readBatch(world, batch.id);',
      'const current: Batch | undefined = batch;',
    ],
  ]),
  ...bugsIn('shared/flows/orders/dispatch-order.ts', 'test/functions/workers/claimed-rows.test.ts', [
    [
      'a row is sent long after it was claimed',
      'if (elapsed(rechargeOf(order).sentAt, startedAt) > CALL_WITHIN_MS) {',
      'if (elapsed(rechargeOf(order).sentAt, startedAt) > 1e9) {',
    ],
  ]),
  ...bugsIn('shared/domain/batch-life.ts', 'test/functions/workers/claimed-rows.test.ts', [
    [
      'a chunk is done while one of its rows is claimed',
      "state !== 'left_out' && !isFinal(state)",
      "state !== 'left_out' && state !== 'dispatching' && !isFinal(state)",
    ],
  ]),
  ...bugsIn(
    'functions/workers/run-bulk.ts',
    'test/functions/workers/run-bulk.test.ts',
    [
      [
        'a lane that waits for a provider sends messages to itself without end',
        'if (!isRun) return;',
        'if (!isRun) return advanceBatch(world, batchId);',
      ],
    ],
    { name: 'waits for a provider that is down' },
  ),

  // Limits.
  ...bugsIn('shared/store/keys.ts', 'test/store/counts.test.ts', [
    [
      'a key that expired gives up its place once more when it is revoked',
      'if (key.isUncounted)',
      'if (key.revokedAt === undefined)',
    ],
    [
      'an expired key keeps its place',
      'filter((key) => !isActive(key, at))',
      'filter((key) => !isActive(key, at) && key.revokedAt !== undefined)',
    ],
    ['a key that is revoked is not taken out of the count', "'one fewer', actions", '{ max: 1e9 }, actions'],
  ]),
  ...bugsIn('shared/flows/account/change-terms.ts', 'test/functions/account/get-account.test.ts', [
    [
      'terms are changed without an entry in the audit log',
      'saveTerms(world, next, [act])',
      'saveTerms(world, next, act ? [] : [])',
    ],
  ]),
  ...bugsIn('shared/store/counts.ts', 'test/store/counts.test.ts', [
    ['a limit on a number admits one more', "condition: 'used < :max'", "condition: 'used <= :max'"],
  ]),
  ...bugsIn('shared/flows/orders/place-order.ts', 'test/functions/orders/order-limit.test.ts', [
    [
      'a repeat of an accepted order is refused beyond the limit',
      'if (limit) return replayOnly(world, owner, input, limit);',
      'if (limit) throw limit;',
    ],
  ]),
  ...bugsIn('shared/http/read-upload.ts', 'test/functions/limited-routes.test.ts', [
    [
      'a CSV that comes with its request counts nothing',
      "await requireAdmission(world, owner, 'upload_bytes', Buffer.byteLength(csv));",
      "await requireAdmission(world, owner, 'upload_bytes', 0);",
    ],
  ]),
  ...bugsIn('shared/store/leases.ts', 'test/http/limits.test.ts', [
    [
      'more than a bucket holds is taken from one that is full',
      'if (count > quota.quota) return { isTaken: false, fullAt };',
      '',
    ],
  ]),
  ...bugsIn('shared/http/limits.ts', 'test/http/limits.test.ts', [
    [
      'a process begins with tokens that nobody pays for, however empty the bucket is',
      'const given = isFirst && isPlenty ?',
      'const given = isFirst ?',
    ],
    [
      'a process begins with more than the block of a small limit',
      'Math.floor(world.random() * blockOf(bucket, quota))',
      'Math.floor(world.random() * 10)',
    ],
    [
      'a request that is too large for what is left shuts out small ones',
      'if (atFirst <= latestFullAt(quota, wanted, emptyAt)) return 0;',
      '',
    ],
    [
      'addresses with bad keys push merchants out of memory',
      "const memo = name === 'bad_keys' || name === 'sign_ups' ? 'shares of addresses' : 'shares';",
      "const memo = 'shares';",
    ],
  ]),
  ...bugsIn(
    'shared/domain/quota.ts',
    'test/http/limits.test.ts',
    [
      [
        'a bucket gives twice what it holds',
        'return now + quota.windowSeconds * SECOND - costMs(quota, count);',
        'return now + 2 * quota.windowSeconds * SECOND - costMs(quota, count);',
      ],
    ],
    { name: 'is exact' },
  ),
];

/** Bugs in one file, each by its name, the source and what replaces it, and the test that catches them; `ofTest` names the one that runs. */
function bugsIn(
  file: string,
  test: string,
  bugs: readonly (readonly [name: string, find: string, replace: string])[],
  ofTest: { readonly name?: string } = {},
): PlantedBug[] {
  return bugs.map(([name, find, replace]) => ({ name, file, find, replace, caughtBy: { test, ...ofTest } }));
}
