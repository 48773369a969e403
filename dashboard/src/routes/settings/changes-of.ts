interface Changed {
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What an act changed, a line for each fact. Without `before` it made the thing. */
export function changesOf({ before, after }: Changed): { name: string; before: string | undefined; after: string }[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const facts = names.map((name) => ({
    name,
    before: before ? text(before[name]) : undefined,
    after: text(after?.[name]),
  }));
  // What was made without something has nothing to say about it.
  return before ? facts : facts.filter((fact) => fact.after !== '');
}

function text(fact: unknown): string {
  if (fact === null || fact === undefined) return '';
  if (Array.isArray(fact)) return fact.map(text).join(', ');
  if (typeof fact !== 'object') return String(fact);
  return Object.entries(fact)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${text(value)}`)
    .join('; ');
}
