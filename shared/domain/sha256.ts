import { createHash } from 'node:crypto';

/** SHA-256 of a UTF-8 text, in lower-case hex. Pure, so the domain may use it: the only Node built-in it knows. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
