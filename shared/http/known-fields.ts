import type * as z from 'zod/mini';

/** The names of the fields that a schema knows, at any depth. */
export function knownFields(...schemas: readonly (z.ZodMiniType | undefined)[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const schema of schemas) visit(schema, names);
  return names;
}

/** A schema's definition has other schemas by themselves, in lists, and, of an object, by the names of its fields. */
function visit(part: unknown, names: Set<string>): void {
  if (typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) for (const each of part) visit(each, names);
  else if ('_zod' in part) visitDefinition((part as z.ZodMiniType)._zod.def, names);
}

function visitDefinition(definition: object, names: Set<string>): void {
  for (const [name, part] of Object.entries(definition)) {
    if (name !== 'shape') visit(part, names);
    else
      for (const [field, schema] of Object.entries(part)) {
        names.add(field);
        visit(schema, names);
      }
  }
}
