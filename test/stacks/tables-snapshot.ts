import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Cloud } from './cloud.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

/**
 * What was deployed last of each table, as far as it can only be changed with care: its logical id, keys, indexes and
 * projections. `node test/stacks/tables-snapshot.ts` writes the tables of now into the snapshot and says what changed;
 * it refuses a change that CloudFormation cannot make in one update, unless `--undeployed` says that there is nothing
 * to update. The runbook says how such a change is made: "Change the shape of a table".
 */

const PATH = 'test/stacks/tables.snapshot.json';

interface Index {
  readonly keys: readonly string[];
  readonly projection: readonly string[];
}

export interface TableSnapshot {
  readonly logicalId: string;
  readonly keys: readonly string[];
  readonly indexes: Readonly<Record<string, Index>>;
  readonly expiry: string | null;
  readonly keptWhenReplaced: boolean;
}

export type Snapshot = Readonly<Record<string, TableSnapshot>>;

interface Properties {
  readonly TableName?: string;
  readonly KeySchema: readonly KeyPart[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    IndexName: string;
    KeySchema: readonly KeyPart[];
    Projection: { ProjectionType: string; NonKeyAttributes?: readonly string[] };
  }[];
  readonly TimeToLiveSpecification?: { AttributeName: string };
}

interface KeyPart {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** The tables of the synthesized template of live. */
export function tablesOf(cloud: Cloud): Snapshot {
  const tables = cloud.all('AWS::DynamoDB::Table').map(({ id, path, properties, deletionPolicy }) => {
    const shape = properties as unknown as Properties;
    const typeOf = (name: string) =>
      shape.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    const keys = (schema: readonly KeyPart[]) =>
      schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} ${typeOf(AttributeName)}`);
    const indexes = (shape.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => {
      const projection = [Projection.ProjectionType, ...(Projection.NonKeyAttributes ?? []).toSorted()];
      return [IndexName, { keys: keys(KeySchema), projection }];
    });
    const snapshot: TableSnapshot = {
      logicalId: id,
      keys: keys(shape.KeySchema),
      indexes: Object.fromEntries(indexes),
      expiry: shape.TimeToLiveSpecification?.AttributeName ?? null,
      keptWhenReplaced: deletionPolicy === 'Retain',
    };
    return [path, snapshot] as const;
  });
  return Object.fromEntries(tables.toSorted(([a], [b]) => a.localeCompare(b)));
}

export interface Changes {
  /** What differs at all. */
  readonly all: readonly string[];
  /** What one update of a stack cannot do, or does by losing data. */
  readonly refused: readonly string[];
}

export function changesOf(before: Snapshot, after: Snapshot): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const parts = names.map((name) => changesOfTable(name, before[name], after[name]));
  return { all: parts.flatMap(({ all }) => all), refused: parts.flatMap(({ refused }) => refused) };
}

function changesOfTable(name: string, before: TableSnapshot | undefined, after: TableSnapshot | undefined): Changes {
  if (!before) return { all: [`${name}: a new table`], refused: [] };
  if (!after) return { all: [`${name}: removed`], refused: [`${name}: a table with data is removed from the stack`] };
  const all: string[] = [];
  const refused: string[] = [];
  const refuse = (what: string) => {
    all.push(`${name}: ${what}`);
    refused.push(`${name}: ${what}`);
  };
  if (before.logicalId !== after.logicalId) refuse('another logical id: the table is replaced by an empty one');
  if (!isSame(before.keys, after.keys)) refuse('other keys: the table is replaced by an empty one');
  if (before.keptWhenReplaced && !after.keptWhenReplaced) refuse('it is no longer kept when its stack is deleted');
  if (before.expiry !== null && after.expiry !== null && before.expiry !== after.expiry) {
    refuse('another attribute with the time to live: first off, an update later on again');
  } else if (before.expiry !== after.expiry) all.push(`${name}: time to live is ${after.expiry ?? 'off'}`);
  const [old, now] = [Object.keys(before.indexes), Object.keys(after.indexes)];
  const added = now.filter((index) => !old.includes(index));
  const removed = old.filter((index) => !now.includes(index));
  for (const index of added) all.push(`${name}: a new index ${index}`);
  for (const index of removed) all.push(`${name}: index ${index} is removed`);
  if (added.length + removed.length > 1) {
    refused.push(`${name}: ${added.length + removed.length} indexes at once, and an update makes or removes one`);
  }
  for (const index of old.filter((each) => now.includes(each))) {
    const [was, is] = [before.indexes[index], after.indexes[index]];
    if (!isSame(was?.keys, is?.keys)) refuse(`index ${index} has other keys under its old name`);
    if (!isSame(was?.projection, is?.projection)) refuse(`index ${index} has another projection under its old name`);
  }
  return { all, refused };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function readSnapshot(): Snapshot {
  return existsSync(PATH) ? JSON.parse(readFileSync(PATH, 'utf8')) : {};
}

function main(isUndeployed: boolean): number {
  const tables = tablesOf(new Cloud(SAMPLE_STAGES.live));
  const { all, refused } = changesOf(readSnapshot(), tables);
  const text = (lines: readonly string[]) => lines.map((line) => `  ${line}\n`).join('');
  if (refused.length > 0 && !isUndeployed) {
    process.stderr.write(
      `Not in one update:\n${text(refused)}The runbook says how: "Change the shape of a table". ` +
        'If no stage is deployed yet: --undeployed.\n',
    );
    return 1;
  }
  writeFileSync(PATH, `${JSON.stringify(tables, null, 2)}\n`);
  process.stdout.write(all.length === 0 ? 'Nothing has changed.\n' : `Written to ${PATH}:\n${text(all)}`);
  return 0;
}

if (import.meta.main) process.exit(main(process.argv.includes('--undeployed')));
