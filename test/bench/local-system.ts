import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsWorld } from '../../shared/aws/world.ts';
import { useEnvironment } from '../../shared/local/environment.ts';
import { System } from '../support/system.ts';
import type { TestMerchant } from '../support/world.ts';
import { aMerchant } from '../support/world.ts';

/** `npm start` with merchants of its own, for lines that are timed on the running system. */
export interface LocalSystem {
  readonly system: System;
  readonly merchants: readonly TestMerchant[];
  stop(): Promise<void>;
}

export async function startSystem(merchantCount: number): Promise<LocalSystem> {
  const data = mkdtempSync(join(tmpdir(), 'airtime-bench-'));
  const system = await System.start(data);
  useEnvironment(system.local.environment);
  const merchants: TestMerchant[] = [];
  for (let n = 0; n < merchantCount; n += 1) merchants.push(await aMerchant(awsWorld(), { USD: 10_000_000 }));
  return {
    system,
    merchants,
    async stop() {
      await system.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

let orders = 0;

/** Posts an order, and answers its status. */
export async function post({ system }: LocalSystem, merchant: TestMerchant, prefer: string) {
  orders += 1;
  const target = `07722${String(10_000 + (orders % 60_000))}`;
  const body = { product_id: 100, target, amount: 1, agent_reference: `bench-${orders}` };
  return system.api('/api/v1/orders', { key: merchant.liveKey, body, headers: { prefer } });
}
