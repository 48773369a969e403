import { listBulk } from '../../functions/bulk/list-bulk.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { listOrders } from '../../functions/orders/list-orders.ts';
import { listLedger } from '../../functions/wallet/list-ledger.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { Order } from '../../shared/domain/order.ts';
import { providerReference } from '../../shared/domain/order.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { resolveOrder } from '../../shared/flows/orders/review.ts';
import { serve } from '../../shared/http/pipeline.ts';
import type { PlainResponse, RouteHandler } from '../../shared/http/route.ts';
import { createKey, revokeKey } from '../../shared/store/merchants.ts';
import type { World } from '../../shared/world.ts';
import type { Auditor } from './auditor.ts';
import type { Chance, Clock } from './clock.ts';
import type { SimProvider } from './provider.ts';
import type { Faults } from './world.ts';

/** The people of a simulation: merchants' programs that order, repeat and list, and operators who decide by hand. */

/** One merchant, in one mode, with the key its programs use now. */
export interface Account {
  readonly merchantId: string;
  readonly mode: Mode;
  key: { readonly id: string; readonly text: string };
}

export interface Actors {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly auditor: Auditor;
  readonly upstream: SimProvider;
  readonly accounts: readonly Account[];
  process(name: string): World;
  isOver(): boolean;
  /** What each merchant's programs post under each reference. */
  readonly contents: Map<string, Set<string>>;
  violate(what: string): void;
  tell(line: string): void;
}

const TRIES_MAX = 8;

/** A client that repeats what was not answered, and sometimes posts twice, or other content under one reference. */
export function placeOrders(actors: Actors, n: number, withinMs: number): void {
  const { clock, faults, accounts } = actors;
  const chance = actors.chance.fork(`client ${n}`);
  const account = accounts[Math.max(0, chance.below(10) - 7)] ?? accounts[0];
  if (!account) throw new Error('somebody has an account');
  // Neighbours use one reference with different merchants and modes: they must never meet.
  const reference = `r${account === accounts[0] ? n : n - 1}`;
  const amount = (100 + chance.below(900)) / 100;
  const body = { product_id: 100, target: '0772279099', amount, agent_reference: reference };
  const startMs = chance.below(withinMs);
  const copies = faults.happens(chance, 'request doubled') ? 2 + chance.below(2) : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    const isOther = copy > 0 && faults.happens(chance, 'other content under one reference');
    const sent = JSON.stringify(isOther ? { ...body, amount: (Math.round(amount * 100) + 100) / 100 } : body);
    const name = `${account.merchantId} ${account.mode} ${reference}`;
    actors.contents.set(name, (actors.contents.get(name) ?? new Set()).add(sent));
    clock.at(startMs + (copy === 0 ? 0 : chance.below(3 * MINUTE)), () =>
      post(actors, account, { name: `client ${n}.${copy}`, body: sent, prefer: preferenceOf(chance) }),
    );
  }
}

function preferenceOf(chance: Chance): string {
  return chance.happens(0.7) ? 'respond-async' : 'wait=20';
}

interface Posting {
  readonly name: string;
  readonly body: string;
  readonly prefer: string;
}

function post(actors: Actors, account: Account, posting: Posting): void {
  const { name, body, prefer } = posting;
  untilAnswered(actors, 'client repeats', async (tries) => {
    const response = await request(actors, account, createOrder, { name: `${name} try ${tries}`, body, prefer });
    actors.faults.count(`answer: ${response.status}`);
    actors.tell(`${name} is answered ${response.status}`);
    check(actors, account, posting, response);
    return response;
  });
}

/** A program that sends a request again which was not answered, or by a server in trouble, or with a key that ended. */
export function untilAnswered(
  actors: Actors,
  counted: string,
  send: (tries: number) => Promise<PlainResponse>,
  tries = 1,
): void {
  const { clock, faults } = actors;
  let isAnswered = false;
  const again = () => {
    if (isAnswered || actors.isOver() || tries >= TRIES_MAX) return;
    isAnswered = true;
    faults.count(counted);
    untilAnswered(actors, counted, send, tries + 1);
  };
  send(tries).then(({ status }) => {
    // A key or a secret that was rotated away is refused; its program then has the new one.
    if (status < 500 && status !== 401) isAnswered = true;
    else clock.at(2 * SECOND, again);
  });
  clock.at(40 * SECOND, again);
}

/** An answer speaks of the order that this account placed, and of nobody else's. */
function check(actors: Actors, { merchantId, mode }: Account, { body }: Posting, response: PlainResponse): void {
  const { amount, agent_reference: reference } = JSON.parse(body);
  if (response.status < 300) {
    const order = actors.auditor.orders.get(`${merchantId} ${mode} ${reference}`);
    const answered = JSON.parse(response.body);
    if (order?.id !== answered.id || answered.amount !== amount) actors.violate(`${reference} is answered as another`);
  }
  const name = `${merchantId} ${mode} ${reference}`;
  // A row of a batch may have come first.
  const isRow = actors.auditor.orders.get(name)?.batchId !== undefined;
  if (response.status === 422 && !isRow && actors.contents.get(name)?.size === 1) {
    actors.violate(`${reference} is said to be taken, and was not by this merchant`);
  }
}

/** A merchant's program that pays money in, and repeats what was not answered. */
export function payIn(actors: Actors, n: number, withinMs: number): void {
  const { clock, faults, accounts } = actors;
  const chance = actors.chance.fork(`payer ${n}`);
  const account = accounts[chance.below(accounts.length)];
  if (!account) throw new Error('somebody has an account');
  const body = JSON.stringify({ amount: 1 + chance.below(20), currency: 'USD', reference: `t${n}` });
  const copies = faults.happens(chance, 'request doubled') ? 2 : 1;
  const startMs = chance.below(withinMs);
  const once = (name: string, tries: number) => {
    if (actors.isOver()) return;
    const asked = request(actors, account, startTopup, { name: `${name} try ${tries}`, body });
    const waited = clock.sleep(40 * SECOND);
    Promise.race([asked, waited]).then((response) => {
      actors.tell(`${name} is answered ${response?.status ?? 'nothing'}`);
      const isRefused = response === undefined || response.status >= 500 || response.status === 401;
      if (isRefused && tries < TRIES_MAX) clock.at(2 * SECOND, () => once(name, tries + 1));
    });
  };
  for (let copy = 0; copy < copies; copy += 1) clock.at(startMs + copy * 50, () => once(`payer ${n}.${copy}`, 1));
}

/** One request of a merchant's program, to a process of its own. */
export function request<P, Q, B>(
  actors: Actors,
  account: Account,
  endpoint: RouteHandler<P, Q, B>,
  options: {
    name: string;
    body?: string;
    prefer?: string;
    params?: Record<string, string>;
    query?: Record<string, string>;
  },
): Promise<PlainResponse> {
  return serve(actors.process(options.name), endpoint, {
    method: endpoint.method,
    path: endpoint.path,
    params: options.params ?? {},
    query: options.query ?? {},
    headers: { authorization: `Api-Key ${account.key.text}`, prefer: options.prefer ?? '' },
    body: options.body ?? '',
    requestId: 'req_simulated',
  });
}

interface Row {
  readonly id: string;
  readonly seq: number;
  readonly currency: string;
}

/** Walks a whole list page by page, repeating pages that failed. `undefined` when it was not to be had. */
async function walk(
  actors: Actors,
  account: Account,
  endpoint: typeof listOrders | typeof listLedger | typeof listBulk,
  name: string,
): Promise<Row[] | undefined> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 400; page += 1) {
    const query: Record<string, string> = cursor === null ? { limit: '17' } : { limit: '17', cursor };
    const asked = request<unknown, never, unknown>(actors, account, endpoint as never, {
      name: `${name} page ${page}`,
      query,
    });
    const response = await Promise.race([asked, actors.clock.sleep(5 * MINUTE)]);
    if (response?.status !== 200) continue;
    const answer: { data: Row[]; next_cursor: string | null } = JSON.parse(response.body);
    rows.push(...answer.data);
    cursor = answer.next_cursor;
    if (cursor === null) return rows;
  }
  return undefined;
}

/** Reads both lists while they grow: whatever is appended meanwhile, nothing is missed and nothing comes twice. */
export async function readWhileWritten(actors: Actors, account: Account): Promise<void> {
  const entries = (await walk(actors, account, listLedger, 'reader of the ledger')) ?? [];
  const seqs = entries.map((entry) => entry.seq);
  if (seqs.some((seq, place) => seq !== (seqs[place + 1] ?? 0) + 1)) {
    actors.violate('a walk through the ledger missed an entry or met one twice');
  }
  const orders = (await walk(actors, account, listOrders, 'reader of the orders')) ?? [];
  if (new Set(orders.map((order) => order.id)).size < orders.length) {
    actors.violate('a walk through the orders met one twice');
  }
}

/** At rest both lists hold exactly what was committed. */
export async function readWhenQuiescent(actors: Actors): Promise<void> {
  for (const account of actors.accounts) {
    const orders = await walk(actors, account, listOrders, 'reader at rest');
    const expected = [...actors.auditor.orders.values()]
      .filter(({ merchantId, mode }) => merchantId === account.merchantId && mode === account.mode)
      .map(({ id }) => id);
    const isSame =
      orders?.length === expected.length && expected.every((id) => orders.some((order) => order.id === id));
    if (!isSame) actors.violate(`${expected.length} orders were placed and ${orders?.length} are listed`);
    const own = [...actors.auditor.bulk.batches.values()]
      .filter(({ merchantId, mode }) => merchantId === account.merchantId && mode === account.mode)
      .map(({ id }) => id);
    const batches = await walk(actors, account, listBulk, 'reader of batches at rest');
    if (
      own.toSorted().join() !==
      batches
        ?.map(({ id }) => id)
        .toSorted()
        .join()
    ) {
      actors.violate(`${own.length} batches were accepted and ${batches?.length} are listed`);
    }
  }
}

/** A new key is made, and the old one ended while requests that carry it are on their way. */
export async function rotateKey(actors: Actors, account: Account): Promise<void> {
  const operator = actors.process('key rotation');
  const { merchantId, mode } = account;
  const before = account.key;
  const { key, text } = await createKey(operator, { merchantId, mode, name: 'next', scopes: SCOPES });
  account.key = { id: key.id, text };
  actors.tell(`key ${key.id} takes the place of ${before.id}`);
  await revokeKey(operator, merchantId, before.id);
}

/**
 * Two operators decide on the same orders in review, at the same time, by what the upstream's books say; and both try
 * their hand at orders that are not theirs to decide. Only some orders may be on their desk.
 */
export function decideByHand(actors: Actors, until: number, isTheirs = (_order: Order) => true): void {
  const { clock, auditor, upstream } = actors;
  const decide = (operator: string) => {
    for (const order of auditor.orders.values()) {
      if (!isTheirs(order)) continue;
      const chance = actors.chance.fork(`${operator} on ${order.id} at ${clock.now}`);
      if (!chance.happens(order.status === 'review' ? 0.7 : 0.05)) continue;
      const reference = providerReference(order);
      const isDelivered = order.mode === 'live' && upstream.vends(reference) > 0 && !upstream.isTakenBack(reference);
      const world = actors.process(`${operator} decides on ${order.id} at ${clock.now}`);
      const decision = { by: operator, reason: "the upstream's books" };
      const wasInReview = order.status === 'review';
      actors.tell(`${operator} decides on ${order.agentReference}`);
      resolveOrder(world, order, isDelivered ? 'delivered' : 'refunded', decision).then(
        () => actors.faults.count('operator: decided'),
        () => actors.faults.count(wasInReview ? 'operator: too late' : 'operator: refused'),
      );
    }
  };
  const meet = () => {
    if (actors.isOver() || clock.now > until) return;
    decide('one operator');
    decide('another operator');
    clock.at(5 * HOUR, meet);
  };
  clock.at(30 * MINUTE, meet);
}
