import { parseArgs } from 'node:util';
import { problemOfRange } from '../../shared/domain/address-range.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { messageOf } from '../../shared/domain/message-of.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { CURRENCIES, parseAmount, parseCurrency } from '../../shared/domain/money.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { Refusal } from '../../shared/http/refusal.ts';

/** The words and options of a command line, and what they must be. */

/** A mistake in the command line. */
export class UsageError extends Error {}

export type Options = ReturnType<typeof readArguments>['values'];

export function readArguments(given: readonly string[] = process.argv.slice(2)) {
  // The parser takes a negative amount for a flag, so its minus sign is replaced and restored.
  const words = given.map((word) => (/^-\d/.test(word) ? `\u2212${word.slice(1)}` : word));
  try {
    const parsed = parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        data: { type: 'string', default: '.airtime' },
        outputs: { type: 'string' },
        mode: { type: 'string' },
        name: { type: 'string' },
        scopes: { type: 'string' },
        role: { type: 'string' },
        subject: { type: 'string' },
        by: { type: 'string' },
        status: { type: 'string' },
        path: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        expires: { type: 'string' },
        ranges: { type: 'string' },
        'keep-campaigns': { type: 'boolean', default: false },
        reason: { type: 'string' },
        report: { type: 'string' },
        reference: { type: 'string' },
        'overlap-hours': { type: 'string' },
        help: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        'allow-withdrawals': { type: 'boolean', default: false },
      },
    });
    return { values: parsed.values, positionals: parsed.positionals.map((word) => word.replace(/^\u2212/, '-')) };
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

export function required(value: string | undefined, what: string): string {
  if (!value) throw new UsageError(`missing ${what}`);
  return value;
}

export function mode(text: string | undefined): Mode {
  if (text === 'live' || text === 'test') return text;
  throw new UsageError('--mode must be live or test');
}

/** Live, unless the other is asked for: test orders never hide one that somebody paid for. */
export function reviewMode(options: Options): Mode {
  return mode(options.mode ?? 'live');
}

export function currencyOf(text: string | undefined): Currency {
  const currency = parseCurrency(text ?? '');
  if (currency) return currency;
  throw new UsageError(`the currency must be one of ${Object.keys(CURRENCIES).join(', ')}`);
}

export function signedAmount(text: string, currency: Currency): number {
  const minor = parseAmount(text.replace(/^-/, ''), currency);
  if (typeof minor !== 'number' || minor === 0) throw new UsageError(`${text} is not an amount in ${currency}`);
  return text.startsWith('-') ? -minor : minor;
}

export function instantOf(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  if (Number.isNaN(Date.parse(text))) throw new UsageError(`${text} is not a date such as 2027-05-07`);
  return new Date(text).toISOString();
}

export function rangesOf(text: string | undefined): string[] | undefined {
  const ranges = text?.split(',');
  const wrong = ranges?.find((range) => problemOfRange(range) !== undefined);
  if (wrong !== undefined) throw new UsageError(`the range ${wrong} ${problemOfRange(wrong)}`.replace(/\.$/, ''));
  return ranges;
}

/** A whole number of hours, or 0 where a key has leaked. */
export function overlapHours(options: Options): number | undefined {
  const text = options['overlap-hours'];
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError('--overlap-hours must be a whole number of hours');
  return Number(text);
}

/** A refusal, as a mistake in the command line. */
export async function stated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Refusal ? new UsageError(error.detail.replace(/\.$/, '')) : error;
  }
}
