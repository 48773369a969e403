import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { MINUTE, SECOND } from '../../../shared/domain/time.ts';
import type { Worker } from '../../../shared/manifest/workers.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { csvOf } from '../lines/units-bulk-row.ts';
import { MerchantStage } from './merchant-stage.ts';

/** What one order makes AWS do, with its share of whatever it has in common with others. */
export interface Operations {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests at API Gateway. */
  readonly requests: number;
  /** Time of functions by name, waiting included, computing not. */
  readonly functionMs: Readonly<Record<string, number>>;
  readonly invocations: number;
  /** Time of a whole core. A function with less memory has less of a core, and is charged as much for it. */
  readonly cpuMs: number;
  readonly queueRequests: number;
  /** Of our functions, without what Lambda and API Gateway add. */
  readonly logBytes: number;
  readonly events: number;
}

/** What a call of the SDK and what an invocation take of a whole core (docs/performance.md names the source). */
const CPU_MS = { call: 1.05, invocation: 0.3, event: 1 };

const ROUNDS = 10;
const ROWS = 1_000;
/** Seldom enough that no two orders share an invocation unless they are placed at once: the dearest case. */
const GAP_MS = 5 * SECOND;

const allWorkers: readonly Worker[] = Object.values(workers);

/** A single order that its caller waits for, of a merchant with one webhook endpoint. */
export function ofWaiting(providerMs: number): Promise<Operations> {
  return ofSingle(providerMs);
}

/** A single order that nobody waits for: ten at a time, of ten merchants, so that they share invocations. */
export function ofAsync(): Promise<Operations> {
  return ofSingle(800, { prefer: 'respond-async', atOnce: 10 });
}

async function ofSingle(
  providerMs: number,
  { prefer = 'wait=25', atOnce = 1 }: { prefer?: string; atOnce?: number } = {},
): Promise<Operations> {
  const stage = await MerchantStage.open({ counts: true, merchants: atOnce });
  const merchants = Array.from({ length: atOnce }, (_, n) => n);
  for (const n of merchants) await stage.addEndpoint(`https://merchant-${n}.example/hook`, n);
  stage.upstream.sendMs = () => providerMs;
  const api = { ms: 0, count: 0 };
  const order = async (of: number) => {
    const startedAt = stage.clock.now;
    const { status, text } = await stage.order({ prefer, of });
    if (status > 202) throw new Error(text);
    api.ms += stage.clock.now - startedAt;
    api.count += 1;
  };
  // Once before counting: then every function is warm.
  for (let round = 0; round <= ROUNDS; round += 1) {
    await stage.run(Promise.all(merchants.map(order)));
    await stage.pass(GAP_MS);
    if (round > 0) continue;
    forget(stage);
    Object.assign(api, { ms: 0, count: 0 });
  }
  return counted(stage, ROUNDS * atOnce, { name: 'create-order', ...api });
}

/** A row of a batch. */
export async function ofRow(): Promise<Operations> {
  const stage = await MerchantStage.open({ counts: true });
  await stage.addEndpoint();
  forget(stage);
  const startedAt = stage.clock.now;
  await stage.run(stage.ask(createBulk, { body: { csv: csvOf(ROWS), batch_reference: 'bench' } }));
  const ms = stage.clock.now - startedAt;
  stage.startSchedules();
  await stage.pass(20 * MINUTE);
  return counted(stage, ROWS, { name: 'create-bulk', ms, count: 1 });
}

function forget(stage: MerchantStage): void {
  stage.units.reset();
  stage.commands.clear();
  stage.invocations.clear();
  stage.logged.length = 0;
  stage.queueRequests = 0;
  stage.events = 0;
}

function counted(stage: MerchantStage, orders: number, api: { name: string; ms: number; count: number }): Operations {
  const { read, write } = stage.units.units();
  const called = [...stage.invocations].map(([queue, { ms, count }]) => {
    const name = allWorkers.find((worker) => worker.queue === queue)?.name ?? queue;
    return { name, ms, count };
  });
  const all = [api, ...called];
  const invocations = all.reduce((sum, { count }) => sum + count, 0);
  const calls = [...stage.commands.values()].reduce((sum, count) => sum + count, stage.queueRequests / 2);
  const cpuMs = calls * CPU_MS.call + invocations * CPU_MS.invocation + stage.events * CPU_MS.event;
  return {
    readUnits: read / orders,
    writeUnits: write / orders,
    requests: api.count / orders,
    functionMs: Object.fromEntries(all.map(({ name, ms }) => [name, ms / orders])),
    invocations: invocations / orders,
    cpuMs: cpuMs / orders,
    queueRequests: stage.queueRequests / orders,
    logBytes: stage.logged.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / orders,
    events: stage.events / orders,
  };
}
