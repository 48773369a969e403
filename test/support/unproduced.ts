import { readFileSync } from 'node:fs';
import { FAILURES } from '../../shared/domain/order.ts';
import { RESULT_CODES } from '../../shared/domain/result.ts';
import { TOPUP_FAILURES } from '../../shared/domain/topup.ts';
import { CELL_PROBLEMS, REFERENCE_PROBLEMS } from '../../shared/http/csv/sheet-cells.ts';
import { CATALOGUE_PROBLEMS } from '../../shared/http/openapi/answers/shared-parts.ts';
import { CONTRACTS, refusalsOf } from '../../shared/http/openapi/contract.ts';

/**
 * `node test/support/unproduced.ts FILE`: names every code that is documented and that no test was answered, and fails
 * if there is one. The file is what all tests noted under `ANSWERS_SEEN`.
 */
const seen = new Set(readFileSync(process.argv[2] ?? '', 'utf8').split('\n'));
const documented = [
  ...[...CONTRACTS.keys()].flatMap((name) => refusalsOf(name).map((code) => `${name} ${code}`)),
  ...Object.keys(FAILURES).map((code) => `order ${code}`),
  ...Object.keys(TOPUP_FAILURES).map((code) => `topup ${code}`),
  ...[...Object.keys({ ...CELL_PROBLEMS, ...REFERENCE_PROBLEMS }), ...CATALOGUE_PROBLEMS].map((code) => `row ${code}`),
  ...Object.values(RESULT_CODES).map((code) => `result ${code}`),
];
const unproduced = documented.filter((code) => !seen.has(code));
for (const code of unproduced) console.error(`No test was answered ${code}.`);
console.log(
  `${documented.length - unproduced.length} of ${documented.length} documented codes were answered in tests.`,
);
process.exitCode = unproduced.length > 0 ? 1 : 0;
