import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GROUPS } from '../../bin/site/pages.ts';
import type { System } from './system.ts';
import { childEnvironment } from './system.ts';

/**
 * Runs what the guides print, in the order in which a reader meets it, against a running `npm start`. A reader replaces
 * `http://localhost:8080` only where the port is another, and an id with `…` in it by the one that was answered before.
 */

export interface Fence {
  readonly language: string;
  readonly code: string;
  /** Where the reader finds it, as `docs/start.md:12`. */
  readonly place: string;
}

/** Languages whose blocks are only looked at. */
export const SHOWN: readonly string[] = ['text', 'json', 'http', 'sql', 'csv'];

interface Language {
  /** The name under which the block is saved, and what runs it there. */
  readonly file: string;
  readonly run: readonly string[];
  readonly version: readonly string[];
  /** What a project of this language has beside its source. */
  readonly beside?: Readonly<Record<string, string>>;
}

const SHELL: Language = { file: 'snippet.sh', run: ['bash', 'run.sh'], version: ['bash', '--version'] };

/** Of whatever version is installed. */
const CSPROJ =
  '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>' +
  '<TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework></PropertyGroup></Project>\n';

export const LANGUAGES: Readonly<Record<string, Language>> = {
  sh: SHELL,
  bash: SHELL,
  python: { file: 'snippet.py', run: ['python3', 'snippet.py'], version: ['python3', '--version'] },
  js: { file: 'snippet.mjs', run: [process.execPath, 'snippet.mjs'], version: [process.execPath, '--version'] },
  php: { file: 'snippet.php', run: ['php', 'snippet.php'], version: ['php', '--version'] },
  java: { file: 'Order.java', run: ['java', 'Order.java'], version: ['java', '--version'] },
  csharp: {
    file: 'Program.cs',
    run: ['dotnet', 'run'],
    version: ['dotnet', '--version'],
    beside: { 'order.csproj': CSPROJ },
  },
  go: { file: 'main.go', run: ['go', 'run', 'main.go'], version: ['go', 'version'] },
};

interface Elsewhere {
  readonly test: string | readonly string[];
  readonly languages: readonly string[];
}

/** Blocks that a test of their own runs, with what surrounds them at a merchant's. */
export const ELSEWHERE: Readonly<Record<string, Elsewhere>> = {
  'docs/webhooks.md': {
    test: 'test/guides/webhooks.test.ts',
    languages: ['python', 'js', 'php', 'java', 'csharp', 'go'],
  },
  'docs/campaigns.md': {
    test: 'test/guides/campaigns.test.ts',
    languages: ['python', 'py', 'js', 'javascript', 'php'],
  },
  'docs/keys.md': { test: 'test/guides/keys.test.ts', languages: ['python', 'js'] },
  'docs/sdks.md': {
    test: ['test/sdk/python.long.test.ts', 'test/sdk/runtimes.long.test.ts'],
    languages: ['sh', 'python', 'js'],
  },
  'sdk/typescript/README.md': {
    test: ['test/sdk/package.long.test.ts', 'test/sdk/command-line.test.ts'],
    languages: ['ts', 'sh'],
  },
  'sdk/python/README.md': { test: 'test/sdk/python.long.test.ts', languages: ['python', 'sh'] },
  'docs/ledger-heads.md': { test: 'test/guides/ledger-heads.test.ts', languages: ['js', 'sh'] },
};

/** The pages for merchants: all of the site but those about operating it. */
export const GUIDES: readonly string[] = GROUPS.filter(({ title }) => title !== 'Operating')
  .flatMap(({ pages }) => pages.map(({ source }) => source))
  .filter((source) => source.endsWith('.md'));

export function fencesOf(page: string, text = readFileSync(page, 'utf8')): Fence[] {
  return [...text.matchAll(/^ *```([^\n]*)\n([\s\S]*?)^ *```$/gm)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    place: `${page}:${text.slice(0, index).split('\n').length}`,
  }));
}

export function isInstalled(language: string): boolean {
  const [program = '', ...parameters] = LANGUAGES[language]?.version ?? [];
  return spawnSync(program, parameters, { stdio: 'ignore' }).status === 0;
}

/** curl as a reader has it, which also says which status each request was answered with. */
const CURL = `#!/bin/sh\nexec ${which('curl')} -sS -w '%{stderr}\\nHTTP %{http_code}\\n' "$@"\n`;
/** What one block of a shell sets is there in the next. */
const RUN_SHELL = 'set -aeuo pipefail\n[ ! -f state ] || . ./state\n. ./snippet.sh\nexport -p > state\n';
const RUN_MS_MAX = 120_000;

function which(program: string): string {
  return spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim();
}

/** The system as a reader knows it: its address, its keys, and where an operator finds it. */
type Running = Pick<System, 'local' | 'data'>;

/** Runs the blocks of a page whose languages are wanted and installed, and returns what each of them printed. */
export async function runPage(
  page: string,
  system: Running,
  { languages, text }: { readonly languages?: readonly string[]; readonly text?: string } = {},
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'snippets-'));
  try {
    return await new Reader(folder, system).read(page, fencesOf(page, text), languages);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Reader {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  /** The last id of each kind that an answer showed. */
  readonly #seen: Map<string, string>;
  readonly #url: string;

  constructor(folder: string, { local, data }: Running) {
    const { baseUrl, testKey, liveKey } = local;
    this.#folder = folder;
    this.#url = baseUrl;
    this.#seen = new Map([
      ['atk_test', testKey],
      ['atk_live', liveKey],
    ]);
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'curl'), CURL, { mode: 0o755 });
    const operator = `exec ${process.execPath} ${resolve('bin/operator.ts')} "$@" --data ${resolve(data)}`;
    // Only what the guides say of npm: npm run -s operator -- <command>
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\nshift 4\n${operator}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'run.sh'), RUN_SHELL);
    const { NODE_COMPILE_CACHE: cache = '', ...env } = childEnvironment;
    this.#env = {
      ...env,
      NODE_COMPILE_CACHE: resolve(cache),
      PATH: `${bin}:${process.env.PATH}`,
      AIRTIME_URL: baseUrl,
      AIRTIME_KEY: testKey,
      PYTHONUTF8: '1',
      GOTOOLCHAIN: 'local',
      DOTNET_NOLOGO: '1',
    };
  }

  async read(page: string, fences: readonly Fence[], wanted = Object.keys(LANGUAGES) as readonly string[]) {
    const printed: string[] = [];
    for (const [index, fence] of fences.entries()) {
      const isOurs = !ELSEWHERE[page]?.languages.includes(fence.language);
      if (!isOurs || !wanted.includes(fence.language) || !isInstalled(fence.language)) continue;
      const next = fences[index + 1];
      printed.push(await this.#run(fence, next?.language === 'json' ? next : undefined));
    }
    return printed;
  }

  async #run({ language, code, place }: Fence, answer: Fence | undefined): Promise<string> {
    const { file, run, beside = {} } = LANGUAGES[language] as Language;
    const [program = '', ...parameters] = run;
    for (const [name, text] of Object.entries({ ...beside, [file]: this.#filled(code) })) {
      writeFileSync(join(this.#folder, name), text);
    }
    const { stdout, stderr, error } = await this.#execute(program, parameters);
    const wrong = [...stderr.matchAll(/^HTTP (\d+)$/gm)].map(([, status]) => Number(status)).filter(isRefusal);
    const shown = answer && JSON.parse(answer.code);
    if (error || wrong.some((status) => status !== shown?.status)) {
      throw new Error(`${place} did not work:\n${error ?? ''}\n${stdout}\n${stderr}`);
    }
    for (const [id, kind = ''] of stdout.matchAll(/\b([a-z]{3,5})_[A-Za-z0-9+/=_-]{8,}/g)) this.#seen.set(kind, id);
    const missing = answer ? differences(shown, JSON.parse(stdout)) : [];
    if (missing.length > 0) throw new Error(`${answer?.place} is not what was answered:\n${missing.join('\n')}`);
    return stdout;
  }

  #filled(code: string): string {
    return code
      .replaceAll('http://localhost:8080', this.#url)
      .replace(/\b([a-z]{3,5}(?:_live|_test)?)_…/g, (hole, kind) => this.#seen.get(kind) ?? hole);
  }

  #execute(program: string, parameters: string[]): Promise<{ stdout: string; stderr: string; error?: Error }> {
    // Node reads its variables from a copy; a child does not need the compile cache of this folder.
    const options = { cwd: this.#folder, env: this.#env, timeout: RUN_MS_MAX };
    return new Promise((done) => {
      execFile(program, parameters, options, (error, stdout, stderr) => {
        done({ stdout, stderr, ...(error ? { error } : {}) });
      });
    });
  }
}

const isRefusal = (status: number) => status >= 400 || status === 0;

/** Fields whose values a page promises; of the others it promises the name and the kind of value. */
const EXACT: readonly string[] = ['status', 'code', 'final', 'kind', 'currency', 'mode', 'type', 'retryable'];

/** What a page shows and the answer does not have. A page may leave fields out, and of a list of objects all but the first. */
export function differences(shown: unknown, actual: unknown, path = ''): string[] {
  if (shown === null) return actual === null ? [] : [`${path} is not null`];
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return [`${path} is no list`];
    const isWhole = shown.every((each) => typeof each !== 'object');
    if (isWhole && shown.length !== actual.length) return [`${path} has ${actual.length} items`];
    return shown.slice(0, 1).flatMap((each) => differences(each, actual[0], `${path}[0]`));
  }
  if (typeof shown === 'object') {
    if (typeof actual !== 'object' || actual === null) return [`${path} is no object`];
    const fields = actual as Readonly<Record<string, unknown>>;
    return Object.entries(shown).flatMap(([name, value]) => {
      const here = `${path}.${name}`;
      if (!(name in fields)) return [`${here} is not there`];
      const isOther = EXACT.includes(name) && typeof value !== 'object' && value !== fields[name];
      return isOther ? [`${here} is ${fields[name]}`] : differences(value, fields[name], here);
    });
  }
  return typeof shown === typeof actual && formOf(shown) === formOf(actual) ? [] : [`${path} is ${actual}`];
}

/** Of an id its kind, and whether a number ends it; of anything else nothing. */
function formOf(value: unknown): string {
  const [, kind, , end] = /^([a-z]{3})_([0-9a-z]{12,})(_\d+)?$/.exec(String(value)) ?? [];
  return kind === undefined ? '' : `${kind}${end === undefined ? '' : ' and a number'}`;
}

/** Blocks that are neither run, here or elsewhere, nor marked as text to be read only. */
export function unmarked(page: string, fences = fencesOf(page)): string[] {
  const { languages = [] } = ELSEWHERE[page] ?? {};
  const known = [...SHOWN, ...Object.keys(LANGUAGES), ...languages];
  return fences
    .filter(({ language }) => !known.includes(language))
    .map(({ place, language }) => `${place} ${language}`);
}

/** What is listed as run elsewhere and is no more on its page, or has no such test. */
export function outdated(): string[] {
  return Object.entries(ELSEWHERE).flatMap(([page, { test, languages }]) => {
    const printed = fencesOf(page).map(({ language }) => language);
    const gone = languages.filter((language) => !printed.includes(language)).map((language) => `${page} ${language}`);
    return [...gone, ...[test].flat().filter((file) => !existsSync(file))];
  });
}
