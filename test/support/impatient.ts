import { setTimeout as sleep } from 'node:timers/promises';
import type { Http, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';

/** Times a call out as soon as its upstream has it: a busy machine does not change what was received by then. */
export function impatient(http: Http, isOne: (request: HttpRequest) => boolean, received: () => number): Http {
  return (request) => {
    if (!isOne(request)) return http(request);
    const before = received();
    const timedOut = async () => {
      while (received() === before) await sleep(1);
      throw new HttpFailure('no answer', true);
    };
    return Promise.race([http(request), timedOut()]);
  };
}
