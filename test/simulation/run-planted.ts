import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlantedBug } from './planted-bugs.ts';
import type { SeedsRun } from './run-seeds.ts';

export const SEEDS_FILE = 'test/simulation/planted-seeds.json';
/** Several times what any bug has needed so far. */
const SEEDS_MAX = 300;

interface PlantedRun {
  readonly isCaught: boolean;
  /** The seed that caught it; 0 for a bug that a test catches. */
  readonly seed: number;
}

/** By the name of a bug, a seed that caught it when `record-seeds.mjs` ran last. Absent: the first of all. */
export function recordedSeeds(): Record<string, number> {
  return JSON.parse(readFileSync(SEEDS_FILE, 'utf8'));
}

/**
 * Runs the simulation, or the test that must catch the bug, in a process of its own into which the bug is planted. The
 * recorded seed is tried before the others: a wrong record costs time and hides nothing.
 */
export async function runPlanted(bug: PlantedBug): Promise<PlantedRun> {
  if (bug.caughtBy) return runTest(bug, bug.caughtBy);
  const recorded = recordedSeeds()[bug.name];
  const run = recorded === undefined ? undefined : await runSimulation(bug, recorded, recorded);
  return run?.isCaught ? run : findSeed(bug);
}

/** The first seed that catches a bug. */
function findSeed(bug: PlantedBug): Promise<PlantedRun> {
  return runSimulation(bug, 1, SEEDS_MAX);
}

async function runSimulation(bug: PlantedBug, from: number, to: number): Promise<PlantedRun> {
  // One thread: most bugs are caught by the first seed, and several run at once.
  const seeds = ['test/simulation/cli.ts', '--seeds', `${from}..${to}`, '--first', '--json', '--workers', '1'];
  const run: SeedsRun = JSON.parse(await output(bug, ['--import', './test/simulation/plant.mjs', ...seeds]));
  const [violation] = run.violations;
  return { isCaught: violation !== undefined, seed: violation?.seed ?? 0 };
}

/** What jest writes with `--json`, as far as it is read here. */
interface JestResults {
  readonly numFailedTests: number;
  /** Files that could not even be loaded: that catches nothing. */
  readonly numRuntimeErrorTestSuites: number;
}

async function runTest(bug: PlantedBug, { test, name }: NonNullable<PlantedBug['caughtBy']>): Promise<PlantedRun> {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  // A test that fails may leave a server open, which would keep the process alive.
  const jest = ['node_modules/jest/bin/jest.js', '--json', '--reporters=default', '--forceExit'];
  const text = await output(bug, [
    ...node,
    ...jest,
    '--runTestsByPath',
    test,
    ...(name === undefined ? [] : ['-t', name]),
  ]);
  const { numFailedTests, numRuntimeErrorTestSuites }: JestResults = JSON.parse(text);
  return { isCaught: numFailedTests > 0 && numRuntimeErrorTestSuites === 0, seed: 0 };
}

/** The standard output of a run with the bug planted. The exit code says nothing: a run that catches a bug fails. */
function output({ name }: PlantedBug, args: readonly string[]): Promise<string> {
  // Hundreds of processes compile the same sources: the first leaves them to the others.
  const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env, PLANTED_BUG: name };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 28 }, (_error, stdout) => resolve(stdout));
  });
}
