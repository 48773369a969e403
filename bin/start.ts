import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PROVIDERS } from '../shared/domain/catalogue.ts';
import { messageOf } from '../shared/domain/message-of.ts';
import { startApiGateway } from '../shared/local/api-gateway.ts';
import { reportViolations } from '../shared/local/contract.ts';
import { surviveCrashes } from '../shared/local/crashes.ts';
import type { LocalFile } from '../shared/local/data-folder.ts';
import { DataFolder } from '../shared/local/data-folder.ts';
import { createTables, startEngine } from '../shared/local/engine.ts';
import { localEnvironment, useEnvironment } from '../shared/local/environment.ts';
import { startFiles } from '../shared/local/files.ts';
import { FunctionThread } from '../shared/local/function-thread.ts';
import { startKms } from '../shared/local/kms.ts';
import { LocalLambda } from '../shared/local/lambda.ts';
import { startMail } from '../shared/local/mail.ts';
import { DEMO_PEOPLE } from '../shared/local/people/demo-people.ts';
import { localPeople } from '../shared/local/people/local-people.ts';
import { servePeople } from '../shared/local/people/people.ts';
import { startQueues } from '../shared/local/queues.ts';
import { startReceiver } from '../shared/local/receiver.ts';
import { saidOfLog } from '../shared/local/said-of-log.ts';
import { Schedules, scheduledEvent } from '../shared/local/schedules.ts';
import { startSecrets } from '../shared/local/secrets.ts';
import { serveSite } from '../shared/local/site.ts';
import { StartError } from '../shared/local/start-error.ts';
import { HOTRECHARGE_FAKE_ACCOUNT, startHotrechargeFake } from '../shared/local/upstreams/hotrecharge.ts';
import { PESAWAY_FAKE_ACCOUNT, startPesawayFake } from '../shared/local/upstreams/pesaway.ts';
import { PESEPAY_FAKE_ACCOUNT, startPesepayFake } from '../shared/local/upstreams/pesepay.ts';
import type { StageName } from '../shared/manifest/concurrency.ts';
import { CONCURRENCY } from '../shared/manifest/concurrency.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import { methodsOf, REQUEST_SECONDS_MAX } from '../shared/manifest/route.ts';
import { families, NOT_FOUND_FUNCTION } from '../shared/manifest/routes.ts';
import type { Worker } from '../shared/manifest/workers.ts';
import { workers } from '../shared/manifest/workers.ts';
import { DASHBOARD_FOLDER, freshenDashboard } from './dashboard/fresh.ts';
import { freshenSite, SITE_FOLDER } from './site/fresh.ts';

/**
 * `npm start`: the whole system on this machine. The handlers are the ones that Lambda runs; below them are a real
 * DynamoDB engine, queues, schedules and fakes of the upstreams, all on loopback. Nothing here can reach AWS.
 */

const USAGE = `npm start -- [--port 8080] [--data .airtime] [--reset] [--debug] [--stage live] [--off pesaway]
                [--canary]

  --port N    port of the API and its documentation (8080)
  --data DIR  folder that keeps all data over restarts (.airtime)
  --reset     start over with empty data
  --debug     charge one cent for every top-up, whatever its amount
  --stage S   whose concurrency holds here: dev, staging or live
  --off P     a provider that is off: hotrecharge or pesaway; may be given twice
  --canary    place a test order of our own every five minutes, as a stage does
`;

interface Options {
  readonly port: number;
  readonly data: string;
  readonly reset: boolean;
  readonly debug: boolean;
  readonly stage: StageName;
  readonly off: readonly string[];
  readonly canary: boolean;
}

/** How long each part may take to stop. */
const STOP_MS_MAX = 5_000;

const allWorkers: readonly Worker[] = Object.values(workers);
const say = (text: string) => process.stdout.write(`${text}\n`);
const closers: (() => unknown)[] = [];

async function start(options: Options): Promise<void> {
  // Whatever is written from here on, by the engine too, is for this user only.
  process.umask(0o077);
  const startedAt = Date.now();
  const baseUrl = `http://localhost:${options.port}`;
  const folder = new DataFolder(options.data, { reset: options.reset });
  closers.push(() => folder.close());
  logTo(folder.file('airtime.log'));
  say('Starting the database, queues and upstream fakes …');
  const upstreams = await startUpstreams(folder);
  const lambda = new LocalLambda(CONCURRENCY[options.stage]);
  const { queues, ...services } = await startServices(folder, upstreams, options.stage);
  const variables = localEnvironment({
    queues,
    ...services,
    publicUrl: baseUrl,
    providersOn: PROVIDERS.filter((name) => !options.off.includes(name)),
  });
  const environment = { ...variables, DEBUG: String(options.debug) };
  useEnvironment(environment);
  await createTables(new DynamoDBClient({}));
  say('Loading the catalogue …');
  await (await functionOf(lambda, workers.syncCatalogue))(scheduledEvent(workers.syncCatalogue.name));
  const receiver = await startReceiver(say);
  closers.push(() => receiver.stop());
  // Imported only now, because the World reads the environment.
  const { seedDemo } = await import('./seed-demo.ts');
  const keys = await seedDemo(folder.readLocal(), { webhookUrl: receiver.url, say });
  surviveCrashes();
  await serve(lambda, { port: options.port, baseUrl, folder, filesOrigin: services.files.endpoint });
  for (const worker of allWorkers) {
    if (worker.queue) queues.consume(worker.queue, await functionOf(lambda, worker));
  }
  await startSchedules(lambda, options);
  const urls = Object.fromEntries(Object.entries(upstreams).map(([name, { url }]) => [name, url]));
  folder.writeLocal({ baseUrl, ...keys, simulators: urls, environment });
  greet(baseUrl, keys, folder, Date.now() - startedAt);
  await sayWhatIsOff();
  prepareDashboard();
}

/** A provider without credentials sells nothing, and nothing else would show why. */
async function sayWhatIsOff(): Promise<void> {
  const [{ awsWorld }, { listProviders }] = await Promise.all([
    import('../shared/aws/world.ts'),
    import('../shared/flows/orders/list-providers.ts'),
  ]);
  for (const { provider, state } of await listProviders(awsWorld())) if (state !== 'on') say(`${provider} is ${state}`);
}

async function startUpstreams(folder: DataFolder) {
  const [hotrecharge, pesaway, pesepay] = await Promise.all([
    startHotrechargeFake({ recordFile: folder.file('hotrecharge-deliveries.jsonl') }),
    startPesawayFake({ recordFile: folder.file('pesaway-deliveries.jsonl') }),
    startPesepayFake({ recordFile: folder.file('pesepay-payments.jsonl') }),
  ]);
  closers.push(
    () => hotrecharge.close(),
    () => pesaway.close(),
    () => pesepay.close(),
  );
  return { hotrecharge, pesaway, pesepay };
}

type Upstreams = Awaited<ReturnType<typeof startUpstreams>>;

/** The services of AWS. They stop last, because everything else uses them. */
async function startServices(folder: DataFolder, { hotrecharge, pesaway, pesepay }: Upstreams, stage: StageName) {
  const database = await startEngine({ dataFile: folder.file('airtime.db') });
  closers.push(() => database.stop());
  if (database.pid !== undefined) folder.noteEngine(database.pid);
  const secretAccessKey = folder.filesKey();
  const pesepaySecret = JSON.stringify({ baseUrl: pesepay.url, ...PESEPAY_FAKE_ACCOUNT });
  const [queues, files, kms, mail, secrets] = await Promise.all([
    startQueues({ dataDir: folder.file('queues'), consumersMax: CONCURRENCY[stage].consumersMax }),
    startFiles({ path: folder.file('files.db'), secretAccessKey }),
    startKms(folder.file('heads-key.pem')),
    startMail({ file: folder.file('mail.jsonl'), say }),
    startSecrets(
      {
        hotrecharge: JSON.stringify({ baseUrl: hotrecharge.url, ...HOTRECHARGE_FAKE_ACCOUNT }),
        pesaway: JSON.stringify({ baseUrl: pesaway.url, ...PESAWAY_FAKE_ACCOUNT }),
        pesepay: pesepaySecret,
        pesepaytest: pesepaySecret,
        ...folder.signingKeys(),
      },
      { save: (name, text) => folder.saveSigningKey(name, text) },
    ),
  ]);
  closers.push(
    () => secrets.stop(),
    () => mail.stop(),
    () => kms.stop(),
    () => files.stop(),
    () => queues.stop(),
  );
  return { database, queues, files, kms, mail, secrets, secretAccessKey };
}

type Keys = Pick<LocalFile, 'liveKey' | 'testKey' | 'webhookSecret' | 'campaignId' | 'campaignSecret'>;

function greet(baseUrl: string, keys: Keys, folder: DataFolder, ms: number): void {
  const order = {
    product_id: 100,
    target: '0772279099',
    amount: 5,
    agent_reference: `ord_${new Date().toISOString().replace(/[^0-9]/g, '')}`,
    custom_sms: 'Your monthly comms allowance from ACME.',
  };
  say(`
Ready in ${(ms / 1000).toFixed(1)} s at ${baseUrl}

  dashboard  ${baseUrl}/app   (${DEMO_PEOPLE.map(({ name }) => name).join(', ')}: choose one, no password)
  docs       ${baseUrl}/docs
  live key   ${keys.liveKey}   (recharges go to the upstream fakes)
  test key   ${keys.testKey}   (recharges go to the sandbox)
  webhooks   ${keys.webhookSecret}   (its events are printed here)
  campaign   ${keys.campaignId}   (its secret is in local.json)
  data       ${folder.path}   (local.json for scripts, airtime.log)

For the examples of ${baseUrl}/docs/start, in another terminal:

export AIRTIME_URL=${baseUrl}
export AIRTIME_KEY=${keys.testKey}

Try it:

curl -X POST ${baseUrl}/api/v1/orders \\
  -H "Authorization: Api-Key ${keys.testKey}" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(order)}'
`);
}

/** A batch keeps its function busy for minutes. In a thread of its own it holds up no request. */
const bulkThread = new FunctionThread(new URL(`../${functionFiles.get(workers.runBulk.file)}`, import.meta.url).href);

/** A function as Lambda runs it: a handler takes the event that its trigger sends, and the tables say which. */
async function functionOf(lambda: LocalLambda, worker: Pick<Worker, 'name' | 'file' | 'timeoutSeconds'>) {
  const { handler } =
    worker.file === workers.runBulk.file
      ? { handler: (event: unknown) => bulkThread.handle(event) }
      : await import(`../${functionFiles.get(worker.file)}`);
  // biome-ignore lint/suspicious/noExplicitAny: as said
  return lambda.function<any, any>(worker, handler);
}

async function serve(
  lambda: LocalLambda,
  { port, baseUrl, folder, filesOrigin }: { port: number; baseUrl: string; folder: DataFolder; filesOrigin: string },
): Promise<void> {
  const requested = (name: string) => functionOf(lambda, { name, file: name, timeoutSeconds: REQUEST_SECONDS_MAX });
  const served = Object.values(families)
    .flat()
    .flatMap((route) =>
      methodsOf(route).map(async (method) => {
        const { path, name } = route;
        return { method, path, name, handler: await requested(name) };
      }),
    );
  const { issuer, clientId } = localPeople(baseUrl);
  const config = { issuer, client_id: clientId, logout_url: null, stage: 'local' };
  const gateway = await startApiGateway({
    port,
    routes: await Promise.all(served),
    notFound: await requested(NOT_FOUND_FUNCTION),
    site: serveSite(SITE_FOLDER, prepareSite, {
      folder: DASHBOARD_FOLDER,
      config,
      prepare: prepareDashboard,
      origins: [filesOrigin],
    }),
    people: servePeople({ origin: baseUrl, fileOf: (name) => folder.file(name) }),
    onResult: reportViolations,
    onAnswer: ({ method, path, status, ms }) => say(`${method} ${path} ${status} ${ms} ms`),
  });
  closers.push(() => gateway.stop());
}

/** Pages that are there are served even where they cannot be made again. */
async function prepareSite(): Promise<void> {
  try {
    await freshenSite();
  } catch (error) {
    say(`The documentation was not built: ${messageOf(error)}`);
  }
}

/** Begun once the system takes requests, so that nothing waits for it but the first page. */
async function prepareDashboard(): Promise<void> {
  try {
    await freshenDashboard(say);
  } catch (error) {
    say(`The dashboard was not built: ${messageOf(error)}`);
  }
}

/** Each schedule also runs at the start, so that work which became due while this machine was off is done at once. */
async function startSchedules(lambda: LocalLambda, { canary }: Options): Promise<void> {
  const schedules = new Schedules();
  closers.push(() => schedules.stop());
  for (const { everyMinutes, ...worker } of allWorkers) {
    if (everyMinutes === undefined || (worker.isCanary && !canary)) continue;
    const run = await functionOf(lambda, worker);
    schedules.every(worker.name, everyMinutes, run);
    if (worker.name !== workers.syncCatalogue.name) schedules.now(worker.name, run);
  }
}

/** Handlers log JSON lines, as on AWS. They go to a file, so that the console stays readable. */
function logTo(path: string): void {
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  // A full disk ends the log, and not the system.
  file.on('error', (error) => process.stderr.write(`The log has ended: ${error.message}\n`));
  const write = (...values: unknown[]) => {
    const line = values.map((value) => (typeof value === 'string' ? compact(value) : inspect(value))).join(' ');
    file.write(`${line}\n`);
    const said = saidOfLog(line);
    if (said !== undefined) say(said);
  };
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) console[level] = write;
}

/** The logger indents its JSON when POWERTOOLS_DEV is set. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8080' },
        data: { type: 'string', default: '.airtime' },
        reset: { type: 'boolean', default: false },
        debug: { type: 'boolean', default: false },
        stage: { type: 'string', default: 'live' },
        off: { type: 'string', multiple: true, default: [] },
        canary: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      say(USAGE);
      process.exit(0);
    }
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('--port must be from 1 to 65535.');
    const { data, reset, debug, stage, off, canary } = values;
    if (!Object.hasOwn(CONCURRENCY, stage))
      throw new Error(`--stage must be one of ${Object.keys(CONCURRENCY).join(', ')}.`);
    const other = off.find((each) => each !== 'hotrecharge' && each !== 'pesaway');
    if (other !== undefined) throw new Error(`--off must be hotrecharge or pesaway, not ${other}.`);
    return { port, data, reset, debug, stage: stage as StageName, off, canary };
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${USAGE}`);
  }
}

/** Stops all parts in reverse order. A part that fails, or does not stop in time, does not keep the others running. */
async function stop(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) {
    try {
      await Promise.race([close(), sleep(STOP_MS_MAX, undefined, { ref: false })]);
    } catch (error) {
      console.error(error);
    }
  }
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Under npm Ctrl-C arrives twice: from the terminal, and from npm.
    if (isStopping) return;
    isStopping = true;
    say('Stopping …');
    stop().then(() => process.exit(0));
  });
}

try {
  await start(readOptions());
} catch (error) {
  await stop();
  if (error instanceof StartError) fail(error.message);
  fail(`Could not start: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
}
