import { rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { build } from 'esbuild';
import type { Access } from '../shared/manifest/access.ts';
import { hasProviders, mayCallGateways, mayCallProviders } from '../shared/manifest/access.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import type { OpenRoute, Route } from '../shared/manifest/route.ts';
import { readsPeople } from '../shared/manifest/route.ts';
import { families, NOT_FOUND_ACCESS, NOT_FOUND_FUNCTION } from '../shared/manifest/routes.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';

/**
 * Bundles all functions: minified CommonJS, one file each, as CDK deploys them. CommonJS because an ESM import of
 * `node:http` loads undici and http2 at every cold start. Fails if a bundle contains what none may contain.
 */

const OUT = 'dist';

/**
 * Lambda hands its credentials over in the environment, so no bundle needs the SDK's search through profiles, single
 * sign-on and instance metadata, a sixth of each.
 */
const CREDENTIALS = './shared/aws/environment-credentials.ts';
const EVENT_STREAMS = './shared/aws/no-event-streams.ts';

/** What no bundle may contain, by a part of its path or module name, and why. */
const BANNED: readonly { part: string; because: string }[] = [
  { part: 'zod/v4/locales', because: 'it has all languages of zod: import zod/mini' },
  { part: 'undici', because: 'it is slow to load: use shared/aws/http.ts instead of the global fetch' },
  { part: 'http2', because: 'it is slow to load: the SDK has a request handler without it' },
];

/**
 * What a bundle contains only if the manifest gives its function what it is for. A cold start compiles and evaluates
 * all of the rest; what is imported later instead makes esbuild wrap all that it shares, which costs as much again.
 * The names are as in the source's imports.
 */
const PARTS: readonly { modules: readonly string[]; isUsed: (access: Access) => boolean }[] = [
  { modules: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'], isUsed: ({ tables }) => tables !== undefined },
  { modules: ['@aws-sdk/client-s3'], isUsed: ({ files, heads }) => files !== undefined || heads !== undefined },
  { modules: ['@aws-sdk/s3-request-presigner'], isUsed: ({ files }) => files !== undefined },
  { modules: ['@aws-sdk/client-kms'], isUsed: ({ heads }) => heads !== undefined },
  { modules: ['@aws-sdk/client-sqs'], isUsed: ({ queues = [] }) => queues.length > 0 },
  { modules: ['@aws-sdk/client-secrets-manager'], isUsed: ({ secrets = [] }) => secrets.length > 0 },
  { modules: ['./provider-adapters.ts'], isUsed: hasProviders },
  { modules: ['../providers/hotrecharge.ts', '../providers/pesaway.ts'], isUsed: mayCallProviders },
  { modules: ['./payment-gateways.ts'], isUsed: mayCallGateways },
  { modules: ['./mail.ts'], isUsed: ({ mail }) => mail === true },
  { modules: ['./outbound.ts'], isUsed: ({ egress }) => egress === true },
];

/**
 * What is needed only for what is rare, as a file of its own beside a function: what reads secrets, for a repeated
 * order that was erased; what keeps a request that was refused; what checks the token of a person; and the client for
 * queues, where a function needs it for that only. Such a part would be up to a twentieth of the cold start of every
 * other request; where it is used for each, two files would load what they share twice.
 */
interface Beside {
  readonly name: string;
  /** Its source in `shared/`. */
  readonly source: string;
  /** The name by which another source imports it. */
  readonly import: string;
  /** What the function's own file has in its place. */
  readonly contents: string;
  isRare(route: Route | OpenRoute): boolean;
  /** Whether it is beside the function for unknown paths, too, whose own file uses nothing of AWS. */
  readonly isOfNotFound?: true;
}

const BESIDE: readonly Beside[] = [
  {
    name: 'secrets',
    source: 'aws/secrets.ts',
    import: './secrets.ts',
    contents: "export const readSecret = async (...args) => require('./secrets.js').readSecret(...args);",
    isRare: ({ access: { secrets } }) => secrets?.join() === 'privacy',
  },
  {
    name: 'queues',
    source: 'aws/queues.ts',
    import: './queues.ts',
    contents: `let queues;
      export const sqsQueues = () => ({
        async send(...args) {
          queues ??= require('./queues.js').sqsQueues();
          return queues.send(...args);
        },
      });`,
    isRare: ({ access: { queues } }) => queues?.join() === 'requests',
  },
  {
    name: 'verify-token',
    source: 'http/verify-token.ts',
    import: './verify-token.ts',
    contents: "export const verifyToken = async (...args) => require('./verify-token.js').verifyToken(...args);",
    isRare: readsPeople,
    isOfNotFound: true,
  },
  {
    name: 'keep-request',
    source: 'http/keep-request.ts',
    import: '../http/keep-request.ts',
    contents: "export const keepRequest = async (...args) => require('./keep-request.js').keepRequest(...args);",
    isRare: ({ access: { queues = [] } }) => queues.includes('requests'),
  },
  {
    name: 'keep-not-found',
    source: 'aws/keep-not-found.ts',
    import: './keep-not-found.ts',
    contents: "export const keepNotFound = async (...args) => require('./keep-not-found.js').keepNotFound(...args);",
    isRare: () => false,
    isOfNotFound: true,
  },
];

const BESIDE_FILES: ReadonlySet<string> = new Set(BESIDE.map(({ name }) => `./${name}.js`));

/** The parts that are beside this function. Workers have all in one file: none of them does what is rare. */
function besideOf(name: string): Beside[] {
  if (name === NOT_FOUND_FUNCTION) return BESIDE.filter(({ isOfNotFound }) => isOfNotFound);
  const routes = Object.values(families).flat();
  return BESIDE.filter(({ isRare }) => routes.some((route) => route.name === name && isRare(route)));
}

/** What its own file uses: that for unknown paths leaves all it is given to the one beside it. */
function ownAccessOf(name: string): Access[] {
  return name === NOT_FOUND_FUNCTION ? [] : accessOf(name);
}

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  /** The packages inside. */
  readonly packages: readonly string[];
}

/** How every bundle is made. */
export const bundleSettings = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  // What is imported when it is used stays in the bundle, and is evaluated then. It also keeps the SDK's import of
  // node:http at its first call a `require`: an import would load what CommonJS avoids.
  supported: { 'dynamic-import': false },
} as const satisfies BuildOptions;

/** The names of the functions that are deployed. */
export function functionNames(): string[] {
  return [...functionFiles.keys()].sort();
}

/** The modules that nothing uses that has these accesses. */
function unused(accesses: readonly Access[]): string[] {
  return PARTS.flatMap(({ modules, isUsed }) => (accesses.some(isUsed) ? [] : modules));
}

/** The modules that are left out of a function's bundle. */
function leftOut(name: string): string[] {
  const parts = unused(ownAccessOf(name));
  // Whoever checks no tokens of people has no need of what checks them, beside it or in it.
  return besideOf(name).some((each) => each.name === 'verify-token') ? parts : [...parts, './verify-token.ts'];
}

/** What the manifest gives a function, or each of the workers that share its file. */
export function accessOf(name: string): Access[] {
  const allWorkers: readonly Worker[] = Object.values(workers);
  return [
    ...[...Object.values(families).flat(), { name: NOT_FOUND_FUNCTION, access: NOT_FOUND_ACCESS }].filter(
      (route) => route.name === name,
    ),
    ...allWorkers.filter(({ file }) => file === name),
  ].map(({ access }) => access);
}

/** Empties the folder, writes `<out>/<function>/index.js` for each function, and returns their sizes. */
export async function bundle(out = OUT, names = functionNames()): Promise<Bundle[]> {
  rmSync(out, { recursive: true, force: true });
  const groups = Map.groupBy(names, (name) => [...leftOut(name), ...besideOf(name).map((each) => each.name)].join());
  const parts = new Map(await Promise.all(BESIDE.map(buildPart)));
  const bundles = await Promise.all([...groups.values()].map((group) => buildAll(out, group, parts)));
  // The project's own package.json says that its files are ES modules; the bundles are not.
  writeFileSync(`${out}/package.json`, '{ "type": "commonjs" }\n');
  return bundles.flat().sort((a, b) => a.file.localeCompare(b.file));
}

const builtSettings = {
  ...bundleSettings,
  alias: { '@aws-sdk/credential-provider-node': CREDENTIALS, '@smithy/core/event-streams': EVENT_STREAMS },
} as const satisfies BuildOptions;

interface Part {
  readonly contents: Uint8Array;
  readonly output: Metafile['outputs'][string];
}

/** What is beside functions is the same beside each, so it is built once. */
async function buildPart({ name, source, isOfNotFound }: Beside): Promise<[string, Part]> {
  const entryPoints = [`./shared/${source}`];
  const plugins = isOfNotFound ? [leaveOut(unused([NOT_FOUND_ACCESS]))] : [];
  const { outputFiles, metafile } = await build({ ...builtSettings, entryPoints, plugins, outdir: OUT, write: false });
  const [output] = Object.values(metafile.outputs);
  const [file] = outputFiles;
  if (!output || !file) throw new Error(`${source} was not built`);
  return [name, { contents: file.contents, output }];
}

/** Functions that leave out the same modules. */
async function buildAll(out: string, files: readonly string[], parts: ReadonlyMap<string, Part>): Promise<Bundle[]> {
  const [first = ''] = files;
  const beside = besideOf(first);
  const entryPoints = files.map((file) => ({ in: functionFiles.get(file) ?? file, out: `${file}/index` }));
  const { metafile } = await build({
    ...builtSettings,
    outdir: out,
    entryPoints,
    plugins: [leaveOut(leftOut(first)), ...beside.map(whenUsed)],
  });
  const outputs = { ...metafile.outputs };
  for (const { name } of beside) {
    const part = parts.get(name);
    if (!part) throw new Error(`${name} was not built`);
    for (const file of files) {
      const path = `${out}/${file}/${name}.js`;
      writeFileSync(path, part.contents);
      outputs[path] = part.output;
    }
  }
  return checked(outputs);
}

/** Each function with what is beside it. */
function checked(outputs: Metafile['outputs']): Bundle[] {
  const files = Object.entries(outputs).map(([path, output]) => {
    for (const { part, because } of BANNED) {
      const found = [...Object.keys(output.inputs), ...output.imports.map((each) => each.path)].find(
        (input) => input.includes(part) && (output.inputs[input]?.bytesInOutput ?? 1) > 0,
      );
      if (found) throw new Error(`${path} contains ${found}: ${because}`);
    }
    const missing = output.imports.find((each) => !isBuiltin(each.path) && !BESIDE_FILES.has(each.path));
    if (missing) throw new Error(`${path} imports ${missing.path}, which is neither bundled nor part of Node`);
    return { file: path.split('/').at(-2) ?? path, bytes: output.bytes, packages: packagesIn(output.inputs) };
  });
  return [...Map.groupBy(files, ({ file }) => file)].map(([file, parts]) => ({
    file,
    // What is loaded at the start.
    bytes: parts[0]?.bytes ?? 0,
    packages: [...new Set(parts.flatMap(({ packages }) => packages))].sort(),
  }));
}

/** `node_modules/a/b.js` is part of `a`, and `node_modules/@a/b/c.js` of `@a/b`. */
function packagesIn(inputs: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** Puts empty modules in the place of some: whatever is asked of them is undefined. */
function leaveOut(absent: readonly string[]): Plugin {
  const name = 'left-out';
  // Asking the bundler about these imports only: about every one it would take several times as long.
  const filter = new RegExp(`^(${absent.join('|').replaceAll('.', '\\.')})$`);
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter }, ({ path }) => ({ path, namespace: name }));
      onLoad({ filter: /./, namespace: name }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/** Does it by the file beside the bundle, which is loaded then. */
function whenUsed({ name, import: imported, contents }: Beside): Plugin {
  const namespace = `${name}-when-used`;
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`/${name}\\.(ts|js)$`) }, ({ path }) =>
        path === imported ? { path, namespace } : { path, external: true },
      );
      onLoad({ filter: /./, namespace }, () => ({ contents }));
    },
  };
}

/** Sizes as a table for the console. */
export function sizesOf(bundles: readonly Bundle[]): string {
  const width = Math.max(...bundles.map((each) => each.file.length));
  return bundles
    .map(({ file, bytes }) => `  ${file.padEnd(width)}  ${(bytes / 1024).toFixed(0).padStart(4)} kB`)
    .join('\n');
}

if (import.meta.main) process.stdout.write(`${sizesOf(await bundle())}\n`);
