import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { MINUTE } from '../../../shared/domain/time.ts';
import type { Line } from '../line.ts';
import { rejected } from '../model/fake-provider.ts';
import { MerchantStage } from '../model/merchant-stage.ts';
import { csvOf } from './units-bulk-row.ts';

const LARGEST = 100_000;
const RETRIED = 5_000;

/** Seconds of the database, as it is modelled, and of the processor. */
interface Spent {
  readonly database: number;
  readonly cpu: number;
}

async function spent(stage: MerchantStage, work: () => Promise<{ status: number; text: string }>): Promise<Spent> {
  const [startedAt, cpu] = [stage.clock.now, process.cpuUsage()];
  const { status, text } = await stage.run(work());
  if (status !== 202) throw new Error(text);
  const { user, system } = process.cpuUsage(cpu);
  return { database: (stage.clock.now - startedAt) / 1_000, cpu: (user + system) / 1e6 };
}

async function creating(): Promise<Spent> {
  const stage = await MerchantStage.open();
  const upload = `upl_${'0'.repeat(20)}`;
  await stage.world.files.write(`uploads/${stage.merchant().id}/live/${upload}.csv`, csvOf(LARGEST), 'text/csv');
  return spent(stage, () => stage.ask(createBulk, { body: { upload_id: upload, batch_reference: 'large' } }));
}

/** Of a batch in which every row failed. */
async function retrying(): Promise<Spent> {
  const stage = await MerchantStage.open();
  stage.upstream.outcome = rejected;
  stage.upstream.sendMs = () => 50;
  const { json } = await stage.run(
    stage.ask(createBulk, { body: { csv: csvOf(RETRIED), batch_reference: 'failing' } }),
  );
  stage.startSchedules();
  const params = { batch_id: json.id };
  for (let waited = 0; waited < 60; waited += 1) {
    await stage.pass(MINUTE);
    const { json: batch } = await stage.run(stage.ask(getBulk, { params }));
    if (batch.status !== 'running') break;
  }
  return spent(stage, () => stage.ask(retryBulk, { params }));
}

export const line: Line = {
  name: 'batch-100k',
  what:
    'Time of the database, as it is modelled, and of the processor for a request about 100,000 rows. The retry is ' +
    `reckoned from ${RETRIED.toLocaleString('en')} failed rows.`,
  kind: 'model',
  wanted: {
    'create: database s': { most: 8 },
    'retry-failed: database s': { most: 8, before: '20' },
  },
  async measure() {
    const create = await creating();
    const retry = await retrying();
    const scale = LARGEST / RETRIED;
    return {
      'create: database s': create.database,
      'create: processor s': create.cpu,
      'retry-failed: database s': retry.database * scale,
      'retry-failed: processor s': retry.cpu * scale,
    };
  },
};
