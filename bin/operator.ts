import { awsWorld } from '../shared/aws/world.ts';
import { SCOPES } from '../shared/domain/key.ts';
import { messageOf } from '../shared/domain/message-of.ts';
import { COUNT_NAMES, RATE_NAMES } from '../shared/domain/terms.ts';
import { printable } from '../shared/domain/text.ts';
import { listProviders } from '../shared/flows/orders/list-providers.ts';
import { listOpen, listReview, reverseOrder, viewEvidence, viewTopupEvidence } from '../shared/flows/orders/review.ts';
import { showEndpoints } from '../shared/flows/webhooks/show-endpoints.ts';
import { SIGNING_PURPOSES } from '../shared/manifest/access.ts';
import { listMerchants } from '../shared/store/merchants.ts';
import { topupsInReview } from '../shared/store/topups.ts';
import type { Options } from './operator/arguments.ts';
import { mode, overlapHours, readArguments, reviewMode, UsageError } from './operator/arguments.ts';
import { decision, knownMerchant } from './operator/caller.ts';
import { connect } from './operator/connect.ts';
import {
  auditCommand,
  createKeyCommand,
  createMerchantCommand,
  createWebhookCommand,
  freezeCommand,
  listKeysCommand,
  MANAGEMENT_SCOPES,
  revokeKeyCommand,
  rollKeyCommand,
  setTermsCommand,
  showTermsCommand,
  unfreezeCommand,
} from './operator/merchant-commands.ts';
import {
  adjustCommand,
  orderKey,
  resolveOrderCommand,
  resolveTopupCommand,
  showOrderCommand,
  syncCommand,
  verifyCommand,
} from './operator/money-commands.ts';
import { activateCommand, inviteCommand } from './operator/people-commands.ts';
import { eraseCommand } from './operator/privacy-commands.ts';
import { listRequestsCommand, showRequestCommand } from './operator/request-commands.ts';
import { endSecretOverlap, purpose, rotateSecret, showSecret } from './operator/secret-commands.ts';

/**
 * The commands of operators, for AWS and for this machine. On AWS it uses the caller's own credentials and the file
 * that `cdk deploy --outputs-file` wrote; otherwise the `local.json` of a running `npm start`.
 */

const USAGE = `npm run operator -- <command>

  merchant create <name> [--mode live|test]
  merchant list [--name <part of it>]
  merchant activate <merchant id>
  merchant invite <merchant id> <e-mail> [--role owner]
  merchant freeze <merchant id> [--mode live|test] --reason <why>
  merchant unfreeze <merchant id> [--mode live|test] --reason <why>
  key create <merchant id> --mode live|test [--name <name>] [--scopes a,b] [--expires <date>] [--ranges a,b]
  key list <merchant id>
  key revoke <merchant id> <key id> [--keep-campaigns]
  key roll <merchant id> <key id> [--overlap-hours 24] [--expires <date>]
  terms show <merchant id>
  terms set <merchant id> <limit> <value> --mode live|test
  terms set <merchant id> live yes|no
  webhook create <merchant id> <https url> --mode live|test
  endpoint list <merchant id> --mode live|test
  wallet adjust <merchant id> <amount> <currency> --mode live|test --reason <why> --reference <for what> [--yes]
  ledger verify <merchant id> <currency> --mode live|test
  audit list <merchant id> --mode live|test [--subject <id>] [--by <who>] [--from <date>] [--to <date>]
  requests list <merchant id> --mode live|test [--status 4xx] [--path <p>] [--by <key id>] [--from <date>] [--to <date>]
  requests show <merchant id> <request id> --mode live|test
  secret show <purpose>
  secret rotate <purpose> [--overlap-hours <n>]
  secret end-overlap <purpose>
  provider list
  catalogue sync <provider> [--allow-withdrawals]
  review list [--mode live|test]
  order open [--mode live|test]
  topup review [--mode live|test]
  topup resolve <top-up id> paid|failed|reversed|kept --reason <why>
  order show <merchant id> <agent_reference> --mode live|test
  order resolve <merchant id> <agent_reference> delivered|refunded --mode live|test --reason <why>
  order reverse <merchant id> <agent_reference> --mode live|test --reason <why>
  erase <number> [--report FILE]

  amount        major units, e.g. 100 or -2.50
  --mode        of a new merchant: that of its first key, which is made with it
  --reference   one entry each, e.g. the bank's: the same again finds the entry that is there
  --report F    also writes the report of an erasure into a file
  --yes         confirms a large adjustment
  value         2000/10 for a rate (2000 at once, refilled in 10 seconds), a number for a count, or default
  --data DIR    data folder of the running npm start (default .airtime)
  --outputs F   work on AWS: the file written by cdk deploy --outputs-file F
  --help        this text
  limit         ${RATE_NAMES.join(', ')}; ${COUNT_NAMES.join(', ')}
  scopes        ${SCOPES.join(', ')}
                (default: all but ${MANAGEMENT_SCOPES.join(', ')})
  ranges        addresses that the key works from, e.g. 203.0.113.0/24 (default: all)
  purpose       ${SIGNING_PURPOSES.join(', ')}
`;

const COMMANDS: Record<string, (args: string[], options: Options) => Promise<unknown>> = {
  'merchant create': createMerchantCommand,
  'merchant list': (_args, { name }) => listMerchants(awsWorld(), name),
  'merchant activate': activateCommand,
  'merchant invite': inviteCommand,
  'merchant freeze': freezeCommand,
  'merchant unfreeze': unfreezeCommand,
  'key create': createKeyCommand,
  'key list': listKeysCommand,
  'key revoke': revokeKeyCommand,
  'key roll': rollKeyCommand,
  'terms show': showTermsCommand,
  'terms set': setTermsCommand,
  'webhook create': createWebhookCommand,
  'endpoint list': async ([merchantId], options) =>
    showEndpoints(awsWorld(), { merchantId: await knownMerchant(merchantId), mode: mode(options.mode) }),
  'wallet adjust': adjustCommand,
  'ledger verify': verifyCommand,
  'audit list': auditCommand,
  'requests list': listRequestsCommand,
  'requests show': showRequestCommand,
  'secret show': ([name]) => showSecret(awsWorld(), purpose(name)),
  'secret rotate': ([name], options) => rotateSecret(awsWorld(), purpose(name), overlapHours(options)),
  'secret end-overlap': ([name]) => endSecretOverlap(awsWorld(), purpose(name)),
  'provider list': () => listProviders(awsWorld()),
  'catalogue sync': syncCommand,
  'review list': (_args, options) => listReview(awsWorld(), reviewMode(options)),
  'topup review': async (_args, options) =>
    (await topupsInReview(awsWorld(), reviewMode(options))).map(viewTopupEvidence),
  'topup resolve': resolveTopupCommand,
  'order open': (_args, options) => listOpen(awsWorld(), reviewMode(options)),
  'order show': showOrderCommand,
  'order resolve': resolveOrderCommand,
  'order reverse': async (args, options) =>
    viewEvidence(await reverseOrder(awsWorld(), orderKey(args, options), await decision(options))),
  erase: eraseCommand,
};

export const commandNames: readonly string[] = Object.keys(COMMANDS);

/** One line, so that the reason is what is read. */
function failUsage(reason: string): never {
  return fail(`${reason.replace(/\.?\s*$/, '.')} All commands: npm run operator -- --help`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** What a command prints. */
export async function answerTo({ values, positionals }: ReturnType<typeof readArguments>): Promise<string> {
  const length = COMMANDS[positionals[0] ?? ''] ? 1 : 2;
  const [words, args] = [positionals.slice(0, length).join(' '), positionals.slice(length)];
  const command = COMMANDS[words];
  if (!command) throw new UsageError(`there is no command ${words}`);
  connect(values);
  return printable(await command(args, values));
}

async function main(): Promise<void> {
  process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
  try {
    const given = readArguments();
    if (given.values.help || given.positionals.length === 0) {
      process.stdout.write(USAGE);
      process.exit(given.values.help ? 0 : 1);
    }
    process.stdout.write(`${await answerTo(given)}\n`);
  } catch (error) {
    if (error instanceof UsageError) failUsage(error.message);
    fail(`failed: ${messageOf(error)}`);
  }
}

if (import.meta.main) await main();
