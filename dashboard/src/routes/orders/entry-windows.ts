/** So far from a step of an order its entry may be dated. */
const APART_MS = 2_000;

interface Window {
  readonly from: string;
  readonly to: string;
}

/** Spans of time around steps, each instant in one of them only. Steps that are near each other share a span. */
export function windowsOf(steps: readonly string[]): Window[] {
  const spans: { from: number; to: number }[] = [];
  for (const at of steps.map((step) => new Date(step).getTime()).toSorted((one, other) => one - other)) {
    const last = spans.at(-1);
    if (last && at - APART_MS <= last.to) last.to = at + APART_MS;
    else spans.push({ from: at - APART_MS, to: at + APART_MS });
  }
  return spans.map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
}
