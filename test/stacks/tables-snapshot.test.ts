import { expect, it } from '@jest/globals';
import { Cloud } from './cloud.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';
import type { Snapshot, TableSnapshot } from './tables-snapshot.ts';
import { changesOf, readSnapshot, tablesOf } from './tables-snapshot.ts';

/** Tables outlive deployments: a shape that was deployed is changed step by step, or its data is lost. */

const UPDATE =
  'run `node test/stacks/tables-snapshot.ts` (before the first deployment, and when merging: with --undeployed) and commit';

it(`the tables are those of the snapshot; to change them, ${UPDATE} tables.snapshot.json`, () => {
  const tables = tablesOf(new Cloud(SAMPLE_STAGES.live));
  expect(changesOf(readSnapshot(), tables)).toEqual({ all: [], refused: [] });
  expect(Object.keys(tables).length).toBeGreaterThan(0);
});

const due = { keys: ['HASH dueShard N', 'RANGE dueAt S'], projection: ['INCLUDE', 'status'] };
const listed = { keys: ['HASH listPk S', 'RANGE listSk S'], projection: ['KEYS_ONLY'] };
const table: TableSnapshot = {
  logicalId: 'Orders1234',
  keys: ['HASH pk S'],
  indexes: { due, listed },
  expiry: null,
  keptWhenReplaced: true,
};
const of = (change: Partial<TableSnapshot>): Snapshot => ({ Orders: { ...table, ...change } });

it.each([
  ['nothing', of({})],
  ['a new table', { ...of({}), Lines: table }],
  ['a new index', of({ indexes: { due, listed, campaign: listed } })],
  ['an index less', of({ indexes: { due } })],
  ['a time to live', of({ expiry: 'expiresAt' })],
])('one update makes %s', (_what, after) => {
  expect(changesOf(of({}), after).refused).toEqual([]);
});

it.each([
  ['two new indexes', of({ indexes: { due, listed, a: listed, b: listed } }), '2 indexes at once'],
  ['an index under another name', of({ indexes: { due, listed2: listed } }), '2 indexes at once'],
  ['another projection', of({ indexes: { due: { ...due, projection: ['KEYS_ONLY'] }, listed } }), 'another projection'],
  ['other keys of an index', of({ indexes: { due: { ...due, keys: listed.keys }, listed } }), 'other keys under'],
  ['other keys of the table', of({ keys: ['HASH id S'] }), 'replaced by an empty one'],
  ['another logical id', of({ logicalId: 'Orders5678' }), 'replaced by an empty one'],
  ['a table that is gone', {}, 'removed from the stack'],
  ['a table that is no longer kept', of({ keptWhenReplaced: false }), 'no longer kept'],
])('no update makes %s', (_what, after, because) => {
  expect(changesOf(of({}), after as Snapshot).refused).toEqual([expect.stringContaining(because)]);
});

it('another time to live is two updates', () => {
  const [before, after] = [of({ expiry: 'expiresAt' }), of({ expiry: 'endsAt' })];
  expect(changesOf(before, after).refused).toHaveLength(1);
  expect(changesOf(before, of({ expiry: null })).refused).toEqual([]);
});
