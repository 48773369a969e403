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
  type: 'AWS::DynamoDB::Table',
  stack: 'Data',
  fixed: {},
  protections: ['deletion protection'],
  localIndexes: [],
  keptWhenDeleted: true,
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
  ['a table that is no longer kept', of({ keptWhenDeleted: false }), 'no longer kept when its stack'],
  [
    'a table that is no longer kept when replaced',
    of({ keptWhenReplaced: false }),
    'no longer kept when it is replaced',
  ],
  ['a table in another stack', of({ stack: 'Workers' }), 'another stack, Workers'],
  ['a local index', of({ localIndexes: [{ IndexName: 'late' }] }), 'other local indexes'],
  ['a table without protection', of({ protections: [] }), 'it loses deletion protection'],
])('no update makes %s', (_what, after, because) => {
  expect(changesOf(of({}), after as Snapshot).refused).toEqual([expect.stringContaining(because)]);
});

it('another time to live is two updates', () => {
  const [before, after] = [of({ expiry: 'expiresAt' }), of({ expiry: 'endsAt' })];
  expect(changesOf(before, after).refused).toHaveLength(1);
  expect(changesOf(before, of({ expiry: null })).refused).toEqual([]);
});

it('an entry of the ledger gets no time to live', () => {
  const ledger = (expiry: string | null): Snapshot => ({ Ledger: { ...table, expiry } });
  expect(changesOf(ledger(null), ledger('expiresAt')).refused).toEqual([expect.stringContaining('kept for ever')]);
});

const RESOURCES = { table: 'Orders', bucket: 'Files', key: 'HeadsKey', secret: 'PesawaySecret', address: 'Api' };

describe('the guard of a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const STACKS = ['Data', 'People', 'Recovery', 'Workers'];

  /** The same templates as deployed and as synthesized, the second ones changed. */
  function refusedAfter(
    change: (data: Template, templates: Map<string, Template>) => void,
    allowed: readonly string[] = [],
  ): readonly string[] {
    const [deployed, assembly] = [join(folder, 'deployed'), join(folder, 'assembly')];
    const write = (to: string, ending: string, templates: Map<string, Template>) => {
      rmSync(to, { recursive: true, force: true });
      mkdirSync(to, { recursive: true });
      for (const [stack, template] of templates) {
        writeFileSync(join(to, `Airtime-live-${stack}${ending}`), JSON.stringify(template));
      }
    };
    const templates = new Map(STACKS.map((stack) => [stack, templateOf(live, stack)]));
    write(deployed, '.json', templates);
    const data = templates.get('Data');
    if (data) change(data, templates);
    write(assembly, '.template.json', templates);
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

  it.each<[path: string, property: string, value: unknown, because: string]>([
    ['Orders', 'TableName', 'orders', 'another TableName'],
    ['Orders', 'LocalSecondaryIndexes', [{ IndexName: 'late' }], 'other local indexes'],
    ['Orders', 'DeletionProtectionEnabled', false, 'it loses deletion protection'],
    ['Orders', 'PointInTimeRecoverySpecification', undefined, 'it loses point-in-time recovery'],
    ['Ledger', 'TimeToLiveSpecification', { AttributeName: 'expiresAt', Enabled: true }, 'kept for ever'],
    ['Files', 'BucketName', 'airtime-files', 'another BucketName'],
    ['Heads', 'ObjectLockConfiguration', { ObjectLockEnabled: 'Enabled' }, 'it loses object lock'],
    ['Heads', 'VersioningConfiguration', { Status: 'Suspended' }, 'it loses versioning'],
    ['HeadsKey', 'KeySpec', 'RSA_2048', 'another KeySpec'],
    ['Key', 'Enabled', false, 'it loses its state of enabled'],
    ['Key', 'EnableKeyRotation', false, 'it loses rotation'],
    ['PesawaySecret', 'GenerateSecretString', { PasswordLength: 32 }, 'another GenerateSecretString'],
    ['Api', 'ProtocolType', 'WEBSOCKET', 'another ProtocolType'],
    ['People', 'UsernameAttributes', ['phone_number'], 'another UsernameAttributes'],
    ['People', 'Schema', [{ Name: 'phone_number', Required: true }], 'another Schema'],
    ['People', 'DeletionProtection', 'INACTIVE', 'it loses deletion protection'],
    ['Vault', 'LockConfiguration', undefined, 'it loses the lock'],
  ])('refuses %s with another %s', (path, property, value, because) => {
    const refused = refusedAfter((_data, templates) => {
      const resource = templates.get(stackOf(path))?.Resources[idOf(path)];
      if (resource) resource.Properties = { ...resource.Properties, [property]: value };
    });
    expect(refused).toEqual([expect.stringContaining(because)]);
  });

  it.each([
    ['DeletionPolicy', 'Delete', 'no longer kept when its stack is deleted'],
    ['UpdateReplacePolicy', undefined, 'no longer kept when it is replaced'],
  ] as const)('refuses a weaker %s', (policy, value, because) => {
    const refused = refusedAfter(({ Resources }) => {
      const resource = Resources[idOf('Orders')];
      if (resource) resource[policy] = value;
    });
    expect(refused).toEqual([expect.stringContaining(because)]);
  });

  it('refuses a table that moves to another stack, and a stack that is gone', () => {
    const id = idOf('Orders');
    const moved = refusedAfter(({ Resources }, others) => {
      const workers = others.get('Workers');
      const resource = Resources[id];
      if (workers && resource) workers.Resources[id] = resource;
      delete Resources[id];
    });
    expect(moved).toEqual([expect.stringMatching(/^Orders: another stack, Workers/)]);
    const without = refusedAfter((_data, others) => others.delete('People'));
    expect(without).toEqual([expect.stringMatching(/^People\/People: what has data is removed/)]);
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
    { Type?: string; Properties?: object; Metadata?: object; DeletionPolicy?: unknown; UpdateReplacePolicy?: unknown }
  >;
}

function stackOf(path: string): string {
  return { People: 'People', Vault: 'Recovery' }[path] ?? 'Data';
}

function idOf(path: string): string {
  return live.resources.find((each) => each.stack === stackOf(path) && each.path === path)?.id ?? '';
}

function templateOf(cloud: Cloud, of: string): Template {
  const resources = cloud.resources.filter(({ stack }) => stack === of);
  return {
    Resources: Object.fromEntries(
      resources.map(({ id, type, path, properties, deletionPolicy, replacePolicy }) => [
        id,
        {
          Type: type,
          Properties: properties,
          Metadata: { 'aws:cdk:path': `Airtime-live-${of}/${path}/Resource` },
          DeletionPolicy: deletionPolicy,
          UpdateReplacePolicy: replacePolicy,
        },
      ]),
    ),
  };
}
