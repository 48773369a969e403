import { expect, it } from '@jest/globals';
import { centsPerThousand, dollarsPerMonth, edgeCents, edgeIdle, idleMonth, total, tracesMonth } from './costs.ts';
import type { Operations } from './model/operations.ts';
import { EDGE, pricesIn } from './prices.ts';

const nothing: Operations = {
  readUnits: 0,
  writeUnits: 0,
  requests: 0,
  functionMs: {},
  invocations: 0,
  cpuMs: 0,
  queueRequests: 0,
  logBytes: 0,
  events: 0,
};
const [prices] = pricesIn('us-east-1');
const cents = (of: Partial<Operations>) => centsPerThousand({ ...nothing, ...of }, prices, () => 512);

it.each([
  ['a write unit', { writeUnits: 1 }, 'DynamoDB', 0.0625],
  ['a read unit', { readUnits: 1 }, 'DynamoDB', 0.0125],
  ['a request', { requests: 1 }, 'API', 0.1],
  ['a request of a queue', { queueRequests: 1 }, 'SQS', 0.04],
  ['an invocation', { invocations: 1 }, 'Lambda', 0.02],
  ['a second of 512 MB', { functionMs: { f: 1_000 } }, 'Lambda', 0.6667],
  ['a millisecond of a core', { cpuMs: 1 }, 'Lambda', 0.0023],
  ['a kilobyte of logs', { logBytes: 1_000 }, 'logs', 0.05],
] as const)('a thousand times %s', (_what, of, service, expected) => {
  expect(cents(of)[service]).toBeCloseTo(expected, 4);
});

it('the same computing costs the same with more memory, and waiting costs more', () => {
  const of = { ...nothing, cpuMs: 10, functionMs: { f: 100 } };
  const [small, large] = [512, 1_024].map((size) => centsPerThousand(of, prices, () => size).Lambda);
  const waiting = centsPerThousand({ ...nothing, functionMs: { f: 100 } }, prices, () => 512).Lambda;
  expect((large ?? 0) - (small ?? 0)).toBeCloseTo(waiting, 8);
});

it('a month is its orders, what stands idle and what is stored', () => {
  const standing = {
    gbSeconds: 0,
    runs: 0,
    readUnits: 0,
    queues: 0,
    secrets: 5,
    alarmMetrics: 10,
    ownMetrics: 3,
    keys: 2,
    isTraced: false,
    canaryOrders: 0,
  };
  const idle = idleMonth(standing, prices);
  expect(idle).toBeCloseTo(5 * 0.4 + 10 * 0.1 + 3 * 0.3 + 2, 8);
  expect(idleMonth({ ...standing, canaryOrders: 8_640 }, prices) - idle).toBeCloseTo(1.2 + 0.4, 1);
  expect(dollarsPerMonth(0, 2, idle, prices)).toBe(idle);
  expect(dollarsPerMonth(1_000_000, 2, 0, prices)).toBeCloseTo(20 + 12, 8);
});

it('each invocation is traced while there are few, and a twentieth of what is beyond one a second', () => {
  expect(tracesMonth(1_000_000, 1, prices)).toBeCloseTo(5, 8);
  expect(tracesMonth(2_592_000 + 1_000_000, 1, prices)).toBeCloseTo(12.96 + 0.25, 8);
});

it('prices that nobody has read are a range', () => {
  const [least, most] = pricesIn('af-south-1').map((each) =>
    total(centsPerThousand({ ...nothing, requests: 1 }, each, () => 512)),
  );
  expect(least).toBeCloseTo(1.2 * total(cents({ requests: 1 })), 8);
  expect(most).toBeCloseTo(1.35 * total(cents({ requests: 1 })), 8);
});

it('the edge costs by its web ACL, its rules and its requests, and by its log where there is one', () => {
  const [least] = EDGE.prices;
  const bare = { webAcls: 0, rules: 0, isLogged: false };
  expect([edgeIdle(bare, least), edgeIdle({ ...bare, webAcls: 1, rules: 5 }, least)]).toEqual([0, 10]);
  const of = { ...nothing, requests: 1 };
  expect(edgeCents(of, bare, least)).toBeCloseTo(0.1, 8);
  expect(edgeCents(of, { ...bare, webAcls: 1 }, least)).toBeCloseTo(0.16, 8);
  expect(edgeCents(of, { ...bare, isLogged: true }, least)).toBeCloseTo(0.121, 8);
});
