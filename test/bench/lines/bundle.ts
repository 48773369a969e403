import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../../bin/bundle.ts';
import { NOT_FOUND_FUNCTION } from '../../../shared/manifest/routes.ts';
import type { Line } from '../line.ts';

const CREATE_ORDER = 'create-order';

export const line: Line = {
  name: 'bundle',
  what: 'What is deployed of a function, minified; whether the function for unknown paths has the SDK in it.',
  kind: 'count',
  wanted: { 'not-found has the SDK (1: yes)': { most: 0, before: '1 (399 kB)' } },
  async measure() {
    const out = mkdtempSync(join(tmpdir(), 'airtime-bench-'));
    const built = await bundle(out, [NOT_FOUND_FUNCTION, CREATE_ORDER]);
    const kilobytes = (name: string) => Math.round((built.find(({ file }) => file === name)?.bytes ?? 0) / 1_024);
    const text = readFileSync(join(out, NOT_FOUND_FUNCTION, 'index.js'), 'utf8');
    rmSync(out, { recursive: true });
    return {
      'not-found kB': kilobytes(NOT_FOUND_FUNCTION),
      'create-order kB': kilobytes(CREATE_ORDER),
      'not-found has the SDK (1: yes)': /aws-sdk|DynamoDB_20120810|x-amz-user-agent/.test(text) ? 1 : 0,
    };
  },
};
