import { registerHooks } from 'node:module';
import { PLANTED_BUGS } from './planted-bugs.ts';

/** Preloaded into a simulation: plants the bug whose number is in PLANTED_BUG into the source as it is loaded. */
const bug = PLANTED_BUGS[Number(process.env.PLANTED_BUG)];
if (!bug) throw new Error('PLANTED_BUG names no bug');

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const edits = [bug, bug.also].flat().filter((edit) => edit && url.endsWith(`/${edit.file}`));
    const source = edits.reduce((text, { file, find, replace }) => {
      if (!text.includes(find)) throw new Error(`nowhere to plant "${bug.name}" in ${file}`);
      return text.replace(find, replace);
    }, String(loaded.source));
    return edits.length > 0 ? { ...loaded, source } : loaded;
  },
});
