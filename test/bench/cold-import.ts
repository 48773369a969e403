import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundle, bundleSettings } from '../../bin/bundle.ts';

/**
 * What a cold start pays for loading a function: the time that `require` takes for its bundle, in fresh processes,
 * against a bundle of the bare DynamoDB client. The two take turns, so that whatever else runs here slows both.
 */

interface Sample {
  readonly ms: number;
  readonly cpuMs: number;
}

export interface ColdImport {
  readonly function: string;
  readonly samples: number;
  /** Of the medians; by CPU time it hardly moves where other processes run beside. */
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly ms: number;
  readonly bareMs: number;
  readonly kilobytes: number;
  readonly bareKilobytes: number;
}

const BARE = `
  import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
  export const handler = () => new DynamoDBClient({}).send(new GetItemCommand({ TableName: 't', Key: {} }));
`;

const LOAD = `
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  require(process.argv[1]);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }));
`;

export async function coldImport(name: string, samples: number): Promise<ColdImport> {
  const out = mkdtempSync(join(tmpdir(), 'cold-'));
  try {
    const subject = join(out, 'dist', name, 'index.js');
    await bundle(join(out, 'dist'), [name]);
    const bare = join(out, 'bare.js');
    await build({ ...bundleSettings, stdin: { contents: BARE, resolveDir: process.cwd() }, outfile: bare });
    writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');
    const taken = { subject: [] as Sample[], bare: [] as Sample[] };
    // The first round only warms the disk.
    for (let n = 0; n <= samples; n++) {
      const round = { subject: load(subject), bare: load(bare) };
      if (n === 0) continue;
      taken.subject.push(round.subject);
      taken.bare.push(round.bare);
    }
    const ms = median(taken.subject.map((each) => each.ms));
    const bareMs = median(taken.bare.map((each) => each.ms));
    const cpuMs = median(taken.subject.map((each) => each.cpuMs));
    return {
      function: name,
      samples,
      ratio: round(ms / bareMs, 2),
      cpuRatio: round(cpuMs / median(taken.bare.map((each) => each.cpuMs)), 2),
      ms: round(ms, 1),
      bareMs: round(bareMs, 1),
      kilobytes: Math.round(statSync(subject).size / 1000),
      bareKilobytes: Math.round(statSync(bare).size / 1000),
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function load(file: string): Sample {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', LOAD, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} could not be loaded: ${stderr}`);
  return JSON.parse(stdout) as Sample;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      function: { type: 'string', default: 'create-order' },
      samples: { type: 'string', default: '31' },
      // The only form there is.
      json: { type: 'boolean' },
    },
  });
  process.stdout.write(`${JSON.stringify(await coldImport(values.function, Number(values.samples)))}\n`);
}
