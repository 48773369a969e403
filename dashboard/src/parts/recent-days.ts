/** Days to choose from in a filter; any other may be typed. */
export function recentDays(): { value: string }[] {
  const days = Array.from({ length: 14 }, (_each, before) => new Date(Date.now() - before * 86_400_000));
  return days.map((day) => ({ value: day.toISOString().slice(0, 10) }));
}
