type NumberField<T> = { [K in keyof T]-?: T[K] extends number ? K : never }[keyof T];

/** Fields that an item must have. It compiles only with every number that `T` requires. */
export type Shape<T> = Readonly<
  Record<NumberField<T>, 'number'> & Partial<Record<Exclude<keyof T, NumberField<T>>, 'string' | 'object'>>
>;

/**
 * The object that an item stores. Refuses an item that lacks a field of its shape: a count stored under an older name
 * would be `undefined`, every comparison with it false, and its order never refunded.
 */
export function fromItem<T extends object>(kind: string, shape: Shape<T>, item: Readonly<Record<string, unknown>>): T {
  for (const [name, type] of Object.entries(shape)) {
    const value = item[name];
    if (typeof value === type && value !== null && !Number.isNaN(value)) continue;
    throw new Error(`stored ${kind} ${item.pk} is incomplete or of an older format: no ${type} "${name}"`);
  }
  return withoutKeys(item) as T;
}

/** What the store adds for keys, indexes, expiry and recognising its own writes. */
const ADDED: ReadonlySet<string> = new Set([
  'pk',
  'sk',
  'listPk',
  'listSk',
  'dueShard',
  'dueFor',
  'doubtPk',
  'campaignPk',
  'expiresAt',
  'sweepFailures',
  'writeId',
]);

function withoutKeys(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(item)) if (!ADDED.has(name)) fields[name] = item[name];
  return fields;
}
