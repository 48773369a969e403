import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { assert } from '../../shared/domain/assert.ts';
import type { Entry, EntryKind, WalletId } from '../../shared/domain/ledger.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
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
        // Asserted when it was added up: a statement that does not add up is never answered.
        adds_up: true,
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
}

/**
 * The balance before the first moment, each kind's sum, the balance at the second moment. Entries are in order of time,
 * so both moments are positions in the chain.
 */
async function addUp(world: World, wallet: WalletId, from: Instant, to: Instant): Promise<Statement> {
  const [first, end] = await Promise.all([seqAt(world, wallet, from), seqAt(world, wallet, to)]);
  if (end - first > ENTRIES_MAX) {
    const detail = `A statement has ${ENTRIES_MAX} entries at most.`;
    throw new Refusal('statement_too_large', { param: 'month', detail });
  }
  const before = first > 1 ? await readEntry(world, wallet, first - 1) : undefined;
  const totals = new Map<EntryKind, { count: number; amountMinor: number }>();
  let last: Entry | undefined = before;
  let sum = 0;
  let entries = 0;
  for await (const page of walkLedger(world, wallet, first, end - 1)) {
    for (const entry of page) {
      const { count, amountMinor } = totals.get(entry.kind) ?? { count: 0, amountMinor: 0 };
      totals.set(entry.kind, { count: count + 1, amountMinor: amountMinor + entry.amountMinor });
      sum += entry.amountMinor;
      entries += 1;
      last = entry;
    }
  }
  const [openingMinor, closingMinor] = [balanceOf(before), balanceOf(last)];
  assert(openingMinor + sum === closingMinor, 'a statement adds up');
  return { openingMinor, closingMinor, entries, totals };
}

export const handler = lambda(getStatement);
