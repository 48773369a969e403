import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base32, composeKey, KEY_PATTERN, KEY_RANDOM_BYTES, modeOfKey } from '../../shared/domain/key.ts';

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const secrets = fc.uint8Array({ minLength: KEY_RANDOM_BYTES, maxLength: KEY_RANDOM_BYTES });
const modes = fc.constantFrom('live' as const, 'test' as const);

/** Keys for the typo tests: the same every time, so that a failure can be reproduced. */
const samples = fc.sample(fc.tuple(modes, secrets), { numRuns: 4, seed: 20260507 });

describe('an API key', () => {
  it('is atk_, its mode and 38 characters without i, l, o or u', () => {
    fc.assert(
      fc.property(modes, secrets, (mode, bytes) => {
        const key = composeKey(mode, bytes);
        expect(key).toMatch(KEY_PATTERN);
        expect(key).toMatch(new RegExp(`^atk_${mode}_[${LETTERS}]{38}$`));
        expect(modeOfKey(key)).toBe(mode);
      }),
    );
  });

  it('keeps all of its 160 random bits', () => {
    expect(KEY_RANDOM_BYTES * 8).toBe(160);
    for (let bit = 0; bit < 160; bit += 1) {
      const bytes = new Uint8Array(KEY_RANDOM_BYTES);
      const other = bytes.with(bit >> 3, 1 << (bit & 7));
      expect(base32(other)).not.toBe(base32(bytes));
      expect(base32(other)).toHaveLength(32);
    }
  });

  it('with one mistyped character is detected without a read', () => {
    const unnoticed = samples.flatMap(([mode, bytes]) => {
      const key = composeKey(mode, bytes);
      return Array.from(key).flatMap((right, place) =>
        Array.from(`${LETTERS}ilouA_- `)
          .filter((wrong) => wrong !== right)
          .map((wrong) => key.slice(0, place) + wrong + key.slice(place + 1))
          .filter((typo) => modeOfKey(typo) !== undefined),
      );
    });
    expect(unnoticed).toEqual([]);
  });

  it('with two neighbours swapped, a character lost or one doubled is detected', () => {
    for (const [mode, bytes] of samples) {
      const key = composeKey(mode, bytes);
      for (let place = 0; place < key.length; place += 1) {
        const swapped = `${key.slice(0, place)}${key.charAt(place + 1)}${key.charAt(place)}${key.slice(place + 2)}`;
        if (swapped !== key) expect(modeOfKey(swapped)).toBeUndefined();
        expect(modeOfKey(key.slice(0, place) + key.slice(place + 1))).toBeUndefined();
        expect(modeOfKey(key.slice(0, place) + key.charAt(place) + key.slice(place))).toBeUndefined();
      }
    }
  });

  it('of one mode cannot be turned into one of the other', () => {
    for (const [, bytes] of samples) {
      expect(modeOfKey(composeKey('test', bytes).replace('_test_', '_live_'))).toBeUndefined();
    }
  });

  it.each(['', 'atk_', 'atk_live_', 'Bearer x', `atk_live_${'0'.repeat(37)}`, `atk_demo_${'0'.repeat(38)}`])(
    'is not %p',
    (text) => {
      expect(modeOfKey(text)).toBeUndefined();
    },
  );

  it('is not any other text of the same form', () => {
    for (let texts = 0; texts < 300; texts += 1) {
      const text = `atk_live_${base32(randomBytes(24)).slice(0, 38)}`;
      expect([text, modeOfKey(text)]).toEqual([text, undefined]);
    }
  });
});

it.each([
  [[], ''],
  [[0], '00'],
  [[0xff], 'zw'],
  [[0xff, 0xff, 0xff, 0xff, 0xff], 'zzzzzzzz'],
  [[0x66, 0x6f, 0x6f], 'csqpy'],
])('base32 of %p is %p', (bytes, text) => {
  expect(base32(Uint8Array.from(bytes))).toBe(text);
});
