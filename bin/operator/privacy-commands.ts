import { writeFileSync } from 'node:fs';
import { awsWorld } from '../../shared/aws/world.ts';
import { parseMeter } from '../../shared/domain/catalogue.ts';
import { readPhone } from '../../shared/domain/order-input.ts';
import { eraseNumber, REMAINS } from '../../shared/flows/privacy/erase-number.ts';
import type { Options } from './arguments.ts';
import { required, UsageError } from './arguments.ts';
import { origin } from './caller.ts';

/** What people may ask of their own data. */

const ERASED_KINDS = ['orders', 'rows', 'topups', 'deliveries', 'requests'] as const;
type ErasedKind = (typeof ERASED_KINDS)[number];

/** Erases a number everywhere. The report has its hash, so that it can be kept. */
export async function eraseCommand([number]: string[], options: Options): Promise<unknown> {
  const text = required(number, 'a number');
  const msisdn = readPhone(text)?.msisdn ?? parseMeter(text);
  if (!msisdn) throw new UsageError('the number must be a mobile number, such as +263772279099, or a meter number');
  const { numberHash, startedAt, finishedAt, touched } = await eraseNumber(awsWorld(), msisdn, await origin());
  const sum = (of: ErasedKind) => touched.reduce((total, each) => total + each[of], 0);
  const report = {
    number_hash: numberHash,
    started_at: startedAt,
    finished_at: finishedAt,
    erased: Object.fromEntries(ERASED_KINDS.map((kind) => [kind, sum(kind)])),
    left: touched.reduce((total, { left }) => total + left.length, 0),
    merchants: touched.map(({ merchantId, ...each }) => ({ merchant_id: merchantId, ...each })),
    remains: REMAINS,
  };
  if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
