import type { DeliveryAttempt } from '../../../../sdk/typescript/src/api.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

/** How an attempt ended, in a sentence. */
export function whatCame({ status, latency_ms, error }: DeliveryAttempt): string {
  return status === null ? texts.noAnswer(error ?? '') : texts.answered(status, latency_ms);
}
