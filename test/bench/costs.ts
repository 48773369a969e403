import type { Operations } from './model/operations.ts';
import type { EdgePrices, Prices } from './prices.ts';

/** What operations cost: pure arithmetic on counts and prices. */

export const SERVICES = ['DynamoDB', 'Lambda', 'API', 'SQS', 'logs', 'egress'] as const;
export type Service = (typeof SERVICES)[number];
export type Costs = Readonly<Record<Service, number>>;

/** What Lambda writes of each invocation (START, END, REPORT), and API Gateway of each request. */
const LOG_BYTES = { invocation: 330, request: 210 };
/** A webhook event, and the answer to a request, with their headers. */
const EGRESS_BYTES = { event: 1_800, request: 1_600 };
/** Memory with which a function has one whole core. */
const CORE_MB = 1_769;
/** An order with its ledger entry and delivery, its rows in indexes, and the backup of all of it. */
const STORED_BYTES = 4_000;

/** Cents for a thousand orders, without what is stored. `memoryMb` says how much each function has. */
export function centsPerThousand(of: Operations, prices: Prices, memoryMb: (name: string) => number): Costs {
  const thousand = (dollarsPerMillion: number, count: number) => (dollarsPerMillion * count) / 10;
  const gigabytes = (bytes: number) => (bytes * 1_000) / 1e9;
  const waiting = Object.entries(of.functionMs).reduce((sum, [name, ms]) => sum + (ms * memoryMb(name)) / 1_024, 0);
  const computing = (of.cpuMs * CORE_MB) / 1_024;
  const logBytes = of.logBytes + of.invocations * LOG_BYTES.invocation + of.requests * LOG_BYTES.request;
  const sent = of.events * EGRESS_BYTES.event + of.requests * EGRESS_BYTES.request;
  return {
    DynamoDB: thousand(prices.writeUnitsMillion, of.writeUnits) + thousand(prices.readUnitsMillion, of.readUnits),
    // In GB-milliseconds of an order, so GB-seconds of a thousand.
    Lambda: (waiting + computing) * prices.gbSecond * 100 + thousand(prices.invocationsMillion, of.invocations),
    API: thousand(prices.requestsMillion, of.requests),
    SQS: thousand(prices.queueRequestsMillion, of.queueRequests),
    logs: gigabytes(logBytes) * prices.logGb * 100,
    egress: gigabytes(sent) * prices.egressGb * 100,
  };
}

export function total(costs: Costs): number {
  return SERVICES.reduce((sum, service) => sum + costs[service], 0);
}

export interface Standing {
  /** GB-seconds and runs of all schedules in a month, with nothing due. */
  readonly gbSeconds: number;
  readonly runs: number;
  readonly readUnits: number;
  readonly queues: number;
  readonly secrets: number;
  /** An alarm is priced by the metrics in it. */
  readonly alarmMetrics: number;
  /** Those of ours that alarms watch, the canary's among them. */
  readonly ownMetrics: number;
  readonly keys: number;
  readonly isTraced: boolean;
  /** Test orders of our own. */
  readonly canaryOrders: number;
}

/** What a run with nothing due logs: Lambda's lines, and one of ours with its metrics. */
const RUN_LOG_BYTES = LOG_BYTES.invocation + 500;
const SECONDS_OF_A_MONTH = 30 * 24 * 3_600;
/** Lambda keeps five receivers at a queue that wait twenty seconds each. */
const EMPTY_RECEIVES = (5 * SECONDS_OF_A_MONTH) / 20;

/** Dollars of a month in which nothing is ordered, by what they are for. */
export function idleParts(of: Standing, prices: Prices) {
  return {
    alarms: of.alarmMetrics * prices.alarmMonth,
    'our metrics': of.ownMetrics * prices.ownMetricMonth,
    queues: (of.queues * EMPTY_RECEIVES * prices.queueRequestsMillion) / 1e6,
    keys: of.keys * prices.keyMonth,
    secrets: of.secrets * prices.secretMonth,
    schedules:
      of.gbSeconds * prices.gbSecond +
      (of.runs * prices.invocationsMillion) / 1e6 +
      (of.readUnits * prices.readUnitsMillion) / 1e6,
    logs: (of.runs * RUN_LOG_BYTES * prices.logGb) / 1e9,
    canary: of.canaryOrders === 0 ? 0 : canaryMonth(of.canaryOrders, prices),
    traces: of.isTraced ? tracesMonth(of.runs, 1, prices) : 0,
  };
}

/**
 * An order of the canary, as one that waits 800 ms is counted, with its repetition, its receiver and what is read of it;
 * and its metrics that no alarm watches: how long each of four steps took.
 */
const CANARY_ORDER = { requests: 7, writeUnits: 15, readUnits: 20, seconds: 2 };
const CANARY_METRICS = 4;

function canaryMonth(orders: number, prices: Prices): number {
  const { requests, writeUnits, readUnits, seconds } = CANARY_ORDER;
  const order =
    (requests * (prices.requestsMillion + prices.invocationsMillion) +
      writeUnits * prices.writeUnitsMillion +
      readUnits * prices.readUnitsMillion) /
      1e6 +
    seconds * prices.gbSecond;
  return orders * order + CANARY_METRICS * prices.ownMetricMonth;
}

const TRACED_PART = 0.05;

/** Dollars of a month with so many invocations: X-Ray records one a second, or one of each function, and a twentieth. */
export function tracesMonth(invocations: number, aSecond: number, { tracesMillion }: Prices): number {
  const first = Math.min(invocations, aSecond * SECONDS_OF_A_MONTH);
  return ((first + TRACED_PART * (invocations - first)) * tracesMillion) / 1e6;
}

export function idleMonth(of: Standing, prices: Prices): number {
  return Object.values(idleParts(of, prices)).reduce((sum, each) => sum + each, 0);
}

/** What stands before the API, in us-east-1 whatever the region of a stage. */
export interface Edge {
  readonly webAcls: number;
  readonly rules: number;
  readonly isLogged: boolean;
}

/** A line of CloudFront's log with the fields that we take. */
const EDGE_LOG_BYTES = 420;

export function edgeIdle({ webAcls, rules }: Edge, prices: EdgePrices): number {
  return webAcls * prices.webAclMonth + rules * prices.ruleMonth;
}

/** Cents for the requests of a thousand orders. */
export function edgeCents({ requests }: Operations, { webAcls, isLogged }: Edge, prices: EdgePrices): number {
  const request = prices.requestsMillion + (webAcls > 0 ? prices.inspectedMillion : 0);
  const log = isLogged ? EDGE_LOG_BYTES * 1e-3 * prices.logGb : 0;
  return (requests * (request + log)) / 10;
}

/** Dollars of a month with so many orders, all of one kind, with the storage of a year of them. */
export function dollarsPerMonth(orders: number, perThousand: number, idle: number, prices: Prices): number {
  const stored = (12 * orders * STORED_BYTES * prices.storageGbMonth) / 1e9;
  return idle + (orders / 1_000) * (perThousand / 100) + stored;
}
