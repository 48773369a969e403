import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { toMajor } from '../../shared/domain/money.ts';
import { makeStatement } from '../../shared/flows/wallet/make-statement.ts';
import { currency } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** As many as one request can add up in its time, with room to spare. */
const ENTRIES_MAX = 100_000;

const form = 'must be a month such as 2026-05.';
const month = z.string({ error: form }).check(z.regex(/^20\d{2}-(0[1-9]|1[0-2])$/, { error: form }));
const query = z.strictObject({ currency, month });

/**
 * A calendar month in UTC. A month that is not over yet shows how it stands. That opening balance and totals make the
 * closing balance is asserted where they are added up: what does not add up is not answered.
 */
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
    const statement = await makeStatement(world, { ...owner, currency }, { from, to, entriesMax: ENTRIES_MAX });
    if (!statement) {
      throw new Refusal('statement_too_large', {
        param: 'month',
        detail: `A statement has ${ENTRIES_MAX} entries at most.`,
      });
    }
    const money = (minor: number) => toMajor(minor, currency);
    const moved = [...statement.totals.values()].reduce((sum, { amountMinor }) => sum + amountMinor, 0);
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
        adds_up: statement.openingMinor + moved === statement.closingMinor,
        entries: statement.entries,
        totals: [...statement.totals]
          .map(([kind, { count, amountMinor }]) => ({ kind, count, amount: money(amountMinor) }))
          .toSorted((a, b) => a.kind.localeCompare(b.kind)),
      },
    };
  },
});

export const handler = lambda(getStatement);
