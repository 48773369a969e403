import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Batch, RowResult } from '../../shared/domain/batch.ts';
import { amountsOf, batchId, defaultReference, eachAmount } from '../../shared/domain/batch.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { RecentOrder } from '../../shared/domain/duplicate.ts';
import { duplicateOf } from '../../shared/domain/duplicate.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { toMajor } from '../../shared/domain/money.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { plus } from '../../shared/domain/time.ts';
import { errorsOf } from '../../shared/flows/bulk/create-batch.ts';
import { planBatch, rowOf } from '../../shared/flows/bulk/plan-batch.ts';
import type { Preview } from '../../shared/flows/bulk/previews.ts';
import { PREVIEW_LIFE_MS, reportUrl, savePreview } from '../../shared/flows/bulk/previews.ts';
import { readCsv } from '../../shared/flows/bulk/uploads.ts';
import { batchReference, source } from '../../shared/http/bulk-fields.ts';
import type { DecodedCsv } from '../../shared/http/csv/decode-csv.ts';
import type { SheetNote } from '../../shared/http/csv/read-sheet.ts';
import { readSheet } from '../../shared/http/csv/read-sheet.ts';
import { encodeCursor } from '../../shared/http/cursor.ts';
import { hiddenFields } from '../../shared/http/hide-fields.ts';
import { countCsv, readUpload, UPLOAD_BYTES_MAX } from '../../shared/http/read-upload.ts';
import { route } from '../../shared/http/route.ts';
import { viewRowResult } from '../../shared/http/views/row-result-views.ts';
import { newId } from '../../shared/id.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readBatch, readBatchOfFile } from '../../shared/store/batches.ts';
import { readCatalogue } from '../../shared/store/catalogue.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { recentOrders } from '../../shared/store/recent-orders.ts';
import type { World } from '../../shared/world.ts';
import { LINK_SECONDS_MAX } from '../../shared/world.ts';

/** Rows and errors in the answer itself; the rest is in the report, and in the pages of `next_cursor`. */
const SHOWN_MAX = 100;

const body = z.strictObject({ ...source, batch_reference: z.optional(batchReference) });

/**
 * The result of every row, by the function that also plans the batch itself; totals, and whether the wallets cover
 * them. Nothing is sent or reserved. The preview is kept for a day, under its `preview_id`.
 */
export const previewBulk = route({
  ...routes.previewBulk,
  bodyBytesMax: UPLOAD_BYTES_MAX,
  read: readUpload,
  body,
  async run(world, { owner, caller, body }) {
    await countCsv(world, owner, body.csv);
    const { text: csv, encoding } = await readCsv(world, owner, body);
    const sheet = readSheet(csv);
    const csvHash = sha256(csv);
    const reference = body.batch_reference ?? defaultReference(csvHash);
    const defaults = { productId: body.product_id, currency: body.currency };
    const recent = recentOrders(world, owner);
    const hidesFunds = hiddenFields(routes.previewBulk, caller.scopes).has('is_covered');
    const planned = await planBatch(world, owner, sheet.rows, { reference, defaults, hidesFunds });
    const { walletCurrency } = planned;
    const rowResults = withWarnings(planned.rowResults, world.now(), await recent);
    const catalogue = await readCatalogue(world, owner.mode);
    const id = newId(world, 'pre');
    const createdAt = world.now();
    const summary = {
      ...(await summaryOf(world, owner, rowResults, { reference, csvHash })),
      columns: sheet.columns.map((column, index) => ({ column, position: sheet.positions[index] })),
      separator: sheet.delimiter,
      ignored_columns: sheet.ignoredColumns,
      notes: [...encodingNotes(encoding), ...sheet.notes, ...walletNotes(walletCurrency)],
    };
    const preview: Preview = { id, createdAt, csvHash, reference, ...defaults, walletCurrency, summary };
    await savePreview(world, owner, preview, { csv, rowResults, catalogue });
    const shown = rowResults.slice(0, SHOWN_MAX).map((result) => viewRowResult(result, catalogue));
    return {
      status: 200,
      body: {
        preview_id: id,
        expires_at: plus(createdAt, PREVIEW_LIFE_MS),
        ...summary,
        errors: errorsOf(rowResults).slice(0, SHOWN_MAX),
        report_url: await reportUrl(world, owner, id, LINK_SECONDS_MAX),
        data: shown,
        next_cursor: rowResults.length > SHOWN_MAX ? encodeCursor({ from: SHOWN_MAX }) : null,
      },
    };
  },
});

/** Each row that looks like an order of the last minute says so. */
function withWarnings(rowResults: readonly RowResult[], at: Instant, recent: readonly RecentOrder[]): RowResult[] {
  if (recent.length === 0) return [...rowResults];
  return rowResults.map((result) => ({
    ...result,
    ...defined({ duplicateOf: result.order && duplicateOf(result.order, at, recent) }),
  }));
}

function encodingNotes(encoding: DecodedCsv['encoding']): SheetNote[] {
  if (encoding === undefined) return [];
  const detail = `The file was read as ${encoding}, not as UTF-8: check letters with accents in its texts.`;
  return [{ code: 'encoding', detail }];
}

function walletNotes(currency: Currency | undefined): SheetNote[] {
  if (currency === undefined) return [];
  const detail = `No row names a currency. Airtime that is sold in several is paid in ${currency}`;
  return [{ code: 'currency_of_wallet', detail: `${detail}, your only wallet with money.` }];
}

async function summaryOf(
  world: World,
  owner: Owner,
  rowResults: readonly RowResult[],
  { reference, csvHash }: { reference: string; csvHash: string },
) {
  const amounts = eachAmount(amountsOf(rowResults.map(rowOf)));
  const [existing, sameFile, ...balances] = await Promise.all([
    readBatch(world, batchId(owner, reference)),
    readBatchOfFile(world, owner, csvHash),
    ...amounts.map(async ([currency]) => balanceOf(await readTail(world, { ...owner, currency }))),
  ]);
  const totals = amounts.map(([currency, { rows, totalMinor }], index) => ({
    currency,
    rows,
    total: toMajor(totalMinor, currency),
    balance: toMajor(balances[index] ?? 0, currency),
    is_covered: (balances[index] ?? 0) >= totalMinor,
  }));
  const valid = rowResults.filter(({ order }) => order).length;
  return {
    batch_reference: reference,
    rows: rowResults.length,
    valid,
    invalid: rowResults.length - valid,
    duplicates: rowResults.filter(({ sameAsRow }) => sameAsRow !== undefined).length,
    totals,
    is_covered: totals.every(({ is_covered }) => is_covered),
    existing_batch: existing ? nameOf(existing) : null,
    same_file_batch: sameFile ? nameOf(sameFile) : null,
  };
}

function nameOf({ id, reference, status, createdAt }: Batch) {
  return { id, batch_reference: reference, status, created_at: createdAt };
}

export const handler = lambda(previewBulk);
