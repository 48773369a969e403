import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What `tidy.test.ts` checks, as functions over sources, so that each rule can be shown to fail. */

export interface Source {
  readonly path: string;
  readonly text: string;
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

export interface Rule {
  /** Paths it is about. */
  readonly where: RegExp;
  /** What they may import; everything else is banned. */
  readonly mayImport?: RegExp;
  /** What their text may not contain. */
  readonly bans?: RegExp;
  readonly because: string;
}

/** Everything in which sources break a rule, one line each. */
export function breaches(sources: readonly Source[], rules: readonly Rule[]): string[] {
  return sources.flatMap((source) =>
    rules
      .filter((rule) => rule.where.test(source.path))
      .flatMap(({ mayImport, bans, because }) => [
        ...(mayImport
          ? importsOf(source)
              .filter((name) => !mayImport.test(name))
              .map((name) => `${source.path} imports ${name}: ${because}`)
          : []),
        ...(bans
          ? source.text.split('\n').flatMap((line, index) => {
              const found = bans.exec(withoutComment(line));
              return found ? [`${source.path}:${index + 1} has ${found[0].trim()}: ${because}`] : [];
            })
          : []),
      ]),
  );
}

/** Functions longer than so many lines, by the indentation that the formatter gives them. */
export function longFunctions({ path, text }: Source, linesMax: number): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const head =
      /^(\s*)(?:export )?(?:async )?(?:function|(?:readonly )?#?\w+\(.*\).*\{$|(?:const|let) \w+ = (?:async )?\()/.exec(
        line,
      );
    if (!head || !line.trimEnd().endsWith('{')) return [];
    const end = lines.findIndex((other, index) => index > start && other.startsWith(`${head[1]}}`));
    return end - start + 1 > linesMax ? [`${path}:${start + 1} is ${end - start + 1} lines long`] : [];
  });
}

/** Sources that nobody imports and nobody runs. */
export function orphans(sources: readonly Source[], isEntryPoint: (path: string) => boolean): string[] {
  const imported = new Set(sources.flatMap(importsOf));
  return sources.map(({ path }) => path).filter((path) => !isEntryPoint(path) && !imported.has(path));
}

function withoutComment(line: string): string {
  return /^\s*(\*|\/\*|\/\/)/.test(line) ? '' : line;
}
