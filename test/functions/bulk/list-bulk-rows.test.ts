import { describe, expect, it } from '@jest/globals';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { ask, create, file, freshMerchantForEachTest, of, phone, settle, sheet } from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

describe('progress', () => {
  it('the rows as CSV come in parts, without formulas', async () => {
    const csv = sheet([`${phone(1)},5,"=cmd|' /C calc'!A0"`], 'target,amount,custom_sms');
    const { json } = await create(csv, { accept: 'valid_rows' });
    await settle();
    const rows = await ask(listBulkRows, { params: { batch_id: json.id ?? 'none' }, query: { format: 'csv' } });
    if (json.id) expect(rows.text).not.toMatch(/(^|,)=/m);
    const batch = (await create(file(3), { batch_reference: 'csv' })).json;
    await settle();
    const table = await ask(listBulkRows, { ...of(batch), query: { format: 'csv' } });
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = table.text.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(new RegExp(`^2,success,${phone(0)},'\\+263`));
    expect(table.headers.link).toBeUndefined();
  });
});
