/** One line of the benchmark: a file in `lines/`, named after it. */
export interface Line {
  readonly name: string;
  /** The measurement in one sentence, for the page. */
  readonly what: string;
  /** Counts and model figures are the same in every run; timings are not. */
  readonly kind: 'count' | 'model' | 'timing';
  /** By the name of a figure. Figures without a goal are printed too. */
  readonly wanted: Readonly<Record<string, Goal>>;
  measure(): Promise<Figures>;
}

export interface Goal {
  readonly most?: number;
  readonly least?: number;
  /** What it was before step 11, for comparison. */
  readonly before?: string;
}

/** Figures by name, units last: `write units`, `p99 ms`. */
export type Figures = Readonly<Record<string, number>>;

export function holds(goal: Goal | undefined, figure: number | undefined): boolean | undefined {
  if (!goal || (goal.most === undefined && goal.least === undefined)) return undefined;
  if (figure === undefined || !Number.isFinite(figure)) return false;
  return figure <= (goal.most ?? Number.POSITIVE_INFINITY) && figure >= (goal.least ?? Number.NEGATIVE_INFINITY);
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The least value that so many percent of the values do not exceed; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

export function rounded(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 4)));
}
