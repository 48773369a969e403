import type { ParseArgsOptionsConfig } from 'node:util';
import type { Airtime } from '../airtime.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './terminal.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** What a command is run with. */
export interface Given {
  readonly terminal: Terminal;
  readonly words: readonly string[];
  readonly values: Values;
  /** The client of the chosen profile; made when it is needed. */
  airtime(): Airtime;
  /** Shows a result: as JSON with `--json`, else as lines. */
  show(value: unknown, lines: readonly string[]): void;
}

export interface Command {
  /** As it is typed, such as `orders send`. */
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  readonly summary: string;
  /** What to do where an answer was lost and the request has no reference. */
  readonly again?: string;
  readonly options: ParseArgsOptionsConfig;
  /** Returns the exit code. */
  run(given: Given): Promise<number>;
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function required(values: Values, name: string): string {
  const value = text(values, name);
  if (value === undefined) throw new UsageError(`missing --${name}`);
  return value;
}

export function isSet(values: Values, name: string): boolean {
  return values[name] === true;
}

export function count(values: Values, name: string, otherwise: number): number {
  const value = text(values, name);
  if (value === undefined) return otherwise;
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new UsageError(`--${name} must be a whole number from 1 to 999999`);
  return Number(value);
}

export function onlyWord(words: readonly string[], what: string): string {
  const [word, ...more] = words;
  if (word === undefined) throw new UsageError(`missing ${what}`);
  if (more.length > 0) throw new UsageError(`too many words: ${more.join(' ')}`);
  return word;
}

/** Only the values that were given. */
export function given<Fields extends Record<string, unknown>>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

/** Lines whose columns are under each other. */
export function table(rows: ReadonlyArray<readonly unknown[]>): string[] {
  const cells = rows.map((row) => row.map((cell) => String(cell ?? '')));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
