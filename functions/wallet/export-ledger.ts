import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Entry } from '../../shared/domain/ledger.ts';
import { ENTRY_KINDS } from '../../shared/domain/ledger.ts';
import { formatAmount } from '../../shared/domain/money.ts';
import { SECOND } from '../../shared/domain/time.ts';
import { takeRows } from '../../shared/flows/take-rows.ts';
import { walkLedger } from '../../shared/flows/wallet/walk-ledger.ts';
import { csvRow } from '../../shared/http/csv/csv.ts';
import { csvPart } from '../../shared/http/csv/csv-part.ts';
import { decodeCursor } from '../../shared/http/cursor.ts';
import { currency, cursor, instant } from '../../shared/http/fields.ts';
import { route } from '../../shared/http/route.ts';
import { damagedFields } from '../../shared/http/views/entry-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { seqAt } from '../../shared/store/ledger.ts';

/** Ten thousand rows are about three of the six megabytes that an answer may have. */
const ROWS_MAX = 10_000;
/** A request ends at 30 s. Where the kind is rare, a part ends early with the rows it found. */
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
  'damaged',
];

/** A wallet's entries as CSV, oldest first, in parts. Entries appended meanwhile neither shift nor repeat a row. */
export const exportLedger = route({
  ...routes.exportLedger,
  query,
  async run(world, { owner, query }) {
    const wallet = { ...owner, currency: query.currency };
    const continued = decodeCursor(query.cursor, place)?.from;
    const start = continued ?? (query.from ? await seqAt(world, wallet, query.from) : 1);
    const last = query.to ? (await seqAt(world, wallet, query.to)) - 1 : Number.POSITIVE_INFINITY;
    const { rows, next } = await takeRows(world, walkLedger(world, wallet, start, last), {
      wants: ({ kind }) => query.kind === undefined || kind === query.kind,
      placeOf: ({ seq }) => seq,
      rowsMax: ROWS_MAX,
      runMsMax: RUN_MS_MAX,
    });
    return csvPart({
      fileName: fileName(owner.mode, query),
      columns: COLUMNS,
      rows: rows.map(csvOfEntry),
      path: routes.exportLedger.path,
      query,
      next: next === undefined ? undefined : { from: next },
    });
  },
});

/** Names the filters, so that exports saved in one folder can be distinguished. */
function fileName(mode: string, { currency, kind, from, to }: z.infer<typeof query>): string {
  const parts = ['ledger', mode, currency, kind, from && `from-${from.slice(0, 10)}`, to && `to-${to.slice(0, 10)}`];
  return `${parts.filter(Boolean).join('-')}.csv`;
}

function csvOfEntry(entry: Entry): string {
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
    damagedFields(entry)?.join(' ') ?? '',
  ]);
}

export const handler = lambda(exportLedger);
