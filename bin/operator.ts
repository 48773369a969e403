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
import { TOPUP_RESOLUTIONS } from '../shared/domain/topup.ts';
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
import { openLastHead } from '../shared/flows/wallet/read-heads.ts';
import { verifyLedger } from '../shared/flows/wallet/verify-ledger.ts';
import { addEndpoint } from '../shared/flows/webhooks/add-endpoint.ts';
import { showEndpoints } from '../shared/flows/webhooks/show-endpoints.ts';
import { Refusal } from '../shared/http/refusal.ts';
import { viewEndpoint } from '../shared/http/views/webhook-views.ts';
import type { QueueName, SigningPurpose } from '../shared/manifest/access.ts';
import { environment, QUEUES, SECRETS, SIGNING_PURPOSES } from '../shared/manifest/access.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { tables } from '../shared/manifest/tables.ts';
import {
  createKey,
  createMerchant,
  listKeys,
  listMerchants,
  readMerchant,
  revokeKey,
} from '../shared/store/merchants.ts';
import type { OrderKey } from '../shared/store/orders.ts';
import { readOrder } from '../shared/store/orders.ts';
import { topupsInReview } from '../shared/store/topups.ts';
import { endSecretOverlap, purposeOf, rotateSecret, showSecret } from './operator-secrets.ts';

/**
 * The commands of operators, for AWS and for this machine. On AWS it uses the caller's own credentials and the file
 * that `cdk deploy --outputs-file` wrote; otherwise the `local.json` of a running `npm start`.
 */

const USAGE = `npm run operator -- <command>

  merchant create <name>
  merchant list [--name <part of it>]
  key create <merchant id> --mode live|test [--name <name>] [--scopes a,b]
  key list <merchant id>
  key revoke <merchant id> <key id>
  webhook create <merchant id> <https url> --mode live|test
  endpoint list <merchant id> --mode live|test
  wallet adjust <merchant id> <amount> <currency> --mode live|test --reason <why> --reference <for what> [--yes]
  ledger verify <merchant id> <currency> --mode live|test
  secret show <purpose>
  secret rotate <purpose> [--overlap-hours <n>]
  secret end-overlap <purpose>
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
  --data DIR    data folder of the running npm start (default .airtime)
  --outputs F   work on AWS: the file written by cdk deploy --outputs-file F
  --help        this text
  purpose       ${SIGNING_PURPOSES.join(', ')}
  scopes        ${SCOPES.join(', ')} (default: all)
`;

/** A mistake in the command line. */
class UsageError extends Error {}

const { values, positionals } = readArguments();

type Options = typeof values;

const COMMANDS: Record<string, (args: string[], options: Options) => Promise<unknown>> = {
  'merchant create': ([name]) => createMerchant(awsWorld(), required(name, 'a name')),
  'merchant list': (_args, { name }) => listMerchants(awsWorld(), name),
  'key create': createKeyCommand,
  'key list': ([merchantId]) => listKeys(awsWorld(), required(merchantId, 'a merchant id')),
  'key revoke': revokeKeyCommand,
  'webhook create': createWebhookCommand,
  'endpoint list': async ([merchantId], options) =>
    showEndpoints(awsWorld(), { merchantId: await knownMerchant(merchantId), mode: mode(options.mode) }),
  'wallet adjust': adjustCommand,
  'ledger verify': verifyCommand,
  'secret show': ([name]) => showSecret(awsWorld(), purpose(name)),
  'secret rotate': ([name], options) => rotateSecret(awsWorld(), purpose(name), overlapHours(options)),
  'secret end-overlap': ([name]) => endSecretOverlap(awsWorld(), purpose(name)),
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
  const world = awsWorld();
  const { head, leaf, violation: contradiction } = await (await openLastHead(world)).check(wallet);
  const { entries, balanceMinor, violation = contradiction } = await verifyLedger(world, wallet);
  if (violation !== undefined) throw new Error(`the ledger is broken: ${violation.what}`);
  const balance = `${wallet.currency} ${formatAmount(balanceMinor, wallet.currency)}`;
  return { verified: true, entries, balance, head: head && leaf ? { day: head.day, entries: leaf.seq } : null };
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

function purpose(name: string | undefined): SigningPurpose {
  const found = purposeOf(required(name, 'a purpose'));
  if (!found) throw new UsageError(`there is no purpose ${name}; purposes are ${SIGNING_PURPOSES.join(', ')}`);
  return found;
}

/** A whole number of hours, or 0 where a key has leaked. */
function overlapHours(options: Options): number | undefined {
  const text = options['overlap-hours'];
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError('--overlap-hours must be a whole number of hours');
  return Number(text);
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
        'overlap-hours': { type: 'string' },
        help: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        'allow-withdrawals': { type: 'boolean', default: false },
      },
    });
    return { values: parsed.values, positionals: parsed.positionals.map((word) => word.replace(/^\u2212/, '-')) };
  } catch (error) {
    return failUsage(messageOf(error));
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
  take(environment.headsBucket, 'HeadsBucket');
  take(environment.headsKeyArn, 'HeadsKeyArn');
  for (const name of SECRETS) take(environment.secretArn(name), `${pascal(name)}SecretArn`);
}

/** As the stacks name their outputs: `dispatch-sandbox` is `DispatchSandbox`. */
function pascal(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

/** One line, so that the reason is what is read. */
function failUsage(reason: string): never {
  return fail(`${reason.replace(/\.?\s*$/, '.')} All commands: npm run operator -- --help`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
if (values.help || positionals.length === 0) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 1);
}
const command = COMMANDS[positionals.slice(0, 2).join(' ')];
if (!command) failUsage(`there is no command ${positionals.slice(0, 2).join(' ')}`);
try {
  connect(values);
  process.stdout.write(`${JSON.stringify(await command(positionals.slice(2), values), null, 2)}\n`);
} catch (error) {
  if (error instanceof UsageError) failUsage(error.message);
  fail(`failed: ${messageOf(error)}`);
}
