import { defined } from '../domain/defined.ts';
import type { KeptRequest, KeptText } from '../domain/kept-request.ts';
import { KEEP_MS_MAX, keptText, statusClassOf } from '../domain/kept-request.ts';
import type { Owner } from '../domain/ledger.ts';
import { SECOND } from '../domain/time.ts';
import { METRICS } from '../manifest/metrics.ts';
import type { World } from '../world.ts';
import { knownFields } from './known-fields.ts';
import type { Exchange, MayKeep } from './route.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Passes a request on to the request log: one that was refused, one that failed, or a change of settings. Whatever was
 * accepted else is a record of its own. Nothing runs after an answer, so the answer waits for it, at most so long; what
 * is lost is counted.
 */

/** How long after that nothing is passed on by this process, so that not every answer waits. */
const LOST_MS = SECOND;

const PATH_CHARACTERS_MAX = 500;
const HEADER_CHARACTERS_MAX = 200;
/** What tells why a request was understood as it was. Never one with credentials, and none that tells from where. */
const REQUEST_HEADERS = ['accept', 'content-type', 'idempotency-key', 'prefer', 'user-agent', 'x-region'] as const;
const RESPONSE_HEADERS = [
  ...['allow', 'content-type', 'idempotent-replayed', 'location', 'ratelimit', 'ratelimit-policy', 'retry-after'],
] as const;

/** What this process remembers of its request log. */
interface Memory {
  /** Nothing is passed on until then. */
  lostUntil: number;
  /** By owner, since the request of theirs that was kept last. */
  readonly leftOut: Map<string, number>;
}
/** How many owners are remembered. */
const OWNERS_MAX = 1_000;

/** Passes on a request that is to be kept. `mayKeep` is given, so that this is a small file beside a function. */
export async function keepRequest(world: World, exchange: Exchange, mayKeep: MayKeep): Promise<void> {
  const memory = memoryOf(world);
  if (Date.parse(world.now()) >= memory.lostUntil) {
    try {
      if (await world.within(KEEP_MS_MAX, passOn(world, memory, exchange, mayKeep))) return;
      world.log.warn('request.not_kept', { reason: 'took too long' });
    } catch (error) {
      world.log.warn('request.not_kept', { reason: error instanceof Error ? error.name : String(error) });
    }
    memory.lostUntil = Date.parse(world.now()) + LOST_MS;
  }
  world.log.metric(METRICS.requestsNotKept, 1);
}

/** True, also where there is no room: that is counted in the next one that is kept. */
async function passOn(world: World, { leftOut }: Memory, exchange: Exchange, mayKeep: MayKeep): Promise<true> {
  const { caller, response, isClaimed } = exchange;
  const group = groupOf(caller);
  const name = isClaimed ? 'kept_claims' : response.status < 400 ? 'kept_changes' : 'kept_requests';
  if (!(await mayKeep(world, caller, name))) {
    // Whoever only claims to be somebody does not count in what their log says.
    if (isClaimed) return true;
    if (leftOut.size < OWNERS_MAX || leftOut.has(group)) leftOut.set(group, (leftOut.get(group) ?? 0) + 1);
    return true;
  }
  const leftOutBefore = isClaimed ? 0 : (leftOut.get(group) ?? 0);
  if (!isClaimed) leftOut.delete(group);
  const kept = keptRequest(exchange, leftOutBefore);
  await world.queues.send('requests', [{ body: isClaimed ? withoutContent(kept) : kept, group }]);
  return true;
}

function keptRequest({ caller, handler, request, response, ...served }: Exchange, leftOutBefore: number): KeptRequest {
  const { merchantId, mode } = caller;
  const keyId = caller.keyId ?? caller.memberId;
  const bare = withoutSecrets(
    {
      query: request.query,
      body: request.body,
      answer: response.body,
      path: request.path,
      requestHeaders: headersOf(request.headers, REQUEST_HEADERS),
      responseHeaders: headersOf(response.headers, RESPONSE_HEADERS),
    },
    { query: knownFields(handler.query), body: knownFields(handler.body) },
  );
  return {
    ...{ id: request.requestId, createdAt: served.startedAt, merchantId, mode },
    ...defined({ keyId }),
    operation: handler.name,
    method: request.method,
    path: bare.path.slice(0, PATH_CHARACTERS_MAX).toWellFormed(),
    template: handler.path,
    statusCode: response.status,
    statusClass: statusClassOf(response.status),
    ...defined({ code: served.code }),
    ms: served.ms,
    requestHeaders: beginningsOf(bare.requestHeaders),
    responseHeaders: beginningsOf(bare.responseHeaders),
    query: keptText(JSON.stringify(request.query), bare.query),
    request: keptText(request.body, bare.body),
    response: keptText(response.body, bare.answer),
    leftOutBefore,
  };
}

/** Of a request that nobody proved to be its merchant's no more is kept than to what of theirs it was sent. */
function withoutContent({ query, request, ...kept }: KeptRequest): KeptRequest {
  const none = ({ bytes }: KeptText): KeptText => ({ text: '', bytes, isCut: bytes > 0 });
  return { ...kept, requestHeaders: {}, query: none(query), request: none(request) };
}

function headersOf(headers: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** They are cut only here: of a secret that is cut nobody sees that it is one. */
function beginningsOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const cut = (text: string) => text.slice(0, HEADER_CHARACTERS_MAX).toWellFormed();
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, cut(value)]));
}

/** As of other queues: a merchant's flood does not delay what is kept of others. */
function groupOf({ merchantId, mode }: Owner): string {
  return `${merchantId}.${mode}`;
}

function memoryOf(world: World): Memory {
  const known = world.memo.get('request log') as Memory | undefined;
  const memory = known ?? { lostUntil: 0, leftOut: new Map() };
  world.memo.set('request log', memory);
  return memory;
}
