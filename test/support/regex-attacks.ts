/**
 * Texts on which a regular expression with an overlap takes time by the square of their length: they begin as a match
 * does, repeat what it repeats, and end as none does.
 */
export function attacksOn({ source }: RegExp, characters: number): string[] {
  const attacks = new Set<string>();
  for (const match of ['a0 /.\n=', ...alternativesOf(source).map(exampleOf)]) {
    const shown = match.slice(0, EXAMPLE_MAX);
    for (let at = 0; at < shown.length; at += 1) {
      for (const pump of [shown.slice(at, at + 1), shown.slice(at, at + 2), shown.slice(at)]) {
        const repeated = pump.repeat(Math.ceil(characters / pump.length));
        attacks.add(`${shown.slice(0, at)}${repeated}\0`);
        attacks.add(`${repeated}\0`);
      }
    }
  }
  return [...attacks];
}

const EXAMPLE_MAX = 14;

function alternativesOf(source: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const token of tokensOf(source)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts;
}

/** One character for each that an alternative consists of; of a group the first alternative. Quantifiers count as once. */
function exampleOf(source: string): string {
  let example = '';
  let skipsFrom = 0;
  let depth = 0;
  for (const token of tokensOf(source)) {
    if (token === '(') depth += 1;
    if (token === '|' && skipsFrom === 0) skipsFrom = depth;
    if (token === ')') {
      if (skipsFrom === depth) skipsFrom = 0;
      depth -= 1;
    }
    if (skipsFrom === 0) example += characterOf(token);
  }
  return example;
}

/** Escapes, classes, quantifiers, the beginnings of groups, and single characters. */
function tokensOf(source: string): string[] {
  const tokens =
    source.match(
      /\\(?:[pP]\{[^}]*\}|u\{?[0-9A-Fa-f]+\}?|x[0-9A-Fa-f]{2}|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|\{\d+,?\d*\}|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|[\s\S]/g,
    ) ?? [];
  return tokens.map((token) => (token.startsWith('(') ? '(' : token));
}

const OF_CLASS: Readonly<Record<string, string>> = {
  ...{ d: '0', D: 'a', w: 'a', W: '-', s: ' ', S: 'a', b: ' ', B: '', n: '\n', r: '\r', t: '\t', '0': '\0' },
};
const OF_PROPERTY: Readonly<Record<string, string>> = { L: 'a', Z: ' ', Cc: '\t', Cf: '\u200b', Pd: '-', C: '\t' };

function characterOf(token: string): string {
  if (/^(?:[()|^$*+?]|\{.*\})$/s.test(token)) return '';
  if (token.startsWith('[^')) return [...'a0 -!\n'].find((each) => new RegExp(`^${token}$`, 'u').test(each)) ?? 'a';
  if (token.startsWith('[')) return token === '[' ? '[' : characterOf(tokensOf(token.slice(1, -1))[0] ?? '');
  if (token === '.') return 'a';
  if (!token.startsWith('\\')) return token;
  const property = /^\\p\{(\w+)\}$/.exec(token)?.[1];
  if (property !== undefined) return OF_PROPERTY[property] ?? OF_PROPERTY[property.charAt(0)] ?? 'a';
  const code = /^\\[ux]\{?([0-9A-Fa-f]{2,6})\}?$/.exec(token)?.[1];
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  return OF_CLASS[token.charAt(1)] ?? token.charAt(1);
}
