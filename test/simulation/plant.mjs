import { registerHooks } from 'node:module';
import { bugToPlant, plantInto } from './planted-source.ts';

/** Preload it with `--import`: it plants the bug named PLANTED_BUG into the source as that is loaded. */
const bug = bugToPlant();

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('.ts')) return loaded;
    const source = String(loaded.source);
    const planted = plantInto(bug, url, source);
    return planted === source ? loaded : { ...loaded, source: planted };
  },
});
