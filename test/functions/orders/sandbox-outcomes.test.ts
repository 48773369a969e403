import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DESCRIBED } from '../../../bin/sandbox-page.ts';
import { advanceOrder } from '../../../functions/orders/advance-order.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { FAILING_TEST_NUMBER } from '../../../shared/domain/phone.ts';
import { withLimit } from '../../../shared/domain/terms.ts';
import { elapsed } from '../../../shared/domain/time.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { freezeMerchant } from '../../../shared/flows/account/freeze-merchant.ts';
import { advanceOrder as advanceFlow } from '../../../shared/flows/orders/advance-order.ts';
import type { DispatchMessage } from '../../../shared/flows/orders/enqueue-order.ts';
import { SANDBOX_OUTCOMES } from '../../../shared/providers/sandbox.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { repeats } from '../../support/length.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** Every number of the sandbox, by the sweep as time passes and by the test clock without any. Nothing is sold here. */

let world: TestWorld;
let merchant: TestMerchant;

beforeAll(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world, { USD: 100_000, ZWG: 10_000_000, KES: 1_000_000, UGX: 1_000_000, TZS: 10_000_000 });
  const ample = { name: 'orders', value: { quota: 100_000, windowSeconds: 1 } } as const;
  const of = { merchantId: merchant.id, mode: 'test' } as const;
  await changeTerms(world, of, OPERATOR, (terms) => withLimit(terms, 'test', ample));
});
afterAll(stopEngine);

/** What can be ordered in each country and of each kind, with the beginning of a target. */
const KINDS = {
  ZW: { product_id: 100, amount: 1, target: '0772279' },
  KE: { product_id: 254_001, amount: 10, target: '0712345' },
  UG: { product_id: 256_001, amount: 1_000, target: '0772123' },
  TZ: { product_id: 255_002, amount: 1_000, target: '0754123' },
  meters: { product_id: 41, amount: 5, target: '37112345' },
  data: { product_id: 16_038_384, amount: 17.5, target: '0772279' },
} as const;
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

/** The statuses that a merchant sees one after the other, and what ends the order. */
const STORIES: Readonly<Record<string, readonly string[]>> = {
  '001': ['refunded invalid_target'],
  '002': ['refunded invalid_amount'],
  '003': ['refunded out_of_stock'],
  '004': ['refunded limit_reached'],
  '005': ['refunded network_refused'],
  '006': ['refunded product_unavailable'],
  '007': ['refunded provider_unavailable'],
  '010': ['success'],
  '011': ['unknown', 'success'],
  '012': ['unknown', 'refunded network_refused'],
  '013': ['unknown', 'refunded not_delivered'],
  '014': ['unknown', 'unknown under_review'],
  '015': ['pending', 'success'],
  '016': ['pending', 'refunded network_refused'],
  '017': ['pending', 'refunded provider_unavailable'],
  '018': ['pending', 'unknown', 'success'],
  '019': ['pending held', 'success'],
  '020': ['success', 'reversed'],
  '021': ['unknown', 'refunded not_delivered', 'success'],
  '099': ['success'],
};

/** What `npm test` tries of each kind beside the first, which has all: one that fails, waits, is reversed, and succeeds. */
const SOME = ['001', '013', '020', '099'];
const isLong = repeats({ short: 0, long: 1 }) > 0;

let references = 0;

async function place(kind: Kind, suffix: string, mode: 'live' | 'test' = 'test'): Promise<string> {
  references += 1;
  const reference = `${kind}-${suffix}-${references}`;
  const { target, ...rest } = KINDS[kind];
  const body = { ...rest, target: target + suffix, agent_reference: reference };
  const headers = { ...merchant.headers(mode), prefer: 'respond-async' };
  const { status } = await call(world, createOrder, { headers, body });
  expect([202, 200]).toContain(status);
  return reference;
}

// biome-ignore lint/suspicious/noExplicitAny: an order as it is answered
function said({ status, failure, under_review, held_since }: any): string {
  const facts = [status, failure?.code, under_review && 'under_review', held_since && 'held'];
  return facts.filter(Boolean).join(' ');
}

async function seen(reference: string): Promise<string> {
  const params = { agent_reference: reference };
  return said((await call(world, getOrder, { headers: merchant.headers('test'), params })).json);
}

const advance = (reference: string, query: Record<string, string> = {}, mode: 'live' | 'test' = 'test') =>
  call(world, advanceOrder, { headers: merchant.headers(mode), params: { agent_reference: reference }, query });

/** The amounts of an order's ledger entries, in cents. */
async function entriesOf(reference: string): Promise<number[]> {
  const wallet = { merchantId: merchant.id, mode: 'test', currency: 'USD' } as const;
  const { entries } = await listWallet(world, wallet, { limit: 1_000 });
  return entries.filter(({ agentReference }) => agentReference === reference).map(({ amountMinor }) => amountMinor);
}

const DEBIT = [-100];
const REFUND = [100, -100];
const CHARGED_AGAIN = [-100, 100, -100];

function entriesFor(story: readonly string[]): number[] {
  const [end = '', before = ''] = story.toReversed();
  if (end === 'success' && before.startsWith('refunded')) return CHARGED_AGAIN;
  return /^(refunded|reversed)/.test(end) ? REFUND : DEBIT;
}

/** What is seen of each order as time passes: changes only. */
async function byTheSweep(placed: readonly string[]): Promise<string[][]> {
  await world.dispatchAll();
  const stories = await Promise.all(placed.map(async (reference) => [await seen(reference)]));
  for (let sweeps = 0; sweeps < 8; sweeps += 1) {
    await world.sweep();
    await world.dispatchAll();
    for (const [n, reference] of placed.entries()) {
      const now = await seen(reference);
      if (now !== stories[n]?.at(-1)) stories[n]?.push(now);
    }
  }
  return stories;
}

/** The same by one advance after another, while no time passes. */
async function byTheClock(reference: string): Promise<string[]> {
  await world.dispatchAll();
  const before = world.now();
  const story = [await seen(reference)];
  for (let times = 0; times < 5; times += 1) {
    const now = said((await advance(reference)).json);
    if (now !== story.at(-1)) story.push(now);
  }
  expect(world.now()).toBe(before);
  return story;
}

it('every number has a story here, and words on its page', () => {
  expect(Object.keys(STORIES)).toEqual([...Object.keys(SANDBOX_OUTCOMES), '099']);
  expect(DESCRIBED.toSorted()).toEqual(Object.keys(SANDBOX_OUTCOMES));
});

describe.each(kinds)('%s', (kind) => {
  it('has its outcomes, by the test clock, and money is where each story leaves it', async () => {
    for (const suffix of kind === 'ZW' || isLong ? Object.keys(STORIES) : SOME) {
      const reference = await place(kind, suffix);
      expect([suffix, await byTheClock(reference)]).toEqual([suffix, STORIES[suffix]]);
      if (kind === 'ZW')
        expect([suffix, await entriesOf(reference)]).toEqual([suffix, entriesFor(STORIES[suffix] ?? [])]);
    }
  });
});

it('the same happens by itself, as the sweep comes by', async () => {
  const { '017': _sixHours, ...others } = STORIES;
  const placed: string[] = [];
  for (const suffix of Object.keys(others)) placed.push(await place('ZW', suffix));
  expect(await byTheSweep(placed)).toEqual(Object.values(others));
});

describe('without a sweep', () => {
  /** What is seen while only messages are delivered, by second: changes only. */
  async function byMessages(reference: string): Promise<[seconds: number, seen: string][]> {
    const start = world.now();
    const story: [number, string][] = [];
    for (let seconds = 0; seconds <= 130; seconds = elapsed(start, world.now()) / 1_000) {
      await world.dispatchAll();
      const now = await seen(reference);
      if (now !== story.at(-1)?.[1]) story.push([seconds, now]);
      world.advance(10_000);
    }
    return story;
  }

  // All that is decided later, but for what is held or cannot be sent.
  const LATER: Readonly<Record<string, readonly number[]>> = {
    '011': [0, 30],
    '012': [0, 30],
    '013': [0, 60],
    '014': [0, 30],
    '015': [0, 30],
    '016': [0, 30],
    '018': [0, 30, 60],
    '020': [0, 60],
    '021': [0, 60, 120],
  };
  it.each(Object.entries(LATER))('%s is decided by itself after %j seconds', async (suffix, seconds) => {
    const story = STORIES[suffix] ?? [];
    expect(await byMessages(await place('ZW', suffix))).toEqual(seconds.map((at, index) => [at, story[index]]));
  });

  it('an answer whose message comes twice, early or late is handled once, and one that is lost by the sweep', async () => {
    const reference = await place('ZW', '012');
    await world.dispatchAll();
    const [waiting] = world.delayed.splice(0);
    const body = waiting?.message.body as DispatchMessage;
    expect([waiting?.queue, waiting?.message.delaySeconds]).toEqual(['dispatch-sandbox', 30]);
    await dispatch(world, body);
    expect(await seen(reference)).toBe('unknown');
    world.advance(27_500);
    // A second early by this machine's clock: it waits for it.
    await Promise.all([dispatch(world, body), dispatch(world, body)]);
    expect([await seen(reference), await entriesOf(reference)]).toEqual(['refunded network_refused', REFUND]);
    await dispatch(world, body);
    expect(await entriesOf(reference)).toEqual(REFUND);
    const lost = await place('ZW', '011');
    await world.dispatchAll();
    world.delayed.length = 0;
    await world.sweep();
    expect(await seen(lost)).toBe('success');
  });

  it('a queue that fails stops no answer, and a live order has no such message', async () => {
    const { send } = world.queues;
    const errors: string[] = [];
    const logged = world.log.error;
    Object.assign(world.log, { error: (event: string) => errors.push(event) });
    const reference = await place('ZW', '011');
    world.queues.send = () => Promise.reject(new Error('no queue'));
    await world.dispatchAll();
    Object.assign(world.queues, { send });
    Object.assign(world.log, { error: logged });
    expect([await seen(reference), errors]).toEqual(['unknown', expect.arrayContaining(['order.not_enqueued'])]);
    await sell(world);
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await place('ZW', '099', 'live');
    await world.dispatchAll();
    expect([world.delayed, world.messages.filter(({ queue }) => queue.startsWith('dispatch'))]).toEqual([[], []]);
  });
});

it("PesaWay's own number fails, in each of its countries", async () => {
  for (const kind of ['KE', 'UG', 'TZ'] as const) {
    references += 1;
    const body = { ...KINDS[kind], target: FAILING_TEST_NUMBER, agent_reference: `pesaway-${references}` };
    await call(world, createOrder, { headers: { ...merchant.headers('test'), prefer: 'respond-async' }, body });
    await world.dispatchAll();
    expect(await seen(`pesaway-${references}`)).toBe('refunded network_refused');
  }
});

it('an order that cannot be sent is refunded after six hours without the test clock', async () => {
  const reference = await place('ZW', '017');
  await world.dispatchAll();
  await world.sweep(361);
  expect(await seen(reference)).toBe('refunded provider_unavailable');
});

it('a number that is held holds no other order, of its merchant or of another', async () => {
  const held = await place('ZW', '019');
  const [own, other] = [await place('ZW', '099'), await aMerchant(world)];
  const headers = { ...other.headers('test'), prefer: 'respond-async' };
  const body = { product_id: 100, amount: 1, target: '0772279099', agent_reference: 'theirs' };
  await call(world, createOrder, { headers, body });
  await world.dispatchAll();
  expect([await seen(held), await seen(own)]).toEqual(['pending held', 'success']);
  const key = { merchantId: other.id, mode: 'test', agentReference: 'theirs' } as const;
  expect((await readOrder(world, key))?.status).toBe('success');
});

describe('the test clock', () => {
  it.each([
    ['011', 'success'],
    ['013', 'refunded not_delivered'],
    ['014', 'unknown under_review'],
    ['017', 'refunded provider_unavailable'],
    ['018', 'success'],
    ['019', 'success'],
    ['021', 'refunded not_delivered'],
  ])('to=final takes %s to what decides it: %s', async (suffix, end) => {
    const reference = await place('ZW', suffix);
    const { status, json } = await advance(reference, { to: 'final' });
    expect([status, said(json)]).toEqual([200, end]);
  });

  it('answers an order that is decided for good as it is, and writes nothing', async () => {
    const reference = await place('ZW', '099');
    await advance(reference);
    world.calls.length = 0;
    expect(said((await advance(reference, { to: 'final' })).json)).toBe('success');
    expect(world.calls.filter((name) => /Put|Transact/.test(name))).toEqual([]);
  });

  it('finds an order by its id, and none of another merchant', async () => {
    const reference = await place('ZW', '011');
    const other = await aMerchant(world);
    const params = { agent_reference: reference };
    const reply = await call(world, advanceOrder, { headers: other.headers('test'), params });
    expect([reply.status, reply.json.code]).toEqual([404, 'order_not_found']);
    const { id } = (await advance(reference)).json;
    expect((await advance(id)).json.agent_reference).toBe(reference);
  });

  it('refuses a live key, also by a live order of the same reference, and changes no live order', async () => {
    await sell(world);
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    const reference = await place('ZW', '099', 'live');
    await world.dispatchAll();
    const key = { merchantId: merchant.id, mode: 'live', agentReference: reference } as const;
    const before = await readOrder(world, key);
    expect(before?.status).toBe('unknown');
    const refused = await advance(reference, { to: 'final' }, 'live');
    expect([refused.status, refused.json.code]).toEqual([403, 'test_key_required']);
    expect((await advance(reference, { to: 'final' })).status).toBe(404);
    await expect(advanceFlow(world, key, { isToFinal: true })).rejects.toThrow(
      'only an order of the sandbox is advanced',
    );
    expect(await readOrder(world, key)).toEqual(before);
  });

  it.each(['011', '012', '013', '016', '017', '019', '021'])(
    'by ten callers and the sweep at once decides %s once',
    async (suffix) => {
      const reference = await place('ZW', suffix);
      const replies = Array.from({ length: 10 }, () => advance(reference, { to: 'final' }));
      await Promise.all([world.dispatchAll(), ...replies, world.sweep()]);
      // Nobody is answered before the end, whoever else sends the order, asks about it or publishes its events.
      for (const { json } of await Promise.all(replies))
        expect([json.agent_reference, json.final]).toEqual([reference, true]);
      for (let times = 0; times < 4; times += 1) await advance(reference);
      const story = STORIES[suffix] ?? [];
      expect([await seen(reference), await entriesOf(reference)]).toEqual([story.at(-1), entriesFor(story)]);
    },
  );

  it.each(['011', '013', '017', '020', '021'])('goes on with %s after an answer was lost', async (suffix) => {
    const reference = await place('ZW', suffix);
    await world.dispatchAll();
    for (let times = 0; times < 5; times += 1) {
      let lost = false;
      world.fault = (name) => {
        if (lost || !/Put|Transact/.test(name)) return undefined;
        lost = true;
        return 'after';
      };
      await advance(reference);
    }
    world.fault = undefined;
    const story = STORIES[suffix] ?? [];
    expect([await seen(reference), await entriesOf(reference)]).toEqual([story.at(-1), entriesFor(story)]);
  });

  it('sends nothing of a frozen merchant', async () => {
    const frozen = await aMerchant(world);
    const headers = { ...frozen.headers('test'), prefer: 'respond-async' };
    const body = { product_id: 100, amount: 1, target: '0772279099', agent_reference: 'frozen' };
    await call(world, createOrder, { headers, body });
    await freezeMerchant(world, { merchantId: frozen.id, modes: ['test'] }, OPERATOR, 'A key leaked.');
    world.advance(5_000);
    const params = { agent_reference: 'frozen' };
    const { json } = await call(world, advanceOrder, { headers, params, query: { to: 'final' } });
    expect(json.status).toBe('pending');
  });

  it('counts towards the limit of orders', async () => {
    const reference = await place('ZW', '099');
    const { headers } = await advance(reference);
    expect(headers['ratelimit-policy']).toContain('"orders"');
  });
});
