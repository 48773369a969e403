import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A handler that throws where nobody catches it, in a timer or as the error of a stream, ends its process. On AWS that
 * is one invocation of one function: Lambda answers it with an error and starts the function again. On this machine
 * all functions share a process, so a crash is taken as the failure of the invocation that caused it.
 */

const running = new AsyncLocalStorage<(crash: unknown) => void>();

/** Runs one invocation. It also fails when anything that it started crashes. */
export function invoke<Result>(work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    running.run(reject, () => {
      Promise.resolve().then(work).then(resolve, reject);
    });
  });
}

/** From now on a crash ends the invocation that caused it, and not this process. */
export function surviveCrashes(): void {
  const onCrash = (crash: unknown) => {
    console.error('A handler crashed.', crash);
    running.getStore()?.(crash);
  };
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
}
