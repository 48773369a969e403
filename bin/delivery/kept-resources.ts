/**
 * What outlives deployments, as far as it can only be changed with care, and which changes lose data: of tables their
 * keys and indexes; of these and of buckets, keys, secrets, vaults, people and addresses what CloudFormation makes a
 * new one for, and what protects them.
 */

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly path: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: unknown;
  readonly replacePolicy: unknown;
}

interface Index {
  readonly keys: readonly string[];
  readonly projection: readonly string[];
}

interface Kept {
  readonly type: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly keptWhenDeleted: boolean;
  readonly keptWhenReplaced: boolean;
  /** Another value makes another resource, or loses what is in this one. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** What protects it and is on. */
  readonly protections: readonly string[];
}

export interface TableSnapshot extends Kept {
  readonly keys: readonly string[];
  readonly indexes: Readonly<Record<string, Index>>;
  readonly localIndexes: readonly unknown[];
  readonly expiry: string | null;
}

export type Snapshot = Readonly<Record<string, TableSnapshot | Kept>>;

export interface Changes {
  /** What differs at all. */
  readonly all: readonly string[];
  /** What one update of a stack cannot do, or does by losing data. */
  readonly refused: readonly string[];
}

const TABLE = 'AWS::DynamoDB::Table';

interface Rules {
  /** Properties with which CloudFormation makes another resource; of a secret, with which another value. */
  readonly fixed: readonly string[];
  /** Whether what protects it is on, by a name for it. */
  readonly protections?: Readonly<Record<string, (properties: Protected) => boolean>>;
}

/** What of a template protects: where the template has no value, AWS has a default. */
interface Protected {
  readonly DeletionProtectionEnabled?: unknown;
  readonly PointInTimeRecoverySpecification?: { readonly PointInTimeRecoveryEnabled?: unknown };
  readonly DeletionProtection?: unknown;
  readonly Enabled?: unknown;
  readonly EnableKeyRotation?: unknown;
  readonly VersioningConfiguration?: { readonly Status?: unknown };
  readonly ObjectLockConfiguration?: { readonly Rule?: unknown };
  readonly LockConfiguration?: unknown;
}

const isOn = (value: unknown) => String(value) === 'true';

const RULES: Readonly<Record<string, Rules>> = {
  [TABLE]: {
    fixed: ['TableName', 'ImportSourceSpecification'],
    protections: {
      'deletion protection': ({ DeletionProtectionEnabled }) => isOn(DeletionProtectionEnabled),
      'point-in-time recovery': (of) => isOn(of.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled),
    },
  },
  'AWS::S3::Bucket': {
    fixed: ['BucketName', 'ObjectLockEnabled'],
    protections: {
      versioning: ({ VersioningConfiguration }) => VersioningConfiguration?.Status === 'Enabled',
      'object lock': ({ ObjectLockConfiguration }) => ObjectLockConfiguration?.Rule !== undefined,
    },
  },
  'AWS::KMS::Key': {
    fixed: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
    protections: {
      'its state of enabled': ({ Enabled = true }) => isOn(Enabled),
      'rotation of the key': ({ EnableKeyRotation }) => isOn(EnableKeyRotation),
    },
  },
  'AWS::SecretsManager::Secret': { fixed: ['Name', 'GenerateSecretString', 'SecretString'] },
  'AWS::Backup::BackupVault': {
    fixed: ['BackupVaultName', 'EncryptionKeyArn'],
    protections: { 'the lock': ({ LockConfiguration }) => LockConfiguration !== undefined },
  },
  // Memberships name people by their `sub`, which is another one in another pool. AWS removes no attribute of a pool.
  'AWS::Cognito::UserPool': {
    fixed: ['UsernameAttributes', 'AliasAttributes', 'UsernameConfiguration', 'Schema'],
    protections: { 'deletion protection': ({ DeletionProtection }) => DeletionProtection === 'ACTIVE' },
  },
  // Upstreams and merchants keep addresses that begin with those of these two.
  'AWS::ApiGatewayV2::Api': { fixed: ['ProtocolType'] },
  'AWS::CloudFront::Distribution': { fixed: [] },
};

interface Properties {
  readonly KeySchema: readonly KeyPart[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    IndexName: string;
    KeySchema: readonly KeyPart[];
    Projection: { ProjectionType: string; NonKeyAttributes?: readonly string[] };
  }[];
  readonly LocalSecondaryIndexes?: readonly unknown[];
  readonly TimeToLiveSpecification?: { AttributeName: string };
}

interface KeyPart {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** Tables by their path, whose names no two stacks share, the others by stack and path. */
export function keptIn(resources: readonly Resource[]): Snapshot {
  const kept = resources.flatMap((resource): [string, TableSnapshot | Kept][] => {
    const { stack, id, type, path, properties, deletionPolicy, replacePolicy } = resource;
    const rules = RULES[type];
    if (!rules) return [];
    const common = {
      type,
      stack,
      logicalId: id,
      keptWhenDeleted: isKept(deletionPolicy),
      keptWhenReplaced: isKept(replacePolicy),
      fixed: Object.fromEntries(rules.fixed.map((name) => [name, properties[name] ?? null])),
      protections: Object.entries(rules.protections ?? {}).flatMap(([name, on]) => (on(properties) ? [name] : [])),
    };
    if (type !== TABLE) return [[`${stack}/${path}`, common]];
    return [[path, { ...common, ...tableShape(properties as unknown as Properties) }]];
  });
  return Object.fromEntries(kept.toSorted(([a], [b]) => a.localeCompare(b)));
}

function isKept(policy: unknown): boolean {
  return /^(Retain|Snapshot)/.test(String(policy));
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
    localIndexes: shape.LocalSecondaryIndexes ?? [],
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
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  note(what: string): void {
    this.all.push(`${this.name}: ${what}`);
  }

  refuse(what: string): void {
    this.note(what);
    this.refused.push(`${this.name}: ${what}`);
  }

  refuseCount(what: string): void {
    this.refused.push(`${this.name}: ${what}`);
  }
}

type One = TableSnapshot | Kept;

const isTable = (one: One): one is TableSnapshot => one.type === TABLE;

function changesOfOne(name: string, before: One | undefined, after: One | undefined): Changes {
  const differences = new Differences(name);
  if (!before) differences.note('new');
  else if (!after) differences.refuse('what has data is removed from the stack');
  else if (before.type !== after.type) differences.refuse('another kind of resource');
  else {
    compareKept(differences, before, after);
    if (isTable(before) && isTable(after)) compareTables(differences, before, after);
  }
  return differences;
}

function compareKept(differences: Differences, before: Kept, after: Kept): void {
  if (before.stack !== after.stack) {
    differences.refuse(`another stack, ${after.stack}: there a new one is made, which is empty`);
  }
  if (before.logicalId !== after.logicalId) differences.refuse('another logical id: it is replaced by an empty one');
  if (before.keptWhenDeleted && !after.keptWhenDeleted) {
    differences.refuse('it is no longer kept when its stack is deleted');
  }
  if (before.keptWhenReplaced && !after.keptWhenReplaced) {
    differences.refuse('it is no longer kept when it is replaced');
  }
  for (const name of Object.keys({ ...before.fixed, ...after.fixed })) {
    if (isSame(before.fixed[name] ?? null, after.fixed[name] ?? null)) continue;
    differences.refuse(`another ${name}: it is replaced, or its value is`);
  }
  for (const name of before.protections.filter((each) => !after.protections.includes(each))) {
    differences.refuse(`it loses ${name}`);
  }
  for (const name of after.protections.filter((each) => !before.protections.includes(each))) {
    differences.note(`it gets ${name}`);
  }
}

/** What no entry may leave by its age: verification reads it from its beginning. */
const FOREVER: readonly string[] = ['Ledger'];

function compareTables(differences: Differences, before: TableSnapshot, after: TableSnapshot): void {
  if (!isSame(before.keys, after.keys)) differences.refuse('other keys: the table is replaced by an empty one');
  if (!isSame(before.localIndexes, after.localIndexes)) {
    differences.refuse('other local indexes: the table is replaced by an empty one');
  }
  if (before.expiry !== null && after.expiry !== null && before.expiry !== after.expiry) {
    differences.refuse('another attribute with the time to live: first off, an update later on again');
  } else if (before.expiry === null && after.expiry !== null && FOREVER.includes(differences.name)) {
    differences.refuse(`time to live is ${after.expiry}, and its items are kept for ever`);
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
