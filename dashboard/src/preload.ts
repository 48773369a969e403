/**
 * What loads the files of a page before its code is run, in place of the bundler's own: the build puts it there. A
 * browser never asks a second time for a module that failed, so each file is fetched first, as often as it takes, and
 * then comes from the browser's cache.
 */

const TRIES = 3;
const PAUSE_MS = 500;
/** Begun with what the document itself has loaded, without which nothing of this would run. */
const loading = new Map<string, Promise<unknown>>(
  [...document.querySelectorAll<HTMLElement>('link[href], script[src]')].map((each) => [
    each.getAttribute('href') ?? each.getAttribute('src') ?? '',
    Promise.resolve(),
  ]),
);

/** Called for each `import()`, with the files that it needs. */
export async function __vitePreload<Module>(
  load: () => Promise<Module>,
  files: readonly string[] = [],
): Promise<Module> {
  await Promise.all(files.map(once));
  return load();
}

function once(file: string): Promise<unknown> {
  const url = import.meta.env.BASE_URL + file;
  const known = loading.get(url);
  if (known) return known;
  const begun = again(() => (file.endsWith('.css') ? loadStyles(url) : loadBytes(url)), TRIES);
  loading.set(url, begun);
  begun.catch(() => loading.delete(url));
  return begun;
}

async function again(load: () => Promise<unknown>, triesLeft: number): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    if (triesLeft <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return again(load, triesLeft - 1);
  }
}

async function loadBytes(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.arrayBuffer();
}

function loadStyles(url: string): Promise<unknown> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = url;
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error(url));
    };
    document.head.append(link);
  });
}
