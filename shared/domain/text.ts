/**
 * The beginning of a foreign text, for storing and showing: one line, without control characters that a terminal or a
 * page might interpret, cut between code points. Half a surrogate pair cannot be written to the database, and what is
 * reported with it, such as a certain rejection, would be lost.
 */
export function excerpt(text: string, limit: number): string {
  // No more is read than can be shown: a code point has at most two units, and the rest allows for runs of spaces.
  const line = text
    .slice(0, 4 * limit)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return Array.from(line).slice(0, limit).join('').trimEnd();
}

/** Whether a text lost characters when its bytes were read, or cannot be written as UTF-8 that others can read. */
export function isDamaged(text: string): boolean {
  return !text.isWellFormed() || text.includes('\u0000') || text.includes('\ufffd');
}

/** A text without this character at its end, however often. A regular expression would start again at each of them. */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}

/**
 * A value as JSON for a terminal. What a merchant may write in a name and a terminal takes for a command, or shows in
 * another order, is escaped.
 */
export function printable(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replace(/[\u007f-\u009f\p{Cf}]/gu, escaped);
}

function escaped(char: string): string {
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
