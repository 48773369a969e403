/** `npm run test:all` sets it; see the jest configuration in package.json. */
const isLong = Reflect.get(globalThis, 'isLong') === true;

/** How often a test repeats itself: a few times in `npm test`, many times in `npm run test:all`. */
export function repeats({ short, long }: { short: number; long: number }): number {
  return isLong ? long : short;
}
