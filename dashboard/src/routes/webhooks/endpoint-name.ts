import type { Endpoint } from '../../../../sdk/typescript/src/api.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

/** One without an address has a name of its own. */
export function nameOf({ id, url, listening }: Pick<Endpoint, 'id' | 'url' | 'listening'>): string {
  return url ?? (listening ? `${texts.listening}: ${id}` : texts.results);
}
