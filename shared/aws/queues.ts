import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { environment } from '../manifest/access.ts';
import type { Queues } from '../world.ts';
import { requireEnv } from './env.ts';

/** What one SendMessageBatch takes. */
const BATCH_MAX = 10;

/**
 * Queues on SQS. The client is loaded at the first send, so that functions without a queue do not pay for it. It talks
 * to its configured endpoint, never to the host inside a queue's URL: locally that could be the real service.
 */
export function sqsQueues(): Queues {
  let client: SQSClient | undefined;
  return {
    async send(queue, messages) {
      const { SendMessageBatchCommand, SQSClient } = await import('@aws-sdk/client-sqs');
      client ??= new SQSClient({ useQueueUrlAsEndpoint: false });
      for (let start = 0; start < messages.length; start += BATCH_MAX) {
        const answer = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: requireEnv(environment.queueUrl(queue)),
            Entries: messages.slice(start, start + BATCH_MAX).map((message) => ({
              Id: randomUUID(),
              MessageBody: JSON.stringify(message.body),
              MessageGroupId: message.group,
            })),
          }),
        );
        const [failed] = answer.Failed ?? [];
        if (failed) throw new Error(`queue ${queue} took not all messages: ${failed.Code} ${failed.Message}`);
      }
    },
  };
}
