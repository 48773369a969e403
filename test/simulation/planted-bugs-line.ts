import type { PlantedBug } from './planted-bugs.ts';

/** Bugs in how a wallet's line is posted: of money, and of what makes a hot wallet slow for everybody. */

const posting = 'shared/store/posting.ts';
const leading = 'shared/store/post-in-line.ts';
const lines = 'shared/store/lines.ts';
const direct = 'shared/store/post.ts';
const domain = 'shared/domain/line.ts';

const line = { caughtBy: { test: 'test/store/post-in-line.test.ts' } };
const bench = { caughtBy: { test: 'test/bench/wallet-line.test.ts' } };

export const PLANTED_BUGS_LINE: readonly PlantedBug[] = [
  {
    name: 'a refusal is written without the check that nothing lies behind the tail',
    file: posting,
    find: '  if (hasEntries || refused?',
    replace: '  if (parts || refused?',
    ...line,
  },
  {
    name: 'an order of a line is put without the condition that it is new',
    file: posting,
    find: '  const own = ownPuts(posting, decision);',
    replace:
      "  const own = ownPuts(posting, decision).map((put) => ({ ...put, condition: put.condition.replace('not_exists(pk)', 'not_exists(nothing)') }));",
  },
  {
    name: 'every order of a batch is decided on the balance before the batch',
    file: posting,
    find: '    const part = decidePart(after, posting);',
    replace:
      '    const start = new Map([...after.tails].map(([key, tail]) => [key, { ...tail, balanceAfterMinor: books.tails.get(key)?.balanceAfterMinor ?? 0 }]));\n    const part = decidePart({ ...after, tails: start }, posting);',
    ...line,
  },
  {
    name: 'two rows under one reference come into one batch',
    file: posting,
    find: ' || own.some((key) => keys.has(key))',
    replace: '',
    ...line,
  },
  {
    name: 'a stored posting is posted whatever it holds',
    file: lines,
    find: 'toPosting(wallet, String(posting))',
    replace: '(() => (toPosting(wallet, String(posting)), JSON.parse(String(posting))))()',
    ...line,
  },
  {
    name: 'rows leave the line while their transaction is under way',
    file: leading,
    find: '    const [written] = await Promise.all([',
    replace: '    this.#left.push(...rows);\n    const [written] = await Promise.all([',
    ...line,
  },
  {
    name: 'whoever waits answers with its own order instead of the one that is there',
    file: posting,
    find: "  return row.writeId === id ? { kind: 'done' } : { kind: 'moved', row };",
    replace: "  return { kind: 'done' };",
  },
  {
    name: 'rows are posted after whoever waited was answered 503',
    file: lines,
    find: '    .filter(({ until }) => String(until) > now)\n',
    replace: '',
    also: { file: lines, find: '-(ROW_MS + CLOCKS_DIFFER_MS)', replace: '-HOUR' },
    ...line,
  },
  {
    name: 'the lead of a dead process lasts',
    file: domain,
    find: 'lead.until > at && seenForMs <= LEAD_MS',
    replace: 'lead.until !== FREE',
    ...line,
  },
  {
    name: 'a lead lasts as long as the clock says that wrote it',
    file: domain,
    find: ' && seenForMs <= LEAD_MS',
    replace: '',
    ...line,
  },
  {
    name: 'what a leader has decided comes into its next batch again',
    file: leading,
    find: '!this.#decided.has(id)',
    replace: 'id',
    ...line,
  },
  {
    name: 'everybody who waits leads',
    file: leading,
    find: '    if (!(await saveLead(world, wallet, mine))) return undefined;',
    replace: '    await saveLead(world, wallet, mine);',
    ...line,
  },
  {
    name: 'newcomers do not look whether somebody leads',
    file: direct,
    find: '  if (!remembered && !(await reading)) return { free: undefined };\n',
    replace: '',
    ...line,
  },
  {
    name: 'a process that found a lead goes on with the tail that it remembers',
    file: direct,
    find: '  for (const wallet of wallets) forget(world, wallet);\n',
    replace: '',
    ...line,
  },
  {
    name: 'a reference that is taken counts as funded',
    file: posting,
    find: '    if (row) results.set(posting.id, resultOf(posting.id, row));',
    replace: "    if (row) results.set(posting.id, { kind: 'done' });",
  },
  {
    name: 'a leader keeps the tail that it read first',
    file: leading,
    find: 'readTail(this.#world, this.#wallet)]',
    replace:
      "Promise.resolve(this.#world.memo.get('kept') ?? readTail(this.#world, this.#wallet)).then((tail) => (this.#world.memo.set('kept', tail), tail as never))]",
    ...bench,
  },
  {
    name: 'a refund of a line is put without its version',
    file: posting,
    find: '  const own = ownPuts(posting, decision);',
    replace:
      "  const own = ownPuts(posting, decision).map((put) => (put.values ? { ...put, condition: ':version = :version AND #status <> :status OR :version > :status OR attribute_exists(pk)' } : put));",
    ...line,
  },
  {
    name: 'a credit of a line counts before a debit that came first',
    file: leading,
    find: '(a.sk < b.sk ? -1 : 1)',
    replace: '(b.posting.movements[0]?.entry.amountMinor ?? 0) - (a.posting.movements[0]?.entry.amountMinor ?? 0)',
    ...line,
  },
  {
    name: 'only the first payout of a batch counts in its campaign',
    file: posting,
    find: "    if (part.decision.kind === 'posted') after = part.decision.books;",
    replace:
      "    if (part.decision.kind === 'posted') after = { ...part.decision.books, campaigns: after === books ? part.decision.books.campaigns : after.campaigns };",
    ...bench,
  },
  {
    name: 'a payout of a line rests on terms and payouts that may have changed',
    file: domain,
    find: 'admission.basis !== campaign.basis || ',
    replace: '',
    caughtBy: { test: 'test/functions/campaigns/payouts-in-line.test.ts' },
  },
  {
    name: 'two currencies share a line',
    file: lines,
    find: '  const place = { pk: `${walletKey(wallet)}#',
    replace: '  const place = { pk: `${wallet.merchantId}#${wallet.mode}#',
    also: [
      {
        file: lines,
        find: "':pk': `${walletKey(wallet)}#",
        replace: "':pk': `${wallet.merchantId}#${wallet.mode}#",
      },
      { file: 'shared/store/stored-posting.ts', find: 'walletKey(wallet) === walletKey(own) && ', replace: '' },
    ],
    ...line,
  },
  {
    name: 'a leader answers before its transaction is done',
    file: leading,
    find: '    const batch = decideBatch(books, postings, this.#sizeMax);',
    replace: "    const batch = decideBatch(books, postings, this.#sizeMax);\n    this.posted ??= { kind: 'done' };",
  },
  {
    name: 'a leader that loses never tries with less',
    file: leading,
    find: '    else if (results.size === 0) this.#sizeMax = ',
    replace: '    else if (results.size < 0) this.#sizeMax = ',
    ...line,
  },
  {
    name: 'a row that was dropped counts as posted',
    file: leading,
    find: "?? { kind: 'dropped' };",
    replace: "?? { kind: 'done' };",
    ...line,
  },
  {
    name: 'a leader does not give its lead back',
    file: leading,
    find: ', saveLead(world, wallet, givenBack(mine))]',
    replace: ']',
    ...line,
  },
  {
    name: 'whoever waits in the process of a leader is left alone when that ends',
    file: leading,
    find: '    leader.leave(free);',
    replace: '    if (!free) leader.leave(free);',
    ...line,
  },
  {
    name: 'requests of one process wait for each other as strangers',
    file: leading,
    find: '  world.memo.set(memoKey(wallet), leader);\n',
    replace: '',
    ...line,
  },
  {
    name: 'one posting that cannot be written stops its whole line',
    file: leading,
    find: '      if (isTransient(error) || batch.parts.length === 1) throw error;',
    replace: '      if (error) throw error;',
    ...line,
  },
  {
    name: 'orders of a line are refused for want of a read',
    file: leading,
    find: 'booksOf([tail], ',
    replace: 'booksOf([undefined], ',
    ...line,
  },
];
