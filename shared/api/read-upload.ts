import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { parseJson } from './json.ts';
import { Refusal } from './refusal.ts';
import type { PlainRequest } from './route.ts';

/**
 * A CSV as clients send it: as the body itself, as a file in a form, or as `csv` in a JSON object. Options stand beside
 * it, in the form or the object, or in the query. Larger files than a request holds are uploaded first.
 */

/** API Gateway hands a function six megabytes at most, and a form comes to it a third larger than it was. */
export const UPLOAD_BYTES_MAX = 4 * 1024 * 1024;

const FIELDS_MAX = 20;

/** What came, as one object: `csv`, where there is one, and the options. */
export async function readUpload(request: PlainRequest): Promise<unknown> {
  const { body, query, headers } = request;
  const type = headers['content-type'] ?? '';
  if (/^multipart\/form-data\b/i.test(type)) return { ...query, ...(await readForm(body, type)) };
  if (body === '') return query;
  const isJson = /^application\/json\b/i.test(type) || /^\s*\{/.test(body);
  if (!isJson) return { ...query, csv: body };
  const object = parseJson(body);
  return typeof object === 'object' && object !== null ? { ...query, ...object } : object;
}

/** A form's file is the CSV, whatever its field is called. */
async function readForm(body: string, type: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  try {
    const limits = { fields: FIELDS_MAX, files: 1, fileSize: UPLOAD_BYTES_MAX };
    const form = new Busboy({ headers: { 'content-type': type }, limits });
    form.on('file', (_field, file) => {
      const parts: Buffer[] = [];
      file.on('data', (part: Buffer) => parts.push(part));
      file.on('end', () => {
        values.csv = Buffer.concat(parts).toString('utf8');
      });
    });
    form.on('field', (name, value) => {
      values[name] = value;
    });
    await pipeline(Readable.from([Buffer.from(body)]), form);
  } catch (error) {
    throw noFile(error);
  }
  if (values.csv === undefined) throw noFile();
  return values;
}

function noFile(cause?: unknown): Refusal {
  const detail = 'The form cannot be read or has no file in it; send one part with a filename, or the CSV as text/csv.';
  return new Refusal('invalid_request', { param: 'csv', detail, cause });
}
