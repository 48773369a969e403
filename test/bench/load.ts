import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_OUTCOMES } from '../../shared/providers/sandbox.ts';
import { Chance } from '../simulation/chance.ts';
import { percentile } from './line.ts';
import type { EntrySeen, OrderSeen, Reply } from './load-check.ts';
import { Answers, problemsOf } from './load-check.ts';
import { readOptions } from './read-options.ts';

/**
 * `npm run load`: offers mixed traffic to a running system, through its public API alone, and checks at the end that
 * the ledger and the orders say the same. The exit code is 1 if they do not. It spends money of the key's wallet, a few
 * cents an order, so it takes a live key only with `--live`.
 */

const USAGE = `npm run load -- --url http://localhost:8080 --key atk_test_… [--rps 10] [--minutes 1] [--live]

  --url URL     the API, without a path
  --key KEY     whose orders and wallet are used; nobody else should order with it meanwhile
  --rps N       requests offered per second (10; at most 300)
  --minutes M   for how long (1; at most 60)
  --product ID  what is ordered (100)
  --amount A    for how much (0.1)
  --live        really use a live key: real numbers are recharged and real money is spent
`;

const RPS_MAX = 300;
const MINUTES_MAX = 60;
/** How long orders may take to be decided after the last request. */
const SETTLE_MS = 60_000;
const TRIES_MAX = 6;

/** In percent of the requests. */
const MIX = [
  { kind: 'order', share: 35 },
  { kind: 'order, async', share: 25 },
  { kind: 'replay', share: 10 },
  { kind: 'get order', share: 15 },
  { kind: 'list orders', share: 8 },
  { kind: 'get wallet', share: 7 },
] as const;
type Kind = (typeof MIX)[number]['kind'];

interface Options {
  readonly url: string;
  readonly key: string;
  readonly rps: number;
  readonly minutes: number;
  readonly product: number;
  readonly amount: number;
}

/** Last digits of the numbers that a test key leaves undecided for a minute or longer. */
const UNDECIDED: ReadonlySet<string> = new Set(
  Object.entries(SANDBOX_OUTCOMES).flatMap(([digits, { send }]) =>
    send === 'success' || send === 'rejected' ? [] : [digits],
  ),
);

/** The number of the order at this place: one that is decided at once, so that the sums can be checked. */
export function targetOf(place: number): string {
  const number = `07722${20_000 + (place % 70_000)}`;
  return UNDECIDED.has(number.slice(-3)) ? `${number.slice(0, -3)}1${number.slice(-2)}` : number;
}

/** Why the load cannot be offered, or not be checked. */
class Stopped extends Error {}

class Load {
  readonly options: Options;
  readonly #run = `load-${Date.now().toString(36)}`;
  readonly #chance = new Chance(Date.now() % 1_000_000);
  readonly #startedAt = new Date(Date.now() - 1_000).toISOString();
  readonly #answers = new Answers();
  readonly #times = new Map<Kind, number[]>();
  readonly #statuses = new Map<string, number>();
  #count = 0;

  constructor(options: Options) {
    this.options = options;
  }

  async run(): Promise<number> {
    const firstSeq = await this.#lastSeq();
    await this.#offer();
    const orders = await this.#settled();
    const entries = await this.#entriesAfter(firstSeq);
    const { json: verified } = await this.#ask(
      'GET',
      `/api/v1/wallet/ledger/verify?currency=${await this.#currency()}`,
    );
    const problems = problemsOf({ answers: this.#answers, orders, entries });
    if (!verified.verified) problems.push(`the chain: ${JSON.stringify(verified)}`);
    this.#print(orders, entries, problems);
    return problems.length === 0 ? 0 : 1;
  }

  /** Open loop: a slow answer does not slow the offer down. */
  async #offer(): Promise<void> {
    const { rps, minutes } = this.options;
    const end = Date.now() + minutes * 60_000;
    const running = new Set<Promise<void>>();
    let next = Date.now();
    while (next < end) {
      await sleep(Math.max(0, next - Date.now()));
      const request = this.#request().finally(() => running.delete(request));
      running.add(request);
      next += (-1_000 / rps) * Math.log(1 - this.#chance.next());
    }
    await Promise.all(running);
  }

  async #request(): Promise<void> {
    const kind = this.#kind();
    const startedAt = performance.now();
    const { status } = await this.#send(kind);
    this.#times.set(kind, [...(this.#times.get(kind) ?? []), performance.now() - startedAt]);
    const what = `${kind}: ${status === 0 ? 'no answer' : status}`;
    this.#statuses.set(what, (this.#statuses.get(what) ?? 0) + 1);
  }

  #kind(): Kind {
    let drawn = this.#chance.below(100);
    for (const { kind, share } of MIX) {
      drawn -= share;
      if (drawn < 0) return this.#answers.answered.size === 0 ? 'order' : kind;
    }
    return 'order';
  }

  #send(kind: Kind): Promise<Reply> {
    switch (kind) {
      case 'order':
        return this.#post(this.#nextReference(), 'wait=10');
      case 'order, async':
        return this.#post(this.#nextReference(), 'respond-async');
      case 'replay':
        return this.#post(this.#anyReference(), 'respond-async');
      case 'get order':
        return this.#ask('GET', `/api/v1/orders/${this.#anyReference()}`);
      case 'list orders':
        return this.#ask('GET', '/api/v1/orders?limit=20');
      case 'get wallet':
        return this.#ask('GET', '/api/v1/wallet');
    }
  }

  #nextReference(): string {
    this.#count += 1;
    return `${this.#run}-${this.#count}`;
  }

  #anyReference(): string {
    const references = [...this.#answers.answered];
    return references[this.#chance.below(references.length)] ?? '';
  }

  /** As a client should: after a 503, a 429 or no answer the same request again, after a wait that grows. */
  async #post(reference: string, prefer: string): Promise<Reply> {
    const { product, amount } = this.options;
    const target = targetOf(Number(reference.split('-').at(-1)));
    const body = { product_id: product, target, amount, agent_reference: reference };
    for (let tries = 1; ; tries += 1) {
      const reply = await this.#ask('POST', '/api/v1/orders', { body, prefer });
      this.#answers.note(reference, reply);
      const mayRepeat = reply.status === 0 || reply.status === 429 || reply.status >= 500;
      if (!mayRepeat || tries >= TRIES_MAX) return reply;
      await sleep(250 * 2 ** tries * (0.5 + this.#chance.next()));
    }
  }

  async #ask(
    method: string,
    path: string,
    { body, prefer = '' }: { body?: unknown; prefer?: string } = {},
  ): Promise<Reply> {
    const { url, key } = this.options;
    const headers = { authorization: `Api-Key ${key}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(url + path, {
        method,
        headers: { ...headers, ...(prefer ? { prefer } : {}) },
        signal: AbortSignal.timeout(35_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : {} };
    } catch {
      return { status: 0, json: {} };
    }
  }

  /** Every order of this run, once all are decided or the time is up. */
  async #settled(): Promise<OrderSeen[]> {
    const end = Date.now() + SETTLE_MS;
    for (;;) {
      const orders = await this.#ordersOfRun();
      if (orders.every(({ status }) => status !== 'pending' && status !== 'unknown') || Date.now() > end) return orders;
      await sleep(1_000);
    }
  }

  async #ordersOfRun(): Promise<OrderSeen[]> {
    const all = await this.#pages(`/api/v1/orders?limit=100&from=${this.#startedAt}`, () => false);
    return (all as OrderSeen[]).filter(({ agent_reference }) => agent_reference.startsWith(`${this.#run}-`));
  }

  async #entriesAfter(seq: number): Promise<EntrySeen[]> {
    const path = `/api/v1/wallet/ledger?limit=100&currency=${await this.#currency()}`;
    const all = (await this.#pages(path, (page) => page.some((entry) => entry.seq <= seq))) as EntrySeen[];
    return all.filter((entry) => entry.seq > seq);
  }

  async #pages(path: string, isLast: (page: EntrySeen[]) => boolean): Promise<unknown[]> {
    const all: unknown[] = [];
    for (let cursor = ''; ; ) {
      const json = await this.#read(path + cursor);
      all.push(...json.data);
      if (json.next_cursor === null || isLast(json.data)) return all;
      cursor = `&cursor=${json.next_cursor}`;
    }
  }

  async #lastSeq(): Promise<number> {
    const json = await this.#read(`/api/v1/wallet/ledger?limit=1&currency=${await this.#currency()}`);
    return json.data[0]?.seq ?? 0;
  }

  /** What must be read for the load to make sense. */
  async #read(path: string): Promise<Reply['json']> {
    const { status, json } = await this.#ask('GET', path);
    if (status === 200) return json;
    if (status === 0) throw new Stopped(`Nothing answers at ${this.options.url}.`);
    const code = typeof json.code === 'string' ? ` ${json.code}` : '';
    if (status === 401) throw new Stopped(`The key is not accepted: GET ${path} was answered 401${code}.`);
    throw new Stopped(`GET ${path} was answered ${status}${code}.`);
  }

  #currencyFound: string | undefined;

  async #currency(): Promise<string> {
    if (this.#currencyFound !== undefined) return this.#currencyFound;
    const { data } = await this.#read('/api/v1/products');
    const product = data.find((each: { id: number }) => each.id === this.options.product);
    if (!product) throw new Stopped(`Product ${this.options.product} is not sold there.`);
    this.#currencyFound = String(product.currency);
    return this.#currencyFound;
  }

  #print(orders: readonly OrderSeen[], entries: readonly EntrySeen[], problems: readonly string[]): void {
    const say = (text: string) => process.stdout.write(`${text}\n`);
    say(
      `${'request'.padEnd(14)} ${'count'.padStart(6)} ${'p50 ms'.padStart(8)} ${'p95 ms'.padStart(8)} ${'p99 ms'.padStart(8)}`,
    );
    for (const [kind, times] of this.#times) {
      const cells = [50, 95, 99].map((percent) => percentile(times, percent).toFixed(0).padStart(8));
      say(`${kind.padEnd(14)} ${String(times.length).padStart(6)} ${cells.join(' ')}`);
    }
    say('');
    for (const [what, count] of [...this.#statuses].toSorted()) say(`${what}  ${count}`);
    const byStatus = Map.groupBy(orders, ({ status }) => status);
    const statuses = [...byStatus].map(([status, found]) => `${found.length} ${status}`).join(', ');
    say(`\n${orders.length} orders (${statuses}), ${entries.length} ledger entries`);
    const { answered, unclear, busy } = this.#answers;
    const isUndecided = (reference: string) => !answered.has(reference);
    const lost = [...unclear].filter(isUndecided).length;
    const refused = [...busy].filter((reference) => isUndecided(reference) && !unclear.has(reference)).length;
    if (lost > 0) say(`${lost} references never got a clear answer`);
    if (refused > 0) say(`${refused} references were refused with 503 to the end`);
    say(
      problems.length === 0
        ? 'The ledger and the orders agree.'
        : `They do not agree:\n${problems.slice(0, 50).join('\n')}`,
    );
  }
}

function read(): Options | string {
  const values = readOptions(USAGE, {
    url: { type: 'string' },
    key: { type: 'string' },
    rps: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '1' },
    product: { type: 'string', default: '100' },
    amount: { type: 'string', default: '0.1' },
    live: { type: 'boolean', default: false },
  });
  const { url, key, live } = values;
  const [rps, minutes] = [Number(values.rps), Number(values.minutes)];
  if (url === undefined || key === undefined) return USAGE;
  if (!(rps > 0 && rps <= RPS_MAX)) return `--rps must be more than 0 and at most ${RPS_MAX}.\n`;
  if (!(minutes > 0 && minutes <= MINUTES_MAX)) return `--minutes must be more than 0 and at most ${MINUTES_MAX}.\n`;
  if (!key.startsWith('atk_test_') && !live) return 'This is no test key: with --live it recharges real numbers.\n';
  return {
    url: url.replace(/\/+$/, ''),
    key,
    rps,
    minutes,
    product: Number(values.product),
    amount: Number(values.amount),
  };
}

async function main(): Promise<number> {
  const options = read();
  if (typeof options === 'string') {
    process.stderr.write(options);
    return 1;
  }
  try {
    return await new Load(options).run();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

if (import.meta.main) process.exit(await main());
