import type { Schema } from '../site/reference/document.ts';
import { choicesOf, nameOf } from '../site/reference/document.ts';

/** Schemas as annotations that Python 3.9 reads: `Union`, not `|`. */

const PLAIN: Readonly<Record<string, string>> = { string: 'str', integer: 'int', boolean: 'bool', null: 'None' };

export interface AnnotationStyle {
  /** Before the name of another type, such as `types.`. */
  readonly prefix: string;
  /** What is sent may be a float or a text; what is received is exact. */
  readonly isSent: boolean;
}

export function annotationOf(schema: Schema, style: AnnotationStyle): string {
  if (schema.$ref !== undefined) return style.prefix + nameOf(schema.$ref);
  const { choices, isNullable } = choicesOf(schema);
  const names = choices.map((choice) => (choice === schema ? plain(schema, style) : annotationOf(choice, style)));
  const distinct = [...new Set(names)];
  const isAmount = style.isSent && distinct.includes('float') && distinct.includes('str');
  const all = isAmount ? ['Amount', ...distinct.filter((name) => name !== 'float' && name !== 'str')] : distinct;
  return optional(all.length === 1 ? (all[0] ?? '') : `Union[${all.join(', ')}]`, isNullable);
}

export const optional = (name: string, isNullable = true) => (isNullable ? `Optional[${name}]` : name);

function plain(schema: Schema, style: AnnotationStyle): string {
  if (schema.const !== undefined) return literal([schema.const]);
  if (schema.enum) return literal(schema.enum);
  if (schema.items) return `List[${annotationOf(schema.items, style)}]`;
  if (schema.type === 'number') return style.isSent ? 'float' : 'Number';
  const known = PLAIN[String(schema.type)];
  if (known) return known;
  if (schema.type !== 'object') return 'Any';
  const { additionalProperties } = schema;
  const value = typeof additionalProperties === 'object' ? annotationOf(additionalProperties, style) : 'Any';
  return `Dict[str, ${value}]`;
}

export const literal = (values: readonly unknown[]) => `Literal[${values.map(pythonValue).join(', ')}]`;

function pythonValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

/** Words of the language that are names of fields; a parameter gets a line after them. */
const KEYWORDS = new Set(['from', 'class', 'global', 'import', 'in', 'is', 'not', 'pass', 'with']);

export const isPythonName = (name: string) => /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '');
}

/** A docstring; a backslash in it means itself. */
export function docString(text: string, indent: string): string[] {
  const width = 110 - indent.length;
  const clean = text.replaceAll('\\', '\\\\').replaceAll('"""', "'''").replace(/"$/, "'");
  const lines = clean.split('\n').flatMap((line) => wrapped(line, width));
  const quoted = lines.length === 1 ? [`"""${lines[0]}"""`] : [`"""${lines[0]}`, ...lines.slice(1), '"""'];
  return quoted.map((line) => (line === '' ? '' : indent + line));
}

function wrapped(line: string, width: number): string[] {
  const lines: string[] = [];
  let open = '';
  for (const word of line.split(' ')) {
    if (open !== '' && open.length + word.length >= width) {
      lines.push(open);
      open = word;
    } else open = open === '' ? word : `${open} ${word}`;
  }
  return [...lines, open];
}
