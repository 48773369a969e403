import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { Assets } from './layout.ts';

/** Styles and scripts, with a hash of their bytes in their names, so that browsers may keep them for ever. */

export const ASSETS_URL = '/docs/assets/';

const BROWSER = join(import.meta.dirname, 'browser');

/** Writes a file under a name that changes with its bytes; its URL. */
export function writeHashed(folder: string, name: string, ending: string, bytes: string | Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const file = `${name}.${hash}.${ending}`;
  const path = join(folder, ASSETS_URL, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return ASSETS_URL + file;
}

export type BuiltAssets = Omit<Assets, 'searchIndex'> & { readonly tryJs: string };

/** Bundles the scripts and styles into a folder. The index of the search is made elsewhere. */
export async function buildAssets(folder: string): Promise<BuiltAssets> {
  const shared = {
    bundle: true,
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'error',
    outdir: join(folder, ASSETS_URL),
    entryNames: '[name].[hash]',
    chunkNames: '[name].[hash]',
    target: 'es2022',
  } as const;
  const [modules, classic] = await Promise.all([
    build({
      ...shared,
      entryPoints: ['page.mjs', 'try.mjs', 'site.css'].map((name) => join(BROWSER, name)),
      format: 'esm',
      splitting: true,
    }),
    build({ ...shared, entryPoints: [join(BROWSER, 'theme.mjs')], format: 'iife' }),
  ]);
  const outputs = Object.entries({ ...modules.metafile.outputs, ...classic.metafile.outputs });
  const urlOf = (entry: string) => {
    const output = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(entry));
    if (!output) throw new Error(`${entry} was not built`);
    return ASSETS_URL + output[0].slice(output[0].lastIndexOf('/') + 1);
  };
  return { css: urlOf('site.css'), themeJs: urlOf('theme.mjs'), pageJs: urlOf('page.mjs'), tryJs: urlOf('try.mjs') };
}
