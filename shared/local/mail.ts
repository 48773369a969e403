import { appendFileSync } from 'node:fs';
import { printable } from '../domain/text.ts';
import { startHttpServer } from './http-server.ts';

/** Where mail comes from on this machine. It leaves it never. */
export const LOCAL_MAIL_FROM = 'airtime@localhost.example';

/** Addresses that it takes no mail for, as SES takes none for most while an account is new. */
const REFUSED = '@refused.example';

/** What SES is sent: as much of it as we write. */
interface Outbound {
  readonly Destination: { readonly ToAddresses: readonly string[] };
  readonly Content: {
    readonly Simple: {
      readonly Subject: { readonly Data: string };
      readonly Body: { readonly Text: { readonly Data: string } };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

/**
 * SES on this machine, as far as we use it: a mail is a line of a file, and is said on the console, so that whoever
 * tries it finds the link in it.
 */
export async function startMail(options: {
  readonly file: string;
  readonly say: (text: string) => void;
}): Promise<{ endpoint: string; stop(): Promise<void> }> {
  let count = 0;
  const server = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader('content-type', 'application/json');
    if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails') {
      response.writeHead(404).end(JSON.stringify({ message: `no operation ${request.method} ${request.url}` }));
      return;
    }
    const { Destination, Content }: Outbound = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const { Subject, Body, Headers = [] } = Content.Simple;
    const headers = Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value]));
    const mail = {
      to: Destination.ToAddresses.join(', '),
      subject: Subject.Data,
      text: Body.Text.Data,
      ...(Headers.length > 0 ? { headers } : {}),
    };
    if (mail.to.endsWith(REFUSED)) {
      response.writeHead(400, { 'x-amzn-errortype': 'MessageRejected' });
      response.end(JSON.stringify({ message: 'Email address is not verified.' }));
      return;
    }
    count += 1;
    appendFileSync(options.file, `${JSON.stringify({ at: new Date().toISOString(), ...mail })}\n`, { mode: 0o600 });
    options.say(`Mail ${printable(mail)}`);
    response.end(JSON.stringify({ MessageId: `local-${count}` }));
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
}
