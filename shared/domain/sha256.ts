import { createHash } from 'node:crypto';

/** SHA-256 of a UTF-8 text, in lower-case hex. The only Node built-in that the domain uses, because it is pure. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
