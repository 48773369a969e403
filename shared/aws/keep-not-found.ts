import { keepRequest } from '../http/keep-request.ts';
import { keepUnserved } from '../http/keep-unserved.ts';
import type { PlainRequest, PlainResponse } from '../http/route.ts';
import { publishMetrics } from './powertools.ts';
import { awsWorld } from './world.ts';

/** Keeps a request to what is no route, if its key works. A file of its own: most such requests have no key. */
export async function keepNotFound(request: PlainRequest, response: PlainResponse): Promise<void> {
  await keepUnserved(awsWorld(), request, response, keepRequest);
  publishMetrics();
}
