import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/** One of the threads that `run-seeds.ts` starts. With `--workers 1` there is none, and errors have their stacks. */

// The models throw thousands of errors that nobody looks at: their stacks took a twelfth of the time.
Error.stackTraceLimit = 0;

// Each thread would remove the types of the whole system, and compile it, again.
enableCompileCache('node_modules/.cache/compiled');
const { runShare } = await import('./run-seeds.ts');

await runShare(workerData, (run) => parentPort?.postMessage(run));
