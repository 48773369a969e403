import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What `tidy.test.ts` checks, as functions over sources, so that each rule can be shown to fail. */

export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface Rule {
  /** Paths it is about. */
  readonly where: RegExp;
  /** What they may import; everything else is banned. */
  readonly mayImport?: RegExp;
  /** What no line of them may contain. */
  readonly bans?: RegExp;
  readonly because: string;
  /** A path and lines that break it, each by itself: what the rule is there to find. */
  readonly breaks: readonly [path: string, ...lines: string[]];
}

/** Every source of ours below the given folders. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => /\.(ts|mjs)$/.test(path) && statSync(path).isFile())
      .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  );
}

/** Modules a source imports: our own as paths from the top, others by name. */
export function importsOf({ path, text }: Source): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|import\(['`]([^'`]+)['`]\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    return name.startsWith('.') ? normalize(join(dirname(path), name)) : name;
  });
}

/** Everything in which sources break a rule, one line each. */
export function breaches(sources: readonly Source[], rules: readonly Rule[]): string[] {
  return sources.flatMap((source) =>
    rules
      .filter((rule) => rule.where.test(source.path))
      .flatMap((rule) => [...wrongImports(source, rule), ...wrongLines(source, rule)]),
  );
}

function wrongImports(source: Source, { mayImport, because }: Rule): string[] {
  if (!mayImport) return [];
  return importsOf(source)
    .filter((name) => !mayImport.test(name))
    .map((name) => `${source.path} imports ${name}: ${because}`);
}

function wrongLines({ path, text }: Source, { bans, because }: Rule): string[] {
  return text.split('\n').flatMap((line, index) => {
    const found = bans?.exec(isComment(line) ? '' : line);
    return found ? [`${path}:${index + 1} has ${found[0].trim()}: ${because}`] : [];
  });
}

function isComment(line: string): boolean {
  return /^\s*(\*|\/\*|\/\/)/.test(line);
}

const BLOCKS_OF_TESTS = /^\s*(describe|it|test|beforeAll|afterAll)\b/;
const HEAD_ON_ONE_LINE = /^(\s*)(?!.*=> \w+\().*(?:\bfunction\b|[#\w]+\(.*\).*|= (?:async )?\(.*\).*=>) ?.*\{$/;
const HEAD_ON_SEVERAL = /^(\s*)(?:export )?(?:async )?(?:function \w+(?:<.*>)?|const \w+ = (?:async )?)\((?:\{)?$/;

/** Functions longer than so many lines, by the indentation that the formatter gives them. */
export function longFunctions({ path, text }: Source, linesMax: number): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const head = BLOCKS_OF_TESTS.test(line) ? null : (HEAD_ON_ONE_LINE.exec(line) ?? HEAD_ON_SEVERAL.exec(line));
    if (!head || isComment(line)) return [];
    const end = lines.findIndex(
      (other, index) => index > start && other.startsWith(`${head[1]}}`) && !other.endsWith('{'),
    );
    const length = end - start + 1;
    return length > linesMax ? [`${path}:${start + 1} is ${length} lines long`] : [];
  });
}

/** Lines wider than so many characters. The name of a test may be: it is a sentence. */
export function wideLines({ path, text }: Source, charactersMax: number): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.length > charactersMax && !/^\s*it\('/.test(line) ? [`${path}:${index + 1} is ${line.length} wide`] : [],
    );
}

/** Files and folders whose name does not say what is in them. */
export function emptyNames(paths: readonly string[]): string[] {
  const nothing = /(^|[/-])(utils?|helpers?|common|misc|base|managers?|services?|impl|index)(?=[/.-]|$)/;
  return paths.filter((path) => nothing.test(path));
}

/** Sources that nobody imports and nobody runs. */
export function orphans(sources: readonly Source[], isEntryPoint: (path: string) => boolean): string[] {
  const imported = new Set(sources.flatMap(importsOf));
  return sources.map(({ path }) => path).filter((path) => !isEntryPoint(path) && !imported.has(path));
}

/** The codes that sources refuse with, at once or as a problem that the domain returns. */
export function refusalsIn(sources: readonly Source[]): string[] {
  const said = sources.flatMap(({ text }) =>
    [...text.matchAll(/(?:new Refusal|inputProblem)\(\s*'(\w+)'/g)].map((match) => match[1] ?? ''),
  );
  return [...new Set(said)].sort();
}

/** Where texts say on which machine, or out of which registry, they were made. */
export function machineNames(texts: readonly Source[]): string[] {
  const names = /\/(?:work|root|home|Users)\/[\w.]|\bregistry\.npmjs/;
  return texts.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = names.exec(line);
      return found ? [`${path}:${index + 1} names ${found[0]}`] : [];
    }),
  );
}
