import { rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { functionFiles } from '../shared/manifest/functions.ts';
import type { OpenRoute, Route } from '../shared/manifest/route.ts';
import { openRoutes, routes } from '../shared/manifest/routes.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';

/**
 * Bundles every function in one run, and those with access to files in another: minified CommonJS, one file each, as
 * CDK deploys them. CommonJS because an ESM import of `node:http` loads undici and http2 at every cold start. Fails if
 * a bundle has what none may have.
 */

const OUT = 'dist';

/** What no function may carry, by a part of its path or its module name, and why. */
const BANNED: readonly { part: string; because: string }[] = [
  { part: 'zod/v4/locales', because: 'all languages of zod: import zod/mini' },
  { part: 'undici', because: 'the global fetch: use shared/aws/http.ts' },
  { part: 'http2', because: 'a slow start for nothing: the SDK has a handler without it' },
];

/** A third of a function that carries them. Without access to files nothing ever loads them. */
const FILE_CLIENTS = ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'];

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** The names of the functions that are deployed. */
export function functionNames(): string[] {
  return [...functionFiles.keys()].sort();
}

/** Those that `routes.ts` gives access to files. */
export function functionsWithFiles(): string[] {
  const endpoints: readonly (Route | OpenRoute)[] = [...Object.values(routes), ...Object.values(openRoutes)];
  const others: readonly Worker[] = Object.values(workers);
  const found = [
    ...endpoints.filter(({ access }) => access.files).map(({ name }) => name),
    ...others.filter(({ access }) => access.files).map(({ file }) => file),
  ];
  return [...new Set(found)];
}

/** Writes `<out>/<file>/index.js` for each function and answers their sizes. Whatever was in the folder goes. */
export async function bundle(out = OUT, withFiles = functionsWithFiles(), names = functionNames()): Promise<Bundle[]> {
  rmSync(out, { recursive: true, force: true });
  const withoutFiles = names.filter((file) => !withFiles.includes(file));
  const bundles = await Promise.all([run(out, withoutFiles, FILE_CLIENTS), run(out, withFiles, [])]);
  // The project is made of ES modules; what is deployed is not, and each folder is deployed alone.
  writeFileSync(`${out}/package.json`, '{ "type": "commonjs" }\n');
  return bundles.flat().sort((a, b) => a.file.localeCompare(b.file));
}

async function run(out: string, files: readonly string[], left: string[]): Promise<Bundle[]> {
  const result = await build({
    entryPoints: files.map((file) => ({ in: functionFiles.get(file) ?? file, out: `${file}/index` })),
    outdir: out,
    bundle: true,
    external: left,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    // The SDK imports node:http when it first calls; left as an import, that is the very load CommonJS is to avoid.
    supported: { 'dynamic-import': false },
  });
  return Object.entries(result.metafile.outputs).map(([path, output]) => {
    for (const { part, because } of BANNED) {
      const found = [...Object.keys(output.inputs), ...output.imports.map((each) => each.path)].find(
        (input) => input.includes(part) && (output.inputs[input]?.bytesInOutput ?? 1) > 0,
      );
      if (found) throw new Error(`${path} contains ${found}; ${because}`);
    }
    const missing = output.imports.find((each) => !isBuiltin(each.path) && !left.includes(each.path));
    if (missing) throw new Error(`${path} needs ${missing.path}, which is neither in it nor part of Node`);
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
