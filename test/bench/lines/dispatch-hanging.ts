import { QUEUES } from '../../../shared/manifest/access.ts';
import type { Line } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';
import { offer } from '../model/offer.ts';

const MERCHANTS = 50;
const CALL_MS = 3_000;
const HANG_MS = 60_000;
const SHARES = [0, 2, 5, 10];
const WARM_UP_SECONDS = 60;
const SECONDS = 80;
const SLOTS = QUEUES['dispatch-hotrecharge'].concurrencyMax * QUEUES['dispatch-hotrecharge'].batchSize;

/** Orders sent per second while more arrive than can be sent. */
async function sentPerSecond(share: number): Promise<number> {
  const stage = await MerchantStage.open({ merchants: MERCHANTS });
  const chance = stage.chance.fork('hanging');
  const { upstream } = stage;
  upstream.sendMs = () => (chance.below(100) < share ? HANG_MS : CALL_MS);
  const rate = 1.2 * possible(share);
  const seconds = WARM_UP_SECONDS + SECONDS;
  await offer(stage, { rate, seconds }, (n) => stage.place(n % MERCHANTS));
  const from = stage.clock.now - SECONDS * 1_000;
  return upstream.sent.filter((at) => at > from).length / SECONDS;
}

/** With one call per slot. */
function possible(share: number): number {
  return (1_000 * SLOTS) / (CALL_MS + (share / 100) * (HANG_MS - CALL_MS));
}

export const line: Line = {
  name: 'dispatch-hanging',
  what: `Orders sent per second with ${SLOTS} calls in flight, while a share of the calls takes a minute, others 3 s.`,
  kind: 'model',
  wanted: Object.fromEntries(
    SHARES.map((share, place) => [
      `${share} % hang: share of one call per slot`,
      { least: 0.8, before: ['1', '0.33', '0.23', '0.2'][place] ?? '' },
    ]),
  ),
  async measure() {
    const figures: Record<string, number> = {};
    for (const share of SHARES) {
      const sent = await sentPerSecond(share);
      figures[`${share} % hang: sent per s`] = sent;
      figures[`${share} % hang: share of one call per slot`] = sent / possible(share);
    }
    return figures;
  },
};
