import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import type { RouteHandler } from '../shared/http/route.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import { patternOf } from '../shared/manifest/route.ts';
import { families, routes } from '../shared/manifest/routes.ts';
import { cpuMsOf } from './support/cpu-time.ts';
import { attacksOn } from './support/regex-attacks.ts';
import type { Written } from './support/regexes.ts';
import { literalsIn, sourcesWithInput } from './support/regexes.ts';

/**
 * Every regular expression and every validator that sees input takes time by the length of its input, not by the square
 * of it. The lists are made from the sources and the routes, so a new one is in them at once.
 */

const CHARACTERS = 1_000_000;
/** What is quadratic takes minutes for so many. Machines are busy, so it may last long, and time of the CPU counts. */
const ELAPSED_MS_MAX = 20_000;
const CPU_MS_MAX = 2_000;

const sources = sourcesWithInput();

/** Patterns for texts that were measured before, and how long those may be, by place or by file. */
const SHORT: Readonly<Record<string, number>> = {
  // Of what is longer the request log keeps an outline.
  'shared/http/secret-shapes.ts': 65_536,
  // `splitMoney` looks at a cell of an amount, or at the name of a column.
  'shared/http/csv/sheet-cells.ts built 2': 200,
};

const lengthFor = (at: string) => SHORT[at] ?? SHORT[at.split(/:| built/)[0] ?? ''] ?? CHARACTERS;

/** What is made from parts, by running the modules that make it. */
async function built(): Promise<Written[]> {
  const made: Written[] = [];
  const Real = globalThis.RegExp;
  for (const { path } of sources.filter(({ text }) => text.includes('new RegExp('))) {
    let count = 0;
    globalThis.RegExp = new Proxy(Real, {
      construct(target, args: [string, string]) {
        const regex = new target(...args);
        // What a module imports may build some too.
        if (new Error('here').stack?.split('\n')[2]?.includes(path))
          made.push({ at: `${path} built ${++count}`, regex });
        return regex;
      },
    });
    // By an address of its own, as a worker may have kept it from another file.
    await import(`../${path}?again`);
    globalThis.RegExp = Real;
  }
  const patterns = Object.values(families).flatMap((of) => of.map(({ path }) => patternOf(path)));
  return [...made, ...patterns.map((regex) => ({ at: 'shared/manifest/route.ts patternOf', regex }))];
}

const written = [...sources.flatMap(literalsIn), ...(await built())];
const regexes = [...new Map(written.map((each) => [String(each.regex), each])).values()];

it('every place that builds a pattern builds it as its module is loaded, or is tried by name', () => {
  const places = sources.flatMap(({ path, text }) =>
    text
      .split('new RegExp(')
      .slice(1)
      .map(() => path),
  );
  const expected = [
    'shared/http/csv/csv.ts',
    ...Array(2).fill('shared/http/csv/sheet-cells.ts'),
    ...Array(2).fill('shared/http/secret-shapes.ts'),
    'shared/manifest/route.ts',
  ];
  expect(places).toEqual(expected);
  expect(written.filter(({ at }) => at.includes(' built ')).length).toBe(5);
});

/** The milliseconds of the CPU that work takes; more than it may take where it was stopped. */
function cpuOf(work: () => void): number {
  try {
    return cpuMsOf(work);
  } catch (error) {
    if (/timed out/.test(String(error))) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

it.each(regexes.map((each): [string, Written] => [String(each.regex), each]))(
  '%s is linear',
  (_text, { at, regex }) => {
    for (const text of attacksOn(regex, lengthFor(at))) {
      const run = () => runInNewContext('text.replace(regex, "")', { text, regex }, { timeout: ELAPSED_MS_MAX });
      const seen = `${at} ${JSON.stringify(text.slice(0, 30))}`;
      expect([seen, cpuOf(run) < CPU_MS_MAX]).toEqual([seen, true]);
    }
  },
  600_000,
);

describe('every field that a route checks', () => {
  const TEXTS = [
    ' ',
    '0',
    'a',
    '/',
    '.',
    ',',
    '-',
    '+',
    '"',
    "'",
    '\n',
    '=',
    '1.',
    '1,',
    ' 0',
    'a.',
    '{',
    '[',
    '\\',
    '\u200b',
  ];
  const attacks = TEXTS.flatMap((pump) => {
    const text = pump.repeat(CHARACTERS / pump.length);
    return [text, `${text}\0`, `https://${text}`];
  });

  it.each(Object.entries(routes))(
    'of %s is checked in linear time',
    async (name, { name: file }) => {
      const handler: RouteHandler = (await import(`../${functionFiles.get(file)}`))[name];
      for (const schema of [handler.params, handler.query, handler.body]) {
        for (const field of fieldsOf(schema)) {
          for (const text of attacks) {
            const seen = `${field} ${JSON.stringify(text.slice(0, 12))}`;
            expect([seen, cpuOf(() => schema?.safeParse({ [field]: text })) < CPU_MS_MAX]).toEqual([seen, true]);
          }
        }
      }
    },
    600_000,
  );
});

/** The names of the fields of an object, also of one that is one of several or is transformed. */
function fieldsOf(schema: unknown): string[] {
  const { shape, options = [], in: input, innerType } = definitionOf(schema);
  const inner = [...options, input, innerType].filter((each) => each !== undefined);
  return [...Object.keys(shape ?? {}), ...inner.flatMap(fieldsOf)];
}

interface Definition {
  readonly shape?: object;
  readonly options?: readonly unknown[];
  readonly in?: unknown;
  readonly innerType?: unknown;
}

function definitionOf(schema: unknown): Definition {
  return (schema as { _zod?: { def?: Definition } } | undefined)?._zod?.def ?? {};
}
