import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { listBulk } from '../../../functions/bulk/list-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { createBatch } from '../../../shared/flows/bulk/create-batch.ts';
import { planBatch } from '../../../shared/flows/bulk/plan-batch.ts';
import { readSheet } from '../../../shared/http/csv/read-sheet.ts';
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
  phone,
  settle,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

describe('a batch', () => {
  it('of a preview is what the preview said', async () => {
    const csv = sheet([`${phone(1)},5`, `${phone(2)},x`, '254712345678,50']);
    const preview = (await ask(previewBulk, { body: { csv, batch_reference: 'may' } })).json;
    const refused = await ask(createBulk, { body: { preview_id: preview.preview_id } });
    expect([refused.status, refused.json.code]).toEqual([422, 'batch_invalid']);
    expect(refused.json.detail).toBe('1 of 3 rows cannot be sent.');
    expect(refused.json.errors).toMatchObject([{ row: 3, column: 'amount', code: 'not_an_amount' }]);
    const reply = await ask(createBulk, { body: { preview_id: preview.preview_id, accept: 'valid_rows' } });
    expect(reply.status).toBe(202);
    expect(reply.json.amounts).toEqual([
      { currency: 'USD', rows: 1, total: 5, refunded: 0 },
      { currency: 'KES', rows: 1, total: 50, refunded: 0 },
    ]);
    await settle();
    expect(await look(reply.json)).toMatchObject({ status: 'completed', counts: { success: 2, left_out: 1 } });
    const rows = (await ask(listBulkRows, of(reply.json))).json.data;
    expect(rows[1]).toMatchObject({ row: 3, status: 'left_out', errors: [{ code: 'not_an_amount' }] });
    const both = { preview_id: preview.preview_id, csv };
    expect((await ask(createBulk, { body: both })).json).toMatchObject({ code: 'invalid_request', param: 'csv' });
  });

  it('is made once per reference: again it is the same, with another file it is refused', async () => {
    const first = await create(file(3));
    await settle();
    const again = await create(file(3));
    expect([again.status, again.headers['idempotent-replayed'], again.json.id]).toEqual([200, 'true', first.json.id]);
    const other = await create(file(4));
    expect([other.status, other.json.code, other.json.param]).toEqual([422, 'reference_reused', 'batch_reference']);
    const option = await create(file(3), { accept: 'valid_rows' });
    expect(option.json.code).toBe('reference_reused');
    await settle();
    expect(world.upstream.vends).toHaveLength(3);
  });

  it('without a reference is known by its file: the same file again sends nothing', async () => {
    const csv = file(3);
    const first = await create(csv, { batch_reference: undefined });
    const hash = createHash('sha256').update(csv).digest('hex').slice(0, 24);
    expect(first.json.batch_reference).toBe(`file-${hash}`);
    await settle();
    const again = await create(csv, { batch_reference: undefined });
    expect([again.status, again.json.id]).toEqual([200, first.json.id]);
    const named = sheet([`${phone(1)},5,pay-1`], 'target,amount,reference');
    await create(named, { batch_reference: 'one' });
    await settle();
    const second = await create(named, { batch_reference: 'two' });
    expect(second.json.errors).toMatchObject([{ code: 'reference_used' }]);
    expect(world.upstream.vends).toHaveLength(4);
  });

  it('that the wallet does not cover is refused before any row, and may be sent again', async () => {
    const reply = await create(file(101));
    expect([reply.status, reply.json.code]).toEqual([402, 'insufficient_funds']);
    expect(reply.json.detail).toMatch(/does not cover USD 101.00/);
    expect(reply.json.fix).toMatch(/send the same request again/);
    await settle();
    expect([await balance(), await entries(), world.upstream.sends]).toEqual([100, [], []]);
    expect((await ask(listBulk)).json.data).toEqual([]);
    expect((await create(file(99))).status).toBe(202);
  });

  it('in test mode runs in the sandbox, and touches no live wallet', async () => {
    const headers = merchant.headers('test');
    const csv = sheet(['0772279099,1', '0772279005,1', '0772279011,1']);
    const { json } = await ask(createBulk, { body: { csv }, headers });
    await settle();
    const { counts } = (await ask(getBulk, { ...of(json), headers })).json;
    expect(counts).toMatchObject({ success: 1, refunded: 1, unknown: 1, pending: 0 });
    expect([await balance(), world.upstream.sends]).toEqual([100, []]);
  });
});

describe('whatever dies or comes twice', () => {
  it('two who make the same batch at once make one, and pay once', async () => {
    const [one, two] = await Promise.all([create(file(30)), create(file(30))]);
    expect([one?.status, two?.status].sort()).toEqual([200, 202]);
    expect(one?.json.id).toBe(two?.json.id);
    await settle();
    expect(world.upstream.vends).toHaveLength(30);
    expect(await entries()).toHaveLength(1);
  });

  it('whoever posts the same at once and comes second finds the batch, whatever that did to wallet and references', async () => {
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    const post = (reference: string, csv: string, meanwhile?: () => Promise<unknown>) => {
      const own = { reference, contentHash: reference, createdBy: { kind: 'key', id: 'key_1' } } as const;
      const input = { ...own, accept: 'all_or_nothing', hasRowWebhooks: false } as const;
      return createBatch(world, owner, input, async () => {
        await meanwhile?.();
        return planBatch(world, owner, readSheet(csv).rows, { reference, defaults: {} });
      });
    };
    const draining = await post('one', file(60), () => post('one', file(60)));
    expect(draining).toMatchObject({ isReplay: true, batch: { reference: 'one', rows: 60 } });
    const named = sheet([`${phone(1)},1,mine`], 'target,amount,reference');
    const taking = await post('two', named, async () => {
      await post('two', named);
      await settle();
    });
    expect(taking).toMatchObject({ isReplay: true, batch: { reference: 'two', rows: 1 } });
    expect(await entries()).toHaveLength(2);
  });

  it('two batches at once of which the wallet covers one', async () => {
    const both = await Promise.all([
      create(file(60), { batch_reference: 'one' }),
      create(file(60), { batch_reference: 'two' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 402]);
    await settle();
    expect([await balance(), world.upstream.vends.length]).toEqual([40, 60]);
  });

  it('a lost answer to the debit that emptied the wallet is no lack of funds', async () => {
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'TransactWriteCommand' || isLost) return undefined;
      isLost = true;
      return 'after';
    };
    expect((await create(file(100))).status).toBe(202);
    world.fault = undefined;
    expect([await balance(), (await entries()).length]).toEqual([0, 1]);
  });
});

it.each([
  ['an upload that never came', 'upload_not_found', { upload_id: `upl_${'a'.repeat(20)}` }],
  ['a file without a header', 'invalid_csv', { csv: '0772279099,5' }],
  ['a file with a row too many', 'csv_too_large', { csv: `target,amount\n${'1,1\n'.repeat(100_001)}` }],
])('a batch of %s is refused: %s', async (_what, code, body) => {
  expect((await ask(createBulk, { body: { batch_reference: 'may', ...body } })).json.code).toBe(code);
});
