import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { functionFiles } from '../shared/manifest/functions.ts';
import { REFUSALS } from '../shared/manifest/refusals.ts';
import type { BannedWord, Layer, Rule } from './support/tidy.ts';
import {
  allows,
  bannedWordsIn,
  breaches,
  emptyNames,
  importCircles,
  importsOf,
  longFunctions,
  machineNames,
  missingFiles,
  orphans,
  refusalsIn,
  sourcesIn,
  wideLines,
  wrongImports,
} from './support/tidy.ts';

/** The style as a test: what no test checks is only an opinion. */

/**
 * What may import what, from the bottom up: no layer imports a layer below its own line, so data and imports flow one
 * way. Packages are listed too.
 */
const LAYERS: readonly Layer[] = [
  {
    path: 'shared/domain/',
    imports: ['shared/domain/', 'node:crypto'],
    because: 'decisions are pure: the domain knows only itself, and one hash function',
    breaks: ['zod', 'shared/store/y.ts', 'shared/world.ts', 'node:fs'],
  },
  {
    path: 'shared/outbound-http.ts',
    imports: [],
    because: 'it has only types and one error',
    breaks: ['shared/world.ts'],
  },
  {
    path: 'shared/timers.ts',
    imports: ['node:timers/promises'],
    because: 'production and the local runtime wait alike, and neither imports the other',
    breaks: ['shared/world.ts', 'node:fs'],
  },
  {
    path: 'shared/transient-error.ts',
    imports: [],
    because: 'errors of the database are recognised without the database',
    breaks: ['shared/store/write.ts', '@aws-sdk/client-dynamodb'],
  },
  {
    path: 'shared/manifest/',
    imports: ['shared/manifest/', 'shared/domain/'],
    because: 'both sides of a deployment read the manifest: it is types and data',
    breaks: ['functions/orders/create-order.ts', 'shared/http/route.ts'],
  },
  {
    path: 'shared/providers/',
    imports: ['shared/providers/', 'shared/domain/', 'shared/outbound-http.ts', 'zod/mini', 'node:crypto'],
    because: 'an adapter translates a protocol and stores nothing',
    breaks: ['shared/store/orders.ts', 'shared/world.ts', 'shared/http/json.ts'],
  },
  {
    path: 'shared/world.ts',
    imports: [
      'shared/domain/',
      'shared/manifest/',
      'shared/outbound-http.ts',
      'shared/providers/provider.ts',
      'shared/providers/payment-gateway.ts',
      '@aws-sdk/lib-dynamodb',
    ],
    because: 'the World is types, and knows providers only by their ports',
    breaks: ['shared/providers/sandbox.ts', 'shared/store/orders.ts'],
  },
  {
    path: 'shared/id.ts',
    imports: ['shared/domain/', 'shared/world.ts'],
    because: 'an id is random bytes of the World',
    breaks: ['node:crypto'],
  },
  {
    path: 'shared/store/',
    imports: [
      'shared/store/',
      'shared/domain/',
      'shared/manifest/',
      'shared/world.ts',
      'shared/id.ts',
      'shared/transient-error.ts',
      'node:zlib',
      '@aws-sdk/lib-dynamodb',
      '@aws-sdk/util-dynamodb',
    ],
    because: 'the store builds commands and knows nothing about who sends them',
    breaks: [
      '@aws-sdk/client-dynamodb',
      'shared/aws/env.ts',
      'shared/flows/orders/place-order.ts',
      'shared/http/json.ts',
    ],
  },
  {
    path: 'shared/http/',
    imports: [
      'shared/http/',
      'shared/domain/',
      'shared/manifest/',
      'shared/world.ts',
      'shared/transient-error.ts',
      'shared/store/merchants.ts',
      'shared/store/terms.ts',
      'shared/store/leases.ts',
      'shared/store/keys.ts',
      'shared/store/teams.ts',
      'jose',
      'zod/mini',
      'zod-openapi',
      'papaparse',
      '@fastify/busboy',
      'node:async_hooks',
    ],
    because: 'the request pipeline works on plain objects; of the store it needs only keys, members, terms and limits',
    breaks: ['@middy/core', 'zod', 'shared/store/write.ts', 'shared/flows/bulk/create-batch.ts', 'shared/aws/env.ts'],
  },
  {
    path: 'shared/flows/',
    imports: [
      'shared/flows/',
      'shared/domain/',
      'shared/manifest/',
      'shared/store/',
      'shared/world.ts',
      'shared/id.ts',
      'shared/outbound-http.ts',
      'shared/transient-error.ts',
      'shared/providers/provider.ts',
      'shared/http/views/',
      'shared/http/csv/',
      'shared/http/refusal.ts',
      'shared/http/input-problem.ts',
      'node:crypto',
    ],
    because: 'flows know no provider by name, no request, neither AWS nor the local runtime',
    breaks: [
      'shared/providers/hotrecharge.ts',
      'shared/http/pipeline.ts',
      'shared/aws/world.ts',
      'shared/local/engine.ts',
      'zod/mini',
    ],
  },
  {
    path: 'shared/aws/',
    imports: ['shared/', '@aws-sdk/', '@aws-lambda-powertools/', '@middy/', 'aws-lambda', 'ipaddr.js', 'node:'],
    never: ['shared/local/'],
    because: 'production knows no local runtime and no function',
    breaks: ['shared/local/engine.ts', 'functions/orders/create-order.ts'],
  },
  {
    path: 'shared/local/',
    imports: [
      'shared/',
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-sqs',
      'aws-lambda',
      'fauxqs',
      'oidc-provider',
      'node:',
    ],
    never: ['shared/aws/'],
    because: 'the local runtime receives its handlers',
    breaks: ['shared/aws/world.ts', 'functions/workers/dispatch.ts'],
  },
  {
    path: 'functions/',
    imports: [
      'shared/domain/',
      'shared/manifest/',
      'shared/store/',
      'shared/http/',
      'shared/flows/',
      'shared/providers/provider.ts',
      'shared/world.ts',
      'shared/id.ts',
      'shared/aws/lambda.ts',
      'shared/aws/worker.ts',
      'zod/mini',
    ],
    because: 'a function is one piece of work; clients and environment are in shared/aws',
    breaks: [
      '@aws-sdk/client-sqs',
      'functions/workers/dispatch.ts',
      'shared/aws/env.ts',
      'shared/local/engine.ts',
      'shared/providers/sandbox.ts',
    ],
  },
  {
    path: 'lib/',
    imports: ['lib/', 'shared/manifest/', 'shared/domain/money.ts', 'aws-cdk-lib', 'constructs'],
    because: 'a synth loads no handlers',
    breaks: ['functions/orders/create-order.ts', 'zod', 'shared/domain/phone.ts'],
  },
  {
    path: 'sdk/typescript/src/',
    imports: ['sdk/typescript/src/'],
    never: ['sdk/typescript/src/cli/'],
    because: 'the SDK runs on any platform, and knows the API by its document alone',
    breaks: ['shared/manifest/routes.ts', 'node:crypto', 'zod', 'sdk/typescript/src/cli/main.ts'],
  },
  {
    path: 'sdk/typescript/src/cli/',
    imports: ['sdk/typescript/src/', 'node:'],
    because: 'the command line is a user of the SDK, on Node',
    breaks: ['shared/domain/money.ts', 'bin/operator/arguments.ts'],
  },
  {
    path: 'dashboard/src/',
    imports: [
      ...['dashboard/src/', 'sdk/typescript/src/api.ts', 'react', 'react-dom', 'react-oidc-context', 'oidc-client-ts'],
      ...['@cloudscape-design/', '@tanstack/', 'papaparse', 'docs/'],
    ],
    because: 'the dashboard runs in a browser, and knows the API by its document alone',
    breaks: ['shared/domain/money.ts', 'node:crypto', 'zod', 'sdk/typescript/src/connection.ts'],
  },
  {
    path: 'bin/',
    imports: [
      ...['bin/', 'lib/', 'functions/', 'shared/', 'aws-cdk-lib', 'cdk-nag', 'esbuild', '@aws-sdk/', 'node:'],
      ...['marked', 'minisearch', 'vite', 'sdk/typescript/src/airtime.ts'],
    ],
    because: 'nothing that runs depends on tests',
    breaks: ['test/support/system.ts', '@jest/globals'],
  },
];

const ADAPTERS = ['hotrecharge', 'pesaway', 'pesepay', 'sandbox'];

const RULES: readonly Rule[] = [
  {
    where: /^shared\/domain\/(?!sha256\.ts)/,
    bans: /from 'node:|\bawait\b|\basync\b/,
    because: 'the hash is in sha256.ts, and a decision waits for nothing',
    breaks: [
      'shared/domain/x.ts',
      "import { createHash } from 'node:crypto';",
      'export async function refund() {}',
      '  await sleep(1);',
    ],
  },
  {
    where: /^shared\/manifest\//,
    bans: /^import (?!type\b).*domain\/(?!money\.ts)/,
    because: 'the manifest needs no code of the domain but money',
    breaks: ['shared/manifest/routes.ts', "import { parsePhone } from '../domain/phone.ts';"],
  },
  {
    where:
      /^(?!shared\/flows\/(count-live|orders\/(circuit-breaker|prefunded-balance|sync-products))|functions\/workers\/(canary-order|reconcile|sync-catalogue|verify-ledgers|webhook-sender))(functions|shared\/flows)\//,
    bans: /log\.metric\(/,
    because: 'nothing that a tester does reaches a metric: `countLive` counts, and the sweeps measure live items',
    breaks: ['shared/flows/x.ts', '  world.log.metric(METRICS.moneyAnomaly, 1);'],
  },
  {
    where: /^(functions|shared\/(?!local\/|http\/openapi\/))/,
    bans: /from '.*\/openapi\//,
    because: 'schemas of answers are for tests, npm start and the document: no function carries them',
    breaks: ['shared/http/pipeline.ts', "import { violationsIn } from './openapi/violations.ts';"],
  },
  {
    where: /^shared\/world\.ts$/,
    bans: /^import (?!type\b)/,
    because: 'the World is types',
    breaks: ['shared/world.ts', "import { newId } from './id.ts';"],
  },
  ...ADAPTERS.map(
    (name): Rule => ({
      where: new RegExp(`^shared/providers/${name}`),
      bans: new RegExp(`from '\\./(?!${name})(${ADAPTERS.join('|')})`),
      because: 'no adapter knows another',
      breaks: [
        `shared/providers/${name}.ts`,
        `import { other } from './${name === 'sandbox' ? 'pesaway' : 'sandbox'}.ts';`,
      ],
    }),
  ),
  {
    where: /^(?!shared\/(aws|local)\/)(shared|functions)\//,
    bans: /\bDate\.now|new Date\(\)|performance\.now|Math\.random|random(UUID|Bytes|Int)|getRandomValues/,
    because: 'time and chance come from the World',
    breaks: ['shared/flows/x.ts', 'Date.now();', 'new Date();', 'Math.random();', 'randomUUID();', 'randomBytes(8);'],
  },
  {
    where: /^(?!shared\/(aws|local)\/|shared\/timers\.ts)(shared|functions)\//,
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
    where: /^(?!shared\/local\/)(shared|functions)\//,
    bans: /\bsettle[ds]?\b/,
    because: 'outcomes, query results and callbacks are applied, then committed',
    breaks: ['shared/flows/x.ts', 'await settle(order);', '  #settle(row: Row) {'],
  },
  {
    where: /^(shared|functions|lib|dashboard)\//,
    bans: /parseFloat|toFixed\((?!2\))/,
    because: 'money is never a float',
    breaks: ['shared/store/x.ts', 'parseFloat(text);', 'amount.toFixed(4);'],
  },
  {
    where: /^dashboard\/src\/(?!api\/act\.ts)/,
    bans: /\buseMutation\b/,
    because: 'every act of the dashboard is done once at a time: useAct',
    breaks: ['dashboard/src/routes/x.tsx', 'const save = useMutation({ mutationFn });'],
  },
  {
    where: /^sdk\/typescript\/src\/(?!cli\/)/,
    bans: /\bprocess\.|\bBuffer\b|\bconsole\./,
    because: 'the SDK uses what every web platform has',
    breaks: ['sdk/typescript/src/x.ts', 'process.env.KEY;', 'Buffer.from(text);', 'console.log(1);'],
  },
  {
    where: /^(shared|functions|lib|bin|test|dashboard|sdk)\//,
    bans: /\bexport default\b(?! (transformer|LongestFiles|LongestFirst)\b)/,
    because: 'a thing has one name',
    breaks: ['lib/x.ts', 'export default class X {}'],
  },
  {
    where: /^(shared|functions|lib|bin|test|dashboard|sdk)\//,
    bans: /\b(TODO|FIXME|XXX)\b/,
    readsComments: true,
    because: 'what is here is finished',
    breaks: ['shared/x.ts', 'f(); // TODO', '// TODO', '  /* FIXME: later */', ' * XXX'],
  },
  {
    // A browser is not installed everywhere: one line in the output of the tests says what was skipped.
    where: /^(?!test\/support\/browser\.ts)(shared|functions|lib|bin|test|dashboard|sdk)\//,
    bans: /\b(it|describe|test)\.(only|skip|todo)\b|\b[xf](it|describe)\(/,
    because: 'all of it is tested',
    breaks: ['test/x.test.ts', "it.only('x', f);", "describe.skip('x', f);", 'xit(f);'],
  },
];

/** Words that stop a reader who is new here, and the words of the field. They hold for code, comments, tests and pages. */
const BANNED_WORDS: readonly BannedWord[] = [
  { word: /\bverdicts?\b/i, use: 'row result, outcome', finds: ['its verdict', 'rowVerdicts'] },
  { word: /\bbesides\b/i, use: 'companion writes', finds: ['acceptBesides'] },
  { word: /\bbirth\b/i, use: 'initial fields', finds: ['birthOf'] },
  { word: /\bshun(s|ned|ning)?\b/i, use: 'back off', finds: ['shunned'] },
  { word: /\bpark(s|ed|ing)?\b/i, use: 'send to manual review', finds: ['isParked', 'parks it'] },
  { word: /\bhand(s|ed|ing)? on\b/i, use: 'publish', finds: ['handed on', 'handOnEvents'], passes: ['by hand once'] },
  {
    word: /(?<!encrypt\w* |encryption )\bat rest\b/i,
    use: 'quiescent',
    finds: ['at rest'],
    passes: ['encrypted at rest'],
  },
  { word: /\bcalm\b/i, use: 'fault-free', finds: ['a calm run'] },
  { word: /\btall(y|ies)\b/i, use: 'chunk progress', finds: ['chunkTally', 'TALLY_MAX'], passes: ['tall'] },
  // Scripts read the key simulators of local.json.
  {
    word: /\bsimulators?\b(?![:.]\w| *:)/i,
    use: 'upstream fake, simulation',
    finds: ['the simulator', 'HotrechargeSimulator'],
    passes: ['simulation', 'readonly simulators: Urls', 'local.simulators.pesepay'],
  },
  { word: /\bow(ed|es|ing)\b/i, use: 'pending', finds: ['owedEvents'], passes: ['borrowed', 'allowed'] },
  {
    word: /(?<!(one|two)-way )\bdoors?\b/i,
    use: 'protocol adapter, request pipeline',
    finds: ['OWN_DOOR'],
    passes: ['a two-way door'],
  },
  { word: /\bwalls?\b/i, use: 'egress guard', finds: ['the wall'], passes: ['firewall', 'wallet'] },
  { word: /\bstrikes?\b/i, use: 'failure count', finds: ['strikesMax'] },
  // Merchants read the field first_flaw.
  {
    word: /(?<!first )\bflaw(s|ed)?\b/i,
    use: 'problem, mismatch, violation',
    finds: ['flawOf'],
    passes: ['first_flaw'],
  },
  { word: /\btend(s|ed|ing)?\b/i, use: 'advance', finds: ['tendBatch'] },
  { word: /\bjudge[ds]?\b/i, use: 'check, apply', finds: ['judge(order)'] },
  { word: /\bhears?\b/i, use: 'receive, apply', finds: ['hearCallback'], passes: ['heart'] },
  {
    word: /\blooks? (gaps?|around|ms|max)\b|\b(a|each|next|first|found) looks?\b(?!-)/i,
    use: 'poll, status query, not found count',
    finds: ['lookGaps', 'LOOKS_MAX', 'notFoundLooks', 'not_found_looks', 'at the next look'],
    passes: ['looks missing', 'a look-up'],
  },
  { word: /\btold\b/i, use: 'notified, published, answered', finds: ['was told of', 'is told once'] },
  { word: /\bsees to\b/i, use: 'an active verb', finds: ['sees to it'] },
  { word: /\bguests?\b/i, use: 'waiter', finds: ['#guests', 'a guest'] },
  // A seed forks its chance by this word.
  { word: /(?<!fork\(.)\bfates?\b/i, use: 'result', finds: ['fateOf', 'its fate'] },
  { word: /\bits turn\b/i, use: 'next', finds: ['waits for its turn'], passes: ['its turnover'] },
  { word: /\b(becomes|became) of\b/i, use: 'what happened to', finds: ['whatever becomes of it'] },
  { word: /\bnothing behind\b/i, use: 'empty trailing path segment', finds: ['the nothing behind a slash'] },
  {
    word: /\b(our|the) floats?\b/i,
    use: 'prefunded balance',
    finds: ['our float'],
    passes: ['never a float', 'parseFloat'],
  },
  { word: /\b(society|universe|surroundings)\b/i, use: 'actors, simulation context', finds: ['class Society'] },
  { word: /\b(anew|thrice|whence|hence)\b/i, use: 'again, three times, from where, so', finds: ['anew'] },
];

const LINES_OF_A_FUNCTION_MAX = 70;
const LINES_OF_A_SOURCE_MAX = 450;
const CHARACTERS_OF_A_LINE_MAX = 120;

const all = sourcesIn('bin', 'lib', 'functions', 'shared', 'test', 'dashboard/src', 'sdk/typescript/src');
/** This file and its checkers show what is banned. */
const sources = all.filter(({ path }) => !/tidy/.test(path));
const production = sources.filter(({ path }) => !path.startsWith('test/'));
const committed = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(existsSync);
const pages = committed
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
/** Texts of pages and of the dashboard are kept as they are printed, and nobody reads what is made. */
const made = /^sdk\/typescript\/src\/api\.ts|^shared\/manifest\/(reads|writes)\.ts/;
const own = sources.filter(({ path }) => !/^test\/|^bin\/docs|^dashboard\/src\/texts\//.test(path) && !made.test(path));

it('every source imports only from layers above its own', () => {
  expect(wrongImports(production, LAYERS)).toEqual([]);
  const upward = LAYERS.flatMap((layer, place) =>
    LAYERS.slice(place + 1)
      .filter(({ path }) => allows(layer, path.replace(/\/$/, '/x.ts')))
      .map(({ path }) => `${layer.path} may import ${path}, which is below it`),
  );
  expect(upward).toEqual([]);
});

it('no two sources import each other, not even through others', () => {
  expect(importCircles(all)).toEqual([]);
});

it('every test file with a world on the local engine stops that engine, or jest never ends', () => {
  const tests = all.filter(
    ({ path, text }) => path.startsWith('test/') && /\btestWorld\(/.test(text) && !/tidy|support\/world\.ts/.test(path),
  );
  const runs = (text: string) =>
    /afterAll\(stopEngine\)|stopEngine\(\)/.test(text) || /\bfresh\w+ForEachTest\(/.test(text);
  expect(tests.length).toBeGreaterThan(20);
  expect(tests.filter(({ text }) => !runs(text)).map(({ path }) => path)).toEqual([]);
});

it('every source keeps the rules', () => {
  expect(breaches(sources, RULES)).toEqual([]);
});

it('no source and no page uses a word that only this project would understand', () => {
  expect([...sources, ...pages].flatMap((text) => bannedWordsIn(text, BANNED_WORDS))).toEqual([]);
});

it('every file that a comment or a page names exists', () => {
  expect([...sources, ...pages].flatMap((text) => missingFiles(text, committed))).toEqual([]);
});

it('no function, line or source is longer than can be read at once', () => {
  expect(own.flatMap((source) => longFunctions(source, LINES_OF_A_FUNCTION_MAX))).toEqual([]);
  expect(own.flatMap((source) => wideLines(source, CHARACTERS_OF_A_LINE_MAX))).toEqual([]);
  // Nobody reads from its top what a program makes.
  const written = own.filter(({ text }) => !text.startsWith('// Made by'));
  const long = written.filter(({ text }) => text.split('\n').length > LINES_OF_A_SOURCE_MAX);
  expect(long.map(({ path }) => path)).toEqual([]);
});

it('every source says by its name what is in it', () => {
  expect(emptyNames(all.map(({ path }) => path))).toEqual([]);
});

it('every source is used', () => {
  const scripts = ['test/simulation/cli.ts', 'test/simulation/proof.ts', 'test/support/unproduced.ts'];
  const isEntryPoint = (path: string) =>
    /^bin\/|^functions\/|^dashboard\/src\/(main\.tsx|preload\.ts)$|^sdk\/typescript\/src\/(airtime|cli\/main)\.ts$|\.test\.ts$|\.d\.ts$|\.mjs$|^test\/bench\/(\w+\.ts|lines\/)/.test(
      path,
    ) || [...scripts, 'test/stacks/synth.ts'].includes(path);
  expect(orphans(all, isEntryPoint)).toEqual([]);
});

it('every function is in the table of routes and workers, under its own name', () => {
  const files = sources.filter(({ path }) => path.startsWith('functions/')).map(({ path }) => path);
  expect(files.toSorted()).toEqual([...functionFiles.values()].toSorted());
});

it('every refusal in the table is used somewhere, and no other is', () => {
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
  const texts = committed.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  expect(machineNames(texts)).toEqual([]);
});

describe('each rule can fail:', () => {
  it.each(LAYERS)('$because ($path)', (layer) => {
    expect(layer.breaks.filter((name) => allows(layer, name))).toEqual([]);
  });

  it('a source in no layer, and an import that its layer does not allow', () => {
    const stray = { path: 'shared/x/y.ts', text: '' };
    const wrong = { path: 'lib/x.ts', text: "import { y } from '../functions/y.ts';" };
    expect(wrongImports([stray, wrong], LAYERS)).toEqual([
      'shared/x/y.ts is in no layer',
      expect.stringMatching(/^lib\/x\.ts imports functions\/y\.ts: /),
    ]);
  });

  it('sources that import each other, also by a type and through a third one', () => {
    const circle = [
      { path: 'shared/a.ts', text: "import type { B } from './b.ts';" },
      { path: 'shared/b.ts', text: "export { c } from './c.ts';" },
      { path: 'shared/c.ts', text: "import { a } from './a.ts';" },
      { path: 'shared/d.ts', text: "import { a } from './a.ts';" },
    ];
    expect(importCircles(circle)).toEqual(['shared/a.ts <-> shared/b.ts <-> shared/c.ts']);
    expect(importCircles(circle.slice(1))).toEqual([]);
  });

  it.each(BANNED_WORDS)('the word $word', ({ word, use, finds, passes = [] }) => {
    for (const text of finds) {
      expect([text, bannedWordsIn({ path: 'x.ts', text }, [{ word, use, finds }])]).toEqual([
        text,
        [expect.any(String)],
      ]);
    }
    for (const text of passes) expect(bannedWordsIn({ path: 'x.ts', text }, BANNED_WORDS)).toEqual([]);
  });

  it('a file that is named and does not exist, but not one in code', () => {
    const text = "/** See `docs/y.md`, x.ts. */\nimport './gone.ts'; // as in lib/z.ts";
    expect(missingFiles({ path: 'x.ts', text }, ['shared/x.ts'])).toEqual([
      'x.ts names docs/y.md',
      'x.ts names lib/z.ts',
    ]);
    expect(missingFiles({ path: 'x.md', text: '[y](../docs/y.md)' }, ['docs/y.md'])).toEqual([]);
  });

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
