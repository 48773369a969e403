import type { Line } from '../line.ts';
import { median } from '../line.ts';
import type { LocalSystem } from '../local-system.ts';
import { post, startSystem } from '../local-system.ts';

const WALLETS = 64;
const CALLERS = 64;
const ROUND_MS = 3_000;
const ROUNDS = 3;

/** Orders accepted in one round, and 503s, by callers that each wait for their answer. */
async function round(local: LocalSystem, wallets: number): Promise<{ accepted: number; busy: number }> {
  const end = Date.now() + ROUND_MS;
  let [accepted, busy] = [0, 0];
  const caller = async (n: number) => {
    const merchant = local.merchants[n % wallets];
    while (merchant && Date.now() < end) {
      const { status } = await post(local, merchant, 'respond-async');
      if (status === 202) accepted += 1;
      else if (status === 503) busy += 1;
      else throw new Error(`an order was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, n) => caller(n)));
  return { accepted, busy };
}

export const line: Line = {
  name: 'local-wallets',
  what: `\`npm start\` with ${CALLERS} callers at once: orders on one wallet by orders on ${WALLETS} wallets.`,
  kind: 'timing',
  wanted: {
    'one wallet / 64 wallets': { least: 0.6, before: '0.16–0.22' },
    '503s of one wallet in 3 s': { most: 0, before: '23–40' },
  },
  async measure() {
    const local = await startSystem(WALLETS);
    const one: number[] = [];
    const many: number[] = [];
    let busy = 0;
    await round(local, WALLETS);
    for (let n = 0; n < ROUNDS; n += 1) {
      many.push((await round(local, WALLETS)).accepted);
      const hot = await round(local, 1);
      one.push(hot.accepted);
      busy = Math.max(busy, hot.busy);
    }
    await local.stop();
    return {
      'one wallet / 64 wallets': median(one) / median(many),
      '503s of one wallet in 3 s': busy,
      'one wallet: orders per s': (1_000 * median(one)) / ROUND_MS,
      '64 wallets: orders per s': (1_000 * median(many)) / ROUND_MS,
    };
  },
};
