import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bundle, functionFiles } from '../../bin/bundle.ts';

/** What Lambda loads at a cold start. */

const out = mkdtempSync(join(tmpdir(), 'bundles-'));

beforeAll(async () => {
  await bundle(out);
});

afterAll(() => rmSync(out, { recursive: true }));

it.each(functionFiles())('%s exports a handler and loads neither undici nor http2', (file) => {
  const script = `
    const { handler } = require('${out}/${file}/index.js');
    const heavy = process.moduleLoadList.filter((name) => /undici|http2/.test(name));
    process.stdout.write(JSON.stringify({ type: typeof handler, heavy }));`;
  const answer = execFileSync('node', ['--input-type=commonjs', '-e', script], { encoding: 'utf8' });
  expect(JSON.parse(answer)).toEqual({ type: 'function', heavy: [] });
});
