import { describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { runBulk } from '../../../functions/workers/run-bulk.ts';
import {
  ask,
  balance,
  create,
  entries,
  file,
  freshMerchantForEachTest,
  look,
  merchant,
  of,
  world,
} from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';
import {
  anotherProcess,
  freeze,
  frozenBefore,
  letCachesEnd,
  sweepUntilDone,
  unfreeze,
} from '../../support/freeze-set-up.ts';

/** Batches of a frozen merchant. */

freshMerchantForEachTest();

const ROWS = /#rows#set_/;

/** A batch of sixty rows in three chunks, the first of which has been run. */
async function aBatchMidRun() {
  const { json } = await create(file(60));
  const [first, ...rest] = world.messages.splice(0);
  await runBulk(world, first?.message.body as { batchId: string; chunk: number });
  const isRun = world.upstream.vends.length;
  world.messages.push(...rest);
  return { batch: json, isRun };
}

describe('a batch', () => {
  it('pauses in its run and goes on after the freeze, to exact totals', async () => {
    const { batch, isRun } = await aBatchMidRun();
    expect(isRun).toBeLessThan(60);
    await freeze(world, merchant);
    letCachesEnd(world);
    await sweepUntilDone(world, 5);
    expect(world.upstream.vends).toHaveLength(isRun);
    expect(await look(batch)).toMatchObject({ status: 'running', amounts: [{ total: 60, refunded: 0 }] });
    world.upstream.script = [{ kind: 'rejected', failure: 'invalid_target', evidence: '' }];
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 5);
    expect(await look(batch)).toMatchObject({
      status: 'completed',
      counts: { success: 59, refunded: 1 },
      amounts: [{ total: 60, refunded: 1 }],
    });
    expect([...world.upstream.vendCounts().values()]).toEqual(Array.from({ length: 59 }, () => 1));
    expect(await balance()).toBe(41);
  });

  it('that is cancelled meanwhile gives back what was not sent, and sends nothing after the freeze', async () => {
    const { batch, isRun } = await aBatchMidRun();
    await freeze(world, merchant);
    letCachesEnd(world);
    await sweepUntilDone(world, 2);
    expect((await ask(cancelBulk, of(batch))).status).toBe(202);
    await sweepUntilDone(world, 3);
    expect(await look(batch)).toMatchObject({
      status: 'cancelled',
      counts: { success: isRun, refunded: 60 - isRun },
      amounts: [{ total: 60, refunded: 60 - isRun }],
    });
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 3);
    expect(world.upstream.vends).toHaveLength(isRun);
    expect(await balance()).toBe(100 - isRun);
    expect((await entries()).map(({ kind }: { kind: string }) => kind)).toEqual(['batch_refund', 'batch']);
  });

  it('stops between two groups of a chunk', async () => {
    await create(file(25));
    const [message] = world.messages.splice(0);
    // A group is sent while it is frozen, and the next is not.
    world.upstream.script = [
      async () => {
        await freeze(anotherProcess(world), merchant);
        world.advance(5_000);
        return { kind: 'success', receipt: {}, evidence: '' };
      },
    ];
    await runBulk(world, message?.message.body as { batchId: string; chunk: number });
    expect(world.upstream.sends.length).toBeLessThanOrEqual(10);
    const sent = world.upstream.sends.length;
    await sweepUntilDone(world, 3);
    expect(world.upstream.sends).toHaveLength(sent);
  });

  it('whose rows wait for their call while it is frozen does not claim them', async () => {
    const { json } = await create(file(5));
    const [message] = world.messages.splice(0);
    const prepare = world.upstream.prepare.bind(world.upstream);
    let isFrozen = false;
    world.upstream.prepare = async (recharge) => {
      if (!isFrozen) await freeze(anotherProcess(world), merchant);
      if (!isFrozen) world.advance(5_000);
      isFrozen = true;
      return prepare(recharge);
    };
    await runBulk(world, message?.message.body as { batchId: string; chunk: number });
    const early = world.upstream.sends.length;
    expect(early).toBeLessThan(5);
    await unfreeze(world, merchant);
    await sweepUntilDone(world, 3);
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 5 } });
    expect([...world.upstream.vendCounts().values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('is not created by a retry of another one, nor from a preview', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'invalid_target', evidence: '' }];
    const { json } = await create(file(1));
    await sweepUntilDone(world, 2);
    await freeze(world, merchant);
    const preview = await ask(previewBulk, { body: { csv: file(2) } });
    expect(preview.status).toBe(200);
    const fromPreview = { preview_id: preview.json.preview_id, batch_reference: 'june' };
    expect((await ask(createBulk, { body: fromPreview })).json.code).toBe('account_frozen');
    expect((await ask(retryBulk, of(json))).json.code).toBe('account_frozen');
    expect((await create(file(1))).status).toBe(200);
    await unfreeze(world, merchant);
    expect((await ask(createBulk, { body: fromPreview })).status).toBe(202);
    expect((await ask(retryBulk, of(json))).status).toBe(202);
  });

  it.each([5_000, 1_500])(
    'is not paid where its merchant was frozen %i ms ago, while its rows were saved',
    async (ms) => {
      const reply = await call(frozenBefore(world, merchant, ROWS, ms), createBulk, {
        headers: merchant.headers(),
        body: { csv: file(60), batch_reference: 'may' },
      });
      expect([reply.status, reply.json.code]).toEqual([403, 'account_frozen']);
      expect([await balance(), await entries(), world.messages]).toEqual([100, [], []]);
      await unfreeze(world, merchant);
      expect((await create(file(60))).status).toBe(202);
      expect(await balance()).toBe(40);
    },
  );

  it('of the rows that failed is not paid where its merchant was frozen while it was prepared', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'invalid_target', evidence: '' }];
    const { json } = await create(file(1));
    await sweepUntilDone(world, 2);
    const request = { headers: merchant.headers(), ...of(json) };
    const reply = await call(frozenBefore(world, merchant, ROWS, 1_500), retryBulk, request);
    expect([reply.status, reply.json.code]).toEqual([403, 'account_frozen']);
    expect(await balance()).toBe(100);
  });
});
