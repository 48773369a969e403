import { afterEach, expect, it } from '@jest/globals';
import { makeProvider } from '../../shared/aws/provider-adapters.ts';
import { environment } from '../../shared/manifest/access.ts';

const means = { isLocal: true, now: () => '2026-05-07T08:00:00.000Z', sleep: async () => undefined };
const rates = { sendsPerSecondMax: 7, queriesPerSecondMax: 3 };

afterEach(() => {
  delete process.env[environment.callRates];
});

it("an adapter keeps to the pace of the stage's account, and to its own where the stage has none", () => {
  const own = makeProvider('pesaway', means).capabilities;
  process.env[environment.callRates] = JSON.stringify({ hotrecharge: rates });
  expect(makeProvider('hotrecharge', means).capabilities).toMatchObject(rates);
  expect(makeProvider('pesaway', means).capabilities).toEqual(own);
});
