import { MINUTE } from '../../../shared/domain/time.ts';
import type { Line } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';
import { offer } from '../model/offer.ts';

const EVENTS = 1_000;
const PER_SECOND = 20;
const ANSWER_MS = 1_000;

interface Sent {
  readonly at: number;
  readonly ok: boolean;
}

/** A stage whose only endpoint has been down while so many events arose. */
async function downStage(): Promise<{ stage: MerchantStage; sent: Sent[]; answer(): void }> {
  const stage = await MerchantStage.open();
  await stage.addEndpoint();
  stage.upstream.sendMs = () => 100;
  const sent: Sent[] = [];
  let isUp = false;
  stage.endpoint = () => {
    sent.push({ at: stage.clock.now, ok: isUp });
    return { status: isUp ? 200 : 500, afterMs: ANSWER_MS };
  };
  stage.startSchedules();
  const seconds = EVENTS / PER_SECOND;
  await offer(stage, { rate: PER_SECOND, seconds }, () => stage.place());
  await stage.pass(MINUTE);
  return {
    stage,
    sent,
    answer() {
      isUp = true;
    },
  };
}

async function recovery() {
  const { stage, sent, answer } = await downStage();
  answer();
  const good = () => sent.filter(({ ok }) => ok);
  let before = -1;
  // Until nothing was delivered for ten minutes, which is the longest gap between two probes.
  for (let quiet = 0; quiet < 10; quiet += 1) {
    await stage.pass(MINUTE);
    if (good().length !== before) quiet = 0;
    before = good().length;
  }
  const times = good().map(({ at }) => at);
  const [first = Number.NaN, last = Number.NaN] = [times[0], times.at(-1)];
  const peak = Math.max(
    ...times.map((at, place) => (times.findLastIndex((other) => other < at + 10_000) - place + 1) / 10),
  );
  return { delivered: times.length, average: (1_000 * times.length) / (last - first), peak };
}

export const line: Line = {
  name: 'endpoint-recovery',
  what: `One endpoint that answers again, in a second, after ${EVENTS.toLocaleString('en')} events.`,
  kind: 'model',
  wanted: { 'deliveries per s, best 10 s': { least: 50, before: '8' } },
  async measure() {
    const { delivered, average, peak } = await recovery();
    return {
      delivered,
      'deliveries per s, average': average,
      'deliveries per s, best 10 s': peak,
    };
  },
};
