import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { append, balanceOf, flawOf } from '../../shared/domain/ledger.ts';
import { plus } from '../../shared/domain/time.ts';

const wallet: WalletId = { merchantId: 'mer_1', mode: 'live', currency: 'USD' };
const start = '2026-05-07T08:00:00.000Z';

function chainOf(amounts: readonly number[]): Entry[] {
  const chain: Entry[] = [];
  amounts.forEach((amountMinor, index) => {
    const draft = { id: `ent_${index}`, kind: 'adjustment' as const, amountMinor, description: 'x' };
    chain.push(append(wallet, chain.at(-1), draft, plus(start, index * 1000)));
  });
  return chain;
}

/** The first place at which a chain is wrong, or undefined. */
function firstFlaw(chain: readonly Entry[]): number | undefined {
  const index = chain.findIndex((entry, place) => flawOf(wallet, chain[place - 1], entry) !== undefined);
  return index === -1 ? undefined : index;
}

const deposits = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 3, maxLength: 30 });

describe('a chain of entries', () => {
  it('numbers without a gap, adds up, and verifies', () => {
    fc.assert(
      fc.property(deposits, (amounts) => {
        const chain = chainOf(amounts);
        expect(chain.map((entry) => entry.seq)).toEqual(amounts.map((_, index) => index + 1));
        expect(balanceOf(chain.at(-1))).toBe(amounts.reduce((sum, amount) => sum + amount, 0));
        expect(firstFlaw(chain)).toBeUndefined();
      }),
    );
  });

  it('never goes below zero, moves nothing by nothing, and moves only whole units', () => {
    const [first] = chainOf([100]);
    const draft = { id: 'e', kind: 'order' as const, description: 'x' };
    expect(() => append(wallet, first, { ...draft, amountMinor: -101 }, start)).toThrow('below zero');
    expect(() => append(wallet, undefined, { ...draft, amountMinor: -1 }, start)).toThrow('below zero');
    expect(() => append(wallet, first, { ...draft, amountMinor: 0 }, start)).toThrow('non-zero');
    expect(() => append(wallet, first, { ...draft, amountMinor: 0.5 }, start)).toThrow('whole');
    expect(() => append({ ...wallet, currency: 'ZWG' }, first, { ...draft, amountMinor: 1 }, start)).toThrow(
      'one wallet',
    );
    expect(append(wallet, first, { ...draft, amountMinor: -100 }, start).balanceAfterMinor).toBe(0);
  });

  it('never goes back in time, whatever the clocks say', () => {
    const [first] = chainOf([100]);
    const draft = { id: 'e', kind: 'order' as const, description: 'x', amountMinor: -1 };
    expect(append(wallet, first, draft, plus(start, -60_000)).at).toBe(first?.at);
  });

  it('shows every edit of any field, at the entry that was edited', () => {
    const edits: [keyof Entry, (entry: Entry) => unknown][] = [
      ['amountMinor', (entry) => entry.amountMinor + 1],
      ['balanceAfterMinor', (entry) => entry.balanceAfterMinor + 1],
      ['description', () => 'y'],
      ['at', (entry) => plus(entry.at, 1)],
      ['id', () => 'ent_other'],
      ['kind', () => 'refund'],
      ['orderId', () => 'ord_x'],
      ['agentReference', () => 'x'],
      ['counterAccount', () => 'elsewhere'],
      ['hash', () => 'f'.repeat(64)],
      ['previousHash', () => '0'.repeat(64)],
      ['merchantId', () => 'mer_2'],
    ];
    fc.assert(
      fc.property(deposits, fc.nat(), fc.nat({ max: edits.length - 1 }), (amounts, place, which) => {
        const chain = chainOf(amounts);
        const at = place % chain.length;
        const [field, edit] = edits[which] ?? ['id', () => 'x'];
        const edited = chain.map((entry, index) => (index === at ? { ...entry, [field]: edit(entry) } : entry));
        expect(firstFlaw(edited)).toBe(at);
      }),
    );
  });

  it('shows every deletion, insertion and swap where it happened', () => {
    fc.assert(
      fc.property(deposits, fc.nat(), (amounts, place) => {
        const chain = chainOf(amounts);
        const at = place % (chain.length - 1);
        expect(firstFlaw(chain.toSpliced(at, 1))).toBe(at);
        const copy = chain[at];
        if (!copy) throw new Error('there is an entry');
        expect(firstFlaw(chain.toSpliced(at + 1, 0, copy))).toBe(at + 1);
        const next = chain[at + 1];
        if (!next) throw new Error('there is a next entry');
        expect(firstFlaw(chain.toSpliced(at, 2, next, copy))).toBe(at);
      }),
    );
  });

  it('shows a chain rewritten with consistent hashes but another balance', () => {
    const chain = chainOf([100, 200, 300]);
    const forged = append(wallet, chain[0], { id: 'f', kind: 'adjustment', amountMinor: 999, description: 'x' }, start);
    expect(firstFlaw(chain.with(1, forged))).toBe(2);
  });
});
