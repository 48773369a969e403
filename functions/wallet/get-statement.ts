import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { assert } from '../../shared/domain/assert.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Entry, EntryKind, WalletId } from '../../shared/domain/ledger.ts';
import { balanceOf, mismatchIn } from '../../shared/domain/ledger.ts';
import { toMajor } from '../../shared/domain/money.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { walkLedger } from '../../shared/flows/wallet/walk-ledger.ts';
import { currency } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readEntry, seqAt } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';

/** What one request can add up within its time limit, with a margin. */
const ENTRIES_MAX = 100_000;

const form = 'must be a month such as 2026-05.';
const month = z.string({ error: form }).check(z.regex(/^20\d{2}-(0[1-9]|1[0-2])$/, { error: form }));
const query = z.strictObject({ currency, month });

/** A calendar month in UTC. The current month is shown as of now. */
export const getStatement = route({
  ...routes.getStatement,
  query,
  async run(world, { owner, query }) {
    const { currency } = query;
    const from = `${query.month}-01T00:00:00.000Z`;
    const [year = 0, number = 0] = query.month.split('-').map(Number);
    const to = new Date(Date.UTC(year, number, 1)).toISOString();
    const now = world.now();
    if (from > now) {
      throw new Refusal('invalid_request', { param: 'month', detail: `month ${query.month} has not begun.` });
    }
    const statement = await addUp(world, { ...owner, currency }, from, to);
    const money = (minor: number) => toMajor(minor, currency);
    return {
      status: 200,
      body: {
        currency,
        month: query.month,
        from,
        to,
        closed: to <= now,
        opening_balance: money(statement.openingMinor),
        closing_balance: money(statement.closingMinor),
        adds_up: statement.violation === undefined,
        first_flaw: statement.violation ?? null,
        entries: statement.entries,
        totals: [...statement.totals]
          .map(([kind, { count, amountMinor }]) => ({ kind, count, amount: money(amountMinor) }))
          .toSorted((a, b) => a.kind.localeCompare(b.kind)),
      },
    };
  },
});

interface Statement {
  readonly openingMinor: number;
  readonly closingMinor: number;
  readonly entries: number;
  readonly totals: ReadonlyMap<EntryKind, { count: number; amountMinor: number }>;
  /** The first entry that is wrong, where one is: the sums are what the entries say, and prove nothing. */
  readonly violation?: { readonly seq: number; readonly what: string };
}

/**
 * The balance before the first moment, each kind's sum, the balance at the second moment. Entries are in order of time,
 * so both moments are positions in the chain. Each entry is held against the one before it; also the last one before
 * the month and the first one after it, because a changed instant could have put them there.
 */
async function addUp(world: World, wallet: WalletId, from: Instant, to: Instant): Promise<Statement> {
  const [first, end] = await Promise.all([seqAt(world, wallet, from), seqAt(world, wallet, to)]);
  if (end - first > ENTRIES_MAX) {
    const detail = `A statement has ${ENTRIES_MAX} entries at most.`;
    throw new Refusal('statement_too_large', { param: 'month', detail });
  }
  const totals = new Map<EntryKind, { count: number; amountMinor: number }>();
  let violation: Statement['violation'];
  const compare = (previous: Entry | undefined, entry: Entry | undefined, seq: number) => {
    const what = entry ? mismatchIn(wallet, previous, entry) : `entry ${seq} is missing`;
    if (what !== undefined) violation ??= { seq, what };
  };
  const [earlier, before, after] = await Promise.all(
    [first - 2, first - 1, end].map((seq) => entryAt(world, wallet, seq)),
  );
  if (first > 1) compare(earlier, before, first - 1);
  let last = before;
  let sum = 0;
  let entries = 0;
  for await (const page of walkLedger(world, wallet, first, end - 1)) {
    for (const entry of page) {
      compare(last, entry, (last?.seq ?? 0) + 1);
      const { count, amountMinor } = totals.get(entry.kind) ?? { count: 0, amountMinor: 0 };
      totals.set(entry.kind, { count: count + 1, amountMinor: amountMinor + entry.amountMinor });
      sum += entry.amountMinor;
      entries += 1;
      last = entry;
    }
  }
  const [openingMinor, closingMinor] = [balanceOf(before), balanceOf(last)];
  const lastSeq = last?.seq ?? 0;
  if (lastSeq < end - 1) compare(last, undefined, lastSeq + 1);
  if (after) compare(last, after, end);
  assert(violation !== undefined || openingMinor + sum === closingMinor, 'a statement without a violation adds up');
  return { openingMinor, closingMinor, entries, totals, ...defined({ violation }) };
}

async function entryAt(world: World, wallet: WalletId, seq: number): Promise<Entry | undefined> {
  return seq >= 1 ? readEntry(world, wallet, seq) : undefined;
}

export const handler = lambda(getStatement);
