import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';

/** What all parts of one simulation share. */
export interface SimulationContext {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly faults: Faults;
  /** Adds a line to the trace of a run that is traced. */
  readonly trace: (line: string) => void;
}

/** What others answer in: longer than what is kept of it, which must not end inside a surrogate pair. */
export const WORDS = `a${'😀'.repeat(700)}`;
