import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * The encryption of every Pesepay message: AES-256-CBC, PKCS#7, base64, with the first half of the key as the
 * initialisation vector (docs/providers.md). It is confidential but not authenticated: a modified message may decrypt
 * to other text. Every decrypted answer must therefore be compared with the request.
 */

const ALGORITHM = 'aes-256-cbc';
const BLOCK_BYTES = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function encrypt(text: string, key: string): string {
  const cipher = createCipheriv(ALGORITHM, Buffer.from(key, 'utf8'), Buffer.from(key.slice(0, BLOCK_BYTES), 'utf8'));
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
}

/** The text; `undefined` if the payload is not base64 of whole blocks that decrypt to UTF-8. Never throws. */
export function decrypt(payload: string, key: string): string | undefined {
  // Node's decoder skips characters that are not base64. Line breaks are allowed, as in e-mail.
  const base64 = payload.replace(/\s+/g, '');
  if (!BASE64.test(base64)) return undefined;
  try {
    const iv = Buffer.from(key.slice(0, BLOCK_BYTES), 'utf8');
    const decipher = createDecipheriv(ALGORITHM, Buffer.from(key, 'utf8'), iv);
    const bytes = Buffer.concat([decipher.update(Buffer.from(base64, 'base64')), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
