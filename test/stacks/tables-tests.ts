import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Snapshot, TableSnapshot } from '../../bin/delivery/kept-resources.ts';
import { changesOf, keptIn } from '../../bin/delivery/kept-resources.ts';
import { refusedChanges } from '../../bin/guard.ts';
import type { Cloud } from './cloud.ts';
import { live } from './sample-clouds.ts';
import { readSnapshot } from './tables-snapshot.ts';

/** Tables outlive deployments: a shape that was deployed is changed step by step, or its data is lost. */

const UPDATE =
  'run `node test/stacks/tables-snapshot.ts` (before the first deployment, and when merging: with --undeployed) and commit';

it(`what has data is as in the snapshot; to change it, ${UPDATE} tables.snapshot.json`, () => {
  const kept = keptIn(live.resources);
  expect(changesOf(readSnapshot(), kept)).toMatchObject({ all: [], refused: [] });
  expect(Object.keys(kept).length).toBeGreaterThan(30);
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

const RESOURCES = { table: 'Orders', bucket: 'Files', key: 'HeadsKey', secret: 'PesawaySecret', address: 'Api' };

describe('the guard of a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The same templates as deployed and as synthesized, the second one changed. */
  function refusedAfter(change: (template: Template) => void, allowed: readonly string[] = []): readonly string[] {
    const [deployed, assembly] = [join(folder, 'deployed'), join(folder, 'assembly')];
    for (const each of [deployed, assembly]) mkdirSync(each, { recursive: true });
    const template = templateOf(live);
    writeFileSync(join(deployed, 'Airtime-live-Data.json'), JSON.stringify(template));
    change(template);
    writeFileSync(join(assembly, 'Airtime-live-Data.template.json'), JSON.stringify(template));
    return refusedChanges(deployed, assembly, allowed);
  }

  it('lets pass what changes nothing that has data', () => {
    expect(
      refusedAfter(({ Resources }) => {
        delete Resources[idOf('AccessLog')];
      }),
    ).toEqual([]);
  });

  it.each(Object.entries(RESOURCES))('refuses that the %s is gone or has another logical id', (_kind, path) => {
    const gone = refusedAfter(({ Resources }) => {
      delete Resources[idOf(path)];
    });
    expect(gone).toEqual([expect.stringMatching(`${path}: what has data is removed`)]);
    const moved = refusedAfter(({ Resources }) => {
      Resources.Elsewhere = Resources[idOf(path)] ?? {};
      delete Resources[idOf(path)];
    });
    expect(moved).toEqual([expect.stringMatching(`${path}: another logical id`)]);
  });

  it.each([
    ['bucket', 'BucketName', 'airtime-files'],
    ['key', 'KeySpec', 'RSA_2048'],
    ['secret', 'GenerateSecretString', { PasswordLength: 32 }],
    ['address', 'ProtocolType', 'WEBSOCKET'],
  ] as const)('refuses a %s with another %s', (kind, property, value) => {
    const refused = refusedAfter(({ Resources }) => {
      const resource = Resources[idOf(RESOURCES[kind])];
      if (resource) resource.Properties = { ...resource.Properties, [property]: value };
    });
    expect(refused).toEqual([expect.stringContaining(`another ${property}`)]);
  });

  it('refuses to keep no longer what is kept', () => {
    const refused = refusedAfter(({ Resources }) => {
      const resource = Resources[idOf('Orders')];
      if (resource) resource.DeletionPolicy = 'Delete';
    });
    expect(refused).toEqual([expect.stringContaining('no longer kept')]);
  });

  it('lets pass what is allowed by its name, and refuses an assembly without templates', () => {
    const drop = ({ Resources }: Template) => {
      delete Resources[idOf('Orders')];
    };
    expect(refusedAfter(drop, ['Orders'])).toEqual([]);
    expect(refusedAfter(drop, ['Order'])).toHaveLength(1);
    expect(refusedChanges(join(folder, 'deployed'), folder, [])).toHaveLength(1);
  });
});

interface Template {
  readonly Resources: Record<
    string,
    { Type?: string; Properties?: object; Metadata?: object; DeletionPolicy?: unknown }
  >;
}

function idOf(path: string): string {
  return live.resources.find((each) => each.stack === 'Data' && each.path === path)?.id ?? '';
}

function templateOf(cloud: Cloud): Template {
  const resources = cloud.resources.filter(({ stack }) => stack === 'Data');
  return {
    Resources: Object.fromEntries(
      resources.map(({ id, type, path, properties, deletionPolicy }) => [
        id,
        {
          Type: type,
          Properties: properties,
          Metadata: { 'aws:cdk:path': `Airtime-live-Data/${path}/Resource` },
          DeletionPolicy: deletionPolicy,
        },
      ]),
    ),
  };
}
