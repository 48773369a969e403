import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { REFUSALS } from '../shared/api/refusal.ts';
import { NOT_FOUND_FUNCTION, openRoutes, routes, workers } from '../shared/routes.ts';
import type { Rule } from './support/tidy.ts';
import { breaches, longFunctions, orphans, sourcesIn } from './support/tidy.ts';

/** The style as a test: a rule without a line here is an opinion. */

const WORLD_BUILDERS = '^(?!shared/(aws|local)/)(shared|functions)/';

const RULES: readonly Rule[] = [
  {
    where: /^shared\/domain\//,
    mayImport: /^(shared\/domain\/|node:crypto$)/,
    because: 'decisions are pure: the domain knows only itself, and of Node only a hash',
  },
  {
    where: /^shared\/domain\/(?!sha256)/,
    bans: /from 'node:/,
    because: 'the hash is in sha256.ts',
  },
  {
    where: /^shared\/store\//,
    mayImport: /^(shared\/(domain|store)\/|shared\/(world|id|tables)\.ts|@aws-sdk\/(lib-dynamodb|util-dynamodb)$)/,
    because: 'the store builds commands and knows nothing of who sends them',
  },
  {
    where: /^shared\/flows\//,
    mayImport:
      /^(shared\/(domain|store|flows|api)\/|shared\/(world|id|routes|metrics)\.ts|shared\/providers\/provider\.ts|node:crypto$)/,
    because: 'flows know no provider by name, and neither AWS nor this machine',
  },
  {
    where: /^shared\/providers\//,
    mayImport: /^(shared\/(domain|providers)\/|shared\/world\.ts|zod\/mini|node:crypto$)/,
    because: 'an adapter turns a protocol into our words and stores nothing',
  },
  {
    where: /^shared\/api\//,
    mayImport: /^(shared\/(api|domain|store)\/|shared\/(world|routes)\.ts|zod\/mini)/,
    because: 'the edge works on plain objects',
  },
  {
    where: /^shared\/aws\//,
    mayImport: /^(?!shared\/local\/|functions\/)/,
    because: 'production knows no local runtime',
  },
  {
    where: /^shared\/local\//,
    mayImport: /^(?!shared\/aws\/|functions\/)/,
    because: 'the local runtime is handed handlers',
  },
  {
    where: /^functions\//,
    mayImport: /^(shared\/(?!local\/|aws\/(?!lambda|worker))|zod\/mini)/,
    because: 'a function tells one story; clients and environment are in shared/aws',
  },
  {
    where: /^lib\//,
    mayImport: /^(aws-cdk-lib|constructs|lib\/|shared\/(routes|tables|metrics)\.ts|shared\/domain\/money\.ts)/,
    because: 'synth must not load handlers',
  },
  { where: /^bin\//, mayImport: /^(?!test\/)/, because: 'nothing that runs depends on tests' },
  {
    where: new RegExp(WORLD_BUILDERS),
    bans: /Date\.now|new Date\(\)|Math\.random|randomUUID|setTimeout|setInterval|[^.\w]fetch\(|process\.env|console\./,
    because: 'time, chance, network and environment come from the World',
  },
  {
    where: /^(shared|functions|lib|bin|test)\//,
    bans: /\bexport default\b(?! transformer)|\b(TODO|FIXME|XXX)\b|\b(it|describe|test)\.(only|skip)\b/,
    because: 'named, finished and all of it tested',
  },
  { where: /^(shared|functions|lib)\//, bans: /parseFloat|toFixed\((?!2\))/, because: 'money is never a float' },
];

const sources = sourcesIn('bin', 'lib', 'functions', 'shared', 'test');

it('every source keeps the rules', () => {
  expect(
    breaches(
      sources.filter(({ path }) => !/tidy/.test(path)),
      RULES,
    ).filter((line) => !line.includes('biome-ignore')),
  ).toEqual([]);
});

it('no function is longer than 70 lines, no line than 120 characters, no source than 450 lines', () => {
  const own = sources.filter(({ path }) => !/^test\/|^bin\/docs/.test(path));
  expect(own.flatMap((source) => longFunctions(source, 70))).toEqual([]);
  expect(own.filter(({ text }) => text.split('\n').length > 450).map(({ path }) => path)).toEqual([]);
  const wide = sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        line.length > 120 && !line.includes("it('") && !/^test\/|^bin\/docs/.test(path) ? [`${path}:${index + 1}`] : [],
      ),
  );
  expect(wide).toEqual([]);
});

it('every source is used', () => {
  const isEntryPoint = (path: string) => /^bin\/|^functions\/|\.test\.ts$|strip-types|later/.test(path);
  expect(orphans(sources, isEntryPoint)).toEqual([]);
});

it('every function is in the table of routes and workers, under its own name', () => {
  const named = [
    ...Object.values(routes).map((route) => route.name),
    ...Object.values(openRoutes).map((route) => route.name),
    ...Object.values(workers).map((worker) => worker.file),
    NOT_FOUND_FUNCTION,
  ];
  const files = sources.filter(({ path }) => path.startsWith('functions/')).map(({ path }) => path.slice(10, -3));
  expect(files.toSorted()).toEqual([...new Set<string>(named)].toSorted());
});

it('every refusal in the table is said somewhere, and nothing else is', () => {
  const said = new Set(
    sources
      .filter(({ path }) => /^(shared|functions)\//.test(path))
      .flatMap(({ text }) => [...text.matchAll(/new Refusal\(\s*'(\w+)'/g)].map((match) => match[1] ?? '')),
  );
  expect([...said].toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
});

it('nothing that is committed names a machine, a path of one, or a registry', () => {
  const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const words = ['/work' + '/', '/root' + '/', 'registry.npm' + 'js', '/home' + '/'];
  const found = files.flatMap((file) =>
    words.filter((word) => readFileSync(file, 'utf8').includes(word)).map((word) => `${file}: ${word}`),
  );
  expect(found).toEqual([]);
});

describe('each kind of rule can fail:', () => {
  it.each([
    ['shared/domain/x.ts', "import { z } from 'zod';"],
    ['shared/domain/x.ts', "import { y } from '../store/y.ts';"],
    ['shared/domain/x.ts', "import { createHash } from 'node:crypto';"],
    ['shared/flows/x.ts', 'const at = Date.now();'],
    ['shared/flows/x.ts', "import { hotrecharge } from '../providers/hotrecharge.ts';"],
    ['functions/x.ts', 'process.env.SECRET'],
    ['functions/x.ts', "import { SQSClient } from '@aws-sdk/client-sqs';"],
    ['lib/x.ts', "import { createOrder } from '../functions/create-order.ts';"],
    ['test/x.test.ts', `it.${'only'}('x', () => {});`],
    ['shared/store/x.ts', 'const amount = parseFloat(text);'],
  ])('%s with %s', (path, text) => {
    expect(breaches([{ path, text }], RULES)).not.toEqual([]);
  });

  it('a long function, and a source that nobody imports', () => {
    const long = `function x() {\n${'  y();\n'.repeat(80)}}\n`;
    expect(longFunctions({ path: 'x.ts', text: long }, 70)).toEqual(['x.ts:1 is 82 lines long']);
    const pair = [
      { path: 'shared/a.ts', text: "import './b.ts';" },
      { path: 'shared/b.ts', text: '' },
    ];
    expect(orphans(pair, () => false)).toEqual(['shared/a.ts']);
  });
});
