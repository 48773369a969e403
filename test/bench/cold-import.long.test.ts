import { expect, it } from '@jest/globals';
import { coldImport } from './cold-import.ts';

/** By processor time, which other processes hardly change. Quiet machines agree to two hundredths. */
it('a recharge waits no longer for its function to load than for the bare client for tables', async () => {
  expect((await coldImport('create-order', 25)).cpuRatio).toBeLessThanOrEqual(1.05);
}, 120_000);
