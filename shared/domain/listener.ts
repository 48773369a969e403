import type { Instant } from './time.ts';
import { HOUR } from './time.ts';
import type { Endpoint } from './webhook.ts';

/**
 * A listener is an endpoint of test mode without a URL: it gets what an endpoint gets, and somebody polls it. It ends
 * by itself, because whoever started it on a laptop may never delete it.
 */
export interface Listener extends Endpoint {
  readonly listensUntil: Instant;
}

export const LISTENS_MS = HOUR;

export function isListener(endpoint: Endpoint): endpoint is Listener {
  return endpoint.listensUntil !== undefined;
}

/** Whether its time is over. From then on it gets nothing and is not shown, deleted or not. */
export function hasEnded({ listensUntil }: Endpoint, at: Instant): boolean {
  return listensUntil !== undefined && listensUntil <= at;
}

/**
 * A merchant's listeners are stored in numbered places, which are used again: otherwise everybody who reads the
 * merchant's endpoints would read all that ever listened. The id of a listener ends with its place.
 */
export function listenerId(name: string, place: number): string {
  return `${name}_${place}`;
}

/** The place of a listener, from its id; `undefined` for the id of any other endpoint. */
export function placeOf(id: string): number | undefined {
  const place = /^whl_[0-9a-z]+_([1-9]\d{0,3})$/.exec(id)?.[1];
  return place === undefined ? undefined : Number(place);
}
