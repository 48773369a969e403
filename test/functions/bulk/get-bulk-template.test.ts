import { describe, expect, it } from '@jest/globals';
import { getBulkTemplate } from '../../../functions/bulk/get-bulk-template.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { ask, freshMerchantForEachTest } from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

describe('preview', () => {
  it('the template is a file that can be sent', async () => {
    const template = await ask(getBulkTemplate);
    expect(template.headers['content-type']).toBe('text/csv; charset=utf-8');
    const { json } = await ask(previewBulk, { body: { csv: template.text } });
    expect([json.errors, json.valid]).toEqual([[], 2]);
  });
});
