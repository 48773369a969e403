import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ACTIONS } from '../../shared/domain/act.ts';
import { composeKey, KEY_RANDOM_BYTES, modeOfKey, prefixOfKey, SCOPES } from '../../shared/domain/key.ts';
import { viewKey } from '../../shared/http/views/key-views.ts';
import { keysRoutes } from '../../shared/manifest/routes/keys.ts';

/** The guide's promises about keys: its pattern finds them, and its code tells a key from what only looks like one. */

const guide = readFileSync('docs/keys.md', 'utf8');

function snippet(fence: string): string {
  return new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide)?.[1] ?? '';
}

const keys = Array.from({ length: 50 }, (_, n) => composeKey(n % 2 ? 'live' : 'test', randomBytes(KEY_RANDOM_BYTES)));
const typos = keys.map((key) => key.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
const texts = [...keys, ...typos, '', 'atk_live_', `${keys[0]}\u0041`, `atk_demo_${'0'.repeat(38)}`];

it('the pattern for scanners finds a key in any text around it, and nothing in place of it', () => {
  const pattern = new RegExp(snippet('text').trim(), 'g');
  for (const key of keys) expect(`KEY="${key}"; see ${key}.`.match(pattern)).toEqual([key, key]);
  expect(`x${keys[0]} ${keys[0]}x atk_live_short`.match(pattern)).toBeNull();
});

it('as many characters as the page says', () => {
  expect([keys[0]?.length, prefixOfKey(keys[0] ?? '').length]).toEqual([47, 15]);
});

const RUNTIMES = [
  {
    fence: 'python',
    command: ['python3', 'run.py'],
    files: (code: string) => ({
      'run.py': `${code}\nimport sys\nfor line in sys.stdin.read().split("\\n"): print(is_key(line))`,
    }),
  },
  {
    fence: 'js',
    command: [process.execPath, 'run.mjs'],
    files: (code: string) => ({
      'run.mjs': `${code}\nimport { readFileSync } from 'node:fs';
for (const line of readFileSync(0, 'utf8').split('\\n')) console.log(isKey(line));`,
    }),
  },
];

it.each(RUNTIMES)('the $fence code says of every text what we say', ({ fence, command, files }) => {
  const [program = '', ...args] = command;
  if (spawnSync(program, ['--version']).status !== 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  try {
    for (const [name, text] of Object.entries(files(snippet(fence)))) writeFileSync(join(folder, name), text);
    const { stdout, stderr } = spawnSync(program, args, { cwd: folder, input: texts.join('\n'), encoding: 'utf8' });
    expect(stderr).toBe('');
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => line.toLowerCase() === 'true');
    expect(said).toEqual(texts.map((text) => modeOfKey(text) !== undefined));
    expect(said.filter(Boolean)).toHaveLength(keys.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('lists every scope', () => {
  const listed = [...guide.matchAll(/^\| `(\w+:\w+)` \|/gm)].map(([, scope]) => scope);
  expect(listed.toSorted()).toEqual(SCOPES.toSorted());
});

it('lists every action of the audit log', () => {
  for (const action of ACTIONS) expect(guide).toContain(`\`${action}\``);
});

it('lists every request about keys, and only fields that a key has', () => {
  for (const { method, path } of Object.values(keysRoutes)) expect(guide).toContain(`\`${method} ${path}\``);
  const at = '2026-05-07T08:00:00.000Z';
  const key = { id: 'key_1', merchantId: 'mer_1', mode: 'live', name: '', scopes: [], hash: 'x', prefix: '' } as const;
  const shown = viewKey({ ...key, createdAt: at, replaces: [], revision: 1 }, at);
  const [about = ''] = guide.split('## Who changed what');
  const fields = [...about.matchAll(/^\| `(\w+)` \| /gm)].map(([, name]) => name);
  expect(Object.keys(shown)).toEqual(expect.arrayContaining(fields));
  expect(fields.length).toBeGreaterThan(4);
  expect(JSON.stringify(shown)).not.toContain('hash');
});
