import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { saidOfLog } from '../../shared/local/said-of-log.ts';

it('the console says that the request log lacks some, by the line that is logged then, and repeats no other', () => {
  expect(saidOfLog('{"level":"WARN","message":"request.not_kept","reason":"took too long"}')).toContain('lacks');
  expect(saidOfLog('{"level":"INFO","message":"request.served"}')).toBeUndefined();
  // Also where the log took too long, and did not fail.
  expect(readFileSync('shared/http/keep-request.ts', 'utf8').match(/warn\('request\.not_kept'/g)).toHaveLength(2);
});
