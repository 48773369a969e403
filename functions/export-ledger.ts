import * as z from 'zod/mini';
import { csvRow } from '../shared/api/csv.ts';
import { decodeCursor, encodeCursor } from '../shared/api/cursor.ts';
import { currency, cursor, instant } from '../shared/api/fields.ts';
import { route } from '../shared/api/route.ts';
import { lambda } from '../shared/aws/lambda.ts';
import type { Entry } from '../shared/domain/ledger.ts';
import { ENTRY_KINDS } from '../shared/domain/ledger.ts';
import { formatAmount } from '../shared/domain/money.ts';
import { walkLedger } from '../shared/flows/walk-ledger.ts';
import { routes } from '../shared/routes.ts';
import { seqAt } from '../shared/store/ledger.ts';

/** An answer of API Gateway holds six megabytes and cannot be streamed: ten thousand rows are about three. */
const ROWS_MAX = 10_000;

const query = z.strictObject({
  currency,
  kind: z.optional(z.enum(ENTRY_KINDS, { error: `must be one of ${ENTRY_KINDS.join(', ')}.` })),
  from: z.optional(instant),
  to: z.optional(instant),
  cursor,
});
const place = z.strictObject({ from: z.int() });

const COLUMNS = [
  'seq',
  'created_at',
  'kind',
  'description',
  'agent_reference',
  'order_id',
  'topup_id',
  'amount',
  'currency',
  'balance_after',
  'id',
  'hash',
];

/**
 * A wallet's entries, oldest first, in parts: where more follow, a Link header names the next part, which begins
 * without the column names, so that parts put one behind the other are one file. Exact while entries are appended.
 */
export const exportLedger = route({
  ...routes.exportLedger,
  query,
  async run(world, { owner, query }) {
    const wallet = { ...owner, currency: query.currency };
    const continued = decodeCursor(query.cursor, place)?.from;
    const start = continued ?? (query.from ? await seqAt(world, wallet, query.from) : 1);
    const last = query.to ? (await seqAt(world, wallet, query.to)) - 1 : Number.POSITIVE_INFINITY;
    const rows: Entry[] = [];
    let next: number | undefined;
    for await (const page of walkLedger(world, wallet, start, last)) {
      const own = page.filter(({ kind }) => !query.kind || kind === query.kind);
      rows.push(...own.slice(0, ROWS_MAX - rows.length));
      if (rows.length === ROWS_MAX) {
        next = (rows.at(-1)?.seq ?? 0) + 1;
        break;
      }
    }
    const head = continued === undefined ? csvRow(COLUMNS) : '';
    return {
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      body: head + rows.map(rowOf).join(''),
      headers: {
        'content-disposition': `attachment; filename="ledger-${owner.mode}-${query.currency}.csv"`,
        ...(next === undefined ? {} : { link: linkTo(query, next) }),
      },
    };
  },
});

function linkTo({ cursor: _cursor, ...rest }: z.infer<typeof query>, from: number): string {
  const given = Object.entries(rest).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const search = new URLSearchParams([...given, ['cursor', encodeCursor({ from })]]);
  return `<${routes.exportLedger.path}?${search}>; rel="next"`;
}

function rowOf(entry: Entry): string {
  const money = (minor: number) => ({ plain: formatAmount(minor, entry.currency) });
  return csvRow([
    { plain: String(entry.seq) },
    entry.at,
    entry.kind,
    entry.description,
    entry.agentReference ?? '',
    entry.orderId ?? '',
    entry.topupId ?? '',
    money(entry.amountMinor),
    entry.currency,
    money(entry.balanceAfterMinor),
    entry.id,
    entry.hash,
  ]);
}

export const handler = lambda(exportLedger);
