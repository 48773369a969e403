import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Line } from '../line.ts';
import { median } from '../line.ts';

const SEEDS = '1..20';
const ROUNDS = 3;

export const line: Line = {
  name: 'simulation-speed',
  what: `Orders per second of \`npm run simulate -- --seeds ${SEEDS}\`, its start included.`,
  kind: 'timing',
  wanted: { 'orders per s': { least: 1_000, before: '554 on one core' } },
  async measure() {
    const speeds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      const args = ['test/simulation/cli.ts', '--seeds', SEEDS, '--json'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
      const { orders } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
      speeds.push((orders * 1_000) / (performance.now() - startedAt));
    }
    return { 'orders per s': median(speeds), cores: availableParallelism() };
  },
};
