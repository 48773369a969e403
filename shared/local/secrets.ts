import { startHttpServer } from './http-server.ts';

/** Secrets Manager on this machine, as far as we use it: GetSecretValue, on loopback. */
export async function startSecrets(
  values: Readonly<Record<string, string>>,
): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const server = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { SecretId: name } = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    const value = typeof name === 'string' ? values[name] : undefined;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (value === undefined) {
      response.writeHead(400);
      response.end(JSON.stringify({ __type: 'ResourceNotFoundException', message: `no secret ${name}` }));
      return;
    }
    response.end(JSON.stringify({ ARN: name, Name: name, SecretString: value }));
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
}
