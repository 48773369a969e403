import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { listHeads } from '../../functions/wallet/list-heads.ts';
import { listLedger } from '../../functions/wallet/list-ledger.ts';
import { signHeads } from '../../functions/workers/sign-heads.ts';
import { listBetween } from '../../shared/store/ledger.ts';
import { call } from '../support/call.ts';
import { DAY, freshMerchantForEachTest, merchant, move, walletOf, world } from '../support/ledger-set-up.ts';
import { aMerchant } from '../support/world.ts';

/** What the guide prints for merchants, run on what the API answers: without anything of ours. */

freshMerchantForEachTest();

const guide = readFileSync('docs/ledger-heads.md', 'utf8');
const snippet = (fence: string) => new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide)?.[1] ?? '';

async function answer() {
  for (let n = 0; n < 6; n += 1) await aMerchant(world, { USD: 100 });
  for (let day = 0; day < 3; day += 1) {
    await move(100);
    await signHeads(world);
    world.advance(DAY);
  }
  return (await call(world, listHeads, { headers: merchant.headers(), query: { currency: 'USD' } })).json;
}

it("the guide's check takes our heads and entries, and nothing that was changed", async () => {
  const { data, public_key: key } = await answer();
  const entries = await listBetween(world, walletOf(), 1, 3);
  const [first, second, third] = data;
  const changed = [
    { ...first, leaf: first.leaf.replace(/ 100$/, ' 900') },
    { ...first, head: first.head.replace('"number":1', '"number":2') },
    { ...first, signature: second.signature },
    { ...first, steps: first.steps.slice(1) },
    { ...first, leaf: second.leaf },
  ];
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  try {
    const program = `${snippet('js')}
      import { readFileSync } from 'node:fs';
      const { data, changed, entries, key } = JSON.parse(readFileSync(0, 'utf8'));
      const [first, second, third] = data;
      console.log(JSON.stringify({
        ours: data.map((head) => isSigned(head, key)),
        changed: changed.map((head) => isSigned(head, key)),
        follows: [follows(second, first), follows(third, second), follows(third, first), follows(first, first)],
        entries: data.map((head, index) => isEntry(entries[index], head)),
        other: isEntry(entries[0], second),
      }));`;
    writeFileSync(join(folder, 'check.mjs'), program);
    const input = JSON.stringify({ data, changed, entries, key });
    const { stdout, stderr } = spawnSync(process.execPath, ['check.mjs'], { cwd: folder, input, encoding: 'utf8' });
    expect([stderr, JSON.parse(stdout || '{}')]).toEqual([
      '',
      {
        ours: [true, true, true],
        changed: Array(changed.length).fill(false),
        follows: [true, true, false, false],
        entries: [true, true, true],
        other: false,
      },
    ]);
    // The last leaf of an odd level goes up alone: where the wallet stands decides between one step and the depth.
    expect(third.steps.length).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the guide's way to recompute the chain takes our entries, and names the one that was changed", async () => {
  const [head] = (await answer()).data;
  const [, second = ''] = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  const { json } = await call(world, listLedger, { headers: merchant.headers(), query: { currency: 'USD' } });
  const entries = json.data.toReversed();
  const wallet = head.leaf.split(' ')[0];
  const module = `data:text/javascript,${encodeURIComponent(second)}`;
  const program = `const { firstViolation } = await import(${JSON.stringify(module)});
    const { entries, wallet } = ${JSON.stringify({ entries, wallet })};
    const changed = entries.map((entry, at) => (at === 1 ? { ...entry, description: 'Other' } : entry));
    console.log(JSON.stringify([[entries, wallet], [changed, wallet], [entries, 'mer_1#live#USD'], [entries.slice(1), wallet]]
      .map(([all, of]) => firstViolation(all, of) ?? null)));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect([stderr, JSON.parse(stdout || 'null')]).toEqual(['', [null, 2, 1, 1]]);
});

const [program, ...parameters] = ['openssl', 'version'] as const;
const hasOpenssl = spawnSync(program, parameters).status === 0;

it('OpenSSL, where it is installed, checks the signature with the lines that the guide prints', async () => {
  if (!hasOpenssl) return;
  const { data, public_key: key } = await answer();
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  const check = (text: string) => {
    writeFileSync(join(folder, 'head.txt'), text);
    return spawnSync('sh', ['-c', snippet('sh')], { cwd: folder, encoding: 'utf8' }).stdout.trim();
  };
  try {
    writeFileSync(join(folder, 'signature.txt'), data[0].signature);
    writeFileSync(join(folder, 'public_key.pem'), key);
    expect([check(data[0].head), check(`${data[0].head} `)]).toEqual(['Verified OK', 'Verification failure']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
