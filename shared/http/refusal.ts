import type { RefusalCode } from '../manifest/refusals.ts';
import { REFUSALS } from '../manifest/refusals.ts';
import type { FieldProblem, RowError } from './input-problem.ts';

interface RefusalFacts {
  /** The field or parameter with the problem. */
  readonly param?: string;
  /** This case in one sentence, for the caller. */
  readonly detail?: string;
  /** What to do in this case, where the table does not fit the route. */
  readonly fix?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The first of several problems. */
  readonly errors?: readonly (RowError | FieldProblem)[];
  /** For the log only. */
  readonly cause?: unknown;
}

/** An expected refusal. Any other error is a bug or a broken World, and answered as `internal_error`. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly param: string | undefined;
  readonly detail: string;
  readonly fix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: RefusalFacts['errors'];
  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    super(code, { cause: facts.cause });
    this.name = 'Refusal';
    this.code = code;
    this.param = facts.param;
    this.detail = facts.detail ?? REFUSALS[code].detail;
    this.fix = facts.fix ?? REFUSALS[code].fix;
    this.headers = facts.headers ?? {};
    this.errors = facts.errors;
  }
}
