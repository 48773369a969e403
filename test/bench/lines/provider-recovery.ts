import { MINUTE } from '../../../shared/domain/time.ts';
import type { Line } from '../line.ts';
import { FakeProvider } from '../model/fake-provider.ts';
import { MerchantStage } from '../model/merchant-stage.ts';
import { offer } from '../model/offer.ts';

/** What the fake takes. A stage that knows no such capability ignores it. */
const PER_SECOND = 200;
const RATES = { sendsPerSecondMax: PER_SECOND, queriesPerSecondMax: PER_SECOND };
const HELD_PER_SECOND = 10;
const OUTAGE_MINUTES = 60;
const IN_DOUBT = 2_000;
const MERCHANTS = 20;

async function aStage(): Promise<MerchantStage> {
  const stage = await MerchantStage.open({ merchants: MERCHANTS });
  const upstream = new FakeProvider('hotrecharge', stage.clock, RATES);
  stage.upstream = upstream;
  stage.providers = { hotrecharge: upstream.port };
  upstream.sendMs = () => 100;
  return stage;
}

/** How many held orders are sent per second, from the end of the outage until every one has been sent. */
async function sendsPerSecond(): Promise<number> {
  const stage = await aStage();
  const { upstream } = stage;
  upstream.isDown = true;
  upstream.outcome = () => ({ kind: 'unclear', evidence: 'no answer' });
  stage.startSchedules();
  const rate = { rate: HELD_PER_SECOND, seconds: OUTAGE_MINUTES * 60 };
  const { accepted } = await offer(stage, rate, (n) => stage.place(n % MERCHANTS));
  const backAt = stage.clock.now;
  upstream.isDown = false;
  upstream.restore();
  const before = upstream.sent.length;
  // Some were sent while the breaker was still closed.
  const held = accepted - before;
  for (let waited = 0; waited < 60 && upstream.sent.length - before < held; waited += 1) await stage.pass(MINUTE);
  const last = upstream.sent.at(-1) ?? Number.NaN;
  return (1_000 * (upstream.sent.length - before)) / (last - backAt);
}

/** How many orders in doubt are queried per second, from the end of the outage until each was queried once. */
async function queriesPerSecond(): Promise<number> {
  const stage = await aStage();
  const { upstream } = stage;
  // Never ten without an answer in a row: the breaker stays closed, and all that is left are orders in doubt.
  upstream.outcome = () => ({ kind: 'unclear', evidence: 'no answer' });
  upstream.finding = () => ({ kind: 'in_progress', evidence: 'pending' });
  let count = 0;
  const place = async () => {
    await stage.place(count++ % MERCHANTS);
    if (count % 8 === 0) upstream.answerOnce();
  };
  for (let n = 0; n < IN_DOUBT; n += 1) {
    stage.clock.at(n * 50, () => void place());
  }
  // All are due by then: else they are queried as they become due.
  await stage.pass(IN_DOUBT * 50 + 5 * MINUTE);
  upstream.restore();
  upstream.queried.length = 0;
  stage.startSchedules();
  const wanted = (IN_DOUBT * 7) / 8;
  for (let waited = 0; waited < 120 && upstream.queried.length < wanted * 0.95; waited += 1) await stage.pass(MINUTE);
  const [first = Number.NaN] = upstream.queried;
  const last = upstream.queried[Math.ceil(wanted * 0.95) - 1] ?? Number.NaN;
  return (1_000 * wanted * 0.95) / (last - first);
}

export const line: Line = {
  name: 'provider-recovery',
  what:
    `After an outage, of a provider that takes ${PER_SECOND} calls a second: orders that were held for ` +
    `${OUTAGE_MINUTES} minutes at ${HELD_PER_SECOND}/s, and orders in doubt. At 60 a second, an hour's orders are ` +
    'sent within ten minutes.',
  kind: 'model',
  wanted: {
    'held orders sent per s': { least: 60, before: '8.3' },
    'status queries per s': { least: 60, before: '8.3' },
  },
  async measure() {
    return { 'held orders sent per s': await sendsPerSecond(), 'status queries per s': await queriesPerSecond() };
  },
};
