const WHITESPACE = /\s/;

/**
 * The first name that one object of a JSON text has twice; `undefined` if there is none. The text must be valid JSON:
 * then a string before a colon is a name, and only strings and braces matter. Reads the text once, whatever its size.
 */
export function duplicateKey(json: string): string | undefined {
  const objects: Set<string>[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{') objects.push(new Set());
    else if (character === '}') objects.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      if (isBeforeColon(json, end)) {
        const name: string = JSON.parse(json.slice(at, end));
        const names = objects.at(-1);
        if (names?.has(name)) return name;
        names?.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The position after the closing quotation mark of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"' && at < json.length) {
    const next = nextSpecial(json, at);
    at = json[next] === '\\' ? next + 2 : next;
  }
  return at + 1;
}

function nextSpecial(json: string, from: number): number {
  let at = from;
  while (at < json.length && json[at] !== '"' && json[at] !== '\\') at += 1;
  return at;
}

function isBeforeColon(json: string, from: number): boolean {
  let at = from;
  while (WHITESPACE.test(json[at] ?? '')) at += 1;
  return json[at] === ':';
}
