import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretName } from '../manifest/access.ts';
import { environment } from '../manifest/access.ts';
import { requireEnv } from './env.ts';

/** Replaces the text of a secret: for operators' commands, with their own permissions. */
export async function replaceSecret(name: SecretName, text: string, token: string): Promise<boolean> {
  const client = new SecretsManagerClient({});
  const secret = { SecretId: requireEnv(environment.secretArn(name)), SecretString: text };
  try {
    await client.send(new PutSecretValueCommand({ ...secret, ClientRequestToken: token }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceExistsException') return false;
    throw error;
  } finally {
    client.destroy();
  }
}
