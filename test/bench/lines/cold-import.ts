import { coldImport } from '../cold-import.ts';
import type { Line } from '../line.ts';
import { flattened } from '../script-figures.ts';

export const line: Line = {
  name: 'cold-import',
  what: 'Importing the bundle of create-order in a new process, by the time that a bare DynamoDB client takes.',
  kind: 'timing',
  wanted: { ratio: { most: 1.05, before: '1.41' } },
  measure: async () => flattened(await coldImport('create-order', 31)),
};
