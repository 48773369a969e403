import type { Answer } from '../../api/client.ts';
import { type EventName, webhookTexts as texts } from '../../texts/webhooks.ts';

/** What is typed about an endpoint, and the request that it makes. */
export interface EndpointForm {
  readonly url: string;
  readonly description: string;
  readonly isAll: boolean;
  readonly events: readonly string[];
}

export const NEW_ENDPOINT: EndpointForm = { url: '', description: '', isAll: true, events: [] };
const TYPES = Object.keys(texts.eventWords);

/** As the API has it, where all types are a list without any. */
export function endpointBodyOf({ url, description, isAll, events }: EndpointForm) {
  return { url: url.trim(), description: description.trim(), events: isAll ? [] : (events as EventName[]) };
}

export function isEndpointComplete({ url, isAll, events }: EndpointForm): boolean {
  return url.trim() !== '' && (isAll || events.length > 0);
}

/** One that gets all types is answered with each of them. */
export function isAllEvents(events: readonly string[]): boolean {
  return TYPES.every((type) => events.includes(type));
}

export function formOf({ url, description, events }: Answer<'getEndpoint'>): EndpointForm {
  const isAll = isAllEvents(events);
  return { url: url ?? '', description: description ?? '', isAll, events: isAll ? [] : events };
}
