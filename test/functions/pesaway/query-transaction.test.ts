import { describe, expect, it } from '@jest/globals';
import { queryTransaction } from '../../../functions/pesaway/query-transaction.ts';
import { serve } from '../../../shared/http/pipeline.ts';
import { ask, freshMerchantForEachTest, merchant, query, send, settle, world } from '../../support/pesaway-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

describe('asking', () => {
  it('a transaction: by POST, by GET with a body, by GET with a query; of its own merchant only', async () => {
    await send();
    await settle();
    const posted = await query('202511051829');
    expect(posted.json).toMatchObject({ ResultCode: 0, OriginatorReference: '202511051829' });
    const headers = { ...merchant.headers(), 'x-region': 'ke' };
    const asGet = { method: 'GET', path: '', params: {}, headers, requestId: 'req_1' };
    const body = JSON.stringify({ TransactionReference: '202511051829' });
    expect((await serve(world, queryTransaction, { ...asGet, query: {}, body })).body).toBe(posted.text);
    const inQuery = { TransactionReference: '202511051829' };
    expect((await serve(world, queryTransaction, { ...asGet, query: inQuery, body: '' })).body).toBe(posted.text);
    const other = await aMerchant(world);
    const hidden = await query('202511051829', other.headers());
    expect([hidden.status, hidden.json.code]).toEqual([404, '404.001']);
    expect((await ask(queryTransaction, {})).json.ResponseDescription).toBe('TransactionReference is missing.');
  });
});
