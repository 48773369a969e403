const DAYS = 14;

/** The last days where the reader is, today first: a filter takes a day to begin there, too. */
export function recentDays(now: number): readonly string[] {
  const today = new Date(now);
  return Array.from({ length: DAYS }, (_each, before) => {
    const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() - before);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-');
  });
}
