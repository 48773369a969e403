import { createPayout } from '../../../functions/campaigns/create-payout.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import type { Known } from '../../support/campaigns.ts';
import { aCampaign, standard } from '../../support/campaigns.ts';
import type { Line } from '../line.ts';
import { percentile } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';
import { offer } from '../model/offer.ts';

const SECONDS = 10;
const RATES = [15, 100];

function pay(stage: MerchantStage, { id, secret }: Known, n: number): Promise<{ status: number }> {
  const body = JSON.stringify({ respondent_id: `r-${n}`, target: `07722${String(10_000 + n)}` });
  const headers = standard(secret, body, stage.clock.iso, `msg_${n}`);
  const request = { method: 'POST', path: '', query: {}, params: { campaign_id: id }, requestId: 'req_1' };
  return serveOpen(stage.api(), createPayout, { ...request, headers, body });
}

async function rush(rate: number, budget: number) {
  const stage = await MerchantStage.open();
  const campaign = await stage.run(aCampaign(stage.world, stage.merchant().id, { amount: 1, budget }));
  return offer(stage, { rate, seconds: SECONDS }, (n) => pay(stage, campaign, n));
}

export const line: Line = {
  name: 'campaign',
  what: 'Payouts of one campaign that arrive at random, in the model of latency and conflicts.',
  kind: 'model',
  wanted: {
    '100/s offered: accepted per s': { least: 95, before: '22' },
    '100/s offered: 503 %': { most: 0, before: '74' },
    'paid beyond a budget of 100': { most: 0, before: '0' },
  },
  async measure() {
    const figures: Record<string, number> = {};
    for (const rate of RATES) {
      const { accepted, late, busy, failed, latencies } = await rush(rate, 1_000_000);
      figures[`${rate}/s offered: accepted per s`] = accepted / SECONDS;
      figures[`${rate}/s offered: 503 %`] = (100 * busy) / (accepted + late + busy + failed);
      figures[`${rate}/s offered: accepted p99 ms`] = percentile(latencies, 99);
    }
    const { accepted, late } = await rush(50, 100);
    return { ...figures, 'paid beyond a budget of 100': Math.max(0, accepted + late - 100) };
  },
};
