import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import type { Line } from '../line.ts';
import { MerchantStage } from '../model/merchant-stage.ts';

const DUE = 100_000;

export const line: Line = {
  name: 'wallet-read',
  what: `Read units of GET /wallet beside ${DUE.toLocaleString('en')} due orders of another merchant.`,
  kind: 'count',
  wanted: { 'read units': { most: 5, before: '1,800' } },
  async measure() {
    const stage = await MerchantStage.open({ counts: true, merchants: 2 });
    stage.upstream.outcome = () => ({ kind: 'unclear', evidence: '' });
    await stage.run(stage.order({ of: 1, prefer: 'respond-async' }));
    await stage.pass(5_000);
    const [order] = stage.model.items('orders');
    // Its key is known now, as in a warm function.
    await stage.run(stage.ask(getWallet));
    if (order?.dueAt === undefined) throw new Error('the order to copy is not due');
    for (let n = 0; n < DUE; n += 1) {
      const copy = { ...order, pk: `${order.pk}-${n}`, id: `${order.id}-${n}`, dueShard: spread(order.dueShard, n) };
      stage.model.execute(new PutCommand({ TableName: 'orders', Item: copy }));
    }
    stage.units.reset();
    await stage.run(stage.ask(getWallet));
    return { 'read units': stage.units.units().read };
  },
};

/** The four shards of a track are numbered in a row. */
function spread(shard: unknown, n: number): number {
  return 4 * Math.floor(Number(shard) / 4) + (n % 4);
}
