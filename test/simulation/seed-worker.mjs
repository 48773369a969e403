import { parentPort, workerData } from 'node:worker_threads';
import { runShare } from './run-seeds.ts';

/** One of the threads that `run-seeds.ts` starts. With `--workers 1` there is none, and errors have their stacks. */

// The models throw thousands of errors that nobody looks at: their stacks took a twelfth of the time.
Error.stackTraceLimit = 0;

await runShare(workerData, (run) => parentPort?.postMessage(run));
