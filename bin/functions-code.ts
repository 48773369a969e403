import { build } from 'esbuild';
import { functionFiles } from '../shared/manifest/functions.ts';

/**
 * The code that each function can reach, as text: esbuild leaves out the declarations that it cannot. What a function
 * may do in tables is found in it.
 */

export interface Declaration {
  /** Of a function; else empty. */
  readonly name: string;
  readonly text: string;
}

/** By the name of the bundle, in the order of their names. */
export async function functionsCode(): Promise<ReadonlyMap<string, string>> {
  return codeOf([...functionFiles].map(([name, file]) => ({ in: file, out: name })));
}

/** The code of the operator's commands. */
export async function operatorCode(): Promise<string> {
  const [code = ''] = (await codeOf([{ in: 'bin/operator.ts', out: 'operator' }])).values();
  return code;
}

async function codeOf(entryPoints: { in: string; out: string }[]): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    legalComments: 'none',
    outdir: '.',
    write: false,
  });
  return new Map(
    outputFiles
      .map(({ path, text }) => [path.split(/[/\\]/).at(-1)?.replace('.js', '') ?? '', text] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** The declarations at the top of modules, which begin in the first column. */
export function declarationsIn(code: string): Declaration[] {
  return code.split(/\n(?=(?:async )?function\b|var |const |let |class |import |export )/).map((text) => {
    return { name: /^(?:async )?function\*? (\w+?)\d*\(/.exec(text)?.[1] ?? '', text };
  });
}

export function declares(code: string, name: string): boolean {
  return new RegExp(`^(?:async )?function ${name}\\d*\\(`, 'm').test(code);
}

/** The text that a constant has. */
export function constantIn(code: string, name: string): string {
  const [, text] = new RegExp(`^var ${name} = "(\\w+)";`, 'm').exec(code) ?? [];
  if (text === undefined) throw new Error(`there is no text ${name}`);
  return text;
}
