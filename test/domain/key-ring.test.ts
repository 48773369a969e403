import { describe, expect, it } from '@jest/globals';
import type { KeyRing } from '../../shared/domain/key-ring.ts';
import {
  acceptedKeys,
  KEY_SPREAD_MS,
  keyOfVersion,
  parseKeyRing,
  signingKey,
  withNewKey,
} from '../../shared/domain/key-ring.ts';
import { HOUR, plus } from '../../shared/domain/time.ts';

const AT = '2026-05-07T08:00:00.000Z';
const first = parseKeyRing('made by CloudFormation');

function rotated(ring: KeyRing, overlapMs: number, at = AT): KeyRing {
  const next = withNewKey(ring, { key: `after ${ring.keys[0]?.key}`, overlapMs, at });
  if (!next) throw new Error('an overlap is not over');
  return parseKeyRing(JSON.stringify(next));
}

const accepted = (ring: KeyRing, at: string) => acceptedKeys(ring, at).map(({ version }) => version);

describe('a ring of keys', () => {
  it('begins with the text that its secret was made with', () => {
    expect(first.keys).toEqual([{ version: 1, key: 'made by CloudFormation' }]);
    expect(() => parseKeyRing('{"keys":[]}')).toThrow('a ring of keys');
    expect(() => parseKeyRing('{"keys":[{"version":1,"key":""}]}')).toThrow('a ring of keys');
  });

  it('accepts a new key at once and signs with it when every process has read it', () => {
    const ring = rotated(first, HOUR);
    expect([signingKey(ring, AT).version, accepted(ring, AT)]).toEqual([1, [2, 1]]);
    expect(signingKey(ring, plus(AT, KEY_SPREAD_MS - 1)).version).toBe(1);
    expect(signingKey(ring, plus(AT, KEY_SPREAD_MS)).version).toBe(2);
  });

  it('accepts the old key until the overlap ends, and then the new one alone', () => {
    const ring = rotated(first, HOUR);
    expect(accepted(ring, plus(AT, HOUR - 1))).toEqual([2, 1]);
    expect(accepted(ring, plus(AT, HOUR))).toEqual([2]);
    expect(keyOfVersion(ring, 1, plus(AT, HOUR - 1)).version).toBe(1);
    expect(keyOfVersion(ring, 1, plus(AT, HOUR)).version).toBe(2);
  });

  it('has two keys at most: a rotation waits for the end of an overlap', () => {
    const ring = rotated(first, HOUR);
    expect(withNewKey(ring, { key: 'x', overlapMs: HOUR, at: plus(AT, HOUR - 1) })).toBeUndefined();
    const third = rotated(ring, HOUR, plus(AT, HOUR));
    expect(third.keys.map(({ version }) => version)).toEqual([3, 2]);
  });

  it('of a key that leaked is the new key alone, which signs at once, also during an overlap', () => {
    const ring = rotated(rotated(first, HOUR), 0);
    expect([signingKey(ring, AT).version, accepted(ring, AT)]).toEqual([3, [3]]);
  });
});
