import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Snapshot } from '../../bin/delivery/kept-resources.ts';
import { changesOf, keptIn } from '../../bin/delivery/kept-resources.ts';
import { Cloud } from './cloud.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

/**
 * What was deployed last of each table, as far as it can only be changed with care: its logical id, keys, indexes and
 * projections; and of every bucket, key, secret, vault and address what makes it another one.
 * `node test/stacks/tables-snapshot.ts` writes those of now into the snapshot and says what changed; it refuses a
 * change that CloudFormation cannot make in one update, or makes by losing data, unless `--undeployed` says that there
 * is nothing to update. The runbook says how such a change is made: "Change the shape of a table".
 */

const PATH = 'test/stacks/tables.snapshot.json';

export function readSnapshot(): Snapshot {
  return existsSync(PATH) ? JSON.parse(readFileSync(PATH, 'utf8')) : {};
}

function main(isUndeployed: boolean): number {
  const kept = keptIn(new Cloud(SAMPLE_STAGES.live).resources);
  const { all, refused } = changesOf(readSnapshot(), kept);
  const text = (lines: readonly string[]) => lines.map((line) => `  ${line}\n`).join('');
  if (refused.length > 0 && !isUndeployed) {
    process.stderr.write(
      `Not in one update:\n${text(refused)}The runbook says how: "Change the shape of a table". ` +
        'If no stage is deployed yet: --undeployed.\n',
    );
    return 1;
  }
  writeFileSync(PATH, `${JSON.stringify(kept, null, 2)}\n`);
  process.stdout.write(all.length === 0 ? 'Nothing has changed.\n' : `Written to ${PATH}:\n${text(all)}`);
  return 0;
}

if (import.meta.main) process.exit(main(process.argv.includes('--undeployed')));
