import { Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Access, QueueName, SecretName } from '../shared/manifest/access.ts';
import type { Reads } from '../shared/manifest/reads.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { APPENDED, tables } from '../shared/manifest/tables.ts';
import type { Writes } from '../shared/manifest/writes.ts';
import type { MailSender } from './mail-sender.ts';

/** What a line of the manifest and the code behind it come to as permissions of a role. */

/** The resources that there can be access to. */
export interface Resources {
  readonly key: Key;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  readonly queues: Readonly<Partial<Record<QueueName, Queue>>>;
  readonly files: Bucket;
  readonly heads: Bucket;
  readonly headsKey: Key;
  /** Absent: nobody sends mail. */
  readonly mail?: MailSender | undefined;
}

/** What code does in tables. */
export interface TableUses {
  readonly reads: Reads;
  readonly writes: Writes;
}

/**
 * The ledger is append-only by permission, as far as IAM can say so: no function may update or delete an entry. Every
 * entry is posted with the item that it is for, so its puts are granted in transactions only; that a put has a
 * condition cannot be required. The key has a list of values, and none in a plain put.
 */
const IN_TRANSACTION = { 'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };

const DECRYPT = ['kms:Decrypt', 'kms:DescribeKey'];
const ENCRYPT = ['kms:Encrypt', 'kms:GenerateDataKey'];

/** A query of an index is no query of its table. */
export function grantTables(role: Role, { reads, writes }: TableUses, resources: Resources): void {
  for (const name of Object.keys(tables) as TableName[]) {
    const { tableArn } = resources.tables[name];
    const isIndex = (read: string) => tables[name].indexes.some((index) => index.name === read);
    const all = reads[name] ?? [];
    const own = all.filter((read) => !isIndex(read));
    const indexes = all.filter(isIndex).map((index) => `${tableArn}/index/${index}`);
    if (own.length > 0) allow(role, own.map(actionOf), [tableArn]);
    if (indexes.length > 0) allow(role, ['dynamodb:Query'], indexes);
    const written = writes[name] ?? [];
    const onlyIn = APPENDED.has(name) ? IN_TRANSACTION : undefined;
    if (written.length > 0) allow(role, written.map(actionOf), [tableArn], onlyIn);
  }
  allow(role, DECRYPT, [resources.key.keyArn], onlyVia(role, 'dynamodb'));
  // No statement of ours is PartiQL, and its writes are permissions of their own.
  role.addToPolicy(new PolicyStatement({ effect: Effect.DENY, actions: ['dynamodb:PartiQL*'], resources: ['*'] }));
  if (Object.keys(writes).length > 0) grantEncryption(role, resources.key);
}

/** Of a key nothing else can be changed with it: neither its scopes nor its end. */
export function grantKeyUse(role: Role, { tables: { merchants }, key }: Resources): void {
  allow(role, ['dynamodb:UpdateItem'], [merchants.tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'usedAt'] },
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['key#*'] },
  });
  grantEncryption(role, key);
}

function grantEncryption(role: Role, key: Key): void {
  allow(role, ENCRYPT, [key.keyArn], onlyVia(role, 'dynamodb'));
}

/** All of an access but tables. */
export function grantAccess(role: Role, access: Access, resources: Resources): void {
  const { key } = resources;
  for (const name of access.secrets ?? []) {
    allow(role, ['secretsmanager:GetSecretValue'], [resources.secrets[name].secretArn]);
  }
  if (access.secrets?.length) allow(role, DECRYPT, [key.keyArn], onlyVia(role, 'secretsmanager'));
  for (const name of access.queues ?? []) allow(role, ['sqs:SendMessage'], [queueOf(resources, name).queueArn]);
  if (access.files) grantObjects(role, resources.files, key, access.files);
  // In nobody else's name.
  if (access.mail === true && resources.mail) {
    const { from, identityArn } = resources.mail;
    allow(role, ['ses:SendEmail'], [identityArn], { StringEquals: { 'ses:FromAddress': from } });
  }
  if (access.heads) grantHeads(role, access.heads, resources);
}

/** To put new versions of secrets, which are read, too. */
export function grantRotation(role: Role, names: readonly SecretName[], { secrets, key }: Resources): void {
  const arns = names.map((name) => secrets[name].secretArn);
  allow(role, ['secretsmanager:PutSecretValue'], arns);
  allow(role, ['kms:GenerateDataKey'], [key.keyArn], onlyVia(role, 'secretsmanager'));
}

/** What Lambda does with a function's role to bring it messages: no more than AWS says that it needs. */
export function grantMessages(role: Role, { queueArn }: Queue): void {
  allow(role, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queueArn]);
}

export function queueOf({ queues }: Resources, name: QueueName): Queue {
  const queue = queues[name];
  if (!queue) throw new Error(`there is no queue ${name}`);
  return queue;
}

function grantHeads(role: Role, mode: 'read' | 'sign', { heads, headsKey, key }: Resources): void {
  grantObjects(role, heads, key, mode === 'sign' ? 'write' : 'read');
  allow(role, ['kms:GetPublicKey'], [headsKey.keyArn]);
  if (mode === 'sign') allow(role, ['kms:Sign'], [headsKey.keyArn]);
}

function grantObjects(role: Role, objects: Bucket, key: Key, mode: NonNullable<Access['files']>): void {
  const object = objects.arnForObjects('*');
  if (mode !== 'upload') {
    allow(role, ['s3:GetObject'], [object]);
    // Without it S3 answers 403 for a missing file, which then looks like a missing permission.
    allow(role, ['s3:ListBucket'], [objects.bucketArn]);
    allow(role, ['kms:Decrypt'], [key.keyArn], onlyVia(role, 's3'));
  }
  if (mode !== 'read') {
    allow(role, ['s3:PutObject'], [object]);
    allow(role, ['kms:GenerateDataKey'], [key.keyArn], onlyVia(role, 's3'));
  }
  // The finding's id contains the export by which this stack imports the bucket.
  const { 'Fn::ImportValue': bucket } = Stack.of(role).resolve(Stack.of(objects).exportValue(objects.bucketArn));
  Validations.of(role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${bucket}/*]`,
    reason: 'The names of files are not known at deployment, and the bucket holds nothing else.',
  });
}

/** The key may be used only through the service that encrypted the data. */
function onlyVia(role: Role, service: 'dynamodb' | 'secretsmanager' | 's3') {
  return { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(role).region}.amazonaws.com` } };
}

function actionOf(name: string): string {
  return `dynamodb:${name}`;
}

export function allow(
  role: Role,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, Record<string, string | string[]>>,
): void {
  const statement = { effect: Effect.ALLOW, actions: [...actions], resources: [...resources] };
  role.addToPolicy(new PolicyStatement(conditions ? { ...statement, conditions } : statement));
}
