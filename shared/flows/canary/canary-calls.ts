import { elapsed, SECOND } from '../../domain/time.ts';
import type { HttpAnswer, HttpRequest } from '../../outbound-http.ts';
import type { World } from '../../world.ts';
import { canaryKey, makeCanary } from './make-canary.ts';

/** How the canary calls: our own public address, and no other. */

/** Longer than the API takes for any answer. */
const ANSWER_MS_MAX = 30 * SECOND;
const AGAIN_MS = 2 * SECOND;

interface CanaryRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: object;
}

/** A JSON object. Nothing is taken for granted of what it has. */
type Fields = Readonly<Record<string, unknown>>;

/** An answer that is not what was expected. Its text is ours, and has neither the key nor a body. */
export class CanaryFailure extends Error {}

/**
 * Sends a request and reads what it is answered. At the first one ever the key is not there yet: where it is refused,
 * what is missing is made, and the request sent again.
 */
export async function ask(world: World, request: CanaryRequest): Promise<Fields> {
  let answer = await send(world, request);
  if (answer.status === 401) {
    await makeCanary(world);
    answer = await send(world, request);
  }
  const fields = fieldsOf(answer.body);
  if (answer.status < 300 && fields) return fields;
  const { method, path } = request;
  throw new CanaryFailure(`${method} ${path.split('?')[0]} answered ${answer.status}, ${fields?.code ?? 'no code'}`);
}

/** The objects of a list. */
export async function askForList(world: World, path: string): Promise<readonly Fields[]> {
  const { data } = await ask(world, { method: 'GET', path });
  if (!Array.isArray(data)) throw new CanaryFailure(`GET ${path.split('?')[0]} answered no list`);
  return data.map((each) => Object(each));
}

async function send(world: World, { method, path, body }: CanaryRequest): Promise<HttpAnswer> {
  if (world.publicUrl === undefined) throw new CanaryFailure('there is no public address');
  return world.outbound({
    method,
    url: `${world.publicUrl}${path}`,
    headers: {
      authorization: `Api-Key ${await canaryKey(world)}`,
      // The web ACL refuses who does not say what it is.
      'user-agent': 'Airtime-Canary/1',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    timeoutMs: ANSWER_MS_MAX,
  });
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks again, every two seconds, until it is so. */
export async function waitUntil(
  world: World,
  withinMs: number,
  isSo: () => Promise<boolean>,
  otherwise: string,
): Promise<void> {
  const startedAt = world.now();
  while (!(await isSo())) {
    if (elapsed(startedAt, world.now()) >= withinMs) throw new CanaryFailure(otherwise);
    await world.sleep(AGAIN_MS);
  }
}
