import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry, EntryKind, WalletId } from '../../shared/domain/ledger.ts';
import {
  append,
  balanceOf,
  covers,
  ENTRY_KINDS,
  genesisHash,
  mismatchIn,
  walletKey,
} from '../../shared/domain/ledger.ts';
import { AMOUNT_MINOR_MAX } from '../../shared/domain/money.ts';
import { plus } from '../../shared/domain/time.ts';

const wallet: WalletId = { merchantId: 'mer_1', mode: 'live', currency: 'USD' };
const start = '2026-05-07T08:00:00.000Z';
const draft = { id: 'ent_x', kind: 'order', description: 'x' } as const;

interface Move {
  readonly kind: EntryKind;
  readonly amountMinor: number;
  /** The skew of the writer's clock; negative is behind. */
  readonly skewMs: number;
}

/** Appends entries; a debit that the wallet does not cover becomes a deposit. */
function chainOf(moves: readonly Move[], owner = wallet): Entry[] {
  const chain: Entry[] = [];
  for (const [index, { kind, amountMinor, skewMs }] of moves.entries()) {
    const signed = covers(chain.at(-1), -amountMinor) ? amountMinor : Math.abs(amountMinor);
    const about = kind === 'adjustment' ? {} : { orderId: `ord_${index}`, agentReference: `r-${index}` };
    const next = { id: `ent_${index}`, kind, amountMinor: signed, description: `Move ${index}`, ...about };
    chain.push(append(owner, chain.at(-1), next, plus(start, index * 1000 + skewMs)));
  }
  return chain;
}

const moves = fc.array(
  fc.record({
    kind: fc.constantFrom(...ENTRY_KINDS),
    amountMinor: fc.integer({ min: -1_000_000, max: 1_000_000 }).filter((amount) => amount !== 0),
    skewMs: fc.integer({ min: -10_000, max: 10_000 }),
  }),
  { minLength: 2, maxLength: 20 },
);
const chains = moves.map((each) => chainOf(each));

/** The first mismatch of a chain, or undefined. */
function firstViolation(chain: readonly Entry[]): number | undefined {
  const index = chain.findIndex((entry, place) => mismatchIn(wallet, chain[place - 1], entry) !== undefined);
  return index === -1 ? undefined : index;
}

function at<Value>(values: readonly Value[], place: number): Value {
  const value = values[place];
  if (value === undefined) throw new Error(`there is nothing at ${place}`);
  return value;
}

describe('a chain of entries', () => {
  it('is numbered without gaps, adds up, is never negative or goes back in time, and verifies', () => {
    fc.assert(
      fc.property(chains, (chain) => {
        expect(firstViolation(chain)).toBeUndefined();
        let balance = 0;
        for (const [index, entry] of chain.entries()) {
          balance += entry.amountMinor;
          expect([entry.seq, entry.balanceAfterMinor]).toEqual([index + 1, balance]);
          expect(entry.balanceAfterMinor).toBeGreaterThanOrEqual(0);
          expect(entry.at >= (chain[index - 1]?.at ?? '')).toBe(true);
          expect(entry.previousHash).toBe(chain[index - 1]?.hash ?? genesisHash(wallet));
        }
        expect(balanceOf(chain.at(-1))).toBe(balance);
      }),
    );
  });

  it('of a wallet without entries has a balance of zero', () => {
    expect(balanceOf(undefined)).toBe(0);
    expect(covers(undefined, 1)).toBe(false);
  });

  it('can be spent to the last unit and no further', () => {
    const [first] = chainOf([{ kind: 'adjustment', amountMinor: 100, skewMs: 0 }]);
    expect([covers(first, 100), covers(first, 101)]).toEqual([true, false]);
    expect(append(wallet, first, { ...draft, amountMinor: -100 }, start).balanceAfterMinor).toBe(0);
    expect(() => append(wallet, first, { ...draft, amountMinor: -101 }, start)).toThrow('below zero');
    expect(() => append(wallet, undefined, { ...draft, amountMinor: -1 }, start)).toThrow('below zero');
  });

  it.each([
    [0, 'non-zero'],
    [-0, 'non-zero'],
    [0.5, 'whole'],
    [Number.NaN, 'whole'],
    [2 ** 53, 'whole'],
    [AMOUNT_MINOR_MAX + 1, 'stays exact'],
  ])('never moves %p', (amountMinor, complaint) => {
    expect(() => append(wallet, undefined, { ...draft, amountMinor }, start)).toThrow(complaint);
  });

  it.each<[string, Partial<WalletId>]>([
    ['merchant', { merchantId: 'mer_2' }],
    ['mode', { mode: 'test' }],
    ['currency', { currency: 'ZWG' }],
  ])('never continues in the wallet of another %s', (_what, other) => {
    const [first] = chainOf([{ kind: 'adjustment', amountMinor: 100, skewMs: 0 }]);
    expect(() => append({ ...wallet, ...other }, first, { ...draft, amountMinor: 1 }, start)).toThrow('one wallet');
    expect(walletKey({ ...wallet, ...other })).not.toBe(walletKey(wallet));
    expect(genesisHash({ ...wallet, ...other })).not.toBe(genesisHash(wallet));
  });

  it('keeps its order when the clock goes back', () => {
    const [first] = chainOf([{ kind: 'adjustment', amountMinor: 100, skewMs: 0 }]);
    expect(append(wallet, first, { ...draft, amountMinor: -1 }, plus(start, -60_000)).at).toBe(first?.at);
  });
});

describe('the chain shows', () => {
  const EDITS: readonly [keyof Entry, (entry: Entry) => unknown][] = [
    ['amountMinor', (entry) => entry.amountMinor + 1],
    ['balanceAfterMinor', (entry) => entry.balanceAfterMinor + 1],
    ['description', (entry) => `${entry.description}.`],
    ['at', (entry) => plus(entry.at, 1)],
    ['id', (entry) => `${entry.id}0`],
    ['kind', (entry) => (entry.kind === 'refund' ? 'order' : 'refund')],
    ['orderId', (entry) => `${entry.orderId}0`],
    ['agentReference', (entry) => `${entry.agentReference}0`],
    ['counterAccount', () => 'elsewhere'],
    ['seq', (entry) => entry.seq + 1],
    ['hash', () => 'f'.repeat(64)],
    ['previousHash', () => '0'.repeat(64)],
    ['merchantId', () => 'mer_2'],
    ['mode', () => 'test'],
    ['currency', () => 'ZWG'],
  ];

  it.each(EDITS)('an edit of %s, at the entry that was edited', (field, edit) => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, number) => {
        const place = number % chain.length;
        const entry = at(chain, place);
        expect(firstViolation(chain.with(place, { ...entry, [field]: edit(entry) } as Entry))).toBe(place);
      }),
    );
  });

  it('an edit of any field: the list above is complete', () => {
    const [first] = chainOf([{ kind: 'order', amountMinor: 1, skewMs: 0 }]);
    expect(Object.keys(first ?? {}).sort()).toEqual(EDITS.map(([field]) => field).sort());
  });

  it('a deletion, where the entry is missing', () => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, number) => {
        const place = number % (chain.length - 1);
        expect(firstViolation(chain.toSpliced(place, 1))).toBe(place);
      }),
    );
  });

  it('an insertion, at the inserted entry: a copy, or an entry of another wallet', () => {
    const others = moves.map((each) => chainOf(each, { ...wallet, merchantId: 'mer_2' }));
    fc.assert(
      fc.property(chains, others, fc.nat(), fc.nat(), (chain, other, number, which) => {
        const place = 1 + (number % chain.length);
        const copied = which % chain.length;
        const found = firstViolation(chain.toSpliced(place, 0, at(chain, copied)));
        expect(found).toBe(copied === place ? place + 1 : place);
        expect(firstViolation(chain.toSpliced(place, 0, at(other, which % other.length)))).toBe(place);
      }),
    );
  });

  it('an entry that was forged with a right hash, at the entry after it', () => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, number) => {
        const place = number % (chain.length - 1);
        const amountMinor = 1_234_567;
        const forged = append(wallet, chain[place - 1], { ...draft, kind: 'adjustment', amountMinor }, start);
        expect(firstViolation(chain.with(place, forged))).toBe(place + 1);
      }),
    );
  });

  it('a swap, at the first of the two', () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.nat(), (chain, a, b) => {
        const [first = 0, second = 0] = [a % chain.length, b % chain.length].sort((x, y) => x - y);
        fc.pre(first !== second);
        const swapped = chain.with(first, at(chain, second)).with(second, at(chain, first));
        expect(firstViolation(swapped)).toBe(first);
      }),
    );
  });

  it('neither that its end was cut off nor a rewriting of all that follows: for these there are signed heads', () => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, number) => {
        const place = number % chain.length;
        expect(firstViolation(chain.slice(0, place))).toBeUndefined();
        const rewritten = chain.slice(0, place);
        for (const { id, kind, description, amountMinor, at: when } of chain.slice(place)) {
          const other = { id, kind, description, amountMinor: Math.abs(amountMinor) + 1 };
          rewritten.push(append(wallet, rewritten.at(-1), other, when));
        }
        expect(firstViolation(rewritten)).toBeUndefined();
      }),
    );
  });

  it('the mismatch in a text that names the entry', () => {
    const [first, second] = chainOf([
      { kind: 'adjustment', amountMinor: 100, skewMs: 0 },
      { kind: 'order', amountMinor: -30, skewMs: 0 },
    ]);
    if (!first || !second) throw new Error('two entries');
    expect(mismatchIn(wallet, first, second)).toBeUndefined();
    expect(mismatchIn(wallet, undefined, second)).toBe('entry 1 is missing: found 2');
    expect(mismatchIn(wallet, undefined, { ...first, amountMinor: 101 })).toBe(
      'entry 1 was changed after it was written',
    );
    expect(mismatchIn({ ...wallet, mode: 'test' }, undefined, first)).toBe('entry 1 belongs to another wallet');
  });
});
