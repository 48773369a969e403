import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Leaf } from '../../shared/domain/head.ts';
import {
  leafHash,
  leafText,
  PAGES_MAX,
  pageOf,
  pagesFor,
  parseLeaf,
  parseWalletKey,
  rootFrom,
  rootOf,
  stepsFrom,
} from '../../shared/domain/head.ts';
import { walletKey } from '../../shared/domain/ledger.ts';

const leaf: Leaf = {
  merchantId: 'mer_1',
  mode: 'live',
  currency: 'USD',
  seq: 41,
  hash: 'ab'.repeat(32),
  balanceMinor: 950,
};
const texts = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 });

describe('a leaf', () => {
  it('is a text that can be read again', () => {
    expect(leafText(leaf)).toBe(`mer_1#live#USD 41 ${leaf.hash} 950`);
    expect(parseLeaf(leafText(leaf))).toEqual(leaf);
  });

  it.each(['', 'x', 'mer_1#live#USD', `mer_1#other#USD 1 ${leaf.hash} 1`, `${leafText(leaf)}\n`])(
    'is not read from %j',
    (text) => {
      expect(() => parseLeaf(text)).toThrow('a leaf names a wallet');
    },
  );

  it.each(['mer_1#live', 'mer_1#live#EUR', 'mer_1#live#USD#x', 'm r#live#USD', '#live#USD', 'adjustment#mer_1#live#x'])(
    '%s is no key of a wallet',
    (key) => {
      expect(parseWalletKey(key)).toBeUndefined();
    },
  );
});

describe('the tree', () => {
  it('leads from every leaf to one root, and from nothing else', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (all, number) => {
        const place = number % all.length;
        const text = all[place] ?? '';
        const hashes = all.map(leafHash);
        const steps = stepsFrom(hashes, place);
        expect(rootFrom(text, steps)).toBe(rootOf(hashes));
        expect(rootFrom(`${text}x`, steps)).not.toBe(rootOf(hashes));
        expect(rootOf(hashes.with(place, leafHash(`${text}x`)))).not.toBe(rootOf(hashes));
        expect(steps.length).toBeLessThanOrEqual(Math.ceil(Math.log2(all.length)));
      }),
    );
  });

  it('has another root when leaves change places or one is gone', () => {
    const hashes = ['a', 'b', 'c'].map(leafHash);
    const roots = [hashes, hashes.toReversed(), hashes.slice(1), hashes.slice(0, 2), [], [...hashes, leafHash('c')]];
    expect(new Set(roots.map(rootOf)).size).toBe(roots.length);
  });
});

describe('pages', () => {
  it('are divided in two: what was in one is in one of its halves', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(11), (key, exponent) => {
        const pages = 2 ** exponent;
        expect(Math.floor(pageOf(key, 2 * pages) / 2)).toBe(pageOf(key, pages));
        expect(pageOf(key, pages)).toBeLessThan(pages);
      }),
    );
  });

  it('are as many as wallets need, and never fewer than before', () => {
    expect([0, 1, 500, 501, 1_000, 1_001, 100_000].map((wallets) => pagesFor(wallets, 1))).toEqual([
      1, 1, 1, 2, 2, 4, 256,
    ]);
    expect(pagesFor(1, 64)).toBe(64);
    expect(pagesFor(1e9, 1)).toBe(PAGES_MAX);
  });

  it('have about as many wallets each', () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 4_000; n += 1) {
      const page = pageOf(walletKey({ ...leaf, merchantId: `mer_${n}` }), 8);
      counts.set(page, (counts.get(page) ?? 0) + 1);
    }
    expect([counts.size, Math.min(...counts.values()) > 400, Math.max(...counts.values()) < 600]).toEqual([
      8,
      true,
      true,
    ]);
  });
});
