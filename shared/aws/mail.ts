import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { Mail } from '../world.ts';

/** After this silence the SDK repeats the call: a mail may then come twice, and says the same. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 5_000 };

/** Mail through SES, as plain text. Its client is loaded with the first mail. */
export function sesMail(from: string): Mail {
  let client: SESv2Client | undefined;
  return {
    async send({ to, subject, text, unsubscribeUrl }) {
      const { SESv2Client, SendEmailCommand } = await import('@aws-sdk/client-sesv2');
      client ??= new SESv2Client({ requestHandler: TIMEOUTS });
      const content = (data: string) => ({ Data: data, Charset: 'UTF-8' });
      const headers = unsubscribeUrl ? [{ Name: 'List-Unsubscribe', Value: `<${unsubscribeUrl}>` }] : [];
      const simple = { Subject: content(subject), Body: { Text: content(text) }, Headers: headers };
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Simple: simple },
        }),
      );
    },
  };
}
