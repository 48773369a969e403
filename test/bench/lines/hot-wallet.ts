import type { Figures, Line } from '../line.ts';
import { percentile } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';
import { offer } from '../model/offer.ts';

const SECONDS = 10;
const OFFERED = [20, 60, 200, 300];

async function at(rate: number): Promise<Figures> {
  const stage = await MerchantStage.open();
  await stage.run(stage.order({ prefer: 'respond-async' }));
  stage.commands.clear();
  const { accepted, late, busy, failed, latencies } = await offer(stage, { rate, seconds: SECONDS }, () =>
    stage.order({ prefer: 'respond-async' }),
  );
  const transactions = stage.commands.get('TransactWriteCommand') ?? 0;
  return {
    // Of those that came: at random they are a few more or fewer than the rate says.
    [`${rate}/s offered: accepted per s`]: (rate * accepted) / (accepted + late + busy + failed),
    [`${rate}/s offered: 503 %`]: (100 * busy) / (accepted + late + busy + failed),
    [`${rate}/s offered: transactions per order`]: transactions / Math.max(1, accepted + late),
    [`${rate}/s offered: accepted p99 ms`]: percentile(latencies, 99),
  };
}

/** A caller that waits for each answer before it asks again. */
async function alone(): Promise<number> {
  const stage = await MerchantStage.open();
  await stage.run(stage.order({ prefer: 'respond-async' }));
  const startedAt = stage.clock.now;
  const COUNT = 200;
  const one = async () => {
    for (let n = 0; n < COUNT; n += 1) await stage.order({ prefer: 'respond-async' });
    return stage.clock.now;
  };
  return (1_000 * COUNT) / ((await stage.run(one())) - startedAt);
}

export const line: Line = {
  name: 'hot-wallet',
  what: 'One wallet under orders that arrive at random (Poisson), in the model of latency and conflicts.',
  kind: 'model',
  wanted: {
    '60/s offered: accepted per s': { least: 57, before: '41' },
    '200/s offered: accepted per s': { least: 190, before: '48' },
    '300/s offered: accepted per s': { least: 285, before: '48' },
    '20/s offered: transactions per order': { most: 1.5, before: '1.9' },
    '60/s offered: transactions per order': { most: 0.7, before: '6.6' },
    '200/s offered: transactions per order': { most: 0.7, before: '25' },
    '300/s offered: transactions per order': { most: 0.7, before: '40' },
    '60/s offered: 503 %': { most: 0, before: '26' },
    '200/s offered: 503 %': { most: 0, before: '72' },
    '300/s offered: 503 %': { most: 0, before: '80' },
    '20/s offered: accepted p99 ms': { most: 200, before: '1,232' },
    'one caller alone per s': { least: 35, before: '37' },
  },
  async measure() {
    const figures: Figures[] = [];
    for (const rate of OFFERED) figures.push(await at(rate));
    return { ...Object.assign({}, ...figures), 'one caller alone per s': await alone() };
  },
};
