import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueName } from '../shared/manifest/access.ts';
import { QUEUES } from '../shared/manifest/access.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { visibilitySeconds } from '../shared/manifest/workers.ts';
import type { DataStack } from './data-stack.ts';
import { constructId, EntryFunction } from './entry-function.ts';
import { countInLog } from './log-metric.ts';
import type { PeopleStack } from './people-stack.ts';
import type { SiteStack } from './site-stack.ts';
import type { Stage } from './stage.ts';
import { workersOf } from './stage.ts';
import { addWorkerAlarms } from './worker-alarms.ts';
import { WorkerQueue } from './worker-queue.ts';

interface WorkersStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly people: PeopleStack;
  readonly site: SiteStack;
}

/** Queues with their workers, schedules, and the alarms on metrics that workers publish. */
export class WorkersStack extends Stack {
  readonly queues: Readonly<Record<QueueName, Queue>>;
  /** Of all workers. */
  readonly logs: LogGroup[] = [];

  constructor(scope: Construct, id: string, props: WorkersStackProps) {
    super(scope, id, props);
    const queues = Object.fromEntries(
      (Object.keys(QUEUES) as QueueName[]).map((name) => {
        const made = new WorkerQueue(this, `${constructId(name)}Queue`, {
          receivesMax: QUEUES[name].receivesMax,
          visibilityTimeout: Duration.seconds(visibilitySeconds(name)),
        });
        new CfnOutput(this, `${constructId(name)}QueueUrl`, { value: made.queue.queueUrl });
        new CfnOutput(this, `${constructId(name)}DeadLettersUrl`, { value: made.deadLetters.queueUrl });
        return [name, made];
      }),
    ) as Record<QueueName, WorkerQueue>;
    this.queues = Object.fromEntries(Object.entries(queues).map(([name, { queue }]) => [name, queue])) as Record<
      QueueName,
      Queue
    >;
    const functions = new Map(
      workersOf(props.stage).map((worker) => [worker.name, this.#worker(worker, props)] as const),
    );
    addWorkerAlarms(this, { stage: props.stage, topic: props.data.alarms, queues, functions });
  }

  #worker(worker: Worker, { stage, data, people: { mail }, site }: WorkersStackProps): LambdaFunction {
    const { key, tables, secrets, files, heads, headsKey } = data;
    const id = constructId(worker.name);
    const { fn, log } = new EntryFunction(this, id, {
      stage,
      resources: { key, tables, secrets, queues: this.queues, files, heads, headsKey, mail },
      name: worker.name,
      file: worker.file,
      access: worker.access,
      timeout: Duration.seconds(worker.timeoutSeconds),
      consumes: worker.queue,
      mayRecurse: worker.mayRecurse,
      memoryMb: worker.memoryMb,
      environment: { PUBLIC_URL: site.publicUrl },
    });
    this.logs.push(log);
    if (worker.queue) {
      const { batchSize, concurrencyMax } = QUEUES[worker.queue];
      fn.addEventSourceMapping('Messages', {
        eventSourceArn: this.queues[worker.queue].queueArn,
        batchSize,
        maxConcurrency: Math.min(concurrencyMax, stage.concurrency.consumersMax),
        reportBatchItemFailures: true,
      });
    }
    if (worker.everyMinutes !== undefined) {
      // A run that waits for room is worth nothing once the next one is there, which finds the same work: AWS would
      // keep it for hours, and then run all of them at once. For the same reason a failed run is not repeated.
      const interval = Duration.minutes(worker.everyMinutes);
      new Rule(this, `${id}Schedule`, {
        schedule: Schedule.rate(interval),
        targets: [new LambdaTarget(fn, { retryAttempts: 2, maxEventAge: interval })],
      });
      fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: interval });
    }
    if (settlesOrders(worker)) {
      countInLog(this, `${id}Delivered`, log, 'delivered');
      countInLog(this, `${id}Refunded`, log, 'refunded');
    }
    return fn;
  }
}

/** Whether its log has the lines of how live orders ended. */
function settlesOrders({ access }: Worker): boolean {
  return access.tables?.orders === 'write' && access.tables.health === 'write';
}
