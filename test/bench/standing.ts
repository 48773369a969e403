import { constructId } from '../../lib/entry-function.ts';
import { QUEUES, SECRETS } from '../../shared/manifest/access.ts';
import type { Worker } from '../../shared/manifest/workers.ts';
import { workers } from '../../shared/manifest/workers.ts';
import { watchedBy } from '../stacks/alarm-costs.ts';
import type { Cloud } from '../stacks/cloud.ts';
import type { Edge, Standing } from './costs.ts';

/** A run of a schedule with nothing due: what it takes, in seconds and read units. */
const IDLE_RUN = { seconds: 1, readUnits: 40 };
/** The canary waits for its webhook. What its order takes is counted as an order's. */
const CANARY_RUN = { seconds: 5, readUnits: 0 };
const MINUTES_OF_A_MONTH = 30 * 24 * 60;

/** What a stage has and does in a month without orders. */
export function standing(cloud: Cloud, memoryMb: (name: string) => number): Standing {
  const there = new Set(cloud.all('AWS::Lambda::Function').map(({ path }) => path));
  const has = ({ name }: Worker) => there.has(`${constructId(name)}/Function`);
  const scheduled: readonly Worker[] = Object.values<Worker>(workers).filter(has);
  const runs = scheduled.flatMap(({ name, everyMinutes, isCanary }) =>
    everyMinutes === undefined
      ? []
      : [{ name, count: MINUTES_OF_A_MONTH / everyMinutes, ...(isCanary ? CANARY_RUN : IDLE_RUN) }],
  );
  const sum = (of: (run: (typeof runs)[number]) => number) => runs.reduce((all, run) => all + of(run), 0);
  const watched = watchedBy(cloud.resources.map(({ type, properties }) => ({ Type: type, Properties: properties })));
  return {
    gbSeconds: sum(({ name, count, seconds }) => (count * seconds * memoryMb(name)) / 1_024),
    runs: sum(({ count }) => count),
    readUnits: sum(({ count, readUnits }) => count * readUnits),
    canaryOrders: runs.find(({ name }) => name === workers.canaryOrder.name)?.count ?? 0,
    queues: Object.keys(QUEUES).length,
    secrets: SECRETS.length,
    alarmMetrics: watched.metrics,
    ownMetrics: watched.ownMetrics,
    keys: cloud.all('AWS::KMS::Key').length,
    isTraced: cloud.all('AWS::Lambda::Function').some(({ properties }) => properties.TracingConfig !== undefined),
  };
}

/** What a stage has at the edge. */
export function edgeOf(cloud: Cloud): Edge {
  const acls = cloud.all('AWS::WAFv2::WebACL');
  return {
    webAcls: acls.length,
    rules: acls.reduce((sum, { properties }) => sum + (properties.Rules as unknown[]).length, 0),
    isLogged: cloud.all('AWS::Logs::Delivery').length > 0,
  };
}
