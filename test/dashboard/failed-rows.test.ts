import { expect, it } from '@jest/globals';
import { sumsOf } from '../../dashboard/src/routes/bulk/failed-rows.ts';

it('what a retry sends again is added up by currency, exactly, without what was cancelled', () => {
  const records = [
    { currency: 'USD', amount: '0.10', failure: 'out_of_stock' },
    { currency: 'UGX', amount: '5000', failure: 'declined' },
    { currency: 'USD', amount: '0.20', failure: 'reference_used' },
    { currency: 'USD', amount: '7.00', failure: 'cancelled' },
    { row: '' },
  ];
  expect(sumsOf(records)).toEqual([
    { currency: 'USD', rows: 2, total: '0.3' },
    { currency: 'UGX', rows: 1, total: '5000' },
  ]);
  expect(sumsOf([])).toEqual([]);
});
