import type { PlantedBug } from './planted-bugs.ts';

/** Bugs of signed heads, which the simulation has none of: the named test catches each. */

const reading = 'shared/flows/wallet/read-heads.ts';
const signing = 'functions/workers/sign-heads.ts';
const caughtBy = { test: 'test/functions/workers/sign-heads.test.ts' };

export const PLANTED_BUGS_HEADS: readonly PlantedBug[] = [
  {
    name: 'a ledger that was rewritten with right hashes agrees with the head',
    file: reading,
    find: 'if (entry?.hash === hash && entry.balanceMinor === balanceMinor)',
    replace: 'if (entry?.seq === seq)',
    caughtBy,
  },
  {
    name: 'a ledger whose tail was cut off agrees with the head',
    file: reading,
    find: '  const what = entry\n',
    replace: '  if (!entry) return { head, leaf };\n  const what = entry\n',
    caughtBy,
  },
  {
    name: 'a head need not be signed',
    file: reading,
    find: 'if (!(await world.heads.isSigned(text, signature)))',
    replace: "if (text === '')",
    caughtBy,
  },
  {
    name: 'the roots of pages need not lead to the root of the head',
    file: reading,
    find: ' && head.root === rootOf(pageRoots);',
    replace: ';',
    caughtBy,
  },
  {
    name: 'a page need not be the one that the head has',
    file: reading,
    find: 'if (rootOf(page.hashes) === pageRoots[index]) return page;',
    replace: 'if (page.hashes.length > 0) return page;',
    caughtBy,
  },
  {
    name: 'a wallet that a head should have is taken for a new one',
    file: reading,
    find: 'if (!first || first.at >= since) return {};',
    replace: 'if (!first || first.at >= since || day) return {};',
    caughtBy,
  },
  {
    name: 'nobody misses heads that were removed',
    file: reading,
    find: 'if (!first || first.at >= since) return {};',
    replace: 'if (!first || first.at >= since || !day) return {};',
    caughtBy,
  },
  {
    name: 'the next head signs a ledger that contradicts the last one',
    file: signing,
    find: 'if (!signed || !isSame(signed, before)) {\n    return { leaf: before,',
    replace: 'if (!signed || !isSame(signed, before)) {\n    return { leaf: leafOf(tail),',
    caughtBy,
  },
  {
    name: 'a tail that is no whole entry is signed',
    file: signing,
    find: 'if (wrong !== undefined) return { leaf: before, problem: wrong };',
    replace: '',
    caughtBy,
  },
  {
    name: 'a wallet that its index hides is in no head any more',
    file: signing,
    find: 'new Set([...before.keys(), ...keys])',
    replace: 'new Set(keys)',
    caughtBy,
  },
  {
    name: 'a wallet that was hidden from the last head is signed without a word',
    file: signing,
    find: 'const isLate = !first || first.at < since;',
    replace: 'const isLate = !first;',
    caughtBy,
  },
  {
    name: 'a head does not name the one before',
    file: signing,
    find: 'previous: last ? { day: last.head.day, hash: hashOfHead(last) } : null,',
    replace: 'previous: null,',
    caughtBy,
  },
  {
    name: 'a head is signed while pages are missing',
    file: signing,
    find: 'if (left === 0) await',
    replace: 'await',
    caughtBy,
  },
  {
    name: 'a head replaces the one that is there',
    file: 'shared/aws/heads.ts',
    find: ", IfNoneMatch: '*'",
    replace: '',
    caughtBy,
  },
  {
    name: 'the worker verifies chains alone',
    file: 'functions/workers/verify-ledgers.ts',
    find: 'found.violation ?? (await head?.check({ merchantId, mode, currency }, found.last))?.violation;',
    replace: 'found.violation ?? (head === undefined ? undefined : undefined);',
    caughtBy,
  },
  {
    name: 'a merchant is answered by the chain alone',
    file: 'functions/wallet/verify-ledger.ts',
    find: 'const violation = found.violation ?? contradiction;',
    replace: 'const violation = found.violation;',
    caughtBy,
  },
];
