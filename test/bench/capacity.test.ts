import { expect, it } from '@jest/globals';
import { Chance } from '../simulation/chance.ts';
import type { Limits, Load } from './model/capacity-model.ts';
import { CapacityModel, givesFirst } from './model/capacity-model.ts';

const limits: Limits = {
  gatewayRate: 1_000,
  gatewayBurst: 2_000,
  createConcurrency: 500,
  dispatchSlots: 200,
  webhookSlots: 200,
  pacePerSecond: 100_000,
  partitionUnits: 1_000,
  tableUnits: 40_000,
  walletPerSecond: 1_000,
  dueShards: 40,
};
const load: Load = {
  wallets: 100,
  waitingShare: 1,
  providerMs: 800,
  hangingShare: 0,
  isDown: false,
  providerPerSecond: 100_000,
  tableUnits: 8,
  dueUnits: 4,
  listUnits: 1,
};

async function first(rate: number, changes: Partial<Load> = {}, limited: Partial<Limits> = {}) {
  const [of, within] = [
    { ...load, ...changes },
    { ...limits, ...limited },
  ];
  return givesFirst(await new CapacityModel(within, of, new Chance(1)).offer(rate, 40), of, within);
}

it('the same seed is the same run', async () => {
  const run = async () => {
    const outcome = await new CapacityModel(limits, load, new Chance(7)).offer(50, 20);
    return JSON.stringify({ ...outcome, refusals: [...outcome.refusals] });
  };
  expect(await run()).toBe(await run());
});

it('what 200 slots of 855 ms take is 230 a second', async () => {
  expect(await first(200)).toBeUndefined();
  expect(await first(300, { waitingShare: 0 })).toBe('dispatch slots');
});

it('while nothing answers, 500 executions that wait 25 s take 20 orders a second', async () => {
  expect(await first(15, { isDown: true, waitingShare: 1 }, { dispatchSlots: 100_000 })).toBeUndefined();
  expect(await first(30, { isDown: true, waitingShare: 1 }, { dispatchSlots: 100_000 })).toBe(
    'create-order concurrency',
  );
});

it.each([
  ['one wallet', 100, { wallets: 1, waitingShare: 0 }, { walletPerSecond: 48 }],
  ['API Gateway', 1_500, { waitingShare: 0 }, { dispatchSlots: 100_000, webhookSlots: 100_000 }],
  ['the orders table', 800, { waitingShare: 0 }, { tableUnits: 4_000, dispatchSlots: 100_000 }],
  ['a due index partition', 900, { waitingShare: 0 }, { dueShards: 2, dispatchSlots: 100_000 }],
  ['the provider itself', 100, { providerPerSecond: 50 }, {}],
  ['our pace for the provider', 60, { providerPerSecond: 70 }, { pacePerSecond: 50 }],
  ['our pace for the provider', 60, { hangingShare: 0.01 }, { pacePerSecond: 50 }],
] as const)('%s gives first where it is the least', async (cause, rate, changes, limited) => {
  expect(await first(rate, changes, limited)).toBe(cause);
});
