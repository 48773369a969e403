import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CONTENT_TYPES,
  cacheControlOf,
  fileOf,
  MISSING_FILE,
  READ_ONLY,
  redirectOf,
  SITE_HEADERS,
} from '../manifest/site.ts';

/** CloudFront on this machine: the pages and files of the site, as the manifest says. */

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Answers for a path as it is in the request: one that is encoded names no file. */
export type Site = (method: string, path: string) => Promise<SiteAnswer>;

const PLAIN = { ...SITE_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** Serves a built site, which `prepare` may build before each page. */
export function serveSite(folder: string, prepare: () => Promise<void> = async () => {}): Site {
  return async (method, path) => {
    if (method !== 'GET' && method !== 'HEAD') {
      return { status: 405, headers: { ...PLAIN, allow: 'GET, HEAD' }, body: READ_ONLY };
    }
    const location = redirectOf(path);
    if (location !== undefined) return { status: 302, headers: { ...PLAIN, location }, body: '' };
    const file = fileOf(path);
    if (!file?.startsWith('docs/assets/')) await prepare();
    const bytes = file === undefined || file === MISSING_FILE ? undefined : await read(folder, file);
    if (file !== undefined && bytes !== undefined) return answer(200, path, file, bytes);
    const missing = (await read(folder, MISSING_FILE)) ?? Buffer.from('The site is not built: see `npm run site`.\n');
    return answer(404, path, MISSING_FILE, missing);
  };
}

function answer(status: number, path: string, file: string, body: Uint8Array): SiteAnswer {
  const type = CONTENT_TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { status, headers: { ...SITE_HEADERS, 'content-type': type, 'cache-control': cacheControlOf(path) }, body };
}

async function read(folder: string, file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(folder, file));
  } catch {
    return undefined; // A folder's name is no file's name, either.
  }
}
