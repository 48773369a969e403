import * as z from 'zod/mini';
import { ACCEPTS } from '../domain/batch.ts';
import { currency, pathId, productId } from './fields.ts';

/** The options of a CSV. In a form or a query every value is a string. */

const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,49}$/;

export const batchReference = z.string({ error: 'must be a string.' }).check(
  z.regex(REFERENCE, {
    error: 'must be 1 to 50 letters, digits or . _ : - and begin with a letter or digit.',
  }),
);

export const accept = z.enum(ACCEPTS, { error: `must be one of ${ACCEPTS.join(', ')}.` });

export const flag = z.pipe(
  z.union([z.boolean(), z.enum(['true', 'false'])], { error: 'must be true or false.' }),
  z.transform((value: boolean | 'true' | 'false') => String(value) === 'true'),
);

/** Where the rows come from, and the defaults of rows that leave a column empty. */
export const source = {
  csv: z.optional(z.union([z.string(), z.instanceof(Uint8Array)], { error: 'must be the text of a CSV file.' })),
  upload_id: z.optional(z.string().check(z.regex(/^upl_[a-z0-9]{20}$/, { error: 'must be an upload_id.' }))),
  product_id: z.optional(productId),
  currency: z.optional(currency),
};

export const previewId = z.string().check(
  z.regex(/^pre_[a-z0-9]{20}$/, {
    error: 'must be the preview_id of a preview: pre_ and 20 lower-case letters or digits.',
  }),
);
export const batchParams = z.object({ batch_id: pathId });
