/** `npm run test:all` sets it; see the jest configuration in package.json. */
const isLong = Reflect.get(globalThis, 'isLong') === true;

/** How often a test repeats itself: a few times in `npm test`, many times in `npm run test:all`. */
export function repeats({ short, long }: { short: number; long: number }): number {
  return isLong ? long : short;
}

/**
 * How often a test of the long run repeats itself: in the gate, which has twenty minutes and sets `IN_GATE`, and in
 * `npm run test:all`.
 */
export function repeatsInLong({ gate, all }: { gate: number; all: number }): number {
  return process.env.IN_GATE ? gate : all;
}
