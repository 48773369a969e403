import { execFile } from 'node:child_process';
import type { PlantedBug } from './planted-bugs.ts';
import type { SeedsRun } from './run-seeds.ts';

/** More than any bug has needed so far. */
const SEEDS_MAX = 1000;

interface PlantedRun {
  readonly isCaught: boolean;
  /** How many seeds ran until it was caught. */
  readonly seeds: number;
}

/** Runs the simulation, or the test that must catch the bug, in a process of its own into which the bug is planted. */
export function runPlanted(bug: PlantedBug): Promise<PlantedRun> {
  return bug.caughtBy ? runTest(bug, bug.caughtBy) : runSimulation(bug);
}

async function runSimulation(bug: PlantedBug): Promise<PlantedRun> {
  const seeds = ['test/simulation/cli.ts', '--seeds', `1..${SEEDS_MAX}`, '--first', '--json'];
  const run: SeedsRun = JSON.parse(await output(bug, ['--import', './test/simulation/plant.mjs', ...seeds]));
  return { isCaught: run.violations.length > 0, seeds: run.seeds };
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
  return { isCaught: numFailedTests > 0 && numRuntimeErrorTestSuites === 0, seeds: 0 };
}

/** The standard output of a run with the bug planted. The exit code says nothing: a run that catches a bug fails. */
function output({ name }: PlantedBug, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PLANTED_BUG: name };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 28 }, (_error, stdout) => resolve(stdout));
  });
}
