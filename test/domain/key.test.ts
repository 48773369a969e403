import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { base32, composeKey, KEY_PATTERN, KEY_RANDOM_BYTES, modeOfKey } from '../../shared/domain/key.ts';

describe('an API key', () => {
  it('carries its mode, 160 random bits and a checksum', () => {
    const key = composeKey('live', randomBytes(KEY_RANDOM_BYTES));
    expect(key).toMatch(KEY_PATTERN);
    expect(modeOfKey(key)).toBe('live');
    expect(modeOfKey(composeKey('test', randomBytes(KEY_RANDOM_BYTES)))).toBe('test');
    expect(KEY_RANDOM_BYTES * 8).toBe(160);
  });

  it('with any one character mistyped is found out without a look-up', () => {
    const alphabet = '0123456789abcdefghjkmnpqrstvwxyzilou_-';
    for (let keys = 0; keys < 20; keys += 1) {
      const key = composeKey('live', randomBytes(KEY_RANDOM_BYTES));
      for (let place = 0; place < key.length; place += 1) {
        for (const typo of alphabet) {
          if (typo === key[place]) continue;
          expect(modeOfKey(key.slice(0, place) + typo + key.slice(place + 1))).toBeUndefined();
        }
      }
    }
  });

  it('is not any text that merely looks like one', () => {
    expect(modeOfKey('')).toBeUndefined();
    expect(modeOfKey('atk_live_')).toBeUndefined();
    for (let texts = 0; texts < 10_000; texts += 1) {
      expect(modeOfKey(`atk_live_${base32(randomBytes(24)).slice(0, 38)}`)).toBeUndefined();
    }
  });
});

it('base32 keeps every bit', () => {
  expect(base32(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff]))).toBe('zzzzzzzz');
  expect(base32(Uint8Array.from([0]))).toBe('00');
  expect(new Set(Array.from({ length: 256 }, (_, byte) => base32(Uint8Array.from([byte])))).size).toBe(256);
});
