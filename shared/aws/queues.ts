import { randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { defined } from '../domain/defined.ts';
import { environment } from '../manifest/access.ts';
import { CHAIN_ATTRIBUTE, nextInChain } from '../manifest/chain.ts';
import type { Queues } from '../world.ts';
import { requireEnv } from './env.ts';

/** The limit of SendMessageBatch. */
const BATCH_MAX = 10;

/**
 * Queues on SQS. The client calls its configured endpoint, never the host in a queue's URL: in local mode that could be
 * the real service.
 */
export function sqsQueues(): Queues {
  let client: SQSClient | undefined;
  return {
    async send(queue, messages) {
      const QueueUrl = requireEnv(environment.queueUrl(queue));
      client ??= new SQSClient({ useQueueUrlAsEndpoint: false });
      for (let start = 0; start < messages.length; start += BATCH_MAX) {
        const answer = await client.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: messages.slice(start, start + BATCH_MAX).map((message) => ({
              Id: randomUUID(),
              MessageBody: JSON.stringify(message.body),
              MessageGroupId: message.group,
              ...defined({ DelaySeconds: message.delaySeconds }),
              MessageAttributes: {
                [CHAIN_ATTRIBUTE]: {
                  DataType: 'String',
                  StringValue: JSON.stringify(nextInChain(message.chain, queue)),
                },
              },
            })),
          }),
        );
        const [failed] = answer.Failed ?? [];
        if (failed) throw new Error(`queue ${queue} did not take every message: ${failed.Code} ${failed.Message}`);
      }
    },
  };
}
