import { rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { functionFiles } from '../shared/manifest/functions.ts';
import { families } from '../shared/manifest/routes.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';

/**
 * Bundles all functions, those with access to files separately: minified CommonJS, one file each, as CDK deploys them.
 * CommonJS because an ESM import of `node:http` loads undici and http2 at every cold start. Fails if a bundle contains
 * what none may contain.
 */

const OUT = 'dist';

/** What no bundle may contain, by a part of its path or module name, and why. */
const BANNED: readonly { part: string; because: string }[] = [
  { part: 'zod/v4/locales', because: 'it has all languages of zod: import zod/mini' },
  { part: 'undici', because: 'it is slow to load: use shared/aws/http.ts instead of the global fetch' },
  { part: 'http2', because: 'it is slow to load: the SDK has a request handler without it' },
];

/** They are a third of a bundle that contains them, and a function without access to files never loads them. */
const FILE_CLIENTS = ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'];

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** The names of the functions that are deployed. */
export function functionNames(): string[] {
  return [...functionFiles.keys()].sort();
}

/** The functions that the manifest gives access to files. */
export function functionsWithFiles(): string[] {
  const allWorkers: readonly Worker[] = Object.values(workers);
  const found = [
    ...Object.values(families)
      .flat()
      .filter(({ access }) => access.files)
      .map(({ name }) => name),
    ...allWorkers.filter(({ access }) => access.files).map(({ file }) => file),
  ];
  return [...new Set(found)];
}

/** Empties the folder, writes `<out>/<function>/index.js` for each function, and returns their sizes. */
export async function bundle(out = OUT, withFiles = functionsWithFiles(), names = functionNames()): Promise<Bundle[]> {
  rmSync(out, { recursive: true, force: true });
  const withoutFiles = names.filter((file) => !withFiles.includes(file));
  const bundles = await Promise.all([buildAll(out, withoutFiles, FILE_CLIENTS), buildAll(out, withFiles, [])]);
  // The project's own package.json says that its files are ES modules; the bundles are not.
  writeFileSync(`${out}/package.json`, '{ "type": "commonjs" }\n');
  return bundles.flat().sort((a, b) => a.file.localeCompare(b.file));
}

async function buildAll(out: string, files: readonly string[], external: string[]): Promise<Bundle[]> {
  const result = await build({
    entryPoints: files.map((file) => ({ in: functionFiles.get(file) ?? file, out: `${file}/index` })),
    outdir: out,
    bundle: true,
    external,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    // The SDK imports node:http at its first call. Kept as an import, it would load what CommonJS avoids.
    supported: { 'dynamic-import': false },
  });
  return Object.entries(result.metafile.outputs).map(([path, output]) => {
    for (const { part, because } of BANNED) {
      const found = [...Object.keys(output.inputs), ...output.imports.map((each) => each.path)].find(
        (input) => input.includes(part) && (output.inputs[input]?.bytesInOutput ?? 1) > 0,
      );
      if (found) throw new Error(`${path} contains ${found}: ${because}`);
    }
    const missing = output.imports.find((each) => !isBuiltin(each.path) && !external.includes(each.path));
    if (missing) throw new Error(`${path} imports ${missing.path}, which is neither bundled nor part of Node`);
    return { file: path.split('/').at(-2) ?? path, bytes: output.bytes };
  });
}

/** Sizes as a table for the console. */
export function sizesOf(bundles: readonly Bundle[]): string {
  const width = Math.max(...bundles.map((each) => each.file.length));
  return bundles
    .map(({ file, bytes }) => `  ${file.padEnd(width)}  ${(bytes / 1024).toFixed(0).padStart(4)} kB`)
    .join('\n');
}

if (import.meta.main) process.stdout.write(`${sizesOf(await bundle())}\n`);
