import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { handler as createUpload } from '../../../functions/bulk/create-upload.ts';
import { handler as previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { awsWorld } from '../../../shared/aws/world.ts';
import { HOUR, MINUTE } from '../../../shared/domain/time.ts';
import { SHEET_BYTES_MAX } from '../../../shared/http/csv/sheet-dialect.ts';
import { apiEvent, invocation, read } from '../../support/event.ts';
import { startLocalAws } from '../../support/local-aws.ts';
import type { TestMerchant } from '../../support/world.ts';
import { aMerchant } from '../../support/world.ts';

const CSV = 'target,amount\n0772279099,5\n';

let stopAws: () => Promise<void>;
let merchant: TestMerchant;

beforeAll(async () => {
  stopAws = await startLocalAws();
  merchant = await aMerchant(awsWorld());
});
afterAll(() => stopAws());

async function upload(body: object) {
  const event = apiEvent({ method: 'POST', path: '/api/v1/bulk/uploads', key: merchant.liveKey, body });
  return read(await createUpload(event, invocation()));
}

async function preview(upload_id: string, key: string) {
  const event = apiEvent({ method: 'POST', path: '/api/v1/bulk/preview', key, body: { upload_id } });
  return read(await previewBulk(event, invocation()));
}

const put = async (url: string, body: string) => (await fetch(url, { method: 'PUT', body })).status;

it('an upload is a link that takes a file without a key, for an hour', async () => {
  const { status, json } = await upload({ bytes: CSV.length });
  expect([status, json.method, json.upload_id]).toEqual([201, 'PUT', expect.stringMatching(/^upl_/)]);
  expect(Math.abs(Date.parse(json.expires_at) - Date.now() - HOUR)).toBeLessThan(MINUTE);
  expect(await put(json.upload_url, CSV)).toBe(200);
  expect((await preview(json.upload_id, merchant.liveKey)).status).not.toBe(404);
});

it('an upload takes a file of its size only', async () => {
  const { json } = await upload({ bytes: CSV.length });
  expect(await put(json.upload_url, `${CSV}0772279098,5\n`)).toBe(403);
  expect(await put(json.upload_url, CSV)).toBe(200);
});

it("an upload is a file of its own, and of its key's mode", async () => {
  const [one, other] = [(await upload({ bytes: CSV.length })).json, (await upload({ bytes: 9 })).json];
  expect(await put(one.upload_url, CSV)).toBe(200);
  for (const [id, key] of [
    [other.upload_id, merchant.liveKey],
    [one.upload_id, merchant.testKey],
  ]) {
    expect(await preview(id, key)).toMatchObject({ status: 404, json: { code: 'upload_not_found' } });
  }
});

it.each([0, -1, 1.5, '5', SHEET_BYTES_MAX + 1])('a size of %p is refused by its name', async (bytes) => {
  expect(await upload({ bytes })).toMatchObject({ status: 400, json: { code: 'invalid_request', param: 'bytes' } });
});
