import './compile-once.mjs';
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** The planted bugs, only where one is to be planted: the proof that a named test catches it. */
const bugs = process.env.PLANTED_BUG ? await import('../simulation/planted-source.ts') : undefined;
const plant = (source, file) => (bugs ? bugs.plantInto(bugs.bugToPlant(), file, source) : source);

/** Jest transformer: removes types and keeps every line where it was, as Node itself does when it runs our sources. */
const transformer = {
  process: (source, file) => ({ code: stripTypeScriptTypes(plant(source, file), { mode: 'strip' }) }),
  getCacheKey: (source, file) =>
    createHash('sha1')
      .update(process.version + file + plant(source, file))
      .digest('hex'),
};

// biome-ignore lint/style/noDefaultExport: jest loads a transformer only by its default export
export default transformer;
