import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readArguments } from '../bin/operator/arguments.ts';
import { SECRETS } from '../shared/manifest/access.ts';

/** The pages for operators: what they tell to type can be typed. What it does on AWS is in the page's last section. */

const usage = [...readFileSync('bin/operator.ts', 'utf8').matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?)((?: [<[-]).*)?$/gm)];
const lines = (page: string) => readFileSync(page, 'utf8').split('\n');
const commandsOf = (page: string) =>
  lines(page).flatMap((line) => [...line.matchAll(/npm run operator -- ([^`]+)/g)].map(([, command = '']) => command));
const pages = ['docs/deploying.md', 'docs/delivery.md', 'docs/recovery.md', 'docs/runbook.md', 'README.md'];
const commands = pages.flatMap(commandsOf).filter((command) => !command.startsWith('<command>'));
const { argv } = process;
afterEach(() => {
  process.argv = argv;
});

/** As a shell parts it, with `<merchant id>` as one word. */
const wordsOf = (command: string) =>
  [...command.matchAll(/"([^"]*)"|<[^>]*>|\S+/g)].map(([word, quoted]) => quoted ?? word);

describe('the commands of operators', () => {
  it('are found on the page', () => {
    expect(commandsOf('docs/deploying.md').length).toBeGreaterThan(6);
    expect(usage.length).toBeGreaterThan(25);
  });

  it.each([...new Set(commands)])('%s: is a command, with the options that it needs', (command) => {
    process.argv = ['node', 'operator', ...wordsOf(command)];
    const { values, positionals } = readArguments();
    const of = (length: number) => usage.find(([, words]) => words === positionals.slice(0, length).join(' '));
    const [, words = '', parameters = ''] = of(2) ?? of(1) ?? [];
    const needed = parameters.replaceAll(/\[[^\]]*\]/g, '');
    const given = positionals.length - words.split(' ').length;
    expect(words).not.toBe('');
    expect(given).toBe(needed.replaceAll(/--[\w-]+ \S+(?: \w+>)*/g, '').match(/<[^>]*>|\S+/g)?.length ?? 0);
    for (const [, option = ''] of needed.matchAll(/--([\w-]+)/g)) expect(Object.keys(values)).toContain(option);
  });
});

it('deploying: every script is one, and every command of CDK names its stage', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const typed = lines('docs/deploying.md').join('\n');
  for (const [, script = ''] of typed.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
  const cdk = [...typed.matchAll(/npx cdk (\w+)([^`\n]*)/g)];
  expect(new Set(cdk.map(([, verb]) => verb))).toEqual(new Set(['bootstrap', 'deploy', 'diff', 'destroy']));
  for (const [, , flags] of cdk) expect(flags).toMatch(/-c stage=(dev|live)/);
});

it('deploying: every secret of an upstream has its row', () => {
  const upstreams = SECRETS.filter((name) => /^(hotrecharge|pesaway|pesepay|pesepaytest)$/.test(name));
  const page = lines('docs/deploying.md').join('\n');
  for (const name of upstreams) {
    expect(page).toContain(`| \`${name}.json\` | \`${name[0]?.toUpperCase()}${name.slice(1)}SecretArn\` |`);
  }
});
