import type { ProviderName } from '../../shared/domain/catalogue.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Change, Finding, Order } from '../../shared/domain/order.ts';
import { acceptRow, applySendOutcome, claim } from '../../shared/domain/order-life.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import { beginTopup, startedTopup } from '../../shared/domain/topup.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import type { HttpRequest } from '../../shared/outbound-http.ts';
import type { Provider, Recharge } from '../../shared/providers/provider.ts';
import { createRow } from '../../shared/store/orders.ts';
import { commitTopup, createTopup } from '../../shared/store/topups.ts';
import type { QueueMessage, World } from '../../shared/world.ts';
import { capabilities, initial } from '../domain/orders.ts';
import { Chance } from '../simulation/chance.ts';
import { Clock } from '../simulation/clock.ts';
import { Faults } from '../simulation/faults.ts';
import { ModelDb } from '../simulation/model-db.ts';
import { simulatedWorld } from '../simulation/simulated-world.ts';
import { ScriptedGateway } from './scripted-gateway.ts';

/**
 * A world without faults on virtual time, in which many things happen at once and take as long as a test says: a
 * provider that hangs for 20 seconds does so beside everything else, and costs no real time.
 */
export interface VirtualWorld {
  readonly clock: Clock;
  readonly db: ModelDb;
  readonly world: World;
  readonly gateway: ScriptedGateway;
  /** What was put on a queue. Nothing takes it off. */
  readonly messages: { queue: QueueName; message: QueueMessage }[];
  /** What merchants' endpoints answer, after how long. */
  endpoint: (request: HttpRequest) => { status: number; afterMs: number };
  readonly providers: Readonly<Record<ProviderName, VirtualProvider>>;
  /** Every value of each metric, with the minute in which it was recorded. */
  readonly metrics: { minute: number; name: string; value: number }[];
  /** Runs the clock until the work is done. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Minutes since the start. */
  minute(): number;
  /** Runs work at once and then at an interval, for some minutes, whether or not the last run has ended. */
  every(minutes: number, forMinutes: number, work: () => Promise<unknown>): Promise<void>;
}

export class VirtualProvider {
  /** How long a query takes, and what it answers. */
  takesMs = 200;
  finding: Finding = { kind: 'in_progress', evidence: '' };
  isDown = false;
  balancesAsked = 0;
  readonly queries: { reference: string; minute: number }[] = [];
  readonly port: Provider;

  constructor(name: ProviderName, clock: Clock, minute: () => number) {
    const query = async ({ reference }: Recharge) => {
      this.queries.push({ reference, minute: minute() });
      const { finding } = this;
      await clock.sleep(this.takesMs);
      return finding;
    };
    const balances = async () => {
      this.balancesAsked += 1;
      await clock.sleep(this.takesMs);
      if (this.isDown) throw new Error('no answer');
      return [];
    };
    const refuse = async () => {
      throw new Error('not part of this test');
    };
    this.port = { name, capabilities, query, balances, prepare: refuse, catalogue: refuse };
  }
}

export function virtualWorld(): VirtualWorld {
  const clock = new Clock();
  const startedAt = clock.now;
  const minute = () => (clock.now - startedAt) / MINUTE;
  const chance = new Chance(1);
  const db = new ModelDb();
  const gateway = new ScriptedGateway();
  const metrics: VirtualWorld['metrics'] = [];
  const providers = {
    hotrecharge: new VirtualProvider('hotrecharge', clock, minute),
    pesaway: new VirtualProvider('pesaway', clock, minute),
    sandbox: new VirtualProvider('sandbox', clock, minute),
  };
  const simulated = simulatedWorld(
    {
      clock,
      chance,
      faults: new Faults(undefined, () => {}),
      trace: () => {},
      db: db.client,
      send: (queue, messages) => void virtual.messages.push(...messages.map((message) => ({ queue, message }))),
      provider: (name) => providers[name].port,
      outbound: async (request) => {
        const { status, afterMs } = virtual.endpoint(request);
        await clock.sleep(afterMs);
        return { status, headers: {}, body: '' };
      },
      payments: gateway,
      isKilledHere: () => false,
    },
    'test',
  );
  const metric = (name: string, value: number) => metrics.push({ minute: minute(), name, value });
  const world: World = { ...simulated, log: { ...simulated.log, metric } };
  const virtual: VirtualWorld = {
    clock,
    db,
    messages: [],
    endpoint: () => ({ status: 200, afterMs: 100 }),
    world,
    gateway,
    providers,
    metrics,
    minute,
    async during(work) {
      let isDone = false;
      const done = work.finally(() => {
        isDone = true;
      });
      while (!isDone) await clock.runUntil(clock.now + 100);
      return done;
    },
    async every(minutes, forMinutes, work) {
      for (let run = 0; run * minutes < forMinutes; run += 1) {
        clock.at(run * minutes * MINUTE, () => void work());
      }
      await clock.runUntil(clock.now + forMinutes * MINUTE);
    },
  };
  return virtual;
}

/** Stores a row's order in doubt, that was sent without a clear answer at `sentAt`. */
export async function orderInDoubt(
  { world }: VirtualWorld,
  reference: string,
  sentAt: Instant,
  of: { mode?: Mode; provider?: ProviderName } = {},
): Promise<Order> {
  const row = { ...initial, ...of, id: `ord_${reference}`, agentReference: reference, batchId: 'bat_1' };
  const accepted = acceptRow({ ...row, isQuiet: true }, sentAt);
  const claimed = claim(accepted, 'att_1', capabilities, sentAt).after;
  const unclear = applySendOutcome(claimed, { kind: 'unclear', evidence: '' }, capabilities, sentAt) as Change;
  return createRow(world, unclear.after);
}

/** Stores a top-up whose payer is on the gateway's page since `at`. */
export async function pendingTopup({ world }: VirtualWorld, reference: string, at: Instant): Promise<string> {
  const merchant = { merchantId: 'mer_1', mode: 'live', currency: 'USD' } as const;
  const amounts = { amountMinor: 500, chargedMinor: 500, returnUrl: 'https://shop.example' };
  const { topup } = await createTopup(world, beginTopup({ ...merchant, ...amounts, reference }, 'sta_1', at));
  const change = startedTopup(topup, { gatewayRef: 'pay-1', redirectUrl: 'https://pay.example/1' }, at);
  if (change) await commitTopup(world, change);
  return topup.id;
}
