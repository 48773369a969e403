import { registerHooks } from 'node:module';
import { PLANTED_BUGS } from './planted-bugs.ts';

/** Preload it with `--import`: it plants the bug number PLANTED_BUG into the source as that is loaded. */
const bug = PLANTED_BUGS[Number(process.env.PLANTED_BUG)];
if (!bug) throw new Error('PLANTED_BUG is not the number of a bug');

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const edits = [bug, bug.also].flat().filter((edit) => edit && url.endsWith(`/${edit.file}`));
    const source = edits.reduce((text, { file, find, replace }) => {
      if (!text.includes(find)) throw new Error(`the source text of "${bug.name}" is not in ${file}`);
      return text.replace(find, replace);
    }, String(loaded.source));
    return edits.length > 0 ? { ...loaded, source } : loaded;
  },
});
