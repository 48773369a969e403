/** What somebody typed, chose or has under way in this tab, such as a file of customers' numbers. */

const KINDS = ['draft', 'kept'] as const;
const PERSON = 'airtime.person';

/** Where it is kept: a draft, or what must outlive a lost answer. */
export function typedKey(kind: (typeof KINDS)[number], name: string): string {
  return `airtime.${kind}.${name}`;
}

/** Nothing of it is left for whoever sits down here next. */
export function forgetTyped(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (KINDS.some((kind) => key.startsWith(typedKey(kind, '')))) sessionStorage.removeItem(key);
  }
}

/** It waits for the return of the same person only. */
export function keepTypedOf(person: string | undefined): void {
  const last = sessionStorage.getItem(PERSON);
  if (last !== null && last !== person) forgetTyped();
  if (person !== undefined) sessionStorage.setItem(PERSON, person);
}
