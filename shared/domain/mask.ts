/** A name or an address of which only the initials are shown: who knows it recognises it, and nobody learns it. */
export function masked(text: string): string {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `${[...word][0]}***`)
    .join(' ');
}
