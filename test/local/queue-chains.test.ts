import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { sqsQueues } from '../../shared/aws/queues.ts';
import { onBatch } from '../../shared/aws/worker.ts';
import { LOCAL_CREDENTIALS, useEnvironment } from '../../shared/local/environment.ts';
import type { LocalQueues } from '../../shared/local/queues.ts';
import { startQueues } from '../../shared/local/queues.ts';
import type { QueueName } from '../../shared/manifest/access.ts';
import { environment } from '../../shared/manifest/access.ts';
import type { World } from '../../shared/world.ts';
import { Chance } from '../simulation/chance.ts';
import { Clock } from '../simulation/clock.ts';
import { Faults } from '../simulation/faults.ts';
import { SimulatedQueues } from '../simulation/simulated-queues.ts';

/** A chain of messages that feeds itself ends after 16 rounds, as on AWS, unless the manifest lets its worker recurse. */

const NAMES = ['dispatch-hotrecharge', 'dispatch-sandbox', 'webhooks', 'bulk', 'requests'] as const;

let queues: LocalQueues;
let world: World;
const logged: string[] = [];

beforeAll(async () => {
  jest.spyOn(console, 'error').mockImplementation((line: unknown) => void logged.push(String(line)));
  queues = await startQueues({ visibilitySeconds: () => 30 });
  useEnvironment({
    ...LOCAL_CREDENTIALS,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    ...Object.fromEntries(NAMES.map((name) => [environment.queueUrl(name), queues.urlOf(name)])),
  });
  world = { queues: sqsQueues(), log: { info() {}, warn() {}, error() {}, metric() {} } } as never;
});

afterAll(() => queues.stop());

/** Consumes a queue with work that sends its message on. Answers how often it ran once it stands still, or at 25. */
async function roundsOf(...ring: QueueName[]): Promise<number> {
  let rounds = 0;
  for (const [place, queue] of ring.entries()) {
    const onMessage = async (of: World, message: { ring: string }) => {
      if (message.ring !== ring.join()) return;
      rounds += 1;
      const next = ring[(place + 1) % ring.length] ?? queue;
      if (rounds < 25 * ring.length) await of.queues.send(next, [{ body: message, group: 'acme' }]);
    };
    queues.consume(queue, (event: SQSEvent) => onBatch(world, { onMessage }, event));
  }
  const [first = 'bulk'] = ring;
  await world.queues.send(first, [{ body: { ring: ring.join() }, group: 'acme' }]);
  for (let before = -1; before < rounds; ) {
    before = rounds;
    await sleep(1_000);
  }
  return rounds;
}

it('a worker that feeds its own queue is stopped in the 17th round', async () => {
  expect(await roundsOf('dispatch-hotrecharge')).toBe(16);
  expect(logged.filter((line) => line.includes('in a chain that AWS stops'))).toHaveLength(1);
});

it('so are two workers that feed each other', async () => {
  expect(await roundsOf('webhooks', 'dispatch-sandbox')).toBe(32);
});

it('a worker that may recurse goes on', async () => {
  expect(await roundsOf('bulk')).toBe(25);
});

it('a message that is held back comes when its time is over, and delays none that is sent after it', async () => {
  const seen: { body: string; ms: number }[] = [];
  const from = Date.now();
  queues.consume('requests', async ({ Records }) => {
    seen.push(...Records.map(({ body }) => ({ body, ms: Date.now() - from })));
    return { batchItemFailures: [] };
  });
  await world.queues.send('requests', [{ body: 'later', group: 'acme', delaySeconds: 1 }]);
  await world.queues.send('requests', [{ body: 'now', group: 'acme' }]);
  while (seen.length < 2) await sleep(20);
  expect(seen.map(({ body }) => body)).toEqual(['"now"', '"later"']);
  expect(seen[1]?.ms).toBeGreaterThanOrEqual(900);
});

it('in the simulation a chain is cut at 16 too, but for that of a worker that may recurse', async () => {
  const clock = new Clock();
  const chance = new Chance(1);
  const faults = new Faults(undefined, () => {});
  const delivered: string[] = [];
  const actors = { clock, chance, faults, trace: () => {}, isOver: () => false, report: () => {} };
  const webhookAuditor = { onMessage: () => {}, onReceive: () => {} };
  const auditor = { batchAuditor: { onMessage: () => {} }, webhookAuditor };
  const begin = (_worker: object, process: string) => {
    delivered.push(process);
    return { world, until: (work: unknown) => work };
  };
  const simulated = new SimulatedQueues({ ...actors, auditor, lambda: { begin } } as never);
  for (const queue of ['webhooks', 'bulk'] as const) {
    for (const runs of [15, 16]) {
      simulated.send(queue, [{ body: 'not a message', group: 'acme', chain: { [queue]: runs } }], chance);
    }
  }
  await clock.runUntil(clock.now + 1_000);
  expect(delivered.map((name) => name.split(' ')[0]).toSorted()).toEqual(['bulk', 'bulk', 'webhooks']);
});
