import * as z from 'zod/mini';
import type { RowResult } from '../domain/batch.ts';
import type { Product } from '../domain/catalogue.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Currency } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import { DAY, elapsed } from '../domain/time.ts';
import type { World } from '../world.ts';
import { previewId } from './bulk-fields.ts';
import { readFile } from './bulk-source.ts';
import { Refusal } from './refusal.ts';
import { reportOf, viewRowResult } from './views/row-result-views.ts';

/**
 * Previews: a file, what was asked about it, and the verdict on every row, kept as files for a day. A batch that is
 * made of one reads the same file again and decides again, by the same function.
 */

export const PREVIEW_LIFE_MS = DAY;

/** Rows of rowResults are kept in a file of their own, which may be larger than the CSV. */
const VERDICTS_BYTES_MAX = 64 * 1024 * 1024;

export interface Preview {
  readonly id: string;
  readonly createdAt: Instant;
  readonly csvHash: string;
  readonly reference: string;
  readonly productId?: number | undefined;
  readonly currency?: Currency | undefined;
  /** What was answered, but for the rows. */
  readonly summary: Readonly<Record<string, unknown>>;
}

interface RowResultView {
  readonly row: number;
  readonly status: 'valid' | 'invalid';
}

export async function savePreview(
  world: World,
  owner: Owner,
  preview: Preview,
  {
    csv,
    rowResults,
    catalogue,
  }: { csv: string; rowResults: readonly RowResult[]; catalogue: ReadonlyMap<number, Product> },
): Promise<void> {
  const folder = folderOf(owner, preview.id);
  await world.files.write(`${folder}/rows.csv`, csv, 'text/csv; charset=utf-8');
  // One after the other: each is tens of megabytes of text for the largest file.
  await world.files.write(`${folder}/report.csv`, reportOf(rowResults, catalogue), 'text/csv; charset=utf-8');
  const views = rowResults.map((verdict) => JSON.stringify(viewRowResult(verdict, catalogue)));
  await world.files.write(`${folder}/rowResults.json`, `[${views.join(',')}]`, 'application/json');
  // Last, because it is what makes the preview: whoever finds it finds the rest.
  await world.files.write(`${folder}/preview.json`, JSON.stringify(preview), 'application/json');
}

/** A preview that is not too old; another merchant's, and another mode's, is as if it were not there. */
export async function readPreview(world: World, owner: Owner, id: string): Promise<Preview> {
  const isId = previewId.safeParse(id).success;
  const text = isId ? await readFile(world, `${folderOf(owner, id)}/preview.json`) : undefined;
  const preview: Preview | undefined = text === undefined ? undefined : JSON.parse(text);
  if (preview && elapsed(preview.createdAt, world.now()) < PREVIEW_LIFE_MS) return preview;
  throw new Refusal('preview_not_found', { param: 'preview_id' });
}

/** The file that was previewed. */
export async function readPreviewedCsv(world: World, owner: Owner, { id }: Preview): Promise<string> {
  const csv = await readFile(world, `${folderOf(owner, id)}/rows.csv`);
  if (csv === undefined) throw new Refusal('preview_not_found', { param: 'preview_id' });
  return csv;
}

export async function readRowResults(world: World, owner: Owner, { id }: Preview): Promise<RowResultView[]> {
  const bytes = await world.files.read(`${folderOf(owner, id)}/rowResults.json`, VERDICTS_BYTES_MAX);
  return bytes ? rowResults.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))) : [];
}

const rowResults = z.array(z.looseObject({ row: z.number(), status: z.enum(['valid', 'invalid']) }));

/** Where all rowResults are to be had as one CSV. */
export function reportUrl(world: World, owner: Owner, id: string, expiresSeconds: number): Promise<string> {
  const name = `${folderOf(owner, id)}/report.csv`;
  return world.files.downloadUrl(name, { expiresSeconds, fileName: `preview-${id}.csv` });
}

function folderOf({ merchantId, mode }: Owner, id: string): string {
  return `previews/${merchantId}/${mode}/${id}`;
}
