import type { RowResult } from '../../domain/batch.ts';
import type { Product } from '../../domain/catalogue.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { DAY, elapsed } from '../../domain/time.ts';
import { Refusal } from '../../http/refusal.ts';
import { reportOf, viewRowResult } from '../../http/views/row-result-views.ts';
import type { World } from '../../world.ts';
import { readText } from './uploads.ts';

/**
 * Previews: a CSV, the request's options and the result of each row, kept as files for a day. A batch that is created
 * from one reads the same CSV again and plans it again, by the same function.
 */

export const PREVIEW_LIFE_MS = DAY;

/** Row results have a file of their own, which may be larger than the CSV. */
const RESULTS_BYTES_MAX = 64 * 1024 * 1024;
const PREVIEW_ID = /^pre_[a-z0-9]{20}$/;

export interface Preview {
  readonly id: string;
  readonly createdAt: Instant;
  readonly csvHash: string;
  readonly reference: string;
  readonly productId?: number | undefined;
  readonly currency?: Currency | undefined;
  /** Of rows that name none: that of the only wallet with money when it was made. */
  readonly walletCurrency?: Currency | undefined;
  /** The answer without the rows. */
  readonly summary: Readonly<Record<string, unknown>>;
}

interface RowResultView {
  readonly row: number;
  readonly status: 'valid' | 'invalid';
}

interface PreviewedFile {
  readonly csv: string;
  readonly rowResults: readonly RowResult[];
  readonly catalogue: ReadonlyMap<number, Product>;
}

export async function savePreview(
  world: World,
  owner: Owner,
  preview: Preview,
  { csv, rowResults, catalogue }: PreviewedFile,
): Promise<void> {
  const folder = folderOf(owner, preview.id);
  await world.files.write(`${folder}/rows.csv`, csv, 'text/csv; charset=utf-8');
  // One after the other: for the largest CSV, each is tens of megabytes of text.
  await world.files.write(`${folder}/report.csv`, reportOf(rowResults, catalogue), 'text/csv; charset=utf-8');
  const views = rowResults.map((result) => JSON.stringify(viewRowResult(result, catalogue)));
  await world.files.write(`${folder}/rowResults.json`, `[${views.join(',')}]`, 'application/json');
  // Last, because a preview exists once this file does: whoever finds it finds the others.
  await world.files.write(`${folder}/preview.json`, JSON.stringify(preview), 'application/json');
}

/** A preview that has not expired; one of another merchant or mode looks missing. */
export async function readPreview(world: World, owner: Owner, id: string): Promise<Preview> {
  const text = PREVIEW_ID.test(id) ? await readText(world, `${folderOf(owner, id)}/preview.json`) : undefined;
  const preview: Preview | undefined = text === undefined ? undefined : JSON.parse(text);
  if (preview && elapsed(preview.createdAt, world.now()) < PREVIEW_LIFE_MS) return preview;
  throw new Refusal('preview_not_found', { param: 'preview_id' });
}

/** The CSV that was previewed. */
export async function readPreviewedCsv(world: World, owner: Owner, { id }: Preview): Promise<string> {
  const csv = await readText(world, `${folderOf(owner, id)}/rows.csv`);
  if (csv === undefined) throw new Refusal('preview_not_found', { param: 'preview_id' });
  return csv;
}

export async function readRowResults(world: World, owner: Owner, { id }: Preview): Promise<RowResultView[]> {
  const bytes = await world.files.read(`${folderOf(owner, id)}/rowResults.json`, RESULTS_BYTES_MAX);
  return bytes ? JSON.parse(Buffer.from(bytes).toString('utf8')) : [];
}

/** A link to all row results as one CSV. */
export function reportUrl(world: World, owner: Owner, id: string, expiresSeconds: number): Promise<string> {
  const name = `${folderOf(owner, id)}/report.csv`;
  return world.files.downloadUrl(name, { expiresSeconds, fileName: `preview-${id}.csv` });
}

function folderOf({ merchantId, mode }: Owner, id: string): string {
  return `previews/${merchantId}/${mode}/${id}`;
}
