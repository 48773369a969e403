import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Entry, EntryKind, WalletId } from '../../shared/domain/ledger.ts';
import { ENTRY_KINDS } from '../../shared/domain/ledger.ts';
import { formatAmount } from '../../shared/domain/money.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { walkLedger } from '../../shared/flows/wallet/walk-ledger.ts';
import { csvRow } from '../../shared/http/csv/csv.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { currency, cursor, instant } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { seqAt } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';

/** An answer of API Gateway holds six megabytes and cannot be streamed: ten thousand rows are about three. */
const ROWS_MAX = 10_000;
/** A request ends at 30 s: where a kind is rare, a part ends before that with what it found. */
const RUN_MS_MAX = 20 * SECOND;

const query = z.strictObject({
  currency,
  kind: z.optional(z.enum(ENTRY_KINDS, { error: `must be one of ${ENTRY_KINDS.join(', ')}.` })),
  from: z.optional(instant),
  to: z.optional(instant),
  cursor,
});
const place = z.strictObject({ from: z.int().check(z.positive()) });

const COLUMNS = [
  'seq',
  'created_at',
  'kind',
  'description',
  'agent_reference',
  'order_id',
  'topup_id',
  'batch_id',
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
    const { rows, next } = await takePart(world, wallet, { start, last, kind: query.kind });
    const head = continued === undefined ? csvRow(COLUMNS) : '';
    return {
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      body: head + rows.map(rowOf).join(''),
      headers: {
        'content-disposition': `attachment; filename="${fileName(owner.mode, query)}"`,
        ...(next === undefined ? {} : { link: linkTo(query, next) }),
      },
    };
  },
});

/** `next` is the place of the first entry that is left, or one past the last that was looked at when time was up. */
async function takePart(
  world: World,
  wallet: WalletId,
  { start, last, kind }: { start: number; last: number; kind: EntryKind | undefined },
): Promise<{ rows: Entry[]; next?: number }> {
  const startedAt = world.now();
  const rows: Entry[] = [];
  for await (const page of walkLedger(world, wallet, start, last)) {
    for (const entry of page) {
      if (kind && entry.kind !== kind) continue;
      if (rows.length === ROWS_MAX) return { rows, next: entry.seq };
      rows.push(entry);
    }
    const seq = page.at(-1)?.seq;
    if (seq !== undefined && elapsed(startedAt, world.now()) >= RUN_MS_MAX) return { rows, next: seq + 1 };
  }
  return { rows };
}

/** Says what is in it, so that two exports in one folder are told apart. */
function fileName(mode: string, { currency, kind, from, to }: z.infer<typeof query>): string {
  const parts = ['ledger', mode, currency, kind, from && `from-${from.slice(0, 10)}`, to && `to-${to.slice(0, 10)}`];
  return `${parts.filter(Boolean).join('-')}.csv`;
}

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
    entry.batchId ?? '',
    money(entry.amountMinor),
    entry.currency,
    money(entry.balanceAfterMinor),
    entry.id,
    entry.hash,
  ]);
}

export const handler = lambda(exportLedger);
