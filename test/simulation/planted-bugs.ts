/**
 * Money bugs to plant, one at a time: each replaces a piece of production source as it is loaded. The simulator must
 * catch every one; one that it does not catch is a hole in the simulator.
 */
export interface PlantedBug extends Edit {
  readonly name: string;
  /** Where further guards would hide the first one's absence, they go too. */
  readonly also?: Edit | readonly Edit[];
}

export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const life = 'shared/domain/order-life.ts';
const orders = 'shared/store/orders.ts';
const ledger = 'shared/store/ledger.ts';
const dispatching = 'shared/flows/orders/dispatch-order.ts';
const reconciling = 'functions/workers/reconcile.ts';
const callbacks = 'functions/orders/receive-callback.ts';
const publishing = 'shared/flows/webhooks/publish-events.ts';
const webhook = 'shared/domain/webhook.ts';
const topup = 'shared/domain/topup.ts';
const topups = 'shared/store/topups.ts';
const placing = 'shared/flows/orders/place-order.ts';
const paying = 'functions/campaigns/create-payout.ts';
const campaigns = 'shared/store/campaigns.ts';
const batchLife = 'shared/domain/batch-life.ts';
const batches = 'shared/store/batches.ts';
const running = 'functions/workers/run-bulk.ts';
const accepting = 'shared/flows/bulk/create-batch.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'an order is put without asking whether its reference is new',
    file: orders,
    find: "const NEW_ORDER = 'attribute_not_exists(pk)'",
    replace: "const NEW_ORDER = 'attribute_not_exists(nothing)'",
  },
  {
    name: 'an entry is put without asking whether its place is free',
    file: ledger,
    find: "APPEND_CONDITION = 'attribute_not_exists(pk)'",
    replace: "APPEND_CONDITION = 'attribute_not_exists(nothing)'",
  },
  {
    name: 'a change is written whatever the order has become',
    file: orders,
    find: "const condition = 'version = :version AND #status = :status'",
    replace: "const condition = 'attribute_exists(pk) AND attribute_exists(#status)'",
  },
  {
    name: 'the order is accepted without its debit',
    file: orders,
    find: '...entryPuts];\n  return { orders, puts',
    replace: '];\n  return { orders, puts',
  },
  {
    name: 'a refund writes the order and no credit',
    file: ledger,
    find: 'puts.push(entryPut(',
    replace: 'void (entryPut(',
  },
  {
    name: 'a refund happens in two writes instead of one',
    file: ledger,
    find: "    const written = await write(world, puts);\n    if (written.kind === 'done') return { kind: 'done' };",
    replace:
      "    let written = await write(world, puts.slice(0, 1));\n    if (written.kind === 'done' && puts[1]) written = await write(world, puts.slice(1));\n    if (written.kind === 'done') return { kind: 'done' };",
  },
  {
    name: 'an unclear send is refunded',
    file: life,
    find: "    case 'unclear':\n      return change(order, 'unknown'",
    replace:
      "    case 'unclear':\n      return refund(order, 'network_refused', at, 'x', tried);\n      return change(order, 'unknown'",
  },
  {
    name: 'an unclear send is sent again',
    file: life,
    find: "    case 'unclear':\n      return change(order, 'unknown'",
    replace: "    case 'unclear':\n      return change(order, 'pending'",
  },
  {
    name: 'a rejection is kept and not refunded',
    file: life,
    find: '      return refund(order, outcome.failure, at, FAILURES[outcome.failure].message, tried);',
    replace: "      return succeed(order, {}, at, 'x', tried);",
  },
  {
    name: 'what was accepted counts as delivered',
    file: life,
    find: "    case 'accepted':\n      return keep(order, {",
    replace:
      "    case 'accepted':\n      return succeed(order, outcome.receipt, at, 'x', tried);\n      return keep(order, {",
  },
  {
    name: 'a claim expires back to "may call"',
    file: life,
    find: "  return change(order, 'unknown', at, 'The answer was lost; asking the provider.', {",
    replace: "  return change(order, 'pending', at, 'x', {",
  },
  {
    name: '"not found" is believed at once',
    file: life,
    find: 'elapsed(sentAt, at) >= horizon && notFoundCount >= NOT_FOUND_COUNT_MIN',
    replace: 'true',
  },
  {
    name: '"not found" is believed before the horizon',
    file: life,
    find: 'elapsed(sentAt, at) >= horizon && notFoundCount',
    replace: 'notFoundCount',
  },
  {
    name: '"in progress" is believed to be a failure',
    file: life,
    find: "    case 'in_progress':\n",
    replace: "    case 'in_progress':\n      return refund(order, 'network_refused', at, 'x', asked);\n",
  },
  {
    name: 'an unclear answer to a question is believed to be a failure',
    file: life,
    find: "    case 'unclear':\n      return queryAgain(",
    replace:
      "    case 'unclear':\n      return refund(order, 'network_refused', at, 'x', asked);\n      return queryAgain(",
  },
  {
    name: 'the age limit refunds instead of asking a person',
    file: life,
    find: "    return change(order, 'review', at, note, { ...counts, dueAt: at });",
    replace: "    return refund(order, 'not_delivered', at, note, counts);",
  },
  {
    name: 'a refund gives back twice the amount',
    file: life,
    find: "entryFor(order, 'refund', order.amountMinor,",
    replace: "entryFor(order, 'refund', 2 * order.amountMinor,",
  },
  {
    name: 'a refund gives back a cent less',
    file: life,
    find: "entryFor(order, 'refund', order.amountMinor,",
    replace: "entryFor(order, 'refund', order.amountMinor - 1,",
  },
  {
    name: 'a delivery after the refund is not charged',
    file: life,
    find: 'return compensate(order, outcome.receipt, at);\n  if (isFinal',
    replace: 'return undefined;\n  if (isFinal',
  },
  {
    name: 'a delivery after the refund changes the status alone',
    file: life,
    find: '  return { ...decided, entry };\n}\n\n/** Records that an order was delivered',
    replace: '  return decided;\n}\n\n/** Records that an order was delivered',
  },
  {
    name: 'the wallet is not looked at before an order is paid',
    file: orders,
    find: '    if (!covers(tail, order.amountMinor)) {',
    replace: '    if (false) {',
    also: {
      file: 'shared/domain/ledger.ts',
      find: "  assert(balanceAfterMinor >= 0, 'a wallet never goes below zero');",
      replace: '',
    },
  },
  {
    name: 'a refusal is decided on a remembered balance',
    file: orders,
    find: 'if (!tail || !covers(tail, totalOf(open))) tail =',
    replace: 'if (!tail) tail =',
  },
  {
    name: 'the provider is called before the claim is written',
    file: dispatching,
    find: "  const attemptId = newId(world, 'att');",
    replace: "  await provider.send(rechargeOf(order));\n  const attemptId = newId(world, 'att');",
  },
  {
    name: 'whoever loses the claim calls all the same',
    file: dispatching,
    find: '  if (!claimed.isMine) return;\n',
    replace: '',
  },
  {
    name: 'a send is repeated when it is unclear',
    file: dispatching,
    find: '    outcome = await provider.send(recharge);',
    replace:
      "    outcome = await provider.send(recharge);\n    if (outcome.kind === 'unclear') outcome = await provider.send(recharge);",
  },
  {
    name: 'a message of a claimed order sends it again',
    file: dispatching,
    find: "  if (order.status !== 'pending') {",
    replace:
      "  if (order.status === 'dispatching') await provider.send(rechargeOf(order));\n  if (order.status !== 'pending') {",
  },
  {
    name: 'the sweep sends what is unknown',
    file: reconciling,
    find: "    case 'unknown':\n      return queryStatus(",
    replace: "    case 'unknown':\n      await provider.send(rechargeOf(order));\n      return queryStatus(",
  },
  {
    name: 'the sweep forgets orders whose message was lost',
    file: reconciling,
    find: "    case 'pending':\n      return enqueueAgain(world, provider, order);",
    replace: "    case 'pending':\n      return;",
  },
  {
    name: 'the sweep forgets claims whose holder died',
    file: reconciling,
    find: '    isAbandoned(current, provider.capabilities, at) ?',
    replace: '    isAbandoned(current, provider.capabilities, at) && at === "" ?',
  },
  {
    name: 'an accepted order is never asked about',
    file: life,
    find: "        dueAt: plus(at, capabilities.queryIntervalMs),\n      });\n    case 'unclear':",
    replace: "        dueAt: undefined,\n      });\n    case 'unclear':",
  },
  {
    name: 'an order leaves the due index when it becomes unknown',
    file: life,
    find: "      return change(order, 'unknown', at, 'The provider gave no clear answer; asking it.', {\n        ...tried,\n        dueAt: plus(at, capabilities.queryIntervalMs),",
    replace: "      return change(order, 'unknown', at, 'x', {\n        ...tried,\n        dueAt: undefined,",
  },
  {
    name: 'a new order is not in the due index',
    file: life,
    find: '    dueAt: plus(at, DISPATCH_GRACE_MS),',
    replace: '',
  },
  {
    name: 'a write whose answer was lost counts as done',
    file: ledger,
    find: "    if (written.kind === 'again') return new Retry(written.reason);\n    const row",
    replace: "    if (written.kind === 'again') return { kind: 'done' };\n    const row",
  },
  {
    name: 'a repeated reference is sent again',
    file: placing,
    find: '  if (!isNew) return replay(order, input);',
    replace:
      "  if (!isNew) {\n    await world.provider(order.provider).send({ ...(await import('./dispatch-order.ts')).rechargeOf(order) });\n    return replay(order, input);\n  }",
  },
  {
    name: "another dispatcher's claim counts as one's own",
    file: 'shared/flows/orders/change-order.ts',
    find: 'isMine: change !== undefined };',
    replace: 'isMine: true };',
  },
  {
    name: 'events leave the outbox before their deliveries are made',
    file: publishing,
    find: '  const endpoints = events.length === 0',
    replace: '  await clearOutbox();\n  const endpoints = events.length === 0',
  },
  {
    name: 'a newer event takes the place of one that waits',
    file: life,
    find: '[...(order.outbox ?? []), event]',
    replace: '[event]',
  },
  {
    name: 'events that came meanwhile leave the outbox unsent',
    file: 'shared/domain/versioned.ts',
    find: 'event.sequence > sequence) ?? []',
    replace: 'event.sequence > sequence + 9) ?? []',
  },
  {
    name: 'two events of an order have one sequence',
    file: life,
    find: 'const sequence = order.events + 1;',
    replace: 'const sequence = Math.max(order.events, 1);',
  },
  {
    name: 'an event has another id each time it is handed on',
    file: publishing,
    find: 'order.id.slice(4)}_',
    replace: 'order.id.slice(4) + order.version}_',
  },
  {
    name: 'an event shows the order as it has become',
    file: publishing,
    find: 'viewOrder(asOf(order, event))',
    replace: 'viewOrder(order)',
  },
  {
    name: 'an attempt without an answer counts as delivered',
    file: webhook,
    find: 'return status !== undefined && status >= 200 && status < 300;',
    replace: 'return status === undefined || status < 300;',
  },
  {
    name: 'any answer counts as delivered',
    file: webhook,
    find: 'status >= 200 && status < 300;',
    replace: 'status >= 200;',
  },
  {
    name: 'a delivery that failed is never due again',
    file: webhook,
    find: '  return { ...tried, dueAt: later(',
    replace: '  return tried;\n  return { ...tried, dueAt: later(',
  },
  {
    name: 'a delivery is not due in case its maker dies',
    file: webhook,
    find: 'dueAt: isTrusted(endpoint, at) ? plus(at, ATTEMPT_LEASE_MS) : at }',
    replace: '...(isTrusted(endpoint, at) ? {} : { dueAt: at }) }',
  },
  {
    name: 'a delivery under way is not due in case its holder dies',
    file: webhook,
    find: '  return { ...delivery, dueAt: plus(at, ATTEMPT_LEASE_MS), version',
    replace: '  return { ...delivery, dueAt: plus(at, 9 * DAY), version',
  },
  {
    name: 'a delivery whose write was lost counts as written',
    file: 'shared/store/write.ts',
    find: "if (written.kind === 'again') return new Retry(written.reason);",
    replace: "if (written.kind === 'again') return true;",
  },
  {
    name: 'the sweep forgets events whose message was lost',
    file: 'functions/workers/webhook-sender.ts',
    find: 'await workThrough(sources,',
    replace: 'await workThrough(sources.slice(0, 0),',
  },
  {
    name: 'the sweep forgets deliveries that are due',
    file: 'functions/workers/webhook-sender.ts',
    find: 'Object.groupBy(due,',
    replace: 'Object.groupBy(due.slice(0, 0),',
  },
  {
    name: 'a top-up is credited when somebody says that there is news',
    file: 'shared/flows/wallet/check-topup.ts',
    find: '  const finding = await query(world, topup);',
    replace:
      "  await query(world, topup);\n  const finding = { kind: 'paid', amountMinor: topup.chargedMinor, currency: topup.currency, evidence: '' } as const;",
  },
  {
    name: 'a top-up is credited twice',
    file: topups,
    find: "'version = :version AND #status = :status'",
    replace: "'attribute_exists(pk) AND attribute_exists(#status) AND version < :big'",
    also: [
      { file: topups, find: "':status': before.status }", replace: "':status': before.status, ':big': 1e9 }" },
      {
        file: topup,
        find: "topup.status === 'starting' || topup.status === 'success'",
        replace: "topup.status === 'starting'",
      },
      { file: topup, find: '  assert(TOPUP_TRANSITIONS[before.status].includes(status)', replace: '  assert(true' },
    ],
  },
  {
    name: 'a top-up is credited without asking what was paid',
    file: topup,
    find: 'return paid.currency === topup.currency && paid.amountMinor === topup.chargedMinor;',
    replace: 'return paid.amountMinor > 0;',
    also: {
      file: topup,
      find: 'const { id, reference, chargedMinor } = topup;',
      replace: 'const { id, reference } = topup, chargedMinor = topup.chargedMinor + 1;',
    },
  },
  {
    name: 'a top-up paid in part is credited in full',
    file: topup,
    find: "    case 'review':\n      return doubt(",
    replace: "    case 'review':\n      return credit(topup, at, asked);\n      return doubt(",
  },
  {
    name: 'a top-up that is paid is marked and not credited',
    file: topup,
    find: '  return { ...decided, entry };',
    replace: '  void entry;\n  return decided;',
  },
  {
    name: 'a declined top-up is over, whatever is paid later',
    file: topup,
    find: "topup.status === 'starting' || topup.status === 'success') return undefined;",
    replace: "topup.status !== 'pending') return undefined;",
  },
  {
    name: 'the sweep forgets top-ups that nobody told us of',
    file: reconciling,
    find: 'await workThrough(topups,',
    replace: 'await workThrough(topups.slice(0, 0),',
  },
  {
    name: 'a top-up that is waited for is not in the due index',
    file: topup,
    find: '    dueAt: plus(at, LOOK_GAP_MS),',
    replace: '    dueAt: undefined,',
  },
  {
    name: 'a message about another amount is believed',
    file: callbacks,
    find: 'parseAmount(reading.amount, order.currency) !== order.amountMinor',
    replace: 'parseAmount(reading.amount, order.currency) === 0',
  },
  {
    name: 'a message about another order is believed',
    file: callbacks,
    find: 'if (reading.reference !== providerReference(order))',
    replace: "if (reading.reference === '')",
    also: {
      file: callbacks,
      find: 'if (known !== undefined && reading.providerRef !== undefined && reading.providerRef !== known)',
      replace: "if (known === '')",
    },
  },
  {
    name: 'a success is taken back on the word of a message',
    file: callbacks,
    find: "  if (finding.kind !== 'rejected') return;",
    replace: '',
  },
  {
    name: 'an operator decides on an order that is decided',
    file: 'shared/flows/orders/review.ts',
    find: "  if (order.status !== 'review') throw",
    replace: "  if (order.status === 'failed') throw",
    also: [
      {
        file: 'shared/flows/orders/review.ts',
        find: "    current.status === 'review' ? resolve(current, resolution, decision, world.now()) : undefined,",
        replace: '    resolve(current, resolution, decision, world.now()),',
      },
      {
        file: life,
        find: "  assert(order.status === 'review', 'only an order in review is decided by hand');",
        replace: '',
      },
      { file: life, find: '  assert(TRANSITIONS[before.status].includes(status)', replace: '  assert(true' },
    ],
  },
  {
    name: 'a test order goes to the live provider',
    file: 'shared/domain/order-input.ts',
    find: "provider: mode === 'test' ? 'sandbox' : product.provider,",
    replace: 'provider: product.provider,',
  },
  {
    name: 'merchants share one space of references',
    file: orders,
    find: 'key.merchantId}#',
    replace: "''}#",
  },
  {
    name: 'test and live share one space of references',
    file: orders,
    find: 'key.mode}#',
    replace: "'live'}#",
  },
  {
    name: 'a payout is made and its campaign does not count it',
    file: paying,
    find: '    campaignPut(world, counted.campaign),\n',
    replace: '',
  },
  {
    name: 'a campaign is written whatever it has become',
    file: campaigns,
    find: "  return nextPut({ table: 'campaigns', item, counter: 'version' });",
    replace: "  return { table: 'campaigns', item, condition: 'attribute_exists(pk)' };",
  },
  {
    name: 'a payout that failed keeps its part of the budget',
    file: campaigns,
    find: '  if (entry) {',
    replace: "  if (entry?.kind === 'refund') return undefined;\n  if (entry) {",
  },
  {
    name: 'a payout that was delivered after its refund takes no budget again',
    file: campaigns,
    find: '  if (entry) {',
    replace: "  if (entry?.kind === 'correction') return undefined;\n  if (entry) {",
  },
  {
    name: 'a respondent who asks again is paid again',
    file: paying,
    find: 'const mayTry = !paid && campaign',
    replace: 'const mayTry = campaign',
  },
  {
    name: 'what is still under way is tried again',
    file: 'shared/domain/payout.ts',
    find: '&& lossMinor === undefined;',
    replace: '|| lossMinor === undefined;',
  },
  {
    name: 'a number is paid for every respondent who comes with it',
    file: paying,
    find: 'if (orders.some((order) => !isGivenBack(order))) throw',
    replace: 'if (orders.length < 0) throw',
  },
  {
    name: 'a paused campaign pays',
    file: 'shared/domain/campaign.ts',
    find: "  if (campaign.isPaused) return 'paused';\n",
    replace: '',
  },
  {
    name: 'a campaign pays more than its budget',
    file: 'shared/domain/campaign.ts',
    find: "  if (campaign.spentMinor + amountMinor > campaign.budgetMinor) return 'budget_spent';\n",
    replace: '',
  },
  {
    name: 'payouts are not counted by how they ended',
    file: campaigns,
    find: '  if (is === undefined || is === was) return undefined;',
    replace: '  return undefined;',
  },
  {
    name: 'nobody is told of payouts',
    file: publishing,
    find: 'if (!isPayout(order) || type === undefined) return [];',
    replace: 'return [];',
  },
  {
    name: 'a page that was cut short ends the list',
    file: 'shared/store/listed.ts',
    find: 'if (page.next === undefined) return { things };',
    replace: 'return { things };',
  },
  {
    name: 'a page of the ledger that was cut short ends the walk',
    file: ledger,
    find: 'const lastSeq = answer.LastEvaluatedKey?.seq as number | undefined;',
    replace: 'const lastSeq = undefined;',
  },
  {
    name: 'the hash of the entry before is left out',
    file: 'shared/domain/ledger.ts',
    find: 'previousHash: tail?.hash ?? genesisHash(wallet)',
    replace: 'previousHash: genesisHash(wallet)',
  },
  {
    name: 'a batch gives back again what it gave back before',
    file: batchLife,
    find: 'const amountMinor = returned - refundedMinor;',
    replace: 'const amountMinor = returned;',
  },
  {
    name: 'a batch that gives back forgets to note how much',
    file: batchLife,
    find: '{ amounts: paidBack(batch.amounts, refunds), refundedAt: at }',
    replace: '{ amounts: batch.amounts, refundedAt: at }',
  },
  {
    name: 'a batch notes what it gives back and moves no money',
    file: batches,
    find: 'const moneys = moneysOf(after, refunds, after.refundedAt ?? world.now());',
    replace: 'const moneys = moneysOf(after, [], after.refundedAt ?? world.now());\n  void refunds;',
  },
  {
    name: 'a batch and what it gives back are two writes',
    file: ledger,
    find: '    const written = await write(world, puts);\n    if (written',
    replace:
      "    if (puts.length > 1 && put.table === 'batches') await write(world, [put]);\n    const written = await write(world, puts);\n    if (written",
  },
  {
    name: 'a batch is accepted whether its reference is new or not',
    file: batches,
    find: 'put: batchPut(batch, NEW, writeId)',
    replace: "put: batchPut(batch, 'attribute_not_exists(nothing)', writeId)",
  },
  {
    name: 'a batch is changed whatever it has become',
    file: batches,
    find: "batchPut(after, 'version = :version', writeId)",
    replace: "batchPut(after, 'attribute_exists(pk)', writeId)",
  },
  {
    name: 'a row is put without asking whether its reference is free',
    file: orders,
    find: 'write(world, [orderPut(world, order, NEW_ORDER)])',
    replace: "write(world, [orderPut(world, order, 'attribute_not_exists(nothing)')])",
  },
  {
    name: "another order under a row's reference counts as the row's",
    file: running,
    find: 'if (order.batchId !== batchId) return;',
    replace: 'if (order.batchId !== undefined && order.batchId !== batchId) return;',
    also: {
      file: batchLife,
      find: "return order.batchId === batch.id ? order.status : 'taken';",
      replace: 'return order.status;',
    },
  },
  {
    name: 'a row whose reference another order took gives nothing back',
    file: batchLife,
    find: "state === 'taken' ? row.order?.amountMinor :",
    replace: "state === 'taken' ? 0 :",
  },
  {
    name: 'a row whose reference another order took waits for ever',
    file: batchLife,
    find: "return order.batchId === batch.id ? order.status : 'taken';",
    replace: "return order.batchId === batch.id ? order.status : 'waiting';",
  },
  {
    name: 'a row is paid back by itself as well',
    file: life,
    find: '  if (isRow) return decided;\n',
    replace: '',
  },
  {
    name: 'a row that is refunded owes its batch nothing',
    file: life,
    find: 'const returned = isRow ?',
    replace: 'const returned = isRow && order.amountMinor < 0 ?',
  },
  {
    name: 'a cancelled row leaves its reference free',
    file: running,
    find: 'await createRow(world, isCancelled ? cancelRow(initial, at) : acceptRow(initial, at));',
    replace: 'isCancelled ? cancelRow(initial, at) : await createRow(world, acceptRow(initial, at));',
  },
  {
    name: 'a chunk whose runner died is run by nobody',
    file: running,
    find: 'await enqueueBatch(world, batch, chunksToStart(',
    replace: 'if (batch.rows === 0) await enqueueBatch(world, batch, chunksToStart(',
  },
  {
    name: 'a lane whose rows wait for a provider runs round in circles',
    file: running,
    find: 'if (!isRun) return;',
    replace: 'if (!isRun) return advanceBatch(world, batchId);',
  },
  {
    name: 'the sweep forgets batches',
    file: running,
    find: 'await workThrough(due,',
    replace: 'await workThrough(due.slice(0, 0),',
  },
  {
    name: 'a chunk that is run is never added up again',
    file: running,
    find: 'progresses.filter((progress) => progress.isRun && openIn(progress.counts) > 0)',
    replace: 'progresses.filter((progress) => progress.isRun && openIn(progress.counts) > 1e9)',
  },
  {
    name: 'a batch is ended while rows are in doubt',
    file: batchLife,
    find: 'const isDone = sum.isRun && sum.open === 0;',
    replace: 'const isDone = sum.isRun;',
  },
  {
    name: 'a batch is ended when the chunks that somebody looked at are',
    file: batchLife,
    find: 'progresses.length === chunksOf(batch) && progresses.every',
    replace: 'progresses.every',
    also: { file: batchLife, find: 'if (seen < batch.rows) counts.waiting', replace: 'if (seen < 0) counts.waiting' },
  },
  {
    name: 'rows are kept under a name that every request has',
    file: accepting,
    find: "rowSet: newId(world, 'set')",
    replace: "rowSet: 'set'",
  },
  {
    name: 'rows are taken from a chunk that a later request writes over',
    file: accepting,
    find: "rowSet: newId(world, 'set')",
    replace: "rowSet: 'set'",
    also: {
      file: batches,
      find: "write(world, [{ table: 'batches', item, condition: NEW }])",
      replace: "write(world, [{ table: 'batches', item, condition: 'attribute_not_exists(nothing)' }])",
    },
  },
  {
    name: 'the end of a batch has another id each time it is handed on',
    file: publishing,
    find: 'batch.id.slice(4)}_',
    replace: 'batch.id.slice(4) + world.now()}_',
  },
  {
    name: 'the end of a batch leaves the outbox untold',
    file: publishing,
    find: 'const [event] = batch?.outbox ?? [];\n  if (!batch || !event) return;',
    replace:
      'const [event] = batch?.outbox ?? [];\n  if (!batch || !event) return;\n  await changeBatch(world, batch, (now) => markBatchPublished(now, event.sequence));',
  },
  {
    name: 'rows are told of though nobody asked',
    file: running,
    find: 'batch.hasRowWebhooks ? {} :',
    replace: 'batch.hasRowWebhooks || batch.rows > 0 ? {} :',
  },
  {
    name: 'what was cancelled is sent again by a retry',
    file: batchLife,
    find: " && order?.failure !== 'cancelled';",
    replace: ';',
  },
];
