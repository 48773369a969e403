import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** Jest transformer: removes types and keeps every line where it was, as Node itself does when it runs our sources. */
export function process(source) {
  return { code: stripTypeScriptTypes(source, { mode: 'strip' }) };
}

export function getCacheKey(source, file) {
  return createHash('sha1')
    .update(globalThis.process.version + file + source)
    .digest('hex');
}
