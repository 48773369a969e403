import type { Owner } from '../../shared/domain/ledger.ts';
import { SECOND } from '../../shared/domain/time.ts';
import { serve } from '../../shared/http/pipeline.ts';
import type { PlainResponse, RouteHandler } from '../../shared/http/route.ts';
import { GATEWAY_SECONDS_MAX, REQUEST_SECONDS_MAX } from '../../shared/manifest/route.ts';
import type { World } from '../../shared/world.ts';
import type { Auditor } from './auditor.ts';
import type { Chance } from './chance.ts';
import type { SimulatedLambda } from './simulated-lambda.ts';
import type { SimulatedProvider } from './simulated-provider.ts';
import type { SimulationContext } from './simulation-context.ts';

/** One merchant, in one mode, with the key that its programs use now. */
export interface Account extends Owner {
  key: { readonly id: string; readonly text: string };
}

/** What the actors of a simulation share: the people and programs that use the system. */
export interface Actors extends SimulationContext {
  readonly auditor: Auditor;
  readonly upstream: SimulatedProvider;
  readonly accounts: readonly Account[];
  /** When many clients pay from the first account's wallet at once, if they do. */
  readonly hotMs?: number | undefined;
  /** What the merchants' programs posted under each reference. */
  readonly contents: Map<string, Set<string>>;
  readonly lambda: SimulatedLambda;
  /** The World of a new process that is no function's, named after what it is started for. */
  process(name: string): World;
  isOver(): boolean;
  report(violation: string): void;
}

/** How often a program sends one request. */
export const TRIES_MAX = 8;
/** A program waits this long for an answer, and the pause before it repeats a request that failed. */
export const ANSWER_TIMEOUT_MS = 40 * SECOND;
export const RETRY_PAUSE_MS = 2 * SECOND;

/** Mostly the first account, sometimes another one. */
export function drawAccount({ accounts }: Actors, chance: Chance): Account {
  const account = accounts[Math.max(0, chance.below(10) - 7)] ?? accounts[0];
  if (!account) throw new Error('there is no account');
  return account;
}

/** One request of a merchant's program, served by a process of its own. */
export function request<P, Q, B>(
  actors: Actors,
  account: Account,
  route: RouteHandler<P, Q, B>,
  options: {
    name: string;
    body?: string;
    prefer?: string;
    params?: Record<string, string>;
    query?: Record<string, string>;
  },
): Promise<PlainResponse> {
  return invoke(actors, route.name, options.name, (world) =>
    serve(world, route, {
      method: route.method,
      path: route.path,
      params: options.params ?? {},
      query: options.query ?? {},
      headers: { authorization: `Api-Key ${account.key.text}`, prefer: options.prefer ?? '' },
      body: options.body ?? '',
      requestId: 'req_simulated',
    }),
  );
}

const UNAVAILABLE: PlainResponse = { status: 503, headers: {}, body: '{"message":"Service Unavailable"}' };

/** A request to a function. API Gateway answers it when there is no room for the function, or it takes too long. */
export async function invoke(
  { clock, lambda }: Pick<Actors, 'clock' | 'lambda'>,
  name: string,
  process: string,
  answer: (world: World) => Promise<PlainResponse>,
): Promise<PlainResponse> {
  const invocation = lambda.begin({ name, timeoutSeconds: REQUEST_SECONDS_MAX }, process);
  if (!invocation) return UNAVAILABLE;
  const late = clock.sleep(GATEWAY_SECONDS_MAX * SECOND).then(() => UNAVAILABLE);
  return Promise.race([invocation.until(answer(invocation.world)), late]);
}

/** After a 401 a program repeats the request too: its key or secret was rotated, and by then it has the new one. */
export function isAnswer({ status }: PlainResponse): boolean {
  return status < 500 && status !== 401;
}

/** A program that repeats a request until it gets an answer. */
export function untilAnswered(
  actors: Actors,
  counted: string,
  send: (tries: number) => Promise<PlainResponse>,
  tries = 1,
): void {
  const { clock, faults } = actors;
  let isDone = false;
  const repeat = () => {
    if (isDone || actors.isOver() || tries >= TRIES_MAX) return;
    isDone = true;
    faults.count(counted);
    untilAnswered(actors, counted, send, tries + 1);
  };
  send(tries).then((response) => {
    if (isAnswer(response)) isDone = true;
    else clock.at(RETRY_PAUSE_MS, repeat);
  });
  clock.at(ANSWER_TIMEOUT_MS, repeat);
}
