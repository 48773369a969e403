import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** Jest transformer: removes types and keeps every line where it was, as Node itself does when it runs our sources. */
const transformer = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
  getCacheKey: (source, file) =>
    createHash('sha1')
      .update(process.version + file + source)
      .digest('hex'),
};

// biome-ignore lint/style/noDefaultExport: jest loads a transformer only by its default export
export default transformer;
