import type { PlantedBug } from './planted-bugs.ts';

/** Bugs that ignore the freeze of a merchant, or do not see its end. */

const dispatching = 'shared/flows/orders/dispatch-order.ts';
const frozen = 'test/functions/account/frozen.test.ts';
const bulk = 'test/functions/bulk/frozen-bulk.test.ts';
const fairness = 'test/functions/workers/frozen-fairness.test.ts';
const terms = 'shared/domain/terms.ts';
const lines = 'test/functions/account/may-unfreeze.test.ts';
const unfreezing = 'shared/flows/keys/may-unfreeze.ts';
const freezing = 'test/functions/account/freeze-account.test.ts';

export const PLANTED_BUGS_FREEZE: readonly PlantedBug[] = [
  {
    name: 'an order is sent while its merchant is frozen',
    file: dispatching,
    find: '  if (!(await readFreeze(world, order, unfrozenAt))) return false;\n',
    replace: '  if (unfrozenAt !== "never") return false;\n',
  },
  {
    name: 'an order that waited before its claim is sent though its merchant was frozen meanwhile',
    file: dispatching,
    find: '  if (await holdIfFrozen(world, order, unfrozenAt)) return;\n  const claimed =',
    replace: '  const claimed =',
    caughtBy: { test: frozen, name: 'right before the claim' },
  },
  {
    name: 'what a message says of a freeze counts for ever',
    file: 'shared/store/terms.ts',
    find: 'if (unfrozenAt !== undefined && isFresh(unfrozenAt, world.now())) return undefined;',
    replace: 'if (unfrozenAt !== undefined) return undefined;',
    caughtBy: { test: frozen, name: 'of the dispatcher too' },
  },
  {
    name: 'a process remembers the terms of a merchant for ever',
    file: 'shared/store/terms.ts',
    find: 'if (remembered && isFresh(remembered.at, world.now(), ageMsMax)) return remembered.terms;',
    replace: 'if (remembered) return remembered.terms;',
    caughtBy: { test: frozen, name: 'knows of a freeze after five seconds' },
  },
  {
    name: 'a row of a batch is sent while its merchant is frozen',
    file: 'shared/flows/bulk/send-row.ts',
    find: '  if (await readFreeze(world, row)) return;\n',
    replace: '',
    caughtBy: { test: bulk, name: 'does not claim them' },
  },
  {
    name: 'a batch that is cancelled while its merchant is frozen stays as it is',
    file: 'functions/workers/run-bulk.ts',
    find: 'return batch.cancelledAt === undefined && (await readFreeze(world, batch)) !== undefined;',
    replace: 'return (await readFreeze(world, batch)) !== undefined;',
    caughtBy: { test: bulk, name: 'that is cancelled meanwhile' },
  },
  {
    name: 'a batch is paid though its merchant was frozen while it was prepared',
    file: 'shared/flows/bulk/create-batch.ts',
    find: '  await requireMaySpend(world, owner, TERMS_MS_MAX);\n',
    replace: '',
    caughtBy: { test: bulk, name: 'is not paid' },
  },
  {
    name: 'a batch is paid by terms that were read seconds ago',
    file: 'shared/flows/bulk/create-batch.ts',
    find: 'requireMaySpend(world, owner, TERMS_MS_MAX)',
    replace: 'requireMaySpend(world, owner)',
    caughtBy: { test: bulk, name: 'is not paid' },
  },
  {
    name: 'a payout is paid though its merchant was frozen while it was prepared',
    file: 'functions/campaigns/create-payout.ts',
    find: '  // Once more: what is above may have taken long.\n  await requireMaySpend(world, campaign);\n',
    replace: '',
    caughtBy: { test: frozen, name: 'takes long to decide' },
  },
  {
    name: 'a campaign of a frozen merchant is resumed',
    file: 'functions/campaigns/update-campaign.ts',
    find: '      await requireMaySpend(world, owner);\n',
    replace: '',
    caughtBy: { test: frozen, name: 'is not widened' },
  },
  {
    name: 'a repeated order of a frozen merchant is refused',
    file: 'functions/orders/create-order.ts',
    find: '    const limit = refused ??',
    replace: '    if (refused) throw refused;\n    const limit = refused ??',
    caughtBy: { test: frozen, name: 'what was accepted before is answered' },
  },
  {
    name: 'a merchant that is not live spends by its live keys',
    file: 'shared/flows/account/may-spend.ts',
    find: "mode === 'live' && !terms.isLive",
    replace: "mode === 'live' && terms.isLive === undefined",
    caughtBy: { test: 'test/functions/account/not-live.test.ts', name: 'takes no new order of a live key' },
  },
  {
    name: 'the end of a freeze leaves what it held',
    file: 'functions/workers/reconcile.ts',
    find: 'if ((await readFreeze(world, due)) === undefined) others.add(due);\n    else if (isExpired)',
    replace: 'if (isExpired)',
    caughtBy: { test: frozen, name: 'sent once when the freeze ends' },
  },
  {
    name: 'what a freeze holds is read by every sweep',
    file: 'shared/store/orders.ts',
    find: "  if (status === 'pending' && order.isFrozen && isAlone) return { dueFor: 'unfreezing' };\n",
    replace: '',
    caughtBy: { test: fairness, name: 'sent by the next sweep' },
  },
  {
    name: 'what a freeze holds waits for ever',
    file: 'functions/workers/reconcile.ts',
    find: '    else if (isExpired) await reconcileOrder(world, due, { controls });\n',
    replace: '',
    caughtBy: { test: frozen, name: 'six hours after it was placed' },
  },
  {
    name: "a merchant lifts an operator's freeze",
    file: terms,
    find: 'return freezes.length > 0 && !freezes.some(isOfSide(by));',
    replace: 'return freezes.length > 2 && !freezes.some(isOfSide(by));',
    caughtBy: { test: freezing, name: 'is lifted by operators only' },
  },
  {
    name: 'the end of a freeze ends the other one too',
    file: terms,
    find: 'before.filter((each) => !isOwn(each))',
    replace: 'before.filter((each) => !before.includes(each))',
    caughtBy: { test: freezing, name: 'until each has lifted its own' },
  },
  {
    name: 'a merchant is not frozen any more when its operator has unfrozen it',
    file: terms,
    find: 'return [frozen?.[mode], ownFreezes?.[mode]].flatMap',
    replace: 'return [frozen?.[mode], frozen?.[mode] && ownFreezes?.[mode]].flatMap',
    caughtBy: { test: freezing, name: "has lifted an operator's" },
  },
  {
    name: 'a key that spends unfreezes',
    file: unfreezing,
    find: 'if (line.some((each) => !each || canSpend(each))) return false;',
    replace: 'if (line.some((each) => !each || (each !== key && canSpend(each)))) return false;',
    caughtBy: { test: freezing, name: 'does not unfreeze' },
  },
  {
    name: 'a key that a key that spends made unfreezes',
    file: unfreezing,
    find: "return createdBy?.kind === 'key' ? [createdBy.id, ...replaces] : [...replaces];",
    replace: 'return [...replaces];',
    caughtBy: { test: lines, name: 'made by' },
  },
  {
    name: 'a key that replaced one that a key that spends made unfreezes',
    file: unfreezing,
    find: '[createdBy.id, ...replaces] : [...replaces];',
    replace: '[createdBy.id] : [];',
    caughtBy: { test: lines, name: 'replaced' },
  },
  {
    name: 'only the maker of a key is looked at before it unfreezes',
    file: unfreezing,
    find: 'filter((id) => !seen.has(id));',
    replace: 'filter((id) => seen.size < 2 && !seen.has(id));',
    caughtBy: { test: lines, name: 'through others' },
  },
  {
    name: 'a key whose maker cannot be found unfreezes',
    file: unfreezing,
    find: 'line.some((each) => !each || canSpend(each))',
    replace: 'line.some((each) => each && canSpend(each))',
    caughtBy: { test: lines, name: 'cannot be found' },
  },
  {
    name: 'a key that spends makes one that could unfreeze',
    file: 'shared/flows/keys/make-key.ts',
    find: 'canSpend(powers) || (await mayUnfreeze(world, maker))) return;',
    replace: 'canSpend(powers) || maker) return;',
    caughtBy: { test: lines, name: 'makes no key' },
  },
  {
    name: 'a freeze of one side is lost where the other has frozen',
    file: terms,
    find: 'return before.some(isOfSide(freeze.by)) ? terms',
    replace: 'return before.length > 0 ? terms',
    caughtBy: { test: freezing, name: 'until each has lifted its own' },
  },
  {
    name: 'a freeze of one side takes the place of the other',
    file: terms,
    find: '[...before, freeze]);',
    replace: '[freeze]);',
    caughtBy: { test: freezing, name: 'until each has lifted its own' },
  },
  {
    name: 'a freeze is written without its act',
    file: 'shared/flows/account/freeze-merchant.ts',
    find: 'if (!(await saveTerms(world, next, [...acts, ...checks])))',
    replace: 'if (!(await saveTerms(world, next, [...acts.slice(1), ...checks])))',
    caughtBy: { test: freezing, name: 'in the audit log' },
  },
  {
    name: 'a key unfreezes that was revoked meanwhile',
    file: 'shared/flows/account/freeze-merchant.ts',
    find: 'maker ? [maker.check] : []',
    replace: 'maker ? [] : []',
    caughtBy: { test: lines, name: 'does not unfreeze' },
  },
];
