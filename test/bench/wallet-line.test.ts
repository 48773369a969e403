import { expect, it } from '@jest/globals';
import { measureCampaign, measureOneCaller, measureOrders } from './wallet-line.ts';

/** The figures that one hot wallet must reach, in short runs; `npm run bench` has the long ones. */

it.each([
  { rate: 20, seconds: 10, transactionsMax: 1.5, p99MsMax: 200 },
  { rate: 60, seconds: 3, transactionsMax: 0.7, p99MsMax: 250 },
  { rate: 200, seconds: 1, transactionsMax: 0.7, p99MsMax: 250 },
  { rate: 300, seconds: 1, transactionsMax: 0.7, p99MsMax: 250 },
])('a wallet takes $rate orders a second without a 503, in few transactions', async ({ transactionsMax, ...load }) => {
  const figures = await measureOrders(load);
  expect(figures).toMatchObject({ accepted: figures.offered, busyShare: 0, isRight: true });
  expect(figures.transactionsPerOrder).toBeLessThanOrEqual(transactionsMax);
  expect(figures.fundedP99Ms).toBeLessThanOrEqual(load.p99MsMax);
});

it('no refund fails beside 200 orders a second', async () => {
  const { refunds, ...figures } = await measureOrders({ rate: 200, seconds: 1, refundEvery: 33 });
  expect(figures).toMatchObject({ busyShare: 0, isRight: true });
  expect(refunds?.count).toBeGreaterThan(4);
  expect(refunds?.failed).toBe(0);
});

it('one caller alone has what a transaction takes, and no more', async () => {
  expect(await measureOneCaller(1)).toBeGreaterThanOrEqual(45);
});

it('a campaign pays 120 respondents a second, to the last cent of its budget and none beyond', async () => {
  const { accepted, ...figures } = await measureCampaign({ rate: 120, seconds: 1, share: 0.9 });
  expect(figures).toMatchObject({ busyShare: 0, isRight: true });
  expect(accepted).toBeGreaterThan(100);
});
