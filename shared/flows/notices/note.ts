import type { Told } from '../../domain/happening.ts';
import { noted } from '../../domain/notice.ts';
import { isTold } from '../../domain/notification.ts';
import { notedPuts, readNoted } from '../../store/notices.ts';
import { readTeam } from '../../store/teams.ts';
import type { Put } from '../../store/write.ts';
import { Retry, withRetries, write } from '../../store/write.ts';
import type { World } from '../../world.ts';

/** As many as one transaction takes beside others. */
const NOTED_AT_ONCE = 50;

/**
 * Notes what happened, to be mailed to the members who want to know. Each is noted once, under its id, however often it
 * is found and by how many at once. Where nobody wants to know, nothing is kept of it.
 */
export async function noteAll(world: World, all: readonly Told[]): Promise<void> {
  for (const ofOne of Map.groupBy(all, ({ key }) => JSON.stringify(key)).values()) {
    for (let from = 0; from < ofOne.length; from += NOTED_AT_ONCE) {
      await note(world, ofOne.slice(from, from + NOTED_AT_ONCE));
    }
  }
}

function note(world: World, told: readonly Told[]): Promise<void> {
  return withRetries(world, async () => {
    const puts = await notePuts(world, told);
    if (puts.length === 0) return undefined;
    // Refused, others noted it or changed the notice, or our own answer was lost: what is there now says which.
    const written = await write(world, puts);
    return written.kind === 'done' ? undefined : new Retry('the notice keeps changing');
  });
}

/** What happened to one thing, as puts for a transaction with what makes it so; none where there is nothing to note. */
export async function notePuts(world: World, told: readonly Told[]): Promise<Put[]> {
  const [first] = told;
  if (!first) return [];
  const { key } = first;
  const { members } = await readTeam(world, key.merchantId);
  if (!members.some((member) => isTold(member, key.kind, key.mode))) return [];
  const ids = told.map(({ happening }) => happening.id);
  const { notice, known } = await readNoted(world, key, ids);
  const fresh = told.map(({ happening }) => happening).filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? [] : notedPuts(world, noted(notice, fresh, world.now()), fresh);
}
