import { families, NOT_FOUND_FUNCTION } from './routes.ts';
import { workers } from './workers.ts';

/**
 * The source file of each function, by the name of its bundle: one file per Lambda, in the folder of its family.
 * Several workers may share one file.
 */
export const functionFiles: ReadonlyMap<string, string> = new Map([
  ...Object.entries(families).flatMap(([family, routes]) =>
    routes.map(({ name }): [string, string] => [name, `functions/${family.toLowerCase()}/${name}.ts`]),
  ),
  ...Object.values(workers).map(({ file }): [string, string] => [file, `functions/workers/${file}.ts`]),
  [NOT_FOUND_FUNCTION, `functions/${NOT_FOUND_FUNCTION}.ts`],
]);
