import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { runBulk } from '../../../functions/workers/run-bulk.ts';
import { s3Files } from '../../../shared/aws/files.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { acceptRow } from '../../../shared/domain/order-life.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { createRow } from '../../../shared/store/orders.ts';
import type { Files } from '../../../shared/world.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';
import type { Figures, Line } from '../line.ts';
import { median } from '../line.ts';

const ROWS = 10_000;
const ROUNDS = 3;
const AT_ONCE = 16;
const LARGEST = 100_000;
const SINGLES = 40;
/** Enough that the batch runs longer than the single orders take. */
const BESIDE_ROWS = 3_000;

let world: TestWorld;
let merchant: TestMerchant;

async function open(): Promise<void> {
  world = await testWorld({ clock: 'real' });
  await sell(world);
  merchant = await aMerchant(world);
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  await adjustWallet(world, wallet, { amountMinor: 100_000_000_000, reason: 'Deposit', by: 'bench' });
}

const file = (rows: number) =>
  `target,amount,custom_sms\n${Array.from({ length: rows }, (_, n) => `07${72_000_000 + n},0.5,Thank you ${n}`).join('\n')}`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The rows of the file as the orders that they become. */
function asOrders(name: string): Order[] {
  return Array.from({ length: ROWS }, (_, n) => {
    const request = { agentReference: `${name}~${n}`, productId: 100, amountMinor: 50, currency: 'USD' } as const;
    const target = { target: `07${72_000_000 + n}`, msisdn: `+2637${72_000_000 + n}`, customSms: `Thank you ${n}` };
    const provider = { provider: 'hotrecharge', providerProductId: '1', kind: 'airtime' } as const;
    const place = { country: 'ZW', network: 'Econet', batchId: 'bat_bench', batchRow: n } as const;
    const initial = { id: `ord_${name}_${n}`, merchantId: merchant.id, mode: 'live' } as const;
    return acceptRow({ ...initial, ...request, ...target, ...provider, ...place }, world.now());
  });
}

/** In puts of 25 without a condition, as fast as the engine takes them. */
async function batchWrite(round: number): Promise<void> {
  const items = asOrders(`plain-${round}`).map((order) => ({ PutRequest: { Item: { pk: order.id, ...order } } }));
  const puts = Array.from({ length: ROWS / 25 }, (_, part) => items.slice(part * 25, part * 25 + 25));
  while (puts.length > 0) {
    const some = puts.splice(0, AT_ONCE);
    await Promise.all(
      some.map((part) => world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: part } }))),
    );
  }
}

/** Each by itself, where none is: what writing all orders of a batch at once would cost. */
async function conditionalPuts(round: number): Promise<void> {
  const orders = asOrders(`put-${round}`);
  while (orders.length > 0) await Promise.all(orders.splice(0, AT_ONCE).map((order) => createRow(world, order)));
}

async function post(csv: string, reference: string): Promise<string> {
  const body = { csv, batch_reference: reference };
  const { status, json } = await call(world, createBulk, { headers: merchant.headers(), body });
  if (status !== 202) throw new Error(JSON.stringify(json));
  return json.id;
}

async function runAll(): Promise<void> {
  while (world.messages.length > 0) {
    const messages = world.messages.splice(0).filter(({ queue }) => queue === 'bulk');
    await Promise.all(messages.map(({ message }) => runBulk(world, message.body as never)));
  }
}

async function accepting(): Promise<Figures> {
  const csv = file(ROWS);
  const plain: number[] = [];
  const ours: number[] = [];
  const put: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await timed(() => batchWrite(round)));
    ours.push(await timed(() => post(csv, `bench-${round}`)));
    world.messages.length = 0;
    put.push(await timed(() => conditionalPuts(round)));
  }
  return {
    'create / plain BatchWriteItem': median(ours) / median(plain),
    'rows put one by one / plain BatchWriteItem': median(put) / median(plain),
  };
}

/** The files' server in a process of its own, so that its memory does not count as the function's. */
async function filesElsewhere(): Promise<{ files: Files; stop: () => void }> {
  const serve = `const { startFiles } = await import('./shared/local/files.ts');
    process.stdout.write((await startFiles({ secretAccessKey: 'local' })).endpoint);`;
  const server = spawn(process.execPath, ['--input-type=module', '-e', serve], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [endpoint] = await once(server.stdout, 'data');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = { endpoint: String(endpoint), region: 'local', credentials, forcePathStyle: true };
  return { files: s3Files({ bucket: () => 'bench', client }), stop: () => server.kill() };
}

async function previewing(): Promise<Figures> {
  const csv = file(LARGEST);
  const { files, stop } = await filesElsewhere();
  let peak = process.memoryUsage().rss;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  // As an upload: the text of a request would be larger than API Gateway takes.
  const name = `uploads/${merchant.id}/live/upl_${'0'.repeat(20)}.csv`;
  await files.write(name, csv, 'text/csv');
  const ms = await timed(async () => {
    const body = { upload_id: `upl_${'0'.repeat(20)}` };
    const { json } = await call({ ...world, files }, previewBulk, { headers: merchant.headers(), body });
    if (json.valid !== LARGEST) throw new Error(JSON.stringify(json).slice(0, 500));
  });
  clearInterval(watch);
  stop();
  return { 'preview of 100,000 rows s': ms / 1000, 'memory of the whole process MB': peak / 1_048_576 };
}

async function single(owner: TestMerchant, n: string): Promise<number> {
  return timed(async () => {
    const body = { product_id: 100, target: '0772279099', amount: 1, agent_reference: `single-${n}` };
    const headers = { ...owner.headers(), prefer: 'respond-async' };
    const { status } = await call(world, createOrder, { headers, body });
    if (status !== 202) throw new Error(`a single order was answered ${status}`);
  });
}

/** Single orders of the same merchant, accepted while nothing else runs and while a batch does. */
async function beside(): Promise<Figures> {
  const alone: number[] = [];
  for (let n = 0; n < SINGLES; n += 1) alone.push(await single(merchant, `alone-${n}`));
  world.messages.length = 0;
  await post(file(BESIDE_ROWS), 'beside');
  const running = runAll();
  const together: number[] = [];
  for (let n = 0; n < SINGLES; n += 1) together.push(await single(merchant, `beside-${n}`));
  const worst = Math.max(...together) - median(alone);
  await running;
  return { 'single order beside a batch / alone': median(together) / median(alone), 'held up at most ms': worst };
}

export const line: Line = {
  name: 'bulk-engine',
  what: `Batches of ${ROWS.toLocaleString('en')} rows on a local engine: rounds alternate in one run, medians are kept.`,
  kind: 'timing',
  wanted: {
    'create / plain BatchWriteItem': { most: 1.3 },
    'preview of 100,000 rows s': { most: 10 },
    'memory of the whole process MB': { most: 512 },
    'held up at most ms': { most: 250 },
  },
  async measure() {
    await open();
    const figures = { ...(await previewing()), ...(await accepting()), ...(await beside()) };
    await stopEngine();
    return figures;
  },
};
