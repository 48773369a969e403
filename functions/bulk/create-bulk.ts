import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { defaultReference } from '../../shared/domain/batch.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import { createBatch } from '../../shared/flows/bulk/create-batch.ts';
import type { Defaults } from '../../shared/flows/bulk/plan-batch.ts';
import { planBatch } from '../../shared/flows/bulk/plan-batch.ts';
import { readPreview, readPreviewedCsv } from '../../shared/flows/bulk/previews.ts';
import { readCsv } from '../../shared/flows/bulk/uploads.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { accept, batchReference, flag, previewId, source } from '../../shared/http/bulk-fields.ts';
import { readSheet } from '../../shared/http/csv/read-sheet.ts';
import { countCsv, readUpload, UPLOAD_BYTES_MAX } from '../../shared/http/read-upload.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewBatch } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import type { World } from '../../shared/world.ts';

const body = z.strictObject({
  ...source,
  preview_id: z.optional(previewId),
  batch_reference: z.optional(batchReference),
  accept: z._default(accept, 'all_or_nothing'),
  row_webhooks: z._default(flag, false),
});
type Body = z.infer<typeof body>;

/**
 * Pays for all rows at once and starts sending them: 202. The same reference with the same file and options answers
 * with the existing batch: 200. Without a `batch_reference`, the reference follows from the file's content. Only a new
 * batch counts the bytes of its file.
 */
export const createBulk = route({
  ...routes.createBulk,
  idempotencyField: 'batch_reference',
  bodyBytesMax: UPLOAD_BYTES_MAX,
  read: readUpload,
  body,
  async run(world, { owner, origin, body }) {
    const { csv, reference, defaults, walletCurrency } = await sourceOf(world, owner, body);
    const hasRowWebhooks = body.row_webhooks;
    const csvHash = sha256(csv);
    const contentHash = sha256(JSON.stringify([csvHash, defaults, body.accept, hasRowWebhooks]));
    const input = { reference, contentHash, accept: body.accept, hasRowWebhooks, createdBy: origin.by };
    const { batch, isReplay } = await createBatch(world, owner, input, async () => {
      await countCsv(world, owner, body.csv);
      const { rows } = readSheet(csv);
      return { ...(await planBatch(world, owner, rows, { reference, defaults, walletCurrency })), csvHash };
    });
    return {
      status: isReplay ? 200 : 202,
      body: viewBatch(batch, world.now()),
      headers: { location: `/api/v1/bulk/${batch.id}`, ...(isReplay ? REPLAYED : {}) },
    };
  },
});

interface Source {
  readonly csv: string;
  readonly reference: string;
  readonly defaults: Defaults;
  /** As the preview decided it. */
  readonly walletCurrency?: Currency | undefined;
}

/** A previewed file with its options, or a file that comes with the request. */
async function sourceOf(world: World, owner: Owner, body: Body): Promise<Source> {
  if (body.preview_id === undefined) {
    const { text: csv } = await readCsv(world, owner, body);
    const reference = body.batch_reference ?? defaultReference(sha256(csv));
    return { csv, reference, defaults: { productId: body.product_id, currency: body.currency } };
  }
  const other = (['csv', 'upload_id', 'product_id', 'currency'] as const).find((name) => body[name] !== undefined);
  if (other) {
    const detail = `${other} belongs to the preview; leave it out, or preview again with it.`;
    throw new Refusal('invalid_request', { param: other, detail });
  }
  const preview = await readPreview(world, owner, body.preview_id);
  const csv = await readPreviewedCsv(world, owner, preview);
  // The preview describes this file and no other.
  if (sha256(csv) !== preview.csvHash) throw new Refusal('preview_not_found', { param: 'preview_id' });
  const { productId, currency, walletCurrency } = preview;
  const reference = body.batch_reference ?? preview.reference;
  return { csv, reference, defaults: { productId, currency }, walletCurrency };
}

export const handler = lambda(createBulk);
