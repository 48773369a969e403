import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getPreview } from '../../../functions/bulk/get-preview.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { ask, freshMerchantForEachTest, merchant, phone, sheet, world } from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

describe('preview', () => {
  it('shows its rows page by page, all or some, for a day, and to nobody else', async () => {
    const csv = sheet(Array.from({ length: 150 }, (_, n) => `${phone(n)},${n % 10 === 0 ? 'x' : '0.5'}`));
    const { json } = await ask(previewBulk, { body: { csv } });
    expect(json.data).toHaveLength(100);
    const params = { preview_id: json.preview_id };
    const rest = await ask(getPreview, { params, query: { cursor: json.next_cursor, limit: '100' } });
    expect(rest.json.data.map(({ row }: { row: number }) => row)).toEqual(
      Array.from({ length: 50 }, (_, n) => 102 + n),
    );
    expect(rest.json).toMatchObject({ rows: 150, valid: 135, next_cursor: null });
    const wrong = await ask(getPreview, { params, query: { status: 'invalid', limit: '10' } });
    expect(wrong.json.data).toHaveLength(10);
    const report = await (await fetch(json.report_url)).text();
    expect(report.split('\r\n')).toHaveLength(152);
    const other = await aMerchant(world);
    const hidden = await call(world, getPreview, { headers: other.headers(), params });
    const test = await ask(getPreview, { params, headers: merchant.headers('test') });
    expect([hidden.json.code, test.json.code]).toEqual(['preview_not_found', 'preview_not_found']);
    world.advance(24 * 3_600_000);
    expect((await ask(getPreview, { params })).json.code).toBe('preview_not_found');
    expect((await ask(createBulk, { body: { preview_id: json.preview_id } })).json.code).toBe('preview_not_found');
  });
});
