import { createPayout } from '../../functions/campaigns/create-payout.ts';
import type { Order } from '../../shared/domain/order.ts';
import { applySendOutcome, claim } from '../../shared/domain/order-life.ts';
import { SECOND } from '../../shared/domain/time.ts';
import { addCampaign } from '../../shared/flows/campaigns/add-campaign.ts';
import { changeOrder } from '../../shared/flows/orders/change-order.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import { verifyLedger } from '../../shared/flows/wallet/verify-ledger.ts';
import { standardSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import { readCampaign } from '../../shared/store/campaigns.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import { commit } from '../../shared/store/orders.ts';
import { Contention } from '../../shared/transient-error.ts';
import type { World } from '../../shared/world.ts';
import { capabilities } from '../domain/orders.ts';
import { SAMPLE_PRODUCT } from '../simulation/sample-product.ts';
import type { BusyWorld } from '../support/busy-world.ts';
import { BUSY_WALLET, busyWorld, place } from '../support/busy-world.ts';
import { OPERATOR } from '../support/origin.ts';

/**
 * What one wallet takes, on virtual time: requests arrive at random moments, a transaction takes 22 ms and is refused
 * where it overlaps with another one, a put takes 7.5 ms and a read 5. One seed always gives the same figures.
 */

const REJECTED = { kind: 'rejected', failure: 'invalid_target', evidence: '217' } as const;
const RICH = 1_000_000_000;

interface Load {
  /** Requests offered a second. */
  readonly rate: number;
  readonly seconds: number;
  /** One refund beside so many orders; absent: none. */
  readonly refundEvery?: number;
  readonly seed?: number;
}

/** When each request came, and when it was funded and answered. */
class Times {
  readonly fundedMs: number[] = [];
  readonly answeredMs: number[] = [];
  failed = 0;
}

/** Orders, and refunds beside them, on one wallet. */
export async function measureOrders({ rate, seconds, refundEvery, seed = 1 }: Load) {
  const busy = busyWorld(seed);
  await deposit(busy);
  const at = arrivals(busy, rate, seconds);
  const doomed: Order[] = [];
  const refundCount = refundEvery === undefined ? 0 : Math.floor(at.length / refundEvery);
  for (let n = 0; n < refundCount; n += 1) doomed.push(await busy.finish(busy.inProcess((world) => send(world, n))));

  const before = busy.db.transactions;
  const orders = new Times();
  const refunds = new Times();
  await busy.finish(
    Promise.all([
      ...at.map((ms, n) => timed(busy, ms, orders, `o${n}`, (world) => place(world, `o${n}`))),
      ...doomed.map((order, n) =>
        timed(busy, (n * seconds * SECOND) / refundCount, refunds, '', (world) => refund(world, order)),
      ),
    ]),
  );
  const transactions = busy.db.transactions - before;
  const { violation } = await busy.finish(busy.inProcess((world) => verifyLedger(world, BUSY_WALLET)));
  return {
    offered: at.length,
    accepted: orders.answeredMs.length,
    acceptedPerSecond: rounded(orders.answeredMs.length / seconds, 1),
    busyShare: rounded(orders.failed / at.length, 3),
    transactionsPerOrder: rounded(transactions / (orders.answeredMs.length + refunds.answeredMs.length), 2),
    ...figuresOf(orders),
    ...(refundCount > 0 ? { refunds: { count: refundCount, failed: refunds.failed, ...figuresOf(refunds) } } : {}),
    isRight: violation === undefined && orders.answeredMs.length + orders.failed === at.length,
  };
}

/** Payouts of one campaign, whose budget is enough for `share` of them. */
export async function measureCampaign({ rate, seconds, share, seed = 1 }: Load & { readonly share: number }) {
  const busy = busyWorld(seed);
  await deposit(busy);
  const at = arrivals(busy, rate, seconds);
  const affordable = Math.floor(at.length * share);
  const { campaign, secret } = await busy.finish(
    busy.inProcess(async (world) => {
      await saveCatalogue(world, 'hotrecharge', [SAMPLE_PRODUCT]);
      return addCampaign(
        world,
        BUSY_WALLET,
        { name: 'Survey', currency: 'USD', budget: affordable, amount: 1 },
        OPERATOR,
      );
    }),
  );
  const times = new Times();
  const before = busy.db.transactions;
  let spent = 0;
  const pay = async (world: World, n: number) => {
    const body = JSON.stringify({ respondent_id: `person ${n}`, target: '0772279099' });
    const id = `msg_${n}`;
    const timestamp = String(Math.floor(busy.clock.now / SECOND));
    const signature = standardSignature(secret, { id, timestamp, body });
    const { status } = await serveOpen(world, createPayout, {
      method: 'POST',
      path: createPayout.path,
      params: { campaign_id: campaign.id },
      query: {},
      headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
      body,
      requestId: 'req_1',
    });
    if (status === 503) throw new Contention('busy');
    if (status !== 201) spent += 1;
  };
  await busy.finish(Promise.all(at.map((ms, n) => timed(busy, ms, times, '', (world) => pay(world, n)))));
  const transactions = busy.db.transactions - before;
  const after = await busy.finish(busy.inProcess((world) => readCampaign(world, campaign.id)));
  const accepted = times.answeredMs.length - spent;
  return {
    offered: at.length,
    accepted,
    acceptedPerSecond: rounded(accepted / seconds, 1),
    busyShare: rounded(times.failed / at.length, 3),
    transactionsPerOrder: rounded(transactions / accepted, 2),
    answeredP50Ms: quantile(times.answeredMs, 0.5),
    answeredP99Ms: quantile(times.answeredMs, 0.99),
    isRight: accepted === affordable && after?.spentMinor === 100 * affordable && after.payouts === affordable,
  };
}

/** One caller, one order after the other: orders a second. */
export async function measureOneCaller(seconds: number): Promise<number> {
  const busy = busyWorld(1);
  await deposit(busy);
  const end = busy.clock.now + seconds * SECOND;
  let count = 0;
  const call = async () => {
    for (; busy.clock.now < end; count += 1) await busy.inProcess((world) => place(world, `one${count}`));
  };
  await busy.finish(call());
  return rounded(count / seconds, 1);
}

function deposit(busy: BusyWorld) {
  const money = { amountMinor: RICH, reason: 'Deposit', by: 'bench' };
  return busy.finish(busy.inProcess((world) => adjustWallet(world, BUSY_WALLET, money)));
}

/** Poisson arrivals: the gaps are exponential. */
function arrivals({ chance }: BusyWorld, rate: number, seconds: number): number[] {
  const at: number[] = [];
  for (let ms = 0; ; ) {
    ms += (-Math.log(1 - chance.next()) * SECOND) / rate;
    if (ms >= seconds * SECOND) return at;
    at.push(ms);
  }
}

async function timed(
  busy: BusyWorld,
  delayMs: number,
  times: Times,
  reference: string,
  run: (world: World) => Promise<unknown>,
): Promise<void> {
  await busy.clock.sleep(delayMs);
  const startedAt = busy.clock.now;
  try {
    await busy.inProcess(run);
    times.answeredMs.push(busy.clock.now - startedAt);
    const fundedAt = busy.fundedAt.get(reference);
    if (fundedAt !== undefined) times.fundedMs.push(fundedAt - startedAt);
  } catch (error) {
    if (!(error instanceof Contention)) throw error;
    times.failed += 1;
  }
}

/** An order that is about to be rejected. */
async function send(world: World, n: number): Promise<Order> {
  const { order } = await place(world, `doomed${n}`);
  const claimed = claim(order, `att_${n}`, capabilities, world.now());
  await commit(world, claimed);
  return claimed.after;
}

async function refund(world: World, order: Order): Promise<void> {
  const decide = (current: Order) => applySendOutcome(current, REJECTED, capabilities, world.now());
  const { order: there } = await changeOrder(world, order, decide);
  if (there.status !== 'refunded') throw new Contention('not refunded yet');
}

function figuresOf({ fundedMs, answeredMs }: Times) {
  const answered = { answeredP50Ms: quantile(answeredMs, 0.5), answeredP99Ms: quantile(answeredMs, 0.99) };
  return { fundedP50Ms: quantile(fundedMs, 0.5), fundedP99Ms: quantile(fundedMs, 0.99), ...answered };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0, 0);
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

async function main({ seconds, isForProgram }: { seconds: number; isForProgram: boolean }): Promise<void> {
  const orders = [];
  for (const rate of [5, 20, 60, 200, 300]) orders.push({ rate, ...(await measureOrders({ rate, seconds })) });
  const withRefunds = [];
  for (const rate of [20, 60, 200, 300]) {
    withRefunds.push({ rate, ...(await measureOrders({ rate, seconds, refundEvery: 33 })) });
  }
  const campaign = [];
  for (const [rate, share] of [
    [20, 1],
    [100, 1],
    [150, 1],
    [150, 0.5],
  ] as const)
    campaign.push({ rate, share, ...(await measureCampaign({ rate, seconds, share })) });
  const figures = { oneCallerPerSecond: await measureOneCaller(seconds), orders, withRefunds, campaign };
  process.stdout.write(`${JSON.stringify(figures, undefined, isForProgram ? 0 : 2)}\n`);
}

if (process.argv[1]?.endsWith('wallet-line.ts')) {
  const [seconds = '20'] = process.argv.slice(2).filter((each) => each !== '--json');
  await main({ seconds: Number(seconds), isForProgram: process.argv.includes('--json') });
}
