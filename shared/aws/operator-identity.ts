import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/**
 * Who runs this process: on AWS, whom its credentials belong to, which the operator cannot choose; on this machine,
 * where nobody confirms it, the user's name and that it is local.
 */
export async function operatorIdentity(): Promise<string> {
  if (process.env.AIRTIME_LOCAL === '1') return `local:${userInfo().username}`;
  const { Arn: arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  if (arn === undefined) throw new Error('AWS did not say whose credentials these are');
  return arn;
}
