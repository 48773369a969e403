import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What `tidy.test.ts` checks, as functions over sources, so that each rule can be shown to fail. */

export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A folder, with a slash at its end, or a file, and what it may import. */
export interface Layer {
  readonly path: string;
  /** Folders, files and packages; `/` and `:` at the end stand for everything that begins so. */
  readonly imports: readonly string[];
  /** Exceptions from `imports`. */
  readonly never?: readonly string[];
  readonly because: string;
  /** Imports that break it, to show that it can fail. */
  readonly breaks: readonly string[];
}

/** Lines that no source of some paths may contain. */
export interface Rule {
  readonly where: RegExp;
  readonly bans: RegExp;
  /** Whether it holds for comments, too. */
  readonly readsComments?: boolean;
  readonly because: string;
  /** A path, and lines of which each breaks the rule, to show that it can fail. */
  readonly breaks: readonly [path: string, ...lines: string[]];
}

/** A word that only this project would understand, and the standard word to use instead. */
export interface BannedWord {
  readonly word: RegExp;
  readonly use: string;
  /** Texts that contain the word, and texts that look like it. */
  readonly finds: readonly string[];
  readonly passes?: readonly string[];
}

/** Every source below the given folders. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => /\.(tsx?|mjs)$/.test(path) && statSync(path).isFile())
      .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  );
}

/** Modules a source imports: our own as paths from the top, others by name. A computed name is left out. */
export function importsOf({ path, text }: Source): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|import\(['`]([^'`]+)['`]\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  const names = [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return names.flatMap((name) => {
    if (name.includes('${')) return [];
    return name.startsWith('.') ? normalize(join(dirname(path), name)) : name;
  });
}

/** Whether the layers let a source import something. */
export function allows({ imports, never = [] }: Layer, name: string): boolean {
  const isIn = (entry: string) => name === entry || name.startsWith(/[/:]$/.test(entry) ? entry : `${entry}/`);
  return imports.some(isIn) && !never.some(isIn);
}

/** The layer that a source belongs to: the last in the table that names it. */
export function layerOf(layers: readonly Layer[], path: string): Layer | undefined {
  return layers.findLast((layer) => path === layer.path || (layer.path.endsWith('/') && path.startsWith(layer.path)));
}

/** Imports that the layers do not allow, and sources in no layer. */
export function wrongImports(sources: readonly Source[], layers: readonly Layer[]): string[] {
  return sources.flatMap((source) => {
    const layer = layerOf(layers, source.path);
    if (!layer) return [`${source.path} is in no layer`];
    return importsOf(source)
      .filter((name) => !allows(layer, name))
      .map((name) => `${source.path} imports ${name}: ${layer.because}`);
  });
}

/** Groups of sources that import each other, directly or through others; types count. Each group is one line. */
export function importCircles(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return seen;
  };
  const reached = new Map([...imports.keys()].map((path) => [path, reach(path)]));
  const circles = [...reached].flatMap(([path, others]) =>
    others.has(path)
      ? [
          [...others]
            .filter((other) => reached.get(other)?.has(path))
            .sort()
            .join(' <-> '),
        ]
      : [],
  );
  return [...new Set(circles)];
}

/** Lines that break a rule. */
export function breaches(sources: readonly Source[], rules: readonly Rule[]): string[] {
  return sources.flatMap((source) =>
    rules.filter((rule) => rule.where.test(source.path)).flatMap((rule) => wrongLines(source, rule)),
  );
}

function wrongLines({ path, text }: Source, { bans, readsComments = false, because }: Rule): string[] {
  return text.split('\n').flatMap((line, index) => {
    const found = bans.exec(isComment(line) && !readsComments ? '' : line);
    return found ? [`${path}:${index + 1} has ${found[0].trim()}: ${because}`] : [];
  });
}

/** Lines that use a banned word, also as a part of a name: `handOn` counts as `hand on`. */
export function bannedWordsIn({ path, text }: Source, words: readonly BannedWord[]): string[] {
  return text.split('\n').flatMap((line, index) => {
    const plain = line.replace(/(?<=[a-z\d])(?=[A-Z])/g, ' ').replaceAll('_', ' ');
    return words.flatMap(({ word, use }) => {
      const found = word.exec(plain);
      return found ? [`${path}:${index + 1} says "${found[0]}": use ${use}`] : [];
    });
  });
}

/**
 * Sources and pages that a text names but that do not exist. In a source only comments are read; a program that a guide
 * prints has files of its own.
 */
export function missingFiles({ path, text }: Source, existing: readonly string[]): string[] {
  const prose = text.replace(/^```js\n[\s\S]*?^```$/gm, '');
  const read = path.endsWith('.md') ? [prose] : (text.match(/\/\*[\s\S]*?\*\/|\/\/.*$/gm) ?? []);
  const named = read.flatMap((part) => part.match(/[\w][\w./-]*\.(?:tsx?|mjs|md)\b/g) ?? []);
  return [...new Set(named)]
    .filter((name) => !existing.some((file) => file === name || file.endsWith(`/${name}`)))
    .map((name) => `${path} names ${name}`);
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
