/** How many milliseconds of a processor some work takes: on a busy machine, too, where the time by a clock is longer. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
