/**
 * The smallest of what makes something fail: leaves out halves, quarters and so on of the parts for as long as it still
 * fails without them (delta debugging; Zeller and Hildebrandt, 2002). Gives up making it smaller after so many tries.
 */
export async function shrink<Part>(
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
