import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { preferredEncoding } from '../http/preferred-encoding.ts';
import {
  APP_ASSETS,
  APP_CONFIG,
  appHeaders,
  CONTENT_TYPES,
  cacheControlOf,
  fileOf,
  isAppPath,
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
export type Site = (method: string, path: string, acceptEncoding?: string) => Promise<SiteAnswer>;

const PLAIN = { ...SITE_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** The dashboard: where it is built, what builds it, and what its page reads before anything else. */
interface App {
  readonly folder: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly prepare?: () => Promise<void>;
  /** Which origins beside its own it may reach. */
  readonly origins?: readonly string[];
}

/** Serves a built site, which `prepare` may build before each page, and the dashboard below its own path. */
export function serveSite(folder: string, prepare: () => Promise<void> = async () => {}, app?: App): Site {
  const compress = compressor();
  const serve: Site = async (method, path) => {
    if (method !== 'GET' && method !== 'HEAD') {
      return { status: 405, headers: { ...PLAIN, allow: 'GET, HEAD' }, body: READ_ONLY };
    }
    const location = redirectOf(path);
    if (location !== undefined) return { status: 302, headers: { ...PLAIN, location }, body: '' };
    const found = app && isAppPath(path) ? await appFile(app, path) : await siteFile(folder, prepare, path);
    if (found) return answer(200, path, found, app && isAppPath(path) ? appHeaders(app.origins ?? []) : SITE_HEADERS);
    const missing = (await read(folder, MISSING_FILE)) ?? Buffer.from('The site is not built: see `npm run site`.\n');
    return answer(404, path, { file: MISSING_FILE, bytes: missing }, SITE_HEADERS);
  };
  return async (method, path, accepted) => compress(path, await serve(method, path), accepted);
}

interface Found {
  readonly file: string;
  readonly bytes: Uint8Array;
}

async function siteFile(folder: string, prepare: () => Promise<void>, path: string): Promise<Found | undefined> {
  const file = fileOf(path);
  if (!file?.startsWith('docs/assets/')) await prepare();
  return file === undefined || file === MISSING_FILE ? undefined : found(file, await read(folder, file));
}

async function appFile({ folder, config, prepare }: App, path: string): Promise<Found | undefined> {
  const file = fileOf(path);
  if (file === undefined) return undefined;
  if (path === APP_CONFIG) return found(file, Buffer.from(JSON.stringify(config)));
  if (!path.startsWith(APP_ASSETS)) await prepare?.();
  return found(file, await read(folder, file));
}

function found(file: string, bytes: Uint8Array | undefined): Found | undefined {
  return bytes && { file, bytes };
}

function answer(status: number, path: string, { file, bytes: body }: Found, headers: typeof SITE_HEADERS): SiteAnswer {
  const type = CONTENT_TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { status, headers: { ...headers, 'content-type': type, 'cache-control': cacheControlOf(path) }, body };
}

async function read(folder: string, file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(folder, file));
  } catch {
    return undefined; // A folder's name is no file's name, either.
  }
}

/** As CloudFront's `compress`, which leaves smaller files as they are. */
const COMPRESS_BYTES_MIN = 1_024;
/** What CloudFront takes about: a page is compressed once, while somebody waits. */
const BROTLI_QUALITY = 5;

const encoders = {
  br: (bytes: Uint8Array) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes),
};

/** Compresses what is text, once for as long as a file stays as it is. */
function compressor() {
  const done = new Map<string, { readonly from: Buffer; readonly to: Promise<Uint8Array> }>();
  return async (path: string, plain: SiteAnswer, accepted = ''): Promise<SiteAnswer> => {
    const from = Buffer.from(plain.body);
    if (plain.status !== 200 || from.length < COMPRESS_BYTES_MIN) return plain;
    const headers = { ...plain.headers, vary: 'accept-encoding' };
    const encoding = preferredEncoding(accepted);
    if (!encoding) return { ...plain, headers };
    // Paths of the dashboard have one page among them.
    const key = `${encoding} ${isAppPath(path) ? fileOf(path) : path}`;
    let known = done.get(key);
    if (!known?.from.equals(from)) {
      known = { from, to: encoders[encoding](from) };
      done.set(key, known);
    }
    return { status: 200, headers: { ...headers, 'content-encoding': encoding }, body: await known.to };
  };
}
