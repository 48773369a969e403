import type { Endpoint, WebhookEvent } from '../../shared/domain/webhook.ts';
import { newDelivery } from '../../shared/domain/webhook.ts';
import type { HttpAnswer } from '../../shared/outbound-http.ts';
import { saveDelivery } from '../../shared/store/deliveries.ts';
import { saveEndpoint } from '../../shared/store/endpoints.ts';
import type { World } from '../../shared/world.ts';
import { Chance } from '../simulation/chance.ts';
import { Clock } from '../simulation/clock.ts';
import { Faults } from '../simulation/faults.ts';
import { ModelDb } from '../simulation/model-db.ts';
import { simulatedWorld } from '../simulation/simulated-world.ts';

/** A merchant's server: answers after a while, by virtual time. */
export type MerchantServer = (eventId: string, at: number) => { afterMs: number; status: number };

/**
 * Processes on virtual time without faults, where calls take as long as a test says and many run at once. Merchants'
 * servers are chosen by the host of their URL.
 */
export class VirtualServers {
  readonly clock = new Clock();
  readonly chance: Chance;
  /** Every call to a merchant's server: which one, which event, when it began. */
  readonly calls: { host: string; eventId: string; at: number }[] = [];
  /** When each event was taken. */
  readonly taken = new Map<string, number>();
  readonly #servers: Readonly<Record<string, MerchantServer>>;
  readonly #db: ModelDb;
  /** Commands to the database, by name. */
  readonly commands = new Map<string, number>();

  constructor(seed: number, servers: Readonly<Record<string, MerchantServer>>) {
    this.chance = new Chance(seed);
    this.#servers = servers;
    this.#db = new ModelDb();
  }

  /** A process with a memory of its own. */
  process(name: string, memo = new Map<string, unknown>()): World {
    const nothing = () => {
      throw new Error('not in this world');
    };
    const context = {
      clock: this.clock,
      chance: this.chance,
      faults: new Faults(undefined, () => {}),
      trace: () => {},
    };
    const execute = async (command: { constructor: { name: string }; input: unknown }) => {
      const { name } = command.constructor;
      this.commands.set(name, (this.commands.get(name) ?? 0) + 1);
      return this.#db.execute(command);
    };
    return simulatedWorld(
      {
        ...context,
        db: { send: execute } as unknown as World['db'],
        send: () => {},
        provider: nothing,
        outbound: ({ url, headers }) => this.#answer(new URL(url).host, headers?.['webhook-id'] ?? ''),
        payments: { name: 'none', currencies: [], start: nothing, check: nothing } as never,
        isKilledHere: () => false,
      },
      name,
      memo,
    );
  }

  async #answer(host: string, eventId: string): Promise<HttpAnswer> {
    const { now: at } = this.clock;
    this.calls.push({ host, eventId, at });
    const { afterMs, status } = this.#servers[host]?.(eventId, at) ?? { afterMs: 50, status: 200 };
    await this.clock.sleep(afterMs);
    if (status === 200 && !this.taken.has(eventId)) this.taken.set(eventId, this.clock.now);
    return { status, headers: {}, body: '' };
  }

  /** Runs the clock until the work has ended. */
  async until<T>(work: Promise<T>, stepMs = 1_000): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    while (!isOver) await this.clock.runUntil(this.clock.now + stepMs);
    return work;
  }

  /** Starts a run at a fixed interval for so long; a run may last into the next. */
  async every(gapMs: number, forMs: number, run: (world: World) => Promise<void>): Promise<void> {
    const end = this.clock.now + forMs;
    for (let n = 1; this.clock.now < end; n += 1) {
      await this.clock.runUntil(this.clock.now + gapMs);
      run(this.process(`run ${n}`));
    }
    await this.clock.runUntil(end);
  }

  /** An endpoint, of a merchant of its own if no other is named. */
  async endpoint(host: string, merchantId = `mer_${host}`): Promise<Endpoint> {
    const endpoint: Endpoint = {
      id: `whe_${host}`,
      merchantId,
      mode: 'live',
      url: `https://${host}/hook`,
      events: [],
      secretVersion: 1,
      retiring: [],
      createdAt: this.clock.iso,
      revision: 1,
    };
    await this.until(saveEndpoint(this.process(`creates ${host}`), endpoint));
    return endpoint;
  }

  /** Deliveries that are due now. */
  async due(endpoint: Endpoint, count: number): Promise<void> {
    const world = this.process(`fills ${endpoint.id}`);
    const save = (n: number) => saveDelivery(world, newDelivery(endpoint, anEvent(endpoint, n), world.now()));
    await this.until(Promise.all(Array.from({ length: count }, (_, n) => save(n))));
  }
}

export function anEvent(endpoint: Endpoint, n: number): WebhookEvent {
  const { id, createdAt } = endpoint;
  return { id: `evt_${id}_${n}`, type: 'order.success', createdAt, sequence: 1, body: '{}' };
}
