import { createOrder } from '../../../functions/orders/create-order.ts';
import { call } from '../../support/call.ts';
import { runMessages } from '../../support/workers.ts';
import type { Line } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';

/** As on one machine: a message is taken at once, and the database answers within a millisecond. */
const LOCAL_MS = 2;

/** Milliseconds from the POST until its order is final, and until its answer. */
async function waited(providerMs: number): Promise<{ finalMs: number; answeredMs: number }> {
  const stage = await MerchantStage.open({ pace: 0.1 });
  stage.upstream.sendMs = () => providerMs;
  let finalAt = Number.NaN;
  const world = {
    ...stage.api(),
    queues: {
      send: async (queue: string, messages: readonly { body: unknown; group: string }[]) => {
        const run = async () => {
          await stage.clock.sleep(LOCAL_MS);
          await runMessages(
            stage.warm(queue),
            messages.map((message) => ({ queue, message })),
          );
          if (queue.startsWith('dispatch')) finalAt = stage.clock.now;
        };
        void run();
      },
    },
  };
  const order = async (reference: string) => {
    const startedAt = stage.clock.now;
    const body = { product_id: 100, target: '0772210000', amount: 5, agent_reference: reference };
    const { status, text } = await call(world, createOrder, { headers: stage.merchant().headers(), body });
    if (status !== 201) throw new Error(text);
    return { finalMs: finalAt - startedAt, answeredMs: stage.clock.now - startedAt };
  };
  await stage.run(order('first'));
  return stage.run(order('second'));
}

export const line: Line = {
  name: 'post-wait',
  what: 'A POST that waits, on one machine: when its order is final, and when the answer shows it.',
  kind: 'model',
  wanted: { 'answered after ms': { most: 25, before: '60' } },
  async measure() {
    const local = await waited(0);
    const slow = await waited(800);
    return {
      'final after ms': local.finalMs,
      'answered after ms': local.answeredMs,
      '800 ms provider: final after ms': slow.finalMs,
      '800 ms provider: answered after ms': slow.answeredMs,
    };
  },
};
