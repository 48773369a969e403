import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretName } from '../manifest/access.ts';
import { environment } from '../manifest/access.ts';
import { requireEnv } from './env.ts';

/** How long a value is cached: a rotated secret is used everywhere within this time. */
const KEEP_MS = 5 * 60_000;

const cache = new Map<SecretName, { text: string; until: number }>();
let client: SecretsManagerClient | undefined;

/** A secret's text, at most five minutes old, or as it is now. It must never appear in a log or an error. */
export async function readSecret(name: SecretName, isFresh = false): Promise<string> {
  const cached = isFresh ? undefined : cache.get(name);
  if (cached && cached.until > Date.now()) return cached.text;
  const SecretId = requireEnv(environment.secretArn(name));
  client ??= new SecretsManagerClient({});
  const answer = await client.send(new GetSecretValueCommand({ SecretId }));
  if (!answer.SecretString) throw new Error(`secret ${name} has no text`);
  cache.set(name, { text: answer.SecretString, until: Date.now() + KEEP_MS });
  return answer.SecretString;
}
