import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { MINUTE } from '../../../shared/domain/time.ts';
import type { Line } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';

const ROWS = 1_000;

export function csvOf(rows: number, first = 0): string {
  const lines = Array.from({ length: rows }, (_, n) => `07${72_000_000 + first + n},0.5,Thank you ${n}`);
  return ['target,amount,custom_sms', ...lines].join('\n');
}

export const line: Line = {
  name: 'units-bulk-row',
  what: `Units of a row of a batch of ${ROWS.toLocaleString('en')}, made and settled, with its share of the batch.`,
  kind: 'count',
  wanted: { 'write units': { most: 3.5, before: '9.4' } },
  async measure() {
    const stage = await MerchantStage.open({ counts: true });
    await stage.addEndpoint();
    stage.units.reset();
    const { json } = await stage.run(stage.ask(createBulk, { body: { csv: csvOf(ROWS), batch_reference: 'bench' } }));
    stage.startSchedules();
    await stage.pass(20 * MINUTE);
    const { read, write } = stage.units.units();
    const { json: batch } = await stage.run(stage.ask(getBulk, { params: { batch_id: json.id } }));
    if (batch.status !== 'completed') throw new Error(JSON.stringify(batch));
    return { 'write units': write / ROWS, 'read units': read / ROWS };
  },
};
