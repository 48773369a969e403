/** The table of methods on the page of an SDK: the methods of each resource, sorted. */
export function rowsOfMethods(table: string): Record<string, string[]> {
  const rows = [...table.matchAll(/^\| `([\w.]+)` \| (`\w+`(?:, `\w+`)*)/gm)];
  return Object.fromEntries(
    rows.map(([, resource = '', methods = '']) => [resource, (methods.match(/\w+/g) ?? []).toSorted()]),
  );
}
