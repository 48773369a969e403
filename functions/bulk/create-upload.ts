import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { HOUR, plus, SECOND } from '../../shared/domain/time.ts';
import { uploadName } from '../../shared/flows/bulk/uploads.ts';
import { SHEET_BYTES_MAX } from '../../shared/http/csv/sheet-dialect.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { newId } from '../../shared/id.ts';
import { routes } from '../../shared/manifest/routes.ts';

const LIFE_MS = HOUR;
const size = `must be the size of the file in bytes, from 1 to ${SHEET_BYTES_MAX}.`;

const body = z.strictObject({
  bytes: z.int({ error: size }).check(z.gte(1, { error: size }), z.lte(SHEET_BYTES_MAX, { error: size })),
});

/** A link to PUT one file to, without a key, for an hour. Only a file of that size is accepted. */
export const createUpload = route({
  ...routes.createUpload,
  body,
  async run(world, { owner, body }) {
    const uploadId = newId(world, 'upl');
    const expiresSeconds = LIFE_MS / SECOND;
    const options = { expiresSeconds, bytes: body.bytes };
    await requireAdmission(world, owner, 'upload_bytes', body.bytes);
    const url = await world.files.uploadUrl(uploadName(owner, uploadId), options);
    const expires_at = plus(world.now(), LIFE_MS);
    return { status: 201, body: { upload_id: uploadId, method: 'PUT', upload_url: url, expires_at } };
  },
});

export const handler = lambda(createUpload);
