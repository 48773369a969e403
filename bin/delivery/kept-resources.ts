/**
 * What outlives deployments, as far as it can only be changed with care, and which changes lose data: of tables their
 * keys and indexes, of buckets, keys, secrets, vaults and addresses what CloudFormation makes a new one for.
 */

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly path: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: unknown;
}

interface Index {
  readonly keys: readonly string[];
  readonly projection: readonly string[];
}

interface Kept {
  readonly logicalId: string;
  readonly keptWhenReplaced: boolean;
}

export interface TableSnapshot extends Kept {
  readonly keys: readonly string[];
  readonly indexes: Readonly<Record<string, Index>>;
  readonly expiry: string | null;
}

interface OtherSnapshot extends Kept {
  readonly type: string;
  /** Another value makes another resource, or loses what is in this one. */
  readonly fixed: Readonly<Record<string, unknown>>;
}

export type Snapshot = Readonly<Record<string, TableSnapshot | OtherSnapshot>>;

export interface Changes {
  /** What differs at all. */
  readonly all: readonly string[];
  /** What one update of a stack cannot do, or does by losing data. */
  readonly refused: readonly string[];
}

const TABLE = 'AWS::DynamoDB::Table';

/** By type, the properties with which CloudFormation makes another resource; of a secret, with which another value. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['BucketName', 'ObjectLockEnabled'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion'],
  'AWS::SecretsManager::Secret': ['Name', 'GenerateSecretString', 'SecretString'],
  'AWS::Backup::BackupVault': ['BackupVaultName', 'EncryptionKeyArn'],
  // Upstreams and merchants keep addresses that begin with those of these two.
  'AWS::ApiGatewayV2::Api': ['ProtocolType'],
  'AWS::CloudFront::Distribution': [],
};

interface Properties {
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

/** Tables by their path, the others by stack and path. */
export function keptIn(resources: readonly Resource[]): Snapshot {
  const kept = resources.flatMap((resource): [string, TableSnapshot | OtherSnapshot][] => {
    const { stack, id, type, path, properties, deletionPolicy } = resource;
    const common = { logicalId: id, keptWhenReplaced: /^Retain/.test(String(deletionPolicy)) };
    if (type === TABLE) return [[path, { ...tableShape(properties as unknown as Properties), ...common }]];
    const names = FIXED[type];
    if (!names) return [];
    const fixed = Object.fromEntries(names.map((name) => [name, properties[name] ?? null]));
    return [[`${stack}/${path}`, { type, fixed, ...common }]];
  });
  return Object.fromEntries(kept.toSorted(([a], [b]) => a.localeCompare(b)));
}

function tableShape(shape: Properties): Omit<TableSnapshot, keyof Kept> {
  const typeOf = (name: string) =>
    shape.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  const keys = (schema: readonly KeyPart[]) =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} ${typeOf(AttributeName)}`);
  const indexes = (shape.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => {
    const projection = [Projection.ProjectionType, ...(Projection.NonKeyAttributes ?? []).toSorted()];
    return [IndexName, { keys: keys(KeySchema), projection }];
  });
  return {
    keys: keys(shape.KeySchema),
    indexes: Object.fromEntries(indexes),
    expiry: shape.TimeToLiveSpecification?.AttributeName ?? null,
  };
}

export function changesOf(before: Snapshot, after: Snapshot): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const parts = names.map((name) => changesOfOne(name, before[name], after[name]));
  return { all: parts.flatMap(({ all }) => all), refused: parts.flatMap(({ refused }) => refused) };
}

/** What differs, and by `refuse` what also must not. */
class Differences {
  readonly all: string[] = [];
  readonly refused: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  note(what: string): void {
    this.all.push(`${this.#name}: ${what}`);
  }

  refuse(what: string): void {
    this.note(what);
    this.refused.push(`${this.#name}: ${what}`);
  }

  refuseCount(what: string): void {
    this.refused.push(`${this.#name}: ${what}`);
  }
}

type One = TableSnapshot | OtherSnapshot;

function changesOfOne(name: string, before: One | undefined, after: One | undefined): Changes {
  const differences = new Differences(name);
  const kindOf = (one: One) => ('type' in one ? one.type : TABLE);
  if (!before) differences.note('new');
  else if (!after) differences.refuse('what has data is removed from the stack');
  else if (kindOf(before) !== kindOf(after)) differences.refuse('another kind of resource');
  else {
    if (before.logicalId !== after.logicalId) differences.refuse('another logical id: it is replaced by an empty one');
    if (before.keptWhenReplaced && !after.keptWhenReplaced) {
      differences.refuse('it is no longer kept when its stack is deleted');
    }
    if (!('type' in before) && !('type' in after)) compareTables(differences, before, after);
    if ('type' in before && 'type' in after) compareFixed(differences, before, after);
  }
  return differences;
}

function compareFixed(differences: Differences, before: OtherSnapshot, after: OtherSnapshot): void {
  for (const name of Object.keys({ ...before.fixed, ...after.fixed })) {
    if (isSame(before.fixed[name] ?? null, after.fixed[name] ?? null)) continue;
    differences.refuse(`another ${name}: it is replaced, or its value is`);
  }
}

function compareTables(differences: Differences, before: TableSnapshot, after: TableSnapshot): void {
  if (!isSame(before.keys, after.keys)) differences.refuse('other keys: the table is replaced by an empty one');
  if (before.expiry !== null && after.expiry !== null && before.expiry !== after.expiry) {
    differences.refuse('another attribute with the time to live: first off, an update later on again');
  } else if (before.expiry !== after.expiry) differences.note(`time to live is ${after.expiry ?? 'off'}`);
  const [old, now] = [Object.keys(before.indexes), Object.keys(after.indexes)];
  const added = now.filter((index) => !old.includes(index));
  const removed = old.filter((index) => !now.includes(index));
  for (const index of added) differences.note(`a new index ${index}`);
  for (const index of removed) differences.note(`index ${index} is removed`);
  const count = added.length + removed.length;
  if (count > 1) differences.refuseCount(`${count} indexes at once, and an update makes or removes one`);
  for (const index of old.filter((each) => now.includes(each))) {
    const [was, is] = [before.indexes[index], after.indexes[index]];
    if (!isSame(was?.keys, is?.keys)) differences.refuse(`index ${index} has other keys under its old name`);
    if (!isSame(was?.projection, is?.projection)) {
      differences.refuse(`index ${index} has another projection under its old name`);
    }
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
