import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { findDynoxide } from '../../shared/local/engine.ts';

interface Setup {
  staleness(root: string): string | undefined;
  explain(output: string, exitCode: number): string;
  enginePlan(root: string, machine: Machine, exists?: (file: string) => boolean): string;
  ensureEngine(root: string, machine: Machine): Promise<string | undefined>;
  ENGINE_PLATFORMS: string[];
}

interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const setup: Setup = await import(String('../../bin/setup.mjs'));

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/one': { version: '1.0.0' },
    'node_modules/other-platform': { version: '2.0.0', optional: true },
  },
};
let root: string;
let registry: Server | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airtime-setup-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(root, 'package.json'), readFileSync(resolve('package.json')));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  registry?.closeAllConnections();
  registry?.close();
  delete process.env.npm_config_registry;
  delete process.env.npm_config_cache;
});

/** What `npm ci` leaves, without our own marker. */
function install(version = '1.0.0', nodeVersion = '24.21.0'): void {
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  mkdirSync(join(modules, 'node'), { recursive: true });
  writeFileSync(join(modules, '.bin', 'node'), '');
  writeFileSync(join(modules, 'node', 'package.json'), JSON.stringify({ version: nodeVersion }));
  const packages = { 'node_modules/one': { version } };
  writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
}

it('a fresh clone needs an installation', () => {
  expect(setup.staleness(root)).toContain('not installed');
});

it("the user's own npm ci is enough, without the packages of other platforms", () => {
  install();
  expect(setup.staleness(root)).toBeUndefined();
  expect(setup.staleness(root)).toBeUndefined();
});

it('a checkout that only changes the time of the lock file needs no installation', () => {
  install();
  setup.staleness(root);
  const later = new Date('2099-01-01T00:00:00Z');
  utimesSync(join(root, 'package-lock.json'), later, later);
  expect(setup.staleness(root)).toBeUndefined();
});

it('a lock file with another version needs an installation, also after an earlier check', () => {
  install();
  expect(setup.staleness(root)).toBeUndefined();
  const packages = { ...lock.packages, 'node_modules/one': { version: '1.0.1' } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  expect(setup.staleness(root)).toContain('lock file has changed');
});

it('packages without the Node of the project need an installation', () => {
  install('1.0.0', '20.1.0');
  expect(setup.staleness(root)).toContain('Node 24');
  install();
  rmSync(join(root, 'node_modules', '.bin', 'node'));
  expect(setup.staleness(root)).toContain('Node 24');
});

it.each([
  [
    'npm error code EUSAGE\nnpm error Missing: a@1 from lock file\nnpm error Missing: b@2 from lock file',
    /a@1 and 1 more/,
  ],
  ['npm error code ENOTFOUND\nnpm error network request failed', /registry cannot be reached \(ENOTFOUND\)/],
  ['npm error code ECONNREFUSED', /registry cannot be reached/],
  ['npm ERR! code ENOSPC', /disk is full/],
  ['Segmentation fault', /npm ended with 139; run npm ci/],
])('a failed installation is one sentence with what to do: %j', (output, sentence) => {
  const explained = setup.explain(output, 139);
  expect(explained).toMatch(sentence);
  expect(explained.split('\n')).toHaveLength(1);
});

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'];

function machine(name: string, env: Machine['env'] = {}): Machine {
  const [platform = '', arch = ''] = name.split('-');
  return { platform, arch, env };
}

/** Puts an empty file there, and its folders. */
function touch(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

it.each([...PLATFORMS, 'linux-mips', 'freebsd-x64', 'win32-arm64'])(
  'on %s an engine is installed if there is one for it and none is there yet',
  (name) => {
    expect(setup.ENGINE_PLATFORMS).toEqual(PLATFORMS);
    expect(setup.enginePlan(root, machine(name))).toBe(PLATFORMS.includes(name) ? 'install' : 'none');
  },
);

it.each(PLATFORMS)('on %s the engine that setup puts there is the one that is started', (name) => {
  const { platform, arch } = machine(name);
  const file = platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  for (const folder of ['node_modules/.engine/node_modules', 'node_modules']) {
    expect(findDynoxide(platform, arch, join(root, 'other'))).toBeUndefined();
    const program = join(root, folder, '@dynoxide', name, file);
    touch(program);
    expect(findDynoxide(platform, arch, root)).toBe(program);
    expect(setup.enginePlan(root, machine(name))).toBe('ready');
    rmSync(join(root, 'node_modules'), { recursive: true });
  }
});

it('an engine that runs, or DynamoDB Local with Java, is taken as it is, and not without Java', () => {
  const env = { DYNAMODB_LOCAL_HOME: join(root, 'local'), PATH: join(root, 'bin') };
  const plan = (given: Machine['env']) => setup.enginePlan(root, machine('darwin-arm64', given));
  touch(join(root, 'local', 'DynamoDBLocal.jar'));
  expect(plan(env)).toBe('install');
  touch(join(root, 'bin', 'java'));
  expect(plan(env)).toBe('ready');
  expect(plan({ PATH: env.PATH })).toBe('install');
  expect(plan({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' })).toBe('ready');
});

const { version: VERSION } = JSON.parse(readFileSync(resolve('package-lock.json'), 'utf8')).packages[
  'node_modules/@dynoxide/linux-x64'
];

/** A registry with the engine's own package as it is published: a program for each platform, all of them optional. */
async function startRegistry(platforms: readonly string[]): Promise<Server> {
  const programs = platforms.map((name) => `@dynoxide/${name}`);
  const [folder, tarball] = [join(root, 'package'), join(root, 'program.tgz')];
  touch(join(folder, 'dynoxide'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'any', version: VERSION }));
  expect(spawnSync('tar', ['-czf', tarball, '-C', root, 'package']).status).toBe(0);
  const server = createServer(({ url = '', headers }, response) => {
    if (url === '/program.tgz') return response.end(readFileSync(tarball));
    const name = decodeURIComponent(url.slice(1));
    if (name !== 'dynoxide' && !programs.includes(name)) return response.writeHead(404).end('{}');
    const [os, cpu] = name.replace('@dynoxide/', '').split('-');
    const optionalDependencies = Object.fromEntries(programs.map((each) => [each, VERSION]));
    const own = name === 'dynoxide' ? { optionalDependencies } : { os: [os], cpu: [cpu] };
    const dist = { tarball: `http://${headers.host}/program.tgz` };
    const versions = { [VERSION]: { name, version: VERSION, ...own, dist } };
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: VERSION }, versions }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  process.env.npm_config_registry = `http://127.0.0.1:${address.port}/`;
  process.env.npm_config_cache = join(root, 'cache');
  return server;
}

const here = { platform: process.platform, arch: process.arch, env: {} };

it('npm brings the program for this machine in the version of the lock file, and changes no other file', async () => {
  const name = `${process.platform}-${process.arch}`;
  registry = await startRegistry([...new Set([...PLATFORMS, name])]);
  const before = readdirSync(root);
  expect(await setup.ensureEngine(root, here)).toBeUndefined();
  expect(findDynoxide(process.platform, process.arch, root)).toContain('.engine');
  const modules = join(root, 'node_modules', '.engine', 'node_modules');
  expect(readdirSync(join(modules, '@dynoxide'))).toEqual([name]);
  expect(JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages).toMatchObject({
    'node_modules/dynoxide': { version: VERSION },
  });
  expect(readdirSync(root).filter((file) => file !== 'cache')).toEqual([...before, 'node_modules'].toSorted());
});

it.each([
  ['has no program for this machine', ['aix-ppc64'], /\(it has no program for \w+-\w+\)/],
  ['is not in the registry', undefined, /\(npm ended with E404\)/],
])('an engine that %s is one sentence that says what to install', async (_what, platforms, cause) => {
  registry = await startRegistry(platforms ?? []);
  if (!platforms) process.env.npm_config_registry += 'gone/';
  const lacking = (await setup.ensureEngine(root, here)) ?? '';
  expect(lacking).toMatch(cause);
  expect(lacking).toMatch(/: install Java and set DYNAMODB_LOCAL_HOME .* or DYNAMODB_ENDPOINT to a running engine\.$/);
  expect(lacking.split('\n')).toHaveLength(1);
});

it('a machine that no engine is for gets one sentence, and nothing is installed', async () => {
  expect(await setup.ensureEngine(root, machine('linux-mips'))).toMatch(
    /^There is no database engine for linux-mips: /,
  );
  expect(existsSync(join(root, 'node_modules'))).toBe(false);
});
