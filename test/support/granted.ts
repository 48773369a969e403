import { defined } from '../../shared/domain/defined.ts';
import type { Access } from '../../shared/manifest/access.ts';
import { mayCallGateways, mayCallProviders } from '../../shared/manifest/access.ts';
import type { Reads } from '../../shared/manifest/reads.ts';
import { READS } from '../../shared/manifest/reads.ts';
import { families, NOT_FOUND_ACCESS, NOT_FOUND_FUNCTION } from '../../shared/manifest/routes.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import type { Worker } from '../../shared/manifest/workers.ts';
import { workers } from '../../shared/manifest/workers.ts';
import type { Writes } from '../../shared/manifest/writes.ts';
import { WRITES } from '../../shared/manifest/writes.ts';
import type { World } from '../../shared/world.ts';

const READ_ACTIONS: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  BatchGetCommand: 'BatchGetItem',
  QueryCommand: 'Query',
  ScanCommand: 'Scan',
};

const WRITE_ACTIONS: Readonly<Record<string, string>> = {
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  BatchWriteCommand: 'BatchWriteItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  ConditionCheck: 'ConditionCheckItem',
};

const NOT_FOUND = { name: NOT_FOUND_FUNCTION, access: NOT_FOUND_ACCESS };

/** The reads and writes of a function, by its line of the manifest. */
const USES_OF: ReadonlyMap<Access, { reads: Reads; writes: Writes }> = new Map(
  [...Object.values(families).flat(), ...Object.values<Worker>(workers), NOT_FOUND].map((each) => {
    const file = 'file' in each ? each.file : each.name;
    return [each.access, { reads: READS[file] ?? {}, writes: WRITES[file] ?? {} }];
  }),
);

/** Whoever reads keys notes their use, and is granted that attribute alone. */
function isKeyUse(input: unknown): boolean {
  return (input as { UpdateExpression?: string }).UpdateExpression === 'SET usedAt = :hour';
}

/** The same world with what a function is granted and nothing else: whatever it is not refused here, IAM allows it. */
export function granted(world: World, access: Access): World {
  const refuse = (what: string): never => {
    throw new Error(`not granted: ${what}`);
  };
  const { reads, writes } = USES_OF.get(access) ?? { reads: {}, writes: {} };
  const touched = new Map<string, TableName>();
  const { mail, mailFrom, ...rest } = world;
  return {
    ...rest,
    ...(access.mail === true ? defined({ mail }) : {}),
    ...(access.mail ? defined({ mailFrom }) : {}),
    memo: new Map(),
    table(name) {
      if (!access.tables?.[name]) refuse(`table ${name}`);
      const table = world.table(name);
      touched.set(table, name);
      return table;
    },
    queues: {
      send: (queue, messages) =>
        access.queues?.includes(queue) ? world.queues.send(queue, messages) : refuse(`queue ${queue}`),
    },
    files: {
      write: (...file) => (access.files === 'write' ? world.files.write(...file) : refuse('writing files')),
      read: (...file) => (mayRead(access) ? world.files.read(...file) : refuse('files')),
      uploadUrl: (...link) =>
        ['write', 'upload'].includes(access.files ?? '')
          ? world.files.uploadUrl(...link)
          : refuse('links to upload files'),
      downloadUrl: (...link) => (mayRead(access) ? world.files.downloadUrl(...link) : refuse('files')),
    },
    heads: {
      create: (...head) => (access.heads === 'sign' ? world.heads.create(...head) : refuse('creating heads')),
      sign: (text) => (access.heads === 'sign' ? world.heads.sign(text) : refuse('signing heads')),
      read: (name) => (access.heads ? world.heads.read(name) : refuse('heads')),
      list: (...names) => (access.heads ? world.heads.list(...names) : refuse('heads')),
      isSigned: (...signed) => (access.heads ? world.heads.isSigned(...signed) : refuse('the key of heads')),
      publicKey: () => (access.heads ? world.heads.publicKey() : refuse('the key of heads')),
    },
    provider: (name) =>
      mayCallProviders(access) || (access.sandbox && name === 'sandbox')
        ? world.provider(name)
        : refuse(`provider ${name}`),
    payments: (mode) => (mayCallGateways(access) ? world.payments(mode) : refuse('the payment gateway')),
    outbound: (request) => (access.egress ? world.outbound(request) : refuse('calls to merchants')),
    problemOfUrl: (url) => (access.egress ? world.problemOfUrl(url) : refuse('addresses of merchants')),
    secret: (name) => (access.secrets?.includes(name) ? world.secret(name) : refuse(`secret ${name}`)),
    db: {
      send: (command: { constructor: { name: string }; input: unknown }) => {
        for (const table of command.constructor.name === 'ScanCommand' ? tablesOf(command.input) : []) {
          if (access.tables?.[touched.get(table) ?? 'ledger'] !== 'scan') refuse(`scanning ${touched.get(table)}`);
        }
        for (const [how, table] of isKeyUse(command.input) ? [] : writesOf(command)) {
          const name = touched.get(table);
          if (name && !writes[name]?.includes(how)) refuse(`writing ${name} by ${how}`);
          if ((name === 'ledger' || name === 'audit') && command.constructor.name !== 'TransactWriteCommand')
            refuse(`a plain write of ${name}`);
        }
        const action = READ_ACTIONS[command.constructor.name];
        for (const table of action === undefined ? [] : tablesOf(command.input)) {
          const name = touched.get(table);
          const { IndexName: how = action } = command.input as { IndexName?: string };
          if (name && !reads[name]?.includes(String(how))) refuse(`reading ${name} by ${how}`);
        }
        return (world.db.send as (command: unknown) => Promise<unknown>)(command);
      },
    } as unknown as World['db'],
  };
}

function mayRead({ files }: Access): boolean {
  return files === 'read' || files === 'write';
}

/** What a command writes: the action, and the name of the table. */
function writesOf({ constructor: { name }, input }: { constructor: { name: string }; input: unknown }) {
  if (name in READ_ACTIONS) return [];
  const { TransactItems } = input as { TransactItems?: Record<string, { TableName: string }>[] };
  const parts = TransactItems?.flatMap((item) => Object.entries(item).map(([part, own]) => [part, own.TableName]));
  const all = parts ?? tablesOf(input).map((table) => [name, table]);
  return all.map(([kind = '', table = '']) => [WRITE_ACTIONS[kind] ?? kind, table] as const);
}

function tablesOf(input: unknown): string[] {
  const {
    TableName,
    RequestItems = {},
    TransactItems = [],
  } = input as {
    TableName?: string;
    RequestItems?: object;
    TransactItems?: Record<string, { TableName: string }>[];
  };
  return [
    ...(TableName ? [TableName] : []),
    ...Object.keys(RequestItems),
    ...TransactItems.flatMap((item) => Object.values(item).map((each) => each.TableName)),
  ];
}
