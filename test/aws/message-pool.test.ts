import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { DISPATCH_SLOTS } from '../../functions/workers/dispatch.ts';
import type { Source } from '../../shared/aws/message-pool.ts';
import { runInSlots } from '../../shared/aws/message-pool.ts';
import { MINUTE, SECOND } from '../../shared/domain/time.ts';
import { QUEUES } from '../../shared/manifest/access.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { World } from '../../shared/world.ts';
import { Chance } from '../simulation/chance.ts';
import { Clock } from '../simulation/clock.ts';

/** The slots of an invocation, on virtual time. */

let clock: Clock;
let world: World;
let removed: string[];
let received: number[];
/** What waits in the queue. */
let waiting: SQSRecord[];
let source: Source;

beforeEach(() => {
  clock = new Clock();
  removed = [];
  received = [];
  waiting = [];
  world = {
    now: () => clock.iso,
    sleep: (ms: number) => clock.sleep(ms),
    within: <T>(ms: number, work: Promise<T>) => clock.within(ms, work),
    log: { error() {}, warn() {} },
  } as unknown as World;
  source = {
    async receive(most) {
      received.push(most);
      await clock.sleep(10);
      if (waiting.length === 0) await clock.sleep(2 * SECOND);
      return waiting.splice(0, most);
    },
    remove: async ({ messageId }) => void removed.push(messageId),
  };
});

const message = (messageId: string) => ({ messageId, body: '' }) as SQSRecord;
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const batchOf = (ids: readonly string[]): SQSEvent => ({ Records: ids.map(message) });

function invoke(ids: readonly string[], run: (record: SQSRecord) => Promise<void>, slots = DISPATCH_SLOTS) {
  return runInSlots(world, batchOf(ids), { run, source, slots });
}

/** Messages done per second while more wait than can be done, by as many invocations as the queue may have. */
async function perSecond(share: number): Promise<number> {
  const { batchSize, concurrencyMax } = QUEUES['dispatch-hotrecharge'];
  const chance = new Chance(1);
  let done = 0;
  let sent = 0;
  const run = async () => {
    await clock.sleep(chance.below(100) < share ? MINUTE : 3 * SECOND);
    done += 1;
  };
  const endless: Source = {
    receive: async (most) => {
      await clock.sleep(10);
      return names(`m${sent++} `, most).map(message);
    },
    remove: async () => {},
  };
  const again = async () => {
    for (;;) {
      await clock.sleep(20);
      await runInSlots(world, batchOf(names('b', batchSize)), { run, source: endless, slots: DISPATCH_SLOTS });
    }
  };
  for (let n = 0; n < concurrencyMax; n += 1) void again();
  await clock.runUntil(clock.now + 5 * MINUTE);
  const before = done;
  await clock.runUntil(clock.now + 20 * MINUTE);
  return (done - before) / (20 * 60);
}

it.each([0, 2, 5, 10])(
  'with %i %% of calls at 60 s it does at least 0.8 of what one call per slot gives',
  async (share) => {
    const { batchSize, concurrencyMax } = QUEUES['dispatch-hotrecharge'];
    const possible = (batchSize * concurrencyMax) / (3 + (share / 100) * 57);
    expect((await perSecond(share)) / possible).toBeGreaterThan(0.8);
  },
);

describe('an invocation', () => {
  it('ends with its batch, and asks the queue for nothing, where no call lasts long', async () => {
    waiting = names('w', 5).map(message);
    const answer = invoke(names('b', 10), () => clock.sleep(3 * SECOND));
    await clock.runUntil(clock.now + 4 * SECOND);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(received).toEqual([]);
  });

  it('gives a free slot to the next message while one call hangs, and never has more than its slots', async () => {
    waiting = names('w', 100).map(message);
    let running = 0;
    let most = 0;
    const answer = invoke(names('b', 10), async ({ messageId }) => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(messageId === 'b0' ? MINUTE : 3 * SECOND);
      running -= 1;
    });
    await clock.runUntil(clock.now + 50 * SECOND);
    expect(removed).toHaveLength(100);
    expect(most).toBe(10);
    await clock.runUntil(clock.now + 15 * SECOND);
    expect(await answer).toEqual({ batchItemFailures: [] });
  });

  it('returns those of its batch that failed, and leaves those it received to the queue', async () => {
    waiting = names('w', 2).map(message);
    const answer = invoke(['b0', 'b1', 'b2'], async ({ messageId }) => {
      await clock.sleep(messageId === 'b2' ? 20 * SECOND : SECOND);
      if (messageId === 'b1' || messageId === 'w1') throw new Error('failed');
    });
    await clock.runUntil(clock.now + 30 * SECOND);
    expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'b1' }] });
    expect(removed).toEqual(['w0']);
  });

  it('goes on where the queue does not answer, and a message that could not be removed is no failure', async () => {
    waiting = names('w', 1).map(message);
    const { receive } = source;
    source = {
      receive: (most) => (received.push(most) === 1 ? Promise.reject(new Error('no answer')) : receive(most)),
      remove: () => Promise.reject(new Error('no answer')),
    };
    const answer = invoke(['b0'], () => clock.sleep(20 * SECOND));
    await clock.runUntil(clock.now + MINUTE);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(waiting).toEqual([]);
  });

  it('takes no message so late that its function could end before it is done', async () => {
    waiting = names('w', 10_000).map(message);
    const startedAt = clock.now;
    let last = 0;
    const answer = invoke(names('b', 10), async () => {
      last = clock.now - startedAt;
      await clock.sleep(MINUTE);
    });
    await clock.runUntil(clock.now + 5 * MINUTE);
    await answer;
    expect(last).toBeLessThan(DISPATCH_SLOTS.forMs + SECOND);
    // A wait for the pace, the call, and what is around it.
    expect(workers.dispatchHotrecharge.timeoutSeconds * SECOND - last).toBeGreaterThan(100 * SECOND);
  });
});
