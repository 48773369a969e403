import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { awsWorld } from '../shared/aws/world.ts';
import { PROVIDERS } from '../shared/domain/catalogue.ts';
import { SCOPES } from '../shared/domain/key.ts';
import type { Mode } from '../shared/domain/ledger.ts';
import { messageOf } from '../shared/domain/message-of.ts';
import type { Currency } from '../shared/domain/money.ts';
import { CURRENCIES, formatAmount, parseAmount, parseCurrency } from '../shared/domain/money.ts';
import { COUNT_NAMES, RATE_NAMES, readLimitChange, withLimit } from '../shared/domain/terms.ts';
import { TOPUP_RESOLUTIONS } from '../shared/domain/topup.ts';
import { changeTerms } from '../shared/flows/account/change-terms.ts';
import { listProviders } from '../shared/flows/orders/list-providers.ts';
import type { Decision } from '../shared/flows/orders/review.ts';
import {
  listReview,
  resolveOrder,
  resolveTopupByHand,
  reverseOrder,
  viewEvidence,
  viewTopupEvidence,
} from '../shared/flows/orders/review.ts';
import { syncProducts } from '../shared/flows/orders/sync-products.ts';
import { adjustWallet, isLargeAdjustment } from '../shared/flows/wallet/adjust-wallet.ts';
import { verifyLedger } from '../shared/flows/wallet/verify-ledger.ts';
import { addEndpoint } from '../shared/flows/webhooks/add-endpoint.ts';
import { Refusal } from '../shared/http/refusal.ts';
import { viewTerms } from '../shared/http/views/account-views.ts';
import { viewEndpoint } from '../shared/http/views/webhook-views.ts';
import type { QueueName } from '../shared/manifest/access.ts';
import { environment, QUEUES, SECRETS } from '../shared/manifest/access.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { tables } from '../shared/manifest/tables.ts';
import { createKey, createMerchant, listKeys, readMerchant, revokeKey } from '../shared/store/merchants.ts';
import type { OrderKey } from '../shared/store/orders.ts';
import { readOrder } from '../shared/store/orders.ts';
import { readTermsNow } from '../shared/store/terms.ts';
import { topupsInReview } from '../shared/store/topups.ts';

/**
 * The commands of operators, for AWS and for this machine. On AWS it uses the caller's own credentials and the file
 * that `cdk deploy --outputs-file` wrote; otherwise the `local.json` of a running `npm start`.
 */

const USAGE = `npm run operator -- <command>

  merchant create <name>
  key create <merchant id> --mode live|test [--name <name>] [--scopes a,b]
  key list <merchant id>
  key revoke <merchant id> <key id>
  terms show <merchant id>
  terms set <merchant id> <limit> <value> --mode live|test
  terms set <merchant id> live yes|no
  webhook create <merchant id> <https url> --mode live|test
  wallet adjust <merchant id> <amount> <currency> --mode live|test --reason <why> --reference <for what> [--yes]
  ledger verify <merchant id> <currency> --mode live|test
  provider list
  catalogue sync <provider> [--allow-withdrawals]
  review list [--mode live|test]
  topup review [--mode live|test]
  topup resolve <top-up id> paid|failed|reversed|kept --reason <why>
  order show <merchant id> <agent_reference> --mode live|test
  order resolve <merchant id> <agent_reference> delivered|refunded --mode live|test --reason <why>
  order reverse <merchant id> <agent_reference> --mode live|test --reason <why>

  amount        major units, e.g. 100 or -2.50
  --reference   one entry each, e.g. the bank's: the same again finds the entry that is there
  --yes         confirms a large adjustment
  value         2000/10 for a rate (2000 at once, refilled in 10 seconds), a number for a count, or default
  --data DIR    data folder of the running npm start (default .airtime)
  --outputs F   work on AWS: the file written by cdk deploy --outputs-file F
  limit         ${RATE_NAMES.join(', ')}; ${COUNT_NAMES.join(', ')}
  scopes        ${SCOPES.join(', ')} (default: all)
`;

/** A mistake in the command line, which is answered with the usage. */
class UsageError extends Error {}

const { values, positionals } = readArguments();

type Options = typeof values;

const COMMANDS: Record<string, (args: string[], options: Options) => Promise<unknown>> = {
  'merchant create': ([name]) => createMerchant(awsWorld(), required(name, 'a name')),
  'key create': createKeyCommand,
  'key list': ([merchantId]) => listKeys(awsWorld(), required(merchantId, 'a merchant id')),
  'key revoke': revokeKeyCommand,
  'terms show': async ([merchantId]) => viewTerms(await readTermsNow(awsWorld(), await knownMerchant(merchantId))),
  'terms set': setTermsCommand,
  'webhook create': createWebhookCommand,
  'wallet adjust': adjustCommand,
  'ledger verify': verifyCommand,
  'provider list': () => listProviders(awsWorld()),
  'catalogue sync': syncCommand,
  'review list': (_args, options) => listReview(awsWorld(), reviewMode(options)),
  'topup review': async (_args, options) =>
    (await topupsInReview(awsWorld(), reviewMode(options))).map(viewTopupEvidence),
  'topup resolve': resolveTopupCommand,
  'order show': showOrderCommand,
  'order resolve': resolveOrderCommand,
  'order reverse': async (args, options) =>
    viewEvidence(await reverseOrder(awsWorld(), orderKey(args, options), decision(options))),
};

async function verifyCommand([merchantId, currency]: string[], options: Options): Promise<unknown> {
  const wallet = {
    merchantId: await knownMerchant(merchantId),
    mode: mode(options.mode),
    currency: currencyOf(currency),
  };
  const { entries, balanceMinor, violation } = await verifyLedger(awsWorld(), wallet);
  if (violation !== undefined) throw new Error(`the ledger is broken: ${violation.what}`);
  return { verified: true, entries, balance: `${wallet.currency} ${formatAmount(balanceMinor, wallet.currency)}` };
}

async function syncCommand([name]: string[], options: Options): Promise<unknown> {
  const provider = PROVIDERS.find((each) => each === required(name, 'a provider') && each !== 'sandbox');
  if (!provider) throw new UsageError(`there is no catalogue of ${name}`);
  const allowsWithdrawals = options['allow-withdrawals'];
  const world = awsWorld();
  // Metrics are written to the output, which is the answer of the command here.
  const quiet = { ...world, log: { ...world.log, metric: () => undefined } };
  const { isOff, changes, keptBack } = await syncProducts(quiet, provider, { allowsWithdrawals });
  return { provider, off: isOff, changes, kept_back: keptBack };
}

async function showOrderCommand(args: string[], options: Options): Promise<unknown> {
  const order = await readOrder(awsWorld(), orderKey(args, options));
  if (!order) throw new UsageError(`there is no ${options.mode} order ${args[1]} of ${args[0]}`);
  return viewEvidence(order);
}

async function resolveOrderCommand(args: string[], options: Options): Promise<unknown> {
  const [, , outcome] = args;
  if (outcome !== 'delivered' && outcome !== 'refunded')
    throw new UsageError('the outcome must be delivered or refunded');
  return viewEvidence(await resolveOrder(awsWorld(), orderKey(args, options), outcome, decision(options)));
}

function orderKey([merchantId, agentReference]: string[], options: Options): OrderKey {
  return {
    merchantId: required(merchantId, 'a merchant id'),
    agentReference: required(agentReference, 'an agent_reference'),
    mode: mode(options.mode),
  };
}

/** Who decided and why, for the timeline. */
function decision(options: Options): Decision {
  return { by: userInfo().username, reason: required(options.reason, '--reason, which is recorded in the timeline') };
}

async function resolveTopupCommand([id, outcome]: string[], options: Options): Promise<unknown> {
  const resolution = TOPUP_RESOLUTIONS.find((each) => each === outcome);
  if (!resolution) throw new UsageError(`the outcome must be one of ${TOPUP_RESOLUTIONS.join(', ')}`);
  const topupId = required(id, 'a top-up id');
  return viewTopupEvidence(await resolveTopupByHand(awsWorld(), topupId, resolution, decision(options)));
}

async function createWebhookCommand([merchantId, address]: string[], options: Options): Promise<unknown> {
  const owner = { merchantId: await knownMerchant(merchantId), mode: mode(options.mode) };
  try {
    const { endpoint, secret } = await addEndpoint(awsWorld(), owner, { url: required(address, 'a URL') });
    return { ...viewEndpoint(endpoint), secret, note: 'The secret is shown only once.' };
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(error.detail.replace(/\.$/, ''));
    throw error;
  }
}

async function setTermsCommand([merchantId, name, value]: string[], options: Options): Promise<unknown> {
  const id = await knownMerchant(merchantId);
  const text = required(value, 'a value');
  if (name === 'live') {
    if (text !== 'yes' && text !== 'no') throw new UsageError('live must be yes or no');
    return viewTerms(await changeTerms(awsWorld(), id, (terms) => ({ ...terms, isLive: text === 'yes' })));
  }
  const change = readLimitChange(required(name, 'a limit'), text);
  if (typeof change === 'string') throw new UsageError(change);
  const of = mode(options.mode);
  return viewTerms(await changeTerms(awsWorld(), id, (terms) => withLimit(terms, of, change)));
}

async function createKeyCommand([merchantId]: string[], options: Options): Promise<unknown> {
  const id = await knownMerchant(merchantId);
  const scopes = options.scopes?.split(',') ?? [...SCOPES];
  const unknown = scopes.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) throw new UsageError(`there is no scope ${unknown}; scopes are ${SCOPES.join(', ')}`);
  const { key, text } = await createKey(awsWorld(), {
    merchantId: id,
    mode: mode(options.mode),
    name: options.name ?? 'default',
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
  });
  return { ...key, key: text, note: 'The key is shown only once; only its hash is stored.' };
}

async function revokeKeyCommand([merchantId, keyId]: string[]): Promise<unknown> {
  const id = required(merchantId, 'a merchant id');
  if (!(await revokeKey(awsWorld(), id, required(keyId, 'a key id')))) {
    throw new UsageError(`merchant ${id} has no key ${keyId}`);
  }
  return { revoked: keyId };
}

async function adjustCommand([merchantId, amount, currency]: string[], options: Options): Promise<unknown> {
  const id = await knownMerchant(merchantId);
  const code = currencyOf(currency);
  const amountMinor = signedAmount(required(amount, 'an amount'), code);
  const reason = required(options.reason, '--reason, which is recorded in the ledger');
  const reference = required(options.reference, '--reference, under which there is one entry');
  const wallet = { merchantId: id, mode: mode(options.mode), currency: code };
  if (isLargeAdjustment(amountMinor, code) && !options.yes) {
    const sum = `${code} ${amountMinor < 0 ? '-' : ''}${formatAmount(Math.abs(amountMinor), code)}`;
    throw new UsageError(`${sum} is a large adjustment of the ${wallet.mode} wallet: repeat the command with --yes`);
  }
  const entry = await adjustWallet(awsWorld(), wallet, { amountMinor, reason, by: userInfo().username, reference });
  return { entry: entry.id, seq: entry.seq, currency: code, balance: formatAmount(entry.balanceAfterMinor, code) };
}

async function knownMerchant(id: string | undefined): Promise<string> {
  const merchantId = required(id, 'a merchant id');
  if (!(await readMerchant(awsWorld(), merchantId))) throw new UsageError(`there is no merchant ${merchantId}`);
  return merchantId;
}

function required(value: string | undefined, what: string): string {
  if (!value) throw new UsageError(`missing ${what}`);
  return value;
}

function mode(text: string | undefined): Mode {
  if (text === 'live' || text === 'test') return text;
  throw new UsageError('--mode must be live or test');
}

/** Live, unless the other is asked for: test orders never hide one that somebody paid for. */
function reviewMode(options: Options): Mode {
  return mode(options.mode ?? 'live');
}

function currencyOf(text: string | undefined): Currency {
  const currency = parseCurrency(text ?? '');
  if (currency) return currency;
  throw new UsageError(`the currency must be one of ${Object.keys(CURRENCIES).join(', ')}`);
}

function signedAmount(text: string, currency: Currency): number {
  const minor = parseAmount(text.replace(/^-/, ''), currency);
  if (typeof minor !== 'number' || minor === 0) throw new UsageError(`${text} is not an amount in ${currency}`);
  return text.startsWith('-') ? -minor : minor;
}

function readArguments() {
  // The parser takes a negative amount for a flag, so its minus sign is replaced and restored.
  const words = process.argv.slice(2).map((word) => (/^-\d/.test(word) ? `\u2212${word.slice(1)}` : word));
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
        reason: { type: 'string' },
        reference: { type: 'string' },
        yes: { type: 'boolean', default: false },
        'allow-withdrawals': { type: 'boolean', default: false },
      },
    });
    return { values: parsed.values, positionals: parsed.positionals.map((word) => word.replace(/^\u2212/, '-')) };
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${USAGE}`);
  }
}

/** Points this process at a running `npm start`, or at deployed stacks. */
function connect(options: Options): void {
  if (options.outputs === undefined) {
    const file = `${options.data}/local.json`;
    if (!existsSync(file))
      throw new UsageError(
        `npm start is not running here: there is no ${file}. Run npm start, or pass --outputs for AWS`,
      );
    Object.assign(process.env, JSON.parse(readFileSync(file, 'utf8')).environment);
    return;
  }
  if (!existsSync(options.outputs)) throw new UsageError(`there is no file ${options.outputs}`);
  const stacks: Record<string, Record<string, string>> = JSON.parse(readFileSync(options.outputs, 'utf8'));
  const outputs = Object.assign({}, ...Object.values(stacks));
  const take = (variable: string, output: string) => {
    if (typeof outputs[output] !== 'string') throw new UsageError(`${options.outputs} has no output ${output}`);
    process.env[variable] = outputs[output];
  };
  for (const name of Object.keys(tables) as TableName[]) take(environment.table(name), `${pascal(name)}Table`);
  for (const name of Object.keys(QUEUES) as QueueName[]) take(environment.queueUrl(name), `${pascal(name)}QueueUrl`);
  for (const name of SECRETS) take(environment.secretArn(name), `${pascal(name)}SecretArn`);
}

/** As the stacks name their outputs: `dispatch-sandbox` is `DispatchSandbox`. */
function pascal(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
const command = COMMANDS[positionals.slice(0, 2).join(' ')];
if (!command) fail(USAGE);
try {
  connect(values);
  process.stdout.write(`${JSON.stringify(await command(positionals.slice(2), values), null, 2)}\n`);
} catch (error) {
  fail(error instanceof UsageError ? `${error.message}.\n\n${USAGE}` : `failed: ${messageOf(error)}`);
}
