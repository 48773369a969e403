import { escapeHtml } from './html.ts';

/**
 * Colours code a little: comments, texts, numbers and keywords. It knows no grammar, so it never refuses a text, and
 * what it takes for a keyword is at worst a coloured word.
 */

const WORDS: Readonly<Record<string, readonly string[]>> = {
  js: [
    'async await break case catch class const continue else export extends false finally for from function if',
    'import in instanceof let new null of return static switch throw true try typeof undefined while',
  ],
  python: [
    'and as async await break class continue def elif else except False finally for from if import in is',
    'lambda None not or pass raise return True try while with yield',
  ],
  php: [
    'array as catch class const echo else exit false fn foreach function header if isset namespace new null',
    'private public return static throw true try use while',
  ],
  java: [
    'boolean byte catch class else enum extends final false for if implements import int long new null package',
    'private public record return static String this throw throws true try var void while',
  ],
  csharp: [
    'async await bool byte class else false foreach if in int internal long namespace new null out private',
    'public readonly record return static string this throw true try using var void while',
  ],
  go: [
    'break case const defer else err error false for func if import interface map nil package range return',
    'string struct switch true type var',
  ],
  sh: ['case do done echo elif else esac export fi for function if in then while curl'],
  sql: ['SELECT FROM WHERE AND OR GROUP ORDER BY LIMIT WITH AS ON JOIN INSERT UPDATE'],
};
const ALIASES: Readonly<Record<string, string>> = {
  javascript: 'js',
  ts: 'js',
  typescript: 'js',
  py: 'python',
  bash: 'sh',
  cs: 'csharp',
};

const HASH_COMMENTS = /^(?:sh|python|php)$/;

function patternOf(language: string): RegExp | undefined {
  if (language === 'http') return /(^[A-Za-z-]+(?=: ))/gm;
  if (language === 'json')
    return /("(?:[^"\\\n]|\\.)*"(?=\s*:))|("(?:[^"\\\n]|\\.)*")|(\b\d[\d.]*\b)|(\b(?:true|false|null)\b)/g;
  const words = WORDS[language];
  if (words === undefined) return undefined;
  const slashes = language === 'sh' || language === 'python' ? '' : '|\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?\\*\\/';
  const hash = HASH_COMMENTS.test(language) ? '|(?<![^\\s;])#[^\\n]*' : '';
  const comment = `(${`${slashes}${hash}`.slice(1) || '(?!)'})`;
  const text = `("(?:[^"\\\\\\n]|\\\\[\\s\\S])*"|'(?:[^'\\\\]|\\\\[\\s\\S])*?'|\`[^\`]*\`)`;
  const number = '((?<![\\w:/.-])\\d[\\d._]*\\b)';
  const word = `(\\b(?:${words.join(' ').replaceAll(' ', '|')})\\b)`;
  return new RegExp([comment, text, number, word].join('|'), 'g');
}

/** Code as HTML. */
export function highlight(code: string, language: string): string {
  const name = ALIASES[language] ?? language;
  const pattern = patternOf(name);
  if (!pattern) return escapeHtml(code);
  const classes = name === 'json' || name === 'http' ? ['key', 'str', 'num', 'word'] : ['com', 'str', 'num', 'word'];
  let html = '';
  let end = 0;
  for (const match of code.matchAll(pattern)) {
    const kind = classes[match.slice(1).findIndex((part) => part !== undefined)];
    html += `${escapeHtml(code.slice(end, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return html + escapeHtml(code.slice(end));
}
