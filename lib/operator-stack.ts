import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { OPERATOR, OPERATOR_SECONDS } from '../shared/manifest/operator.ts';
import { READS } from '../shared/manifest/reads.ts';
import { WRITES } from '../shared/manifest/writes.ts';
import type { DataStack } from './data-stack.ts';
import { grantAccess, grantRotation, grantTables } from './grants.ts';
import type { Stage } from './stage.ts';
import type { WorkersStack } from './workers-stack.ts';

/** A variable of IAM: the name of the user who asks. */
const USER_NAME = ['$', '{aws:username}'].join('');

interface OperatorProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly workers: WorkersStack;
}

/**
 * The role for `npm run operator`: what its commands do, and nothing else. Whoever takes it is a user of the account
 * who gave a second factor within the hour; the session has the user's name, which the audit log shows.
 */
export class OperatorStack extends Stack {
  constructor(scope: Construct, id: string, props: OperatorProps) {
    super(scope, id, props);
    const { data, workers } = props;
    const role = new Role(this, 'OperatorRole', {
      description: 'For npm run operator, with a second factor',
      maxSessionDuration: Duration.seconds(OPERATOR_SECONDS),
      assumedBy: new AccountRootPrincipal().withConditions({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': String(OPERATOR_SECONDS) },
        // Whoever takes a role names its session: without this, as anybody.
        StringEquals: { 'sts:RoleSessionName': USER_NAME },
      }),
    });
    const resources = { ...data, queues: workers.queues };
    grantTables(role, { reads: READS.operator ?? {}, writes: WRITES.operator ?? {} }, resources);
    grantAccess(role, OPERATOR, resources);
    grantRotation(role, OPERATOR.rotates, resources);
    new CfnOutput(this, 'OperatorRoleArn', { value: role.roleArn });
  }
}
