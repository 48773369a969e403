import type { Occurrence } from '../../domain/notice.ts';
import { withOccurrences } from '../../domain/notice.ts';
import { isNotified } from '../../domain/notification.ts';
import { noticePuts, readWithKnown } from '../../store/notices.ts';
import { readTeam } from '../../store/teams.ts';
import type { Put } from '../../store/write.ts';
import { Retry, withRetries, write } from '../../store/write.ts';
import type { World } from '../../world.ts';

/** As many as one transaction takes beside others. */
const ADDED_AT_ONCE = 50;

/**
 * Adds what happened to notices, to be mailed to the members who want to know. Each occurrence is added once, by its
 * id, however often it is found and by how many at once. Where nobody wants to know, nothing of it is kept. A notice
 * that cannot be written keeps none of the others waiting; the first failure is thrown when all were tried.
 */
export async function addToNotices(world: World, all: readonly Occurrence[]): Promise<void> {
  const failures: unknown[] = [];
  for (const ofOne of Map.groupBy(all, ({ key }) => JSON.stringify(key)).values()) {
    await addInParts(world, ofOne).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function addInParts(world: World, ofOne: readonly Occurrence[]): Promise<void> {
  for (let from = 0; from < ofOne.length; from += ADDED_AT_ONCE) {
    await addToOne(world, ofOne.slice(from, from + ADDED_AT_ONCE));
  }
}

function addToOne(world: World, occurrences: readonly Occurrence[]): Promise<void> {
  return withRetries(world, async () => {
    const puts = await occurrencePuts(world, occurrences);
    if (puts.length === 0) return undefined;
    // Refused, others added it or changed the notice, or our own answer was lost: what is there now says which.
    const written = await write(world, puts);
    return written.kind === 'done' ? undefined : new Retry('the notice keeps changing');
  });
}

/** Occurrences of one notice, as puts for a transaction with what makes them so; none where nothing is to be added. */
export async function occurrencePuts(world: World, occurrences: readonly Occurrence[]): Promise<Put[]> {
  const [first] = occurrences;
  if (!first) return [];
  const { key } = first;
  const { members } = await readTeam(world, key.merchantId);
  if (!members.some((member) => isNotified(member, key.kind, key.mode))) return [];
  const { notice, known } = await readWithKnown(world, key, occurrences);
  const added = occurrences.filter(({ id }) => !known.has(id));
  return added.length === 0 ? [] : noticePuts(world, withOccurrences(notice, added, world.now()), added);
}
