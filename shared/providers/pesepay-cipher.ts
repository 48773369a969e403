import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * The encryption of every Pesepay message: AES-256-CBC, PKCS#7, base64, with the key's own first half for an
 * initialisation vector (providers.md 2). It keeps secrets and proves nothing: there is no authentication, so a changed
 * message may decrypt to other text. Whatever is read with it must be compared with what was asked.
 */

const ALGORITHM = 'aes-256-cbc';
const BLOCK_BYTES = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function encrypt(text: string, key: string): string {
  const cipher = createCipheriv(ALGORITHM, Buffer.from(key, 'utf8'), Buffer.from(key.slice(0, BLOCK_BYTES), 'utf8'));
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
}

/** The text, or `undefined` when this is not base64 of whole blocks that the key turns into UTF-8. Never throws. */
export function decrypt(payload: string, key: string): string | undefined {
  // Node's own reading skips whatever is not base64. Broken lines are, in the form that mail uses.
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
