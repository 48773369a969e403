import type { Plan, Run } from './simulation.ts';
import { simulate } from './simulation.ts';

export interface ShrunkRun {
  /** The clients and faults that are all needed for the violation. */
  readonly parts: readonly string[];
  readonly trace: readonly string[];
}

/** Each try takes about a tenth of a second. */
const TRIES_MAX = 200;
const CLIENT = 'client ';

/** Repeats a run that violates an invariant, with as few clients and faults as still violate the same one. */
export async function shrinkRun(seed: number, given: Plan): Promise<ShrunkRun> {
  const { orders } = given;
  const invariant = (run: Run) => run.violations[0]?.replace(/ord[_-]\w+|\d+/g, '…');
  const whole = await simulate(seed, given);
  const violated = invariant(whole);
  const plan = (parts: readonly string[]): Plan => ({
    ...given,
    clients: new Set(parts.flatMap((part) => (part.startsWith(CLIENT) ? Number(part.slice(CLIENT.length)) : []))),
    only: new Set(parts),
  });
  const fails = async (parts: readonly string[]) => invariant(await simulate(seed, plan(parts))) === violated;
  const allClients = Array.from({ length: orders }, (_, n) => `${CLIENT}${n}`);
  const clients = await shrink(allClients, (some) => fails([...some, ...whole.faults]), TRIES_MAX);
  // Fewer clients meet fewer faults: only those are left to choose from.
  const { faults } = await simulate(seed, plan([...clients, ...whole.faults]));
  let parts = await shrink([...clients, ...faults], fails, TRIES_MAX);
  for (let before = Number.POSITIVE_INFINITY; parts.length < before; ) {
    before = parts.length;
    parts = await shrink(parts, fails, TRIES_MAX);
  }
  const { trace, violations } = await simulate(seed, { ...plan(parts), isTraced: true });
  return { parts, trace: [...trace, ...violations.map((what) => `VIOLATION: ${what}`)] };
}

/**
 * Reduces a list of parts that makes something fail: it leaves out halves, quarters and so on as long as the rest still
 * fails (delta debugging; Zeller and Hildebrandt, 2002). It stops after `triesMax` tries.
 */
async function shrink<Part>(
  parts: readonly Part[],
  fails: (parts: readonly Part[]) => Promise<boolean>,
  triesMax: number,
): Promise<readonly Part[]> {
  let kept = parts;
  let pieces = 2;
  for (let tries = 0; kept.length > 0 && pieces <= kept.length * 2 && tries < triesMax; ) {
    const size = Math.ceil(kept.length / pieces);
    let smaller: readonly Part[] | undefined;
    for (let start = 0; start < kept.length && !smaller && tries < triesMax; start += size) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
      tries += 1;
      if (await fails(rest)) smaller = rest;
    }
    if (!smaller && size === 1) break;
    pieces = smaller ? Math.max(pieces - 1, 2) : pieces * 2;
    kept = smaller ?? kept;
  }
  return kept;
}
