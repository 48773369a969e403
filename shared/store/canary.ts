import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CanaryRuns } from '../domain/canary.ts';
import { afterRun } from '../domain/canary.ts';
import { elapsed, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';

/** What the canary's last runs came to: an item beside those of providers. */

const RUNS: Shape<CanaryRuns> = { ranAt: 'string', failedRuns: 'number' };
const PK = 'canary';
const MEMO_KEY = 'canary runs';
/** As stale as the health of providers may be. */
const FRESH_MS = 2 * SECOND;

export async function readCanaryRuns(world: World): Promise<CanaryRuns | undefined> {
  const remembered = world.memo.get(MEMO_KEY) as { at: string; runs: CanaryRuns | undefined } | undefined;
  if (remembered && elapsed(remembered.at, world.now()) < FRESH_MS) return remembered.runs;
  const answer = await world.db.send(new GetCommand({ TableName: world.table('health'), Key: { pk: PK } }));
  const runs =
    answer.Item && fromItem<CanaryRuns>('runs of the canary', RUNS, answer.Item.runs as Record<string, unknown>);
  world.memo.set(MEMO_KEY, { at: world.now(), runs });
  return runs;
}

/** Of two runs at once the later one counts: they are of the same minutes. */
export async function saveCanaryRun(world: World, isSound: boolean): Promise<void> {
  const runs = afterRun(await readCanaryRuns(world), isSound, world.now());
  await world.db.send(
    new UpdateCommand({
      TableName: world.table('health'),
      Key: { pk: PK },
      UpdateExpression: 'SET runs = :runs',
      ExpressionAttributeValues: { ':runs': runs },
    }),
  );
  world.memo.delete(MEMO_KEY);
}
