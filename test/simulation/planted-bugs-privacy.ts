import type { PlantedBug } from './planted-bugs.ts';
import { bugsIn } from './planted-bugs-security.ts';

/** Bugs that would keep personal data, or erase what money depends on. The named test must catch each. */
export const PLANTED_BUGS_PRIVACY: readonly PlantedBug[] = [
  {
    name: 'an order is erased while something is pending',
    file: 'shared/domain/erasure.ts',
    find: 'return isFinal(status) && !erased && dueAt === undefined && stored === undefined && outbox === undefined;',
    replace: 'return isFinal(status) && !erased;',
  },
  {
    name: 'an erasure overwrites what changed meanwhile',
    file: 'shared/flows/privacy/erase-items.ts',
    find: 'const { isDone } = await commitUnmoved(world, eraseOrder(order, hash, world.now()));',
    replace:
      "const stale = eraseOrder(order, hash, world.now());\n  const { peekAtOrder } = await import('../../store/orders.ts');\n  const { status = order.status, version = order.version } = (await peekAtOrder(world, order)) ?? {};\n  const { isDone } = await commitUnmoved(world, { before: { ...order, status, version }, after: { ...stale.after, version: version + 1 } });",
    caughtBy: { test: 'test/functions/workers/erase-old.test.ts' },
  },
  ...bugsIn('shared/domain/erasure.ts', 'test/functions/workers/erase-old.test.ts', [
    [
      'an order that is not final is erased',
      'return isFinal(status) && !erased && dueAt === undefined && stored === undefined && outbox === undefined;',
      'return !erased;',
    ],
    [
      "a merchant's reference is erased",
      'target: maskedNumber(before.msisdn),',
      'target: maskedNumber(before.msisdn), agentReference: hash(before.agentReference),',
    ],
    [
      'the texts of an erased order stay',
      'const after: Order = {',
      'const after: Order = { ...defined({ customSms }),',
    ],
    [
      'the texts of rows that were left out stay',
      "leftOut.problems.map((problem) => ({ ...problem, detail: 'Erased.' }))",
      'leftOut.problems',
    ],
    ['other cells of rows that were left out stay', 'leftOut: { target:', 'leftOut: { ...leftOut, target:'],
  ]),
  ...bugsIn('shared/domain/order-input.ts', 'test/functions/workers/erase-old.test.ts', [
    [
      'a repeat of an erased order is another order',
      'order.msisdn === (order.erased ? hash(normal) : normal)',
      'order.msisdn === normal',
    ],
    [
      'any number is that of an erased order',
      'order.msisdn === (order.erased ? hash(normal) : normal)',
      '(order.erased !== undefined || order.msisdn === normal)',
    ],
  ]),
  ...bugsIn('shared/flows/privacy/erase-old.ts', 'test/functions/workers/erase-old.test.ts', [
    ['what was not final at first is never erased', 'const left = [...known, ...found];', 'const left = [...known];'],
    [
      'what is more than a cursor holds is never erased',
      'const next = isAll ? missed :',
      'const next = isAll || at ? missed :',
    ],
    [
      'what is missed is looked at once more only',
      'const next = isAll ? again :',
      'const next = isAll || at ? again :',
    ],
    [
      'a run that dies skips what it had in hand',
      "if (found === 'left') left.push",
      "if (found === 'erased') left.push",
    ],
  ]),
  ...bugsIn('shared/flows/privacy/erase-number.ts', 'test/functions/erase-number.test.ts', [
    [
      'an erasure is not in the audit log',
      'await saveNumberErasure(world, next, acts)',
      'await saveNumberErasure(world, next, [])',
    ],
    ["an erasure takes everybody's rows", '(order ? order.msisdn === wanted.msisdn :', '(order ? true :'],
    [
      'a number in another cell is not found',
      'isIn(textsOfLeftOut(leftOut), wanted)',
      'isIn([leftOut.target], wanted)',
    ],
    ['rows of a batch that runs are erased', 'eraseOrLeave(batch, hasEnded(batch))', 'eraseOrLeave(batch, true)'],
    ['an erasure that died is not continued', 'if (before && before.finishedAt === undefined) return before;', ''],
  ]),
  ...bugsIn('shared/flows/bulk/create-batch.ts', 'test/functions/workers/erase-old.test.ts', [
    [
      'rows of a request that lost stay',
      'if (funded.batch.rowSet !== batch.rowSet) await emptyRows(world, batch);',
      '',
    ],
    ['a batch whose answer was lost loses its rows', 'if (funded.batch.rowSet !== batch.rowSet) await', 'await'],
  ]),
  ...bugsIn('shared/flows/privacy/erase-items.ts', 'test/functions/workers/erase-old.test.ts', [
    ['rows of a batch are erased after a day', "if (!(await isLost(world, rows))) return 'was erased';", ''],
  ]),
  ...bugsIn('shared/aws/redaction.ts', 'test/aws/log-privacy.test.ts', [
    ['a field that is not listed is logged', 'if (LISTED.has(name)) kept', 'if (name) kept'],
    ['numbers in texts are logged', '`…${number.slice(-3)}`', 'number'],
    [
      'an error is logged with the items that it carries',
      'name: error.name,\n    message: masked(error.message),',
      '...error,\n    name: error.name,\n    message: masked(error.message),',
    ],
    ['the message of an error is logged as it is', 'message: masked(error.message),', 'message: error.message,'],
  ]),
  ...bugsIn('functions/orders/receive-callback.ts', 'test/functions/orders/receive-callback.test.ts', [
    ['a callback about an erased number is of another', 'if (!hash) return digits', 'if (hash !== null) return digits'],
    ['a callback about any number is of an erased order', 'hash(number) === order.msisdn', "number !== ''"],
  ]),
  ...bugsIn('functions/orders/receive-callback.ts', 'test/aws/log-privacy.test.ts', [
    [
      "a callback's body is logged",
      'reference: reading?.reference,',
      'reference: reading?.reference, reason: reading?.finding.evidence,',
    ],
  ]),
  ...bugsIn('shared/providers/hotrecharge-api.ts', 'test/aws/log-privacy.test.ts', [
    ["a provider's answer is logged with its error", 'answered ${answer.status}`', 'answered ${answer.body}`'],
  ]),
  ...bugsIn('functions/campaigns/create-payout.ts', 'test/functions/workers/erase-old.test.ts', [
    [
      'a campaign notes numbers as they are',
      'const numberHash = await hashOfNumber(world, msisdn);',
      'const numberHash = msisdn;',
    ],
  ]),
];
