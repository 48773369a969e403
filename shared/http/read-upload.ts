import { Busboy } from '@fastify/busboy';
import type { Owner } from '../domain/ledger.ts';
import type { World } from '../world.ts';
import { parseJson } from './json.ts';
import { requireAdmission } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { PlainRequest } from './route.ts';

/**
 * Reads a CSV as clients send it: as the body, as a file in a form, or as `csv` in a JSON object. Options are in the
 * form, the object or the query. A file that is too large for a request is uploaded first.
 */

/** Lambda receives at most six megabytes, and API Gateway encodes a form as base64, which is a third larger. */
export const UPLOAD_BYTES_MAX = 4 * 1024 * 1024;

const FIELDS_MAX = 20;

/** The input as one object: the options and, if there is one, `csv`: a text, or the bytes of a file. */
export async function readUpload(request: PlainRequest): Promise<unknown> {
  const { body, bytes, query, headers } = request;
  const type = headers['content-type'] ?? '';
  if (/^multipart\/form-data\b/i.test(type)) return { ...query, ...(await readForm(bytes ?? Buffer.from(body), type)) };
  if (body === '') return query;
  const isJson = /^application\/json\b/i.test(type) || /^\s*\{/.test(body);
  if (!isJson) return { ...query, csv: bytes ?? body };
  const object = parseJson(body);
  return typeof object === 'object' && object !== null ? { ...query, ...object } : object;
}

/** A CSV that comes with its request counts against the day like one that is uploaded before; that was counted then. */
export async function countCsv(world: World, owner: Owner, csv: FormValue | undefined): Promise<void> {
  if (csv !== undefined) await requireAdmission(world, owner, 'upload_bytes', Buffer.byteLength(csv));
}

/** A field's text, or the bytes of a file, which may not be UTF-8. */
type FormValue = string | Uint8Array;

/** The file of a form is the CSV, whatever the name of its field. */
async function readForm(body: Uint8Array, type: string): Promise<Record<string, FormValue>> {
  if (!/\bboundary=/i.test(type)) throw badForm('Its content-type has no boundary.');
  try {
    const values = await parseForm(body, type);
    if (!values.has('csv')) throw badForm('It has no file; send one part with a filename, or the CSV as text/csv.');
    return Object.fromEntries(values);
  } catch (error) {
    throw error instanceof Refusal ? error : badForm('It ends before its last boundary or is malformed.', error);
  }
}

/**
 * Refuses a form that is incomplete or has a value twice, because part of a CSV, or the wrong one, would be paid. Each
 * stream of the parser has its own error listener, because an error without a listener ends the process.
 */
function parseForm(body: Uint8Array, type: string): Promise<ReadonlyMap<string, FormValue>> {
  return new Promise((resolve, reject) => {
    const values = new Map<string, FormValue>();
    const keep = (name: string, value: FormValue) => {
      if (values.has(name)) reject(badForm(`It has ${name} twice.`));
      values.set(name, value);
    };
    const limits = { fields: FIELDS_MAX, fieldSize: UPLOAD_BYTES_MAX, files: 1, fileSize: UPLOAD_BYTES_MAX };
    const form = new Busboy({ headers: { 'content-type': type }, limits });
    form.on('file', (_field, file) => {
      const parts: Buffer[] = [];
      file.on('error', reject);
      file.on('data', (part: Buffer) => parts.push(part));
      file.on('end', () => keep('csv', new Uint8Array(Buffer.concat(parts))));
    });
    form.on('field', keep);
    form.on('filesLimit', () => reject(badForm('It has more than one file; send one.')));
    form.on('fieldsLimit', () => reject(badForm(`It has more than ${FIELDS_MAX} fields.`)));
    form.on('error', reject);
    form.on('finish', () => resolve(values));
    form.end(Buffer.from(body));
  });
}

function badForm(problem: string, cause?: unknown): Refusal {
  return new Refusal('invalid_request', { param: 'csv', detail: `The form cannot be read. ${problem}`, cause });
}
