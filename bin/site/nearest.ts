/** The address that is most like another one, by how many letters differ; undefined if none is like it. */
export function nearest(path: string, known: readonly string[]): string | undefined {
  const asked = nameOf(path);
  if (asked === '') return undefined;
  const all = known.map((each) => ({ each, distance: distanceOf(asked, nameOf(each)) }));
  const [best] = all.toSorted((one, other) => one.distance - other.distance);
  return best && best.distance <= Math.max(1, asked.length / 3) ? best.each : undefined;
}

/** Beyond this, it is no name of a page, and comparing it would take long. */
const LENGTH_MAX = 60;

/** The letters and figures of its last part: endings and hyphens are forgotten easily. */
function nameOf(path: string): string {
  const last = path.toLowerCase().replace(/\/+$/, '').split('/').at(-1) ?? '';
  return last
    .replace(/\.(?:html?|md)$/, '')
    .replace(/[^a-z0-9]/g, '')
    .slice(0, LENGTH_MAX);
}

/** How many letters must be put in, left out or changed (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [index, another] of [...other].entries()) {
      const changed = (row[index] ?? 0) + (letter === another ? 0 : 1);
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
