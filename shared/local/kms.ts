import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { startHttpServer } from './http-server.ts';

/**
 * KMS on this machine, as far as we use it: Sign and GetPublicKey of one key on P-256, on loopback. The key is a file
 * that only its owner may read, and no function has its path; without a file it is gone with the process.
 */
export async function startKms(keyFile?: string): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const key = createPrivateKey(pemOf(keyFile));
  const answers: Readonly<Record<string, (input: Record<string, string>) => object>> = {
    Sign: ({ Message = '' }) => ({ Signature: sign('sha256', Buffer.from(Message, 'base64'), key).toString('base64') }),
    GetPublicKey: () => ({
      PublicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    }),
  };
  const server = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const answer = answers[operation];
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (!answer) {
      response.writeHead(400);
      response.end(JSON.stringify({ __type: 'UnknownOperationException', message: `no operation ${operation}` }));
      return;
    }
    response.end(JSON.stringify(answer(JSON.parse(Buffer.concat(chunks).toString('utf8')))));
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
}

function pemOf(file: string | undefined): string {
  const made = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  if (file === undefined) return made().toString();
  if (!existsSync(file)) writeFileSync(file, made(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
