import { parentPort, workerData } from 'node:worker_threads';
import { runShare } from './run-seeds.ts';

/** One of the threads that `run-seeds.ts` starts. */
await runShare(workerData, (run) => parentPort?.postMessage(run));
