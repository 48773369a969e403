import { expect, it } from '@jest/globals';
import { decrypt, encrypt } from '../../shared/providers/pesepay-cipher.ts';

const KEY = '0123456789abcdef0123456789ABCDEF';

it('a payload with anything but base64 in it is not read, although a decoder would skip that', () => {
  const payload = encrypt('{"paid":true}', KEY);
  expect(decrypt(payload, KEY)).toBe('{"paid":true}');
  for (const stray of ['*', '!', '-', '_', '.', 'ä']) {
    expect(decrypt(`${payload.slice(0, 5)}${stray}${payload.slice(5)}`, KEY)).toBeUndefined();
  }
});
