import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { NOT_FOUND_FUNCTION, openRoutes, routes, workers } from '../shared/routes.ts';

/**
 * Bundles every function in one run: minified CommonJS, one file each, as CDK deploys them. CommonJS because an ESM
 * import of `node:http` loads undici and http2 at every cold start. Fails if a bundle has what none may have.
 */

/** What no function may carry, by a part of its path or its module name, and why. */
const BANNED: readonly { part: string; because: string }[] = [
  { part: 'zod/v4/locales', because: 'all languages of zod: import zod/mini' },
  { part: 'undici', because: 'the global fetch: use shared/aws/http.ts' },
];

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** The files in `functions/` that are deployed. */
export function functionFiles(): string[] {
  const names = [...Object.values(routes), ...Object.values(openRoutes)].map((route) => route.name);
  return [...new Set([...names, NOT_FOUND_FUNCTION, ...Object.values(workers).map((worker) => worker.file)])].sort();
}

/** Writes `<out>/<file>/index.js` for each function and answers their sizes. */
export async function bundle(out = 'dist'): Promise<Bundle[]> {
  rmSync(out, { recursive: true, force: true });
  const files = functionFiles();
  const result = await build({
    entryPoints: files.map((file) => ({ in: `functions/${file}.ts`, out: `${file}/index` })),
    outdir: out,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    plugins: [withoutHttp2],
  });
  // The project is made of ES modules; what is deployed is not, and each folder is deployed alone.
  writeFileSync(`${out}/package.json`, '{ "type": "commonjs" }\n');
  const bundles = Object.entries(result.metafile.outputs).map(([path, output]) => {
    for (const { part, because } of BANNED) {
      const found = [...Object.keys(output.inputs), ...output.imports.map((each) => each.path)].find(
        (input) => input.includes(part) && (output.inputs[input]?.bytesInOutput ?? 1) > 0,
      );
      if (found) throw new Error(`${path} contains ${found}; ${because}`);
    }
    return { file: path.replace(`${out}/`, '').replace('/index.js', ''), bytes: output.bytes };
  });
  return bundles.sort((a, b) => a.file.localeCompare(b.file));
}

/** The SDK's HTTP/2 client is imported with its HTTP client and never used here; loading it costs a cold start. */
const withoutHttp2: import('esbuild').Plugin = {
  name: 'without-http2',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http2$/ }, () => ({ path: 'http2', namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents:
        'module.exports = { constants: {}, connect() { throw new Error("http2 is not part of this bundle"); } };',
    }));
  },
};

/** Sizes as a table for the console. */
export function sizesOf(bundles: readonly Bundle[]): string {
  const width = Math.max(...bundles.map((each) => each.file.length));
  return bundles
    .map(({ file, bytes }) => `  ${file.padEnd(width)}  ${(bytes / 1024).toFixed(0).padStart(4)} kB`)
    .join('\n');
}

if (import.meta.main) process.stdout.write(`${sizesOf(await bundle())}\n`);
