import type { Owner } from '../../domain/ledger.ts';
import type { DecodedCsv } from '../../http/csv/decode-csv.ts';
import { decodeCsv } from '../../http/csv/decode-csv.ts';
import { SHEET_BYTES_MAX } from '../../http/csv/sheet-dialect.ts';
import { Refusal } from '../../http/refusal.ts';
import type { World } from '../../world.ts';
import { FileTooLarge } from '../../world.ts';

/** Merchants' files, each in a folder of its owner: another merchant's file looks missing. */

export function uploadName({ merchantId, mode }: Owner, uploadId: string): string {
  return `uploads/${merchantId}/${mode}/${uploadId}.csv`;
}

/** The CSV of a request: part of it, or uploaded before it; in the encoding in which it was saved. */
export async function readCsv(
  world: World,
  owner: Owner,
  { csv, upload_id: uploadId }: { csv?: string | Uint8Array | undefined; upload_id?: string | undefined },
): Promise<DecodedCsv> {
  if (csv !== undefined && uploadId === undefined) return decodeCsv(csv);
  if (uploadId === undefined || csv !== undefined) {
    const detail = 'Send one CSV: as csv, as the body itself, as the file of a form, or as an upload_id.';
    throw new Refusal('invalid_request', { param: 'csv', detail });
  }
  const uploaded = await readBytes(world, uploadName(owner, uploadId));
  if (uploaded === undefined) throw new Refusal('upload_not_found', { param: 'upload_id' });
  return decodeCsv(uploaded);
}

/** The text of a file that we wrote; `undefined` when there is none. */
export async function readText(world: World, name: string): Promise<string | undefined> {
  const bytes = await readBytes(world, name);
  return bytes && Buffer.from(bytes).toString('utf8');
}

/** A file larger than a CSV may be is refused. */
async function readBytes(world: World, name: string): Promise<Uint8Array | undefined> {
  try {
    return await world.files.read(name, SHEET_BYTES_MAX);
  } catch (error) {
    if (!(error instanceof FileTooLarge)) throw error;
    const detail = `The file has ${error.bytes} bytes; a file may have ${SHEET_BYTES_MAX}.`;
    throw new Refusal('csv_too_large', { param: 'csv', detail, cause: error });
  }
}
