import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { REFUSALS } from '../shared/http/refusal.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import type { Rule } from './support/tidy.ts';
import {
  breaches,
  emptyNames,
  importsOf,
  longFunctions,
  machineNames,
  orphans,
  refusalsIn,
  sourcesIn,
  wideLines,
} from './support/tidy.ts';

/** The style as a test: a rule without a line here is an opinion. */

const RULES: readonly Rule[] = [
  {
    where: /^shared\/domain\//,
    mayImport: /^(shared\/domain\/|node:crypto$)/,
    because: 'decisions are pure: the domain knows only itself, and of Node only a hash',
    breaks: [
      'shared/domain/x.ts',
      "import { z } from 'zod';",
      "import { y } from '../store/y.ts';",
      "import type { World } from '../world.ts';",
      "import { readFileSync } from 'node:fs';",
    ],
  },
  {
    where: /^shared\/domain\/(?!sha256\.ts)/,
    bans: /from 'node:|\bawait\b|\basync\b/,
    because: 'the hash is in sha256.ts, and a decision waits for nothing',
    breaks: [
      'shared/domain/x.ts',
      "import { createHash } from 'node:crypto';",
      'export async function settle() {}',
      '  await sleep(1);',
    ],
  },
  {
    where: /^shared\/manifest\//,
    mayImport: /^shared\/(manifest|domain)\//,
    bans: /^import (?!type\b).*domain\/(?!money\.ts)/,
    because: 'both sides of a deployment read the manifest: it is types and data',
    breaks: [
      'shared/manifest/routes.ts',
      "import { createOrder } from '../../functions/orders/create-order.ts';",
      "import { parsePhone } from '../domain/phone.ts';",
    ],
  },
  {
    where: /^shared\/world\.ts$/,
    bans: /^import (?!type\b)/,
    because: 'the world is types',
    breaks: ['shared/world.ts', "import { sandbox } from './providers/sandbox.ts';"],
  },
  {
    where: /^shared\/store\//,
    mayImport:
      /^(shared\/(domain|store)\/|shared\/(world|id|manifest\/tables)\.ts$|@aws-sdk\/(lib-dynamodb|util-dynamodb)$)/,
    because: 'the store builds commands and knows nothing of who sends them',
    breaks: [
      'shared/store/x.ts',
      "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';",
      "import { requireEnv } from '../aws/env.ts';",
      "import { placeOrder } from '../flows/place-order.ts';",
    ],
  },
  {
    where: /^shared\/flows\//,
    mayImport:
      // What a merchant is shown and told no with, and the port that every provider stands behind.
      /^(shared\/(domain|store|flows|manifest|http\/(views|csv))\/|shared\/(world|id|http\/(refusal|cursor)|providers\/provider)\.ts$|node:crypto$)/,
    because: 'flows know no provider by name, and neither AWS nor this machine',
    breaks: [
      'shared/flows/x.ts',
      "import { hotrecharge } from '../providers/hotrecharge.ts';",
      "import { awsWorld } from '../aws/world.ts';",
      "import { startEngine } from '../local/engine.ts';",
    ],
  },
  {
    where: /^shared\/providers\//,
    mayImport: /^(shared\/(domain|providers)\/|shared\/world\.ts$|zod\/mini$|node:crypto$)/,
    because: 'an adapter turns a protocol into our words and stores nothing',
    breaks: ['shared/providers/x.ts', "import { readOrder } from '../store/orders.ts';"],
  },
  ...['hotrecharge', 'pesaway', 'pesepay', 'sandbox'].map(
    (name): Rule => ({
      where: new RegExp(`^shared/providers/${name}`),
      mayImport: new RegExp(`^(?!shared/providers/(?!${name}|(provider|payment-gateway)\\.ts))`),
      because: 'no adapter knows another',
      breaks: [`shared/providers/${name}.ts`, "import { other } from './other.ts';"],
    }),
  ),
  {
    where: /^shared\/http\//,
    mayImport: /^(shared\/(http|domain|store|manifest)\/|shared\/world\.ts$|zod\/mini$|papaparse$|@fastify\/busboy$)/,
    because: 'the request pipeline works on plain objects',
    breaks: ['shared/http/x.ts', "import middy from '@middy/core';", "import * as z from 'zod';"],
  },
  {
    where: /^shared\/aws\//,
    mayImport: /^(?!shared\/local\/|functions\/)/,
    because: 'production knows no local runtime',
    breaks: ['shared/aws/x.ts', "import { startEngine } from '../local/engine.ts';"],
  },
  {
    where: /^shared\/local\//,
    mayImport: /^(?!shared\/aws\/|functions\/)/,
    because: 'the local runtime is handed handlers',
    breaks: ['shared/local/x.ts', "import { handler } from '../../functions/workers/dispatch.ts';"],
  },
  {
    where: /^functions\//,
    mayImport: /^(shared\/(?!local\/|aws\/(?!(lambda|worker)\.ts))|zod\/mini$)/,
    because: 'a function tells one story; clients and environment are in shared/aws',
    breaks: [
      'functions/x.ts',
      "import { SQSClient } from '@aws-sdk/client-sqs';",
      "import { handler } from './dispatch.ts';",
      "import { requireEnv } from '../shared/aws/env.ts';",
      "import { startEngine } from '../shared/local/engine.ts';",
    ],
  },
  {
    where: /^lib\//,
    mayImport: /^(aws-cdk-lib|constructs$|lib\/|shared\/manifest\/|shared\/domain\/money\.ts$)/,
    because: 'synth must not load handlers',
    breaks: [
      'lib/x.ts',
      "import { createOrder } from '../functions/orders/create-order.ts';",
      "import * as z from 'zod';",
    ],
  },
  {
    where: /^(bin|lib|functions|shared)\//,
    mayImport: /^(?!test\/)/,
    because: 'nothing that runs depends on tests',
    breaks: ['bin/x.ts', "import { System } from '../test/support/system.ts';"],
  },
  {
    where: /^(?!shared\/(aws|local)\/)(shared|functions)\//,
    bans: /\bDate\.now|new Date\(\)|performance\.now|Math\.random|random(UUID|Bytes|Int)|getRandomValues/,
    because: 'time and chance come from the World',
    breaks: ['shared/flows/x.ts', 'Date.now();', 'new Date();', 'Math.random();', 'randomUUID();', 'randomBytes(8);'],
  },
  {
    where: /^(?!shared\/(aws|local)\/)(shared|functions)\//,
    bans: /set(Timeout|Interval|Immediate)|[^.\w]fetch\(|\bprocess\.|\bconsole\./,
    because: 'waiting, network, environment and logging come from the World',
    breaks: [
      'functions/x.ts',
      'setTimeout(f, 1);',
      'await fetch(url);',
      'process.env.SECRET;',
      "console.log('x');",
      "import { setTimeout as sleep } from 'node:timers/promises';",
    ],
  },
  {
    where: /^(shared|functions|lib)\//,
    bans: /parseFloat|toFixed\((?!2\))/,
    because: 'money is never a float',
    breaks: ['shared/store/x.ts', 'parseFloat(text);', 'amount.toFixed(4);'],
  },
  {
    where: /^(shared|functions|lib|bin|test)\//,
    bans: /\bexport default\b(?! (transformer|LongestFiles)\b)/,
    because: 'a thing has one name',
    breaks: ['lib/x.ts', 'export default class X {}'],
  },
  {
    where: /^(shared|functions|lib|bin|test)\//,
    bans: /\b(TODO|FIXME|XXX)\b|\b(it|describe|test)\.(only|skip|todo)\b|\b[xf](it|describe)\(/,
    because: 'what is here is finished, and all of it is tested',
    breaks: [
      'test/x.test.ts',
      'f(); // TODO',
      'f(); // FIXME',
      "it.only('x', f);",
      "describe.skip('x', f);",
      'xit(f);',
    ],
  },
];

const LINES_OF_A_FUNCTION_MAX = 70;
const LINES_OF_A_SOURCE_MAX = 450;
const CHARACTERS_OF_A_LINE_MAX = 120;

const all = sourcesIn('bin', 'lib', 'functions', 'shared', 'test');
/** This file and its checkers show what is banned. */
const sources = all.filter(({ path }) => !/tidy/.test(path));
/** Texts of pages are kept as they are printed. */
const own = sources.filter(({ path }) => !/^test\/|^bin\/docs/.test(path));

it('every source keeps the rules', () => {
  expect(breaches(sources, RULES)).toEqual([]);
});

it('no function, line or source is longer than can be read at once', () => {
  expect(own.flatMap((source) => longFunctions(source, LINES_OF_A_FUNCTION_MAX))).toEqual([]);
  expect(own.flatMap((source) => wideLines(source, CHARACTERS_OF_A_LINE_MAX))).toEqual([]);
  const long = own.filter(({ text }) => text.split('\n').length > LINES_OF_A_SOURCE_MAX);
  expect(long.map(({ path }) => path)).toEqual([]);
});

it('every source says by its name what is in it', () => {
  expect(emptyNames(all.map(({ path }) => path))).toEqual([]);
});

it('every source is used', () => {
  const isEntryPoint = (path: string) =>
    /^bin\/|^functions\/|\.test\.ts$|\.mjs$|^test\/simulation\/(cli|proof)|support\/(verify-speed|bulk-speed)/.test(
      path,
    );
  expect(orphans(all, isEntryPoint)).toEqual([]);
});

it('every function is in the table of routes and workers, under its own name', () => {
  const files = sources.filter(({ path }) => path.startsWith('functions/')).map(({ path }) => path);
  expect(files.toSorted()).toEqual([...functionFiles.values()].toSorted());
});

it('every refusal in the table is said somewhere, and nothing else is', () => {
  const speakers = sources.filter(({ path }) => /^(shared|functions)\//.test(path));
  expect(refusalsIn(speakers)).toEqual(Object.keys(REFUSALS).toSorted());
});

it('every dependency has its sentence of reason', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const reasons = readFileSync('docs/decisions/0008-dependencies.md', 'utf8').split('## Rejected')[0] ?? '';
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'];
  const names = kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
  expect(names.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  const given = [...reasons.matchAll(/`([^`]+)`(?=[^:\n]*:)/g)].map((match) => match[1] ?? '');
  expect(given.filter((name) => !names.includes(name) && name !== 'mini')).toEqual([]);
});

it('nothing that is committed names a machine, a path of one, or a registry', () => {
  const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(existsSync);
  const texts = files.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  expect(machineNames(texts)).toEqual([]);
});

describe('each rule can fail:', () => {
  it.each(RULES)('$because ($where)', (rule) => {
    const [path, ...lines] = rule.breaks;
    for (const text of lines) expect([text, breaches([{ path, text }], [rule])]).toEqual([text, [expect.any(String)]]);
  });

  it.each([
    ['a function', 'export function x() {', '}'],
    ['a function with its parameters on lines of their own', 'export async function x(\n  a: string,\n): void {', '}'],
    ['a function that takes an object apart', 'function x({\n  a,\n}: { a: string }): void {', '}'],
    ['a method', '  async run(world: World): Promise<void> {', '  }'],
    ['a private method', '  #run(): void {', '  }'],
    ['an arrow function', 'const run = async (a: string) => {', '};'],
    ['a constructor', '  constructor(scope: Construct) {', '  }'],
  ])('%s of 80 lines is too long, one of 10 is not', (_what, head, foot) => {
    const made = (count: number) => ({ path: 'x.ts', text: `${head}\n${'      y();\n'.repeat(count)}${foot}\n` });
    expect(longFunctions(made(80), LINES_OF_A_FUNCTION_MAX)).toEqual([expect.stringMatching(/^x\.ts:1 is 8\d lines/)]);
    expect(longFunctions(made(10), LINES_OF_A_FUNCTION_MAX)).toEqual([]);
  });

  it('a line that is too wide, but not the name of a test', () => {
    expect(wideLines({ path: 'x.ts', text: `ok\n// ${'x'.repeat(120)}` }, 120)).toEqual(['x.ts:2 is 123 wide']);
    expect(wideLines({ path: 'x.ts', text: `  it('${'x'.repeat(120)}', f);` }, 120)).toEqual([]);
  });

  it.each(['shared/utils/x.ts', 'shared/http/helpers.ts', 'shared/order-service.ts', 'shared/domain/index.ts'])(
    'the name %s',
    (path) => {
      expect(emptyNames([path, 'shared/id.ts', 'shared/store/orders.ts'])).toEqual([path]);
    },
  );

  it('a source that nobody imports', () => {
    const pair = [
      { path: 'shared/a.ts', text: "import './b.ts';" },
      { path: 'shared/b.ts', text: '' },
    ];
    expect(orphans(pair, () => false)).toEqual(['shared/a.ts']);
  });

  it.each([
    ["import a from 'a';", 'a'],
    ["import type { A } from '../a.ts';", 'shared/a.ts'],
    ["import {\n  a,\n  b,\n} from './a.ts';", 'shared/x/a.ts'],
    ["export { a } from './a.ts';", 'shared/x/a.ts'],
    ["import './a.ts';", 'shared/x/a.ts'],
    ["const { a } = await import('./a.ts');", 'shared/x/a.ts'],
  ])('an import, however it is written: %s', (text, name) => {
    expect(importsOf({ path: 'shared/x/y.ts', text })).toEqual([name]);
  });

  it('a refusal that is not in the table', () => {
    const text = "throw new Refusal('made_up', { param: 'x' });\nthrow new Refusal(\n  'busy',\n);";
    expect(refusalsIn([{ path: 'x.ts', text }])).toEqual(['busy', 'made_up']);
  });

  it.each(['work', 'root', 'home', 'Users'])('a path below the folder %s of a machine', (folder) => {
    expect(machineNames([{ path: 'x.md', text: `ok\nsee /${folder}/x` }])).toEqual([`x.md:2 names /${folder}/x`]);
  });
});
