import type { PlantedBug } from './planted-bugs.ts';

/** Bugs that ignore what Lambda, API Gateway and SQS limit. */

const workers = 'shared/manifest/workers.ts';
const lambda = 'shared/local/lambda.ts';
const queues = 'shared/local/queues.ts';
const caughtBy = { test: 'test/local/lambda.test.ts' };

export const PLANTED_BUGS_LIMITS: readonly PlantedBug[] = [
  {
    name: 'a POST waits for its outcome for longer than API Gateway waits for it',
    file: 'functions/orders/create-order.ts',
    find: 'const endMs = Math.min(waitMs, waitMsMax);',
    replace: 'const endMs = 2 * Math.min(waitMs, waitMsMax);',
  },
  {
    name: 'a test order that stays pending holds a process for as long as a live one',
    file: 'functions/orders/create-order.ts',
    find: "placed.isReplay || owner.mode === 'test'",
    replace: 'placed.isReplay',
    caughtBy: { test: 'test/functions/orders/post-wait.test.ts', name: 'of a test key holds a process' },
  },
  {
    name: 'a sweep waits for what becomes due until after its timeout',
    file: 'functions/workers/reconcile.ts',
    find: 'const RUN_MS_MAX = 95 * SECOND;',
    replace: 'const RUN_MS_MAX = 250 * SECOND;',
  },
  {
    name: 'a dispatcher has less time than a send may take',
    file: workers,
    find: "timeoutSeconds: DISPATCH_SECONDS,\n    queue: 'dispatch-hotrecharge',",
    replace: "timeoutSeconds: 30,\n    queue: 'dispatch-hotrecharge',",
  },
  {
    name: 'the worker of batches has less time than the rows of a chunk may take',
    file: workers,
    find: "timeoutSeconds: 300,\n    queue: 'bulk',",
    replace: "timeoutSeconds: 50,\n    queue: 'bulk',",
  },
  {
    name: 'a function runs more often at once than it has reserved',
    file: lambda,
    find: 'if (running >= (reserved[name] ?? left())) return false;',
    replace: 'if (reserved[name] === undefined && running >= left()) return false;',
    caughtBy,
  },
  {
    name: 'what is reserved for some functions is left to the others',
    file: lambda,
    find: 'quota - Object.values(reserved).reduce((sum, each) => sum + each, 0)',
    replace: 'quota',
    caughtBy,
  },
  {
    name: 'an invocation that is cut keeps its place',
    file: lambda,
    find: '      } finally {\n        this.#running.end(name);\n      }',
    replace: '      } finally {\n        void work.then(() => this.#running.end(name));\n      }',
    caughtBy,
  },
  {
    name: 'a function that reaches its timeout on this machine counts as done',
    file: lambda,
    find: "if (!done) throw new InvocationError('timed out', name);\n        return done.result;",
    replace: 'return done?.result as Result;',
    caughtBy,
  },
  {
    name: 'a message whose function is throttled comes back as failed at once',
    file: lambda,
    find: 'if (!isThrottled || Date.now() >= giveUpAt) throw error;',
    replace: 'throw error;',
    caughtBy,
  },
  {
    name: 'a queue on this machine takes as many batches as in live in every stage',
    file: queues,
    find: 'Math.min(QUEUES[queue].concurrencyMax, consumersMax)',
    replace: 'QUEUES[queue].concurrencyMax',
    caughtBy,
  },
  {
    name: 'a request for which there is no room is answered as a failure of its function',
    file: 'shared/local/api-gateway.ts',
    find: '    if (error instanceof InvocationError) return SERVICE_UNAVAILABLE;\n',
    replace: '',
    caughtBy,
  },
];
