import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../shared/domain/message-of.ts';
import type { Resource } from './delivery/kept-resources.ts';
import { changesOf, keptIn } from './delivery/kept-resources.ts';

/**
 * `npm run guard`: holds the templates that are deployed against those that will be, and refuses what replaces or
 * deletes a table, a bucket, a key, a secret, a vault, the people or an address, what takes their protection, or what
 * no single update of a table can make.
 */

const USAGE = `npm run guard -- --deployed DIR --assembly cdk.out [--allow NAME]

  --deployed DIR  the deployed templates, one file STACK.json each, as "aws cloudformation get-template
                  --query TemplateBody" prints them; empty before the first deployment
  --assembly DIR  what "cdk synth" wrote
  --allow NAME    what may be replaced or deleted all the same, as a refusal names it; may be given again
`;

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: Readonly<Record<string, unknown>>;
        readonly Metadata?: Readonly<Record<string, unknown>>;
        readonly DeletionPolicy?: unknown;
        readonly UpdateReplacePolicy?: unknown;
      }
    >
  >;
}

/** The resources of all templates of a folder, by the file name's ending. */
export function resourcesIn(folder: string, ending: string): Resource[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .flatMap((file) => {
      const template: Template = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const stack = file.slice(0, -ending.length).split('-').at(-1) ?? '';
      return Object.entries(template.Resources).map(([id, resource]) => ({
        stack,
        id,
        type: resource.Type,
        path: String(resource.Metadata?.['aws:cdk:path'] ?? `//${id}/`)
          .split('/')
          .slice(1, -1)
          .join('/'),
        properties: resource.Properties ?? {},
        deletionPolicy: resource.DeletionPolicy,
        replacePolicy: resource.UpdateReplacePolicy,
      }));
    });
}

/** What a deployment must not do, a sentence each. */
export function refusedChanges(deployed: string, assembly: string, allowed: readonly string[]): readonly string[] {
  const before = keptIn(resourcesIn(deployed, '.json'));
  const after = keptIn(resourcesIn(assembly, '.template.json'));
  if (Object.keys(after).length === 0) return [`${assembly}: there are no templates in it`];
  return changesOf(before, after).refused.filter((each) => !allowed.some((name) => each.startsWith(`${name}: `)));
}

function main(args: string[]): number {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { deployed: text, assembly: text, allow: { ...text, multiple: true, default: [] } },
  });
  const { deployed, assembly, allow } = values;
  if (!deployed || !assembly || ![deployed, assembly].every(existsSync)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const refused = refusedChanges(deployed, assembly, allow);
  process.stdout.write(
    refused.length === 0
      ? 'Nothing that has data is replaced or deleted.\n'
      : `Not to be deployed:\n${refused.map((each) => `  ${each}\n`).join('')}` +
          'The runbook says how: "Change the shape of a table".\n',
  );
  return refused.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  }
}
