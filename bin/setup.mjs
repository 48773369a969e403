import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Installs the packages when they are missing or do not match the lock file. Plain JavaScript, because it runs on the
 * Node of the machine, which may be old; the project itself runs on the Node that this installs.
 */

/** The oldest Node on which npm ci works, and the Node that the project runs on. */
const NODE_MIN = 18;
const PROJECT_NODE_MIN = 24;

/**
 * The platforms that the database engine has a program for. The first one's is in the lock file. The others' is not,
 * because one that a registry lacks would fail every npm ci: it is installed beside it, by the engine's own package.
 */
export const ENGINE_PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'];
/** Below `node_modules`, so that npm ci removes it with all others. npm leaves folders alone that begin with a dot. */
const ENGINE_FOLDER = join('node_modules', '.engine');

/** Why packages must be installed, or undefined if they match the lock file. */
export function staleness(root) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'the packages are not installed yet';
  if (projectNode(root) < PROJECT_NODE_MIN) return `Node ${PROJECT_NODE_MIN}, which comes as a package, is missing`;
  const marker = join(root, 'node_modules', '.airtime-lock');
  const hash = hashOf(join(root, 'package-lock.json'));
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(installed).mtimeMs) {
    return readFileSync(marker, 'utf8') === hash ? undefined : 'the lock file has changed';
  }
  // Installed by the user's own npm ci. A checkout changes the time of the lock file, so the packages are compared.
  if (isSameTree(join(root, 'package-lock.json'), installed)) {
    writeFileSync(marker, hash);
    return undefined;
  }
  return 'the lock file has changed';
}

/** The major version of the Node in node_modules, or 0. It is read, not run, because this happens at every start. */
function projectNode(root) {
  const manifest = join(root, 'node_modules', 'node', 'package.json');
  if (!existsSync(manifest) || !existsSync(join(root, 'node_modules', '.bin', 'node'))) return 0;
  return Number(JSON.parse(readFileSync(manifest, 'utf8')).version.split('.')[0]);
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Compares with npm's own list of what it installed. Packages for other platforms are in the lock file only. */
function isSameTree(lockFile, installedFile) {
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages ?? {};
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return installed[path] === undefined ? optional === true : installed[path].version === version;
  });
}

/** Runs npm, and says every ten seconds that it still does. The answer is why it failed, or undefined. */
function npm(args, cwd) {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(0, 20_000);
    });
  }
  const progress = setInterval(() => process.stderr.write(`  … ${seconds()} s\n`), 10_000);
  return new Promise((resolve) => {
    child.once('error', () => resolve('npm was not found; install Node with npm, then try again.'));
    child.once('close', (code) => resolve(code === 0 ? undefined : explain(output, code)));
  }).then((problem) => {
    clearInterval(progress);
    if (problem === undefined) process.stderr.write(`  installed in ${seconds()} s\n`);
    return problem;
  });
}

/** Turns npm's output into one sentence that says what failed and what to do. */
export function explain(output, exitCode) {
  const code = /npm (?:error|ERR!) code (\w+)/.exec(output)?.[1];
  const lacking = output.match(/(?:Missing|Invalid): \S+/g) ?? [];
  if (code === 'EUSAGE' && lacking.length > 0) {
    const more = lacking.length > 1 ? ` and ${lacking.length - 1} more` : '';
    return `package-lock.json does not fit package.json (${lacking[0]}${more}); run npm install to repair it.`;
  }
  if (/^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E5\d\d)$/.test(code ?? '')) {
    return `the npm registry cannot be reached (${code}); check the network and npm config get registry.`;
  }
  if (code === 'ENOSPC') return 'the disk is full; about 1 GB is needed.';
  return `npm ended with ${code ?? exitCode}; run npm ci to see why.`;
}

/**
 * Whether there is a database engine, as `shared/local/engine.ts` looks for one, or it is to be installed, or there is
 * none for this machine. DynamoDB Local is taken as it is: whoever has set it up wants it.
 */
export function enginePlan(root, { platform, arch, env }, exists = existsSync) {
  if (env.DYNAMODB_ENDPOINT || hasDynamodbLocal(platform, env, exists)) return 'ready';
  const inPackage = join('@dynoxide', `${platform}-${arch}`, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  const folders = ['node_modules', join(ENGINE_FOLDER, 'node_modules')];
  if (folders.some((folder) => exists(join(root, folder, inPackage)))) return 'ready';
  return ENGINE_PLATFORMS.includes(`${platform}-${arch}`) ? 'install' : 'none';
}

function hasDynamodbLocal(platform, env, exists) {
  const java = platform === 'win32' ? 'java.exe' : 'java';
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const home = env.DYNAMODB_LOCAL_HOME;
  return Boolean(home) && exists(join(home, 'DynamoDBLocal.jar')) && folders.some((each) => exists(join(each, java)));
}

/** Installs a database engine where none is: undefined, or one sentence that says what to install. */
export async function ensureEngine(root, machine) {
  const plan = enginePlan(root, machine);
  if (plan === 'ready') return undefined;
  const advice = 'install Java and set DYNAMODB_LOCAL_HOME to a folder with DynamoDB Local, or DYNAMODB_ENDPOINT to';
  const name = `${machine.platform}-${machine.arch}`;
  if (plan === 'none') return `There is no database engine for ${name}: ${advice} a running engine.`;
  process.stderr.write(`Installing the database engine for ${name}, which nobody has tried there yet.\n`);
  const folder = join(root, ENGINE_FOLDER);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const flags = [
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--fetch-retries=1',
    '--install-strategy=hoisted',
  ];
  const wanted = enginePackage(root);
  const problem = await npm(['install', ...flags, '--prefix', folder, wanted], folder);
  if (enginePlan(root, machine) === 'ready') return undefined;
  const cause = problem?.split(';')[0] ?? `it has no program for ${name}`;
  return `The database engine ${wanted} was not installed (${cause}): ${advice} a running engine.`;
}

/** The engine's own package, which brings the program for the machine, in the version of the lock file. */
function enginePackage(root) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return `dynoxide@${optionalDependencies['@dynoxide/linux-x64']}`;
}

/** Installs what is missing or old: undefined, or what is wrong. */
async function installPackages(root) {
  const reason = staleness(root);
  if (reason === undefined) return undefined;
  process.stderr.write(`Installing packages: ${reason}. This takes about a minute, once.\n`);
  const problem = await npm(['ci'], root);
  if (problem !== undefined) return `The packages could not be installed: ${problem}`;
  if (projectNode(root) < PROJECT_NODE_MIN) {
    return `Node ${PROJECT_NODE_MIN} was not installed: set npm's ignore-scripts to false, then run npm ci.`;
  }
  writeFileSync(join(root, 'node_modules', '.airtime-lock'), hashOf(join(root, 'package-lock.json')));
  return undefined;
}

async function main() {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  if (Number(process.versions.node.split('.')[0]) < NODE_MIN) {
    return `Node ${NODE_MIN} or newer is needed to set up; this is ${process.versions.node}.`;
  }
  if (!existsSync(join(root, 'package-lock.json')))
    return 'There is no package-lock.json here; clone the project again.';
  const problem = await installPackages(root);
  if (problem !== undefined) return problem;
  // No failure: most commands need no engine, and those that do say the same.
  const lacking = await ensureEngine(root, process);
  if (lacking !== undefined) process.stderr.write(`${lacking}\n`);
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = await main();
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
}
