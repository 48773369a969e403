import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { verifyLedgers } from '../../../functions/workers/verify-ledgers.ts';
import type { Entry } from '../../../shared/domain/ledger.ts';
import { entryPut } from '../../../shared/store/ledger.ts';
import { call } from '../../support/call.ts';
import {
  csv,
  freshMerchantForEachTest,
  lines,
  merchant,
  move,
  statement,
  verified,
  world,
} from '../../support/ledger-set-up.ts';

/** Every report over a wallet answers, names the entry that is damaged, and shows the others. */

freshMerchantForEachTest();

const nothing = Symbol('the field is missing');

async function damage(entry: Entry, change: Record<string, unknown>): Promise<void> {
  const item: Record<string, unknown> = { ...entryPut(entry).item, ...change };
  for (const name of Object.keys(item)) if (item[name] === nothing) delete item[name];
  await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: item }));
}

const list = async (query: Record<string, string> = {}) =>
  call(world, listLedger, { headers: merchant.headers(), query: { currency: 'USD', ...query } });

const cases: [name: string, shown: string | undefined, change: Record<string, unknown>][] = [
  ['half a cent', 'amount', { amountMinor: 30.5 }],
  ['a balance with half a cent', 'balance_after', { balanceAfterMinor: 500.5 }],
  ['more money than there is', 'amount', { amountMinor: 9e15 }],
  ['a balance that is a text', 'balance_after', { balanceAfterMinor: '520' }],
  ['no amount', 'amount', { amountMinor: nothing }],
  ['no kind', 'kind', { kind: nothing }],
  ['a kind of the language', 'kind', { kind: '__proto__' }],
  ['a kind that is a number', 'kind', { kind: 7 }],
  ['no instant', 'created_at', { at: nothing }],
  ['an instant that is none', 'created_at', { at: 'zzz' }],
  ['another instant', undefined, { at: '1999-01-01T00:00:00.000Z' }],
  ['no hash', 'hash', { hash: nothing }],
  ['no previous hash', 'previous_hash', { previousHash: nothing }],
  ['no description', 'description', { description: nothing }],
  ['a description that is a number', 'description', { description: 5 }],
  ['an order that is an object', 'order_id', { orderId: { a: 1 } }],
  ['a reference that is null', 'agent_reference', { agentReference: null }],
  ['a currency that is none', 'currency', { currency: 'ABC' }],
  ['no currency', 'currency', { currency: nothing }],
  ['no merchant', 'merchant_id', { merchantId: nothing }],
  ['no counter account', 'counter_account', { counterAccount: nothing }],
];

describe.each(cases)('over an entry with %s', (_name, shown, change) => {
  it('every report answers, and names it', async () => {
    await move(500);
    const entry = await move(20);
    await move(7);
    await damage(entry, change);
    const { status, json } = await statement(world.now().slice(0, 7));
    expect([status, json.adds_up, json.first_flaw?.seq]).toEqual([200, false, 2]);
    expect((await verified()).json).toMatchObject({ verified: false, first_flaw: { seq: 2 } });
    const listed = await list();
    expect([listed.status, listed.json.data.map(({ seq }: Entry) => seq)]).toEqual([200, [3, 2, 1]]);
    const damaged = listed.json.data.map((each: { damaged?: string[] }) => each.damaged);
    expect(damaged).toEqual([undefined, shown === undefined ? undefined : [shown], undefined]);
    const file = await csv({ currency: 'USD' });
    expect([file.status, lines(file.text).length]).toEqual([200, 4]);
    expect(lines(file.text).map((line) => line.split(',').at(-1))).toEqual(['damaged', '', shown ?? '', '']);
  });

  it('the list goes on page by page, and from an instant on', async () => {
    const began = world.now();
    await move(500);
    const entry = await move(20);
    await move(7);
    await move(9, 'x', 'KES');
    await damage(entry, change);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 9; pages += 1) {
      const { json } = await call(world, listLedger, {
        headers: merchant.headers(),
        query: { limit: '1', ...(cursor === undefined ? {} : { cursor }) },
      });
      seen.push(...json.data.map((each: { currency: string; seq: number }) => `${each.currency} ${each.seq}`));
      if (json.next_cursor === null) break;
      cursor = json.next_cursor;
    }
    expect(seen.toSorted()).toEqual(['KES 1', 'USD 1', 'USD 2', 'USD 3']);
    // An instant that is whole and wrong is taken at its word.
    if (shown === 'created_at' || !('at' in change)) expect((await list({ from: began })).json.data).toHaveLength(3);
    expect((await list({ from: began })).status).toBe(200);
  });

  it('the job that verifies every wallet raises its alarm', async () => {
    await move(500);
    await damage(await move(20), change);
    world.advance(3_600_000);
    const broken: number[] = [];
    const log = {
      ...world.log,
      error: () => {},
      metric: (name: string, value: number) => {
        if (name === 'BrokenLedgers') broken.push(value);
      },
    };
    await verifyLedgers({ ...world, log });
    expect(broken).toEqual([1]);
  });
});
