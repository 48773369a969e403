import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

/** The SDK as a merchant gets it: packed, installed into an empty project, and type-checked there. */

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'airtime-'));
const project = (...path: string[]) => join(folder, ...path);
const run = (command: string, ...args: string[]) => exec(command, args, { cwd: folder });
/** Fails with what the compiler says. */
const check = (compiler: string, ...args: string[]) =>
  run(process.execPath, compiler, '--noEmit', ...args).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );

const TYPESCRIPT_7 = resolve('node_modules/typescript/bin/tsc');
const OPTIONS = ['--strict', '--module', 'nodenext', '--target', 'ES2022', 'use.ts'];

const GIVEN = `
declare const process: { env: Record<string, string | undefined> };
declare const campaignId: string, secret: string;
`;

const USE = `
import type { NewOrder, Order, OrderStatus, WebhookEvent } from '@airtime/sdk';
import { Airtime, AirtimeError, isAirtimeError, signPayout, verifyWebhook } from '@airtime/sdk';

const airtime = new Airtime({ apiKey: 'atk_test_x', baseUrl: 'http://localhost:8080' });

export async function sell(order: NewOrder): Promise<OrderStatus> {
  try {
    const { agent_reference } = await airtime.orders.send(order);
    const { status, timeline } = await airtime.orders.waitForFinal(agent_reference, { timeoutMs: 1000 });
    return timeline.at(-1)?.status ?? status;
  } catch (error) {
    if (isAirtimeError(error, 'insufficient_funds')) return 'failed';
    if (error instanceof AirtimeError && error.unclear) return 'unknown';
    throw error;
  }
}

export async function latest(): Promise<Order[]> {
  const found: Order[] = [];
  for await (const order of airtime.orders.list({ status: 'success' })) found.push(order);
  return found;
}

export async function receive(body: Uint8Array, headers: Record<string, string>): Promise<string | undefined> {
  const event: WebhookEvent = await verifyWebhook(body, headers, 'whsec_x', { toleranceSeconds: 60 });
  return event.type === 'order.success' ? event.data.object.agent_reference : undefined;
}

export const headers: Promise<Record<string, string>> = signPayout('{}', 'whsec_x');

// @ts-expect-error An order needs a target.
sell({ product_id: 100, amount: 5 });
// @ts-expect-error There is no such status to filter by.
airtime.orders.list({ status: 'done' });
// @ts-expect-error There is no such operation.
airtime.call('nothing');
`;

beforeAll(async () => {
  writeFileSync(project('package.json'), '{ "name": "shop", "private": true, "type": "module" }');
  writeFileSync(project('use.ts'), USE);
  await exec('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: 'sdk/typescript' });
  const [packed = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  await run('npm', 'install', '--offline', '--no-audit', '--no-fund', `./${packed}`);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has what it needs to be published, and brings nothing along', () => {
  const installed = project('node_modules/@airtime/sdk');
  expect(readdirSync(project('node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@airtime']);
  expect(readdirSync(installed).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  const {
    name,
    version,
    license,
    exports,
    bin,
    private: isPrivate,
  } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect([name, version, license, isPrivate]).toEqual(['@airtime/sdk', '0.1.0', 'SEE LICENSE IN LICENSE', undefined]);
  const files = readdirSync(join(installed, 'dist'), { recursive: true }).map((file) => `dist/${file}`);
  expect(files).toEqual(
    expect.arrayContaining([exports['.'].default.slice(2), exports['.'].types.slice(2), bin.airtime]),
  );
  expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
});

it('is loaded and run as it was installed', async () => {
  const script =
    "import('@airtime/sdk').then(({ Airtime }) => console.log(typeof new Airtime({ baseUrl: 'http://x' }).orders.send))";
  expect((await run(process.execPath, '-e', script)).stdout).toBe('function\n');
  expect((await run(project('node_modules/.bin/airtime'), '--version')).stdout).toBe('0.1.0\n');
  expect((await run(project('node_modules/.bin/airtime'))).stdout).toContain('airtime webhooks listen');
});

it('type-checks under TypeScript 7, declarations included, with and without the types of a browser', async () => {
  expect(await check(TYPESCRIPT_7, ...OPTIONS, '--lib', 'ES2022')).toBe('');
  expect(await check(TYPESCRIPT_7, ...OPTIONS, '--lib', 'ES2022,DOM', '--exactOptionalPropertyTypes')).toBe('');
}, 300_000);

it('the snippets of its page type-check as printed', async () => {
  const page = readFileSync('sdk/typescript/README.md', 'utf8');
  const snippets = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  expect(snippets.length).toBeGreaterThan(4);
  const files = snippets.map((snippet, index) => {
    const imported = snippet.includes('import { Airtime }') ? '' : "import { Airtime } from '@airtime/sdk';";
    const made = snippet.includes('const airtime =') ? '' : 'declare const airtime: Airtime;';
    const name = `snippet-${index}.ts`;
    writeFileSync(project(name), [snippet, imported, made, GIVEN].join('\n'));
    return name;
  });
  const options = OPTIONS.filter((option) => option !== 'use.ts');
  expect(await check(TYPESCRIPT_7, ...options, '--lib', 'ES2022,DOM', ...files)).toBe('');
}, 300_000);

it('type-checks under TypeScript 5.9, where the registry answers', async () => {
  const other = mkdtempSync(join(tmpdir(), 'airtime-'));
  try {
    await exec('npm', ['install', '--no-audit', '--no-fund', '--prefix', other, 'typescript@5.9.3']);
  } catch {
    process.stderr.write('The registry did not answer: nothing was checked under TypeScript 5.9.\n');
    return;
  }
  const compiler = join(other, 'node_modules/typescript/bin/tsc');
  expect(await check(compiler, ...OPTIONS, '--lib', 'ES2022')).toBe('');
  expect(await check(compiler, ...OPTIONS, '--lib', 'ES2022,DOM')).toBe('');
  rmSync(other, { recursive: true, force: true });
}, 300_000);
