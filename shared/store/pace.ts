import type { ProviderName } from '../domain/catalogue.ts';
import type { Health } from '../domain/health.ts';
import { MINUTE, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import { forgetHealth, readHealth, updateHealth } from './health.ts';

/**
 * The calls of all our processes to one provider, one after the other: its health item says when the next one may be
 * made that nobody has taken. Whoever takes some moves that moment on, by a condition that two cannot both meet.
 */

export type CallKind = 'sends' | 'queries';

/** Nobody takes a moment that is further ahead: the pace may have changed until then. */
const AHEAD_MS_MAX = 2 * SECOND;
/** What is further ahead was written by a process whose clock is wrong. */
const WRONG_MS = MINUTE;
const TRIES = 4;

/**
 * Takes the next `count` calls. Answers in how many ms the first of them may be made, the others at equal gaps after
 * it; `undefined` where too many are taken now. An answer that is lost costs the moments it took, nothing else.
 */
export async function takeCalls(
  world: World,
  provider: ProviderName,
  { kind, count, gapMs }: { kind: CallKind; count: number; gapMs: number },
): Promise<number | undefined> {
  const name = NEXT_AT[kind];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const seen = (await readHealth(world, provider))[name];
    const now = Date.parse(world.now());
    const isFree = seen === undefined || seen < now || seen > now + WRONG_MS;
    if (!isFree && seen > now + AHEAD_MS_MAX) return undefined;
    const taken = await updateHealth(
      world,
      provider,
      isFree ? begin(name, seen, now + count * gapMs) : join(name, now, count * gapMs),
    );
    if (taken) return Math.max(0, (taken[name] ?? now) - count * gapMs - now);
    // Somebody else was faster.
    forgetHealth(world, provider);
  }
  return undefined;
}

/** How many ms ahead the last call is that somebody took; negative where it was long ago. */
export async function backlogMs(world: World, provider: ProviderName, kind: CallKind): Promise<number> {
  const nextAt = (await readHealth(world, provider))[NEXT_AT[kind]] ?? Number.NEGATIVE_INFINITY;
  const ahead = nextAt - Date.parse(world.now());
  return ahead > WRONG_MS ? 0 : ahead;
}

type NextAt = keyof Pick<Health, 'sendsNextAt' | 'queriesNextAt'>;

const NEXT_AT: Readonly<Record<CallKind, NextAt>> = { sends: 'sendsNextAt', queries: 'queriesNextAt' };

/** Nothing is taken: what follows begins now. */
function begin(name: NextAt, seen: number | undefined, next: number) {
  const condition = seen === undefined ? `attribute_not_exists(${name})` : `${name} = :seen`;
  return {
    update: `SET ${name} = :next`,
    condition,
    values: { ':next': next, ...(seen === undefined ? {} : { ':seen': seen }) },
  };
}

function join(name: NextAt, now: number, ms: number) {
  const values = { ':ms': ms, ':now': now, ':latest': now + AHEAD_MS_MAX };
  return { update: `ADD ${name} :ms`, condition: `${name} BETWEEN :now AND :latest`, values };
}
