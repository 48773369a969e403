import type * as z from 'zod/mini';
import type { Origin } from '../domain/act.ts';
import { defined } from '../domain/defined.ts';
import { keyOfAuthorization } from '../domain/key.ts';
import type { OpenRoute } from '../manifest/route.ts';
import { readActiveKey } from '../store/keys.ts';
import type { World } from '../world.ts';
import type { Person } from './person.ts';
import { readPerson, tokenOfAuthorization } from './person.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';
import type { Answer, OpenRouteHandler, PlainRequest } from './route.ts';

/** Routes of people who need be a member of nothing: the token says who they are, and no header for which business. */

interface PersonCall<Body> {
  readonly person: Person;
  /** The request; who it is by, as others know them, is known once they are a member. */
  readonly origin: Omit<Origin, 'by'>;
  readonly address: string | undefined;
  readonly body: Body;
}

interface PersonRoute<Body> extends OpenRoute {
  readonly body?: z.ZodMiniType<Body>;
  run(world: World, call: PersonCall<Body>): Promise<Answer>;
}

export function personRoute<Body>({ body: schema, run, ...route }: PersonRoute<Body>): OpenRouteHandler & {
  readonly body: z.ZodMiniType<Body> | undefined;
} {
  return {
    ...route,
    body: schema,
    async run(world, request) {
      const person = await personOf(world, request);
      const { requestId, address } = request;
      const body = schema ? readBody(schema, request.body) : (undefined as Body);
      return run(world, { person, origin: { requestId, ...defined({ address }) }, address, body });
    },
  };
}

/** A key that works is no person, and is answered so; whatever else there is looks like nothing. */
async function personOf(world: World, { headers, address }: PlainRequest): Promise<Person> {
  const token = tokenOfAuthorization(headers.authorization);
  if (token !== undefined) return readPerson(world, token);
  const key = await readActiveKey(world, keyOfAuthorization(headers.authorization ?? ''), address);
  if (key) throw new Refusal('person_required', { param: 'Authorization' });
  const headersOfRefusal = { 'www-authenticate': 'Bearer' };
  throw new Refusal('token_invalid', {
    param: 'Authorization',
    detail: 'There is no access token of a person in Authorization.',
    headers: headersOfRefusal,
  });
}
