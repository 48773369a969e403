import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { defaultReference } from '../../shared/domain/batch.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import { createBatch } from '../../shared/flows/bulk/create-batch.ts';
import type { Defaults } from '../../shared/flows/bulk/plan-batch.ts';
import { planBatch } from '../../shared/flows/bulk/plan-batch.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { accept, batchReference, flag, previewId, source } from '../../shared/http/bulk-fields.ts';
import { readCsv } from '../../shared/http/bulk-source.ts';
import { readSheet } from '../../shared/http/csv/read-sheet.ts';
import { readPreview, readPreviewedCsv } from '../../shared/http/previews.ts';
import { readUpload, UPLOAD_BYTES_MAX } from '../../shared/http/read-upload.ts';
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
type Wish = z.infer<typeof body>;

/**
 * Pays for every row at once and has the rows sent: 202, the batch is under way. The same reference with the same file
 * and options is the batch that is there: 200. A file without a `batch_reference` is known by what is in it.
 */
export const createBulk = route({
  ...routes.createBulk,
  bodyBytesMax: UPLOAD_BYTES_MAX,
  read: readUpload,
  body,
  async run(world, { owner, body }) {
    const { csv, reference, defaults } = await sourceOf(world, owner, body);
    const hasRowWebhooks = body.row_webhooks;
    const csvHash = sha256(csv);
    const contentHash = sha256(JSON.stringify([csvHash, defaults, body.accept, hasRowWebhooks]));
    const input = { reference, contentHash, accept: body.accept, hasRowWebhooks };
    const { batch, isReplay } = await createBatch(world, owner, input, async () => {
      const rowResults = await planBatch(world, owner, readSheet(csv).rows, { reference, defaults });
      return { rowResults, csvHash };
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
}

/** A file that was previewed, with what was said about it then, or one that comes with the request. */
async function sourceOf(world: World, owner: Owner, wish: Wish): Promise<Source> {
  if (wish.preview_id === undefined) {
    const csv = await readCsv(world, owner, wish);
    const reference = wish.batch_reference ?? defaultReference(sha256(csv));
    return { csv, reference, defaults: { productId: wish.product_id, currency: wish.currency } };
  }
  const other = (['csv', 'upload_id', 'product_id', 'currency'] as const).find((name) => wish[name] !== undefined);
  if (other) {
    const detail = `${other} belongs to the preview; leave it out, or preview again with it.`;
    throw new Refusal('invalid_request', { param: other, detail });
  }
  const preview = await readPreview(world, owner, wish.preview_id);
  const csv = await readPreviewedCsv(world, owner, preview);
  // The preview speaks of this file and of no other.
  if (sha256(csv) !== preview.csvHash) throw new Refusal('preview_not_found', { param: 'preview_id' });
  const { productId, currency } = preview;
  return { csv, reference: wish.batch_reference ?? preview.reference, defaults: { productId, currency } };
}

export const handler = lambda(createBulk);
