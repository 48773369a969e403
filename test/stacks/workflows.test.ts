import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What a workflow may, read as text: no YAML parser is a dependency. */

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

describe.each(files)('$name', ({ text }) => {
  const uses = [...text.matchAll(/uses: (\S+)(.*)/g)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);

  it('takes every action by its commit, with the version beside it', () => {
    const foreign = uses.filter(([action]) => !action.startsWith('./'));
    for (const [action, comment] of foreign) {
      expect(`${action}${comment}`).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it('starts without permissions, and no job may write to the repository', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text).not.toMatch(/contents: write|write-all|packages: write|actions: write|pull_request_target/);
    const writes = [...text.matchAll(/^ +([\w-]+): write$/gm)].map((match) => match[1]);
    expect(['id-token', 'pull-requests']).toEqual(expect.arrayContaining(writes));
  });

  it('stores no key of AWS, and only a test key of ours', () => {
    expect(text).not.toMatch(/aws-(access-key-id|secret-access-key)|AWS_(ACCESS_KEY|SECRET)/i);
    expect([...text.matchAll(/secrets\.(\w+)/g)].map((match) => match[1])).toEqual(
      text.includes('SMOKE_KEY') ? ['SMOKE_KEY'] : [],
    );
  });

  it('lets nothing that somebody else wrote become part of a command', () => {
    const commands = text.split('\n').filter((line) => !/^\s+([\w-]+|[A-Z_]+): (>-|.*\$\{\{)/.test(line));
    expect(commands.filter((line) => line.includes('${{') && !/^ {6}(\$|\()/.test(line))).toEqual([]);
  });

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = [...text.matchAll(/npm run -s (\S+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !scripts[name])).toEqual([]);
  });
});

it('each deployment is guarded before and smoke-tested after, and live comes after staging', () => {
  const [stage = '', deploy = ''] = ['deploy-stage.yml', 'deploy.yml'].map(
    (name) => files.find((each) => each.name === name)?.text ?? '',
  );
  const order = ['run -s guard', 'cdk deploy', 'run -s smoke'].map((step) => stage.indexOf(step));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(Math.min(...order)).toBeGreaterThan(0);
  expect(deploy.match(/cdk synth/g)).toHaveLength(2);
  expect(stage).not.toContain('cdk synth');
  const { live = '' } = jobsOf('deploy.yml');
  expect(live).toMatch(/^live:\n {4}needs: \[synth, staging\]/);
  // An environment without reviewers asks nobody.
  expect(live).toContain("(github.event_name == 'workflow_dispatch' || vars.LIVE_HAS_REVIEWERS == 'true') &&");
});

/** The jobs of a workflow by their names. */
function jobsOf(name: string): Record<string, string> {
  const [, jobs = ''] = files.find((each) => each.name === name)?.text.split(/^jobs:$/m) ?? [];
  return Object.fromEntries(jobs.split(/^ {2}(?=[\w-]+:$)/m).map((job) => [job.slice(0, job.indexOf(':')), job]));
}

it('the code of a change runs without an identity at AWS, which has no use but to read templates', () => {
  const { gate = '', synth = '', diff = '' } = jobsOf('check.yml');
  for (const job of [gate, synth]) expect(job).not.toMatch(/: write$|secrets|vars\.AWS/m);
  expect(synth).toContain('cdk synth');
  expect(diff).toMatch(/ref: \$\{\{ github\.event\.pull_request\.base\.sha \}\}/);
  expect(diff).toContain('head.repo.full_name == github.repository');
  expect(diff).not.toMatch(/npx cdk/);
  expect(readFileSync('bin/delivery/diff-templates.sh', 'utf8')).toMatch(/cdk diff .*--template/);
  const reading = /The reading role.*?the templates\./s.exec(readFileSync('docs/delivery.md', 'utf8'))?.[0];
  expect(reading).toContain('and nothing else');
  expect(reading).not.toContain('sts:AssumeRole');
});

it('nothing is synthesized to be deployed but what passed the gate, now or when it was pushed', () => {
  const { synth = '' } = jobsOf('deploy.yml');
  expect(synth).toContain("needs.gate.result == 'success' ||");
  expect(synth).toContain("(github.event_name == 'workflow_dispatch' && needs.gate.result == 'skipped')");
  expect(synth.indexOf('merge-base')).toBeLessThan(synth.indexOf('bin/delivery/gate-passed.sh'));
  expect(synth.indexOf('bin/delivery/gate-passed.sh')).toBeLessThan(synth.indexOf('npm ci'));
});

it.each([
  ['passed', '7', '1', 0],
  ['failed or was cancelled', '7', '0', 1],
  ['never ran', '', '', 1],
])('a commit whose gate %s is let through or not', (_what, runs, passed, status) => {
  const folder = mkdtempSync(join(tmpdir(), 'gate-'));
  // Stands in for the command line of GitHub.
  const gh = `#!/bin/sh
case "$*" in
  *deploy.yml/runs*head_sha=abc*event=push*branch=main*) echo '${runs}';;
  *runs/7/jobs*) echo '${passed}';;
esac
`;
  writeFileSync(join(folder, 'gh'), gh, { mode: 0o755 });
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, GITHUB_REPOSITORY: 'an/airtime' };
  const done = spawnSync('bash', ['bin/delivery/gate-passed.sh', 'abc'], { encoding: 'utf8', env });
  expect([done.status, done.stderr]).toEqual([status, status === 0 ? '' : expect.stringContaining('did not pass')]);
  rmSync(folder, { recursive: true });
});

it('the deployed templates of every region are fetched for the guard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  const assembly = join(folder, 'assembly');
  mkdirSync(assembly);
  const stack = (region: string) => ({ type: 'aws:cloudformation:stack', environment: `aws://1/${region}` });
  const artifacts = { 'Airtime-live-Data': stack('af-south-1'), 'Airtime-live-BackupCopy': stack('eu-west-1') };
  writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ artifacts }));
  // Stands in for the command line of AWS.
  const aws = `#!/bin/sh
case "$*" in
  *describe-stacks*af-south-1*live-*) echo Airtime-live-Data;;
  *describe-stacks*eu-west-1*live-*) echo Airtime-live-BackupCopy;;
  *get-template*) echo '{"Resources": {}}';;
esac
`;
  writeFileSync(join(folder, 'aws'), aws, { mode: 0o755 });
  const out = execFileSync('bash', ['bin/delivery/deployed-templates.sh', assembly, join(folder, 'deployed')], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  expect(out).toContain('2 templates');
  expect(readdirSync(join(folder, 'deployed')).toSorted()).toEqual([
    'Airtime-live-BackupCopy.json',
    'Airtime-live-Data.json',
  ]);
  rmSync(folder, { recursive: true });
});
