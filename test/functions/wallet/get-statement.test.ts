import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { append } from '../../../shared/domain/ledger.ts';
import { entryPut } from '../../../shared/store/ledger.ts';
import { Chance } from '../../simulation/chance.ts';
import {
  DAY,
  freshMerchantForEachTest,
  move,
  penny,
  statement,
  verified,
  walletOf,
  world,
} from '../../support/ledger-set-up.ts';

freshMerchantForEachTest();

describe('a statement', () => {
  it.each([7, 11, 2026])('opens as the one before closed, and adds up, whatever moved when (%d)', async (seed) => {
    const chance = new Chance(seed);
    let balance = 0;
    for (let n = 0; n < 60; n += 1) {
      world.advance(chance.below(3 * DAY));
      const amount = balance > 500 && chance.happens(0.5) ? -(1 + chance.below(500)) : 1 + chance.below(1000);
      await move(amount);
      balance += amount;
    }
    const months = ['2026-05', '2026-06', '2026-07', '2026-08', '2026-09'].filter((each) => `${each}-01` < world.now());
    // biome-ignore lint/suspicious/noExplicitAny: answers are looked at as their callers see them
    const shown: any[] = [];
    for (const month of months) shown.push((await statement(month)).json);
    const cents = (amount: number) => Math.round(amount * 100);
    shown.forEach((each, place) => {
      const moved = each.totals.reduce((sum: number, total: { amount: number }) => sum + cents(total.amount), 0);
      expect(cents(each.opening_balance) + moved).toBe(cents(each.closing_balance));
      expect(each.adds_up).toBe(true);
      expect(each.opening_balance).toBe(place === 0 ? 0 : shown[place - 1].closing_balance);
    });
    expect(cents(shown.at(-1).closing_balance)).toBe(balance);
    expect(shown.reduce((sum, each) => sum + each.entries, 0)).toBe(60);
    expect(shown.map((each) => each.closed)).toEqual(months.map((_month, place) => place < months.length - 1));
  });

  it('of a month without entries opens and closes alike; a month to come and a month that is none are refused', async () => {
    await move(500);
    world.advance(70 * DAY);
    expect((await statement('2026-06')).json).toMatchObject({
      opening_balance: 5,
      closing_balance: 5,
      entries: 0,
      totals: [],
      closed: true,
    });
    expect((await statement('2026-05', 'KES')).json).toMatchObject({ opening_balance: 0, closing_balance: 0 });
    for (const month of ['2027-01', '2026-13', '2026-5', 'May']) {
      expect((await statement(month)).json).toMatchObject({ status: 400, param: 'month' });
    }
  });

  it('ends with the last millisecond of the month in UTC', async () => {
    world.advance(Date.parse('2026-05-31T23:59:59.999Z') - Date.parse(world.now()));
    await move(500);
    world.advance(1);
    await move(20);
    expect((await statement('2026-05')).json).toMatchObject({
      from: '2026-05-01T00:00:00.000Z',
      to: '2026-06-01T00:00:00.000Z',
      closed: true,
      closing_balance: 5,
      totals: [{ kind: 'adjustment', count: 1, amount: 5 }],
    });
    expect((await statement('2026-06')).json).toMatchObject({
      closed: false,
      opening_balance: 5,
      closing_balance: 5.2,
    });
  });

  it('of more entries than one takes is refused before they are read', async () => {
    const first = await move(500);
    const far = { ...append(walletOf(), first, { id: 'ent_far', ...penny }, world.now()), seq: 100_002 };
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: entryPut(far).item }));
    const reply = await statement('2026-05');
    expect([reply.status, reply.json.code]).toEqual([422, 'statement_too_large']);
  });

  it.each([
    ['another balance', { balanceAfterMinor: 530 }],
    ['another amount', { amountMinor: 30 }],
    ['another description', { description: 'nothing' }],
    ['no amount', { amountMinor: undefined }],
    ['an amount that is no number', { amountMinor: 'much' }],
    ['no id and no instant', { id: undefined, at: undefined }],
    ['an instant of another month', { at: '2026-03-01T00:00:00.000Z' }],
    ['an instant to come', { at: '2027-03-01T00:00:00.000Z' }],
  ])('over an entry with %s is answered, says that it does not add up, and names the entry', async (_what, change) => {
    await move(500);
    const entry = await move(20);
    await move(7);
    const item = JSON.parse(JSON.stringify({ ...entryPut(entry).item, ...change }));
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: item }));
    const { status, json } = await statement('2026-05');
    expect([status, json.adds_up, json.first_flaw]).toEqual([
      200,
      false,
      { seq: 2, what: expect.stringContaining('entry 2') },
    ]);
    expect((await verified()).json).toMatchObject({ verified: false, first_flaw: { seq: 2 } });
  });

  it('over a missing entry names it', async () => {
    const first = await move(500);
    const far = { ...append(walletOf(), first, { id: 'ent_far', ...penny }, world.now()), seq: 3 };
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: entryPut(far).item }));
    const { status, json } = await statement('2026-05');
    expect([status, json.adds_up, json.first_flaw]).toEqual([
      200,
      false,
      { seq: 2, what: 'entry 2 is missing: found 3' },
    ]);
  });

  it('that is right says so, and no money moves on a damaged last entry', async () => {
    const entry = await move(500);
    expect((await statement('2026-05')).json).toMatchObject({ adds_up: true, first_flaw: null });
    const item = { ...entryPut(entry).item, balanceAfterMinor: 'much' };
    await world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: item }));
    await expect(move(20)).rejects.toThrow('no number "balanceAfterMinor"');
    expect((await statement('2026-05')).json).toMatchObject({
      adds_up: false,
      first_flaw: { seq: 1 },
    });
  });
});
