import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  UserPool,
  UserPoolDomain,
  UserPoolEmail,
  VerificationEmailStyle,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import type { MailSender } from './mail-sender.ts';
import { mailSender, SENDER } from './mail-sender.ts';
import type { Stage } from './stage.ts';

interface PeopleStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/**
 * Who people are: a user pool of Cognito with its pages for signing in and up, and who mail is from. What people may do
 * is not here: their memberships are ours, and name them by their `sub`. The pool has no backup, and nothing of a
 * merchant: it must survive deployments, as tables must.
 */
export class PeopleStack extends Stack {
  readonly pool: UserPool;
  /** As tokens name it. */
  readonly issuer: string;
  /** Where its pages and its token endpoint are. */
  readonly signInUrl: string;
  /** What the dashboard calls of it: the first one has its settings and keys. */
  readonly origins: readonly string[];
  /** Absent: nobody but Cognito itself sends mail. */
  readonly mail: MailSender | undefined;

  constructor(scope: Construct, id: string, props: PeopleStackProps) {
    super(scope, id, { ...props, terminationProtection: props.stage.deletionProtection });
    const { stage, data } = props;
    this.mail = mailSender(this, stage, data.alarms);
    this.pool = this.#pool(stage);
    // Free in a region for whoever comes first, and so with the account in it.
    const prefix = `airtime-${stage.name}-${this.account}`;
    new UserPoolDomain(this, 'Domain', {
      userPool: this.pool,
      cognitoDomain: { domainPrefix: prefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const cognito = `https://cognito-idp.${stage.region}.amazonaws.com`;
    this.issuer = `${cognito}/${this.pool.userPoolId}`;
    this.signInUrl = `https://${prefix}.auth.${stage.region}.amazoncognito.com`;
    this.origins = [cognito, this.signInUrl];
    new CfnOutput(this, 'UserPoolId', { value: this.pool.userPoolId });
    new CfnOutput(this, 'SignInUrl', { value: this.signInUrl });
  }

  #pool(stage: Stage): UserPool {
    const pool = new UserPool(this, 'People', {
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      autoVerify: { email: true },
      // A new address counts once it is verified, and until then the old one does.
      keepOriginal: { email: true },
      userVerification: {
        emailStyle: VerificationEmailStyle.CODE,
        emailSubject: 'Your code for Airtime',
        emailBody: 'Your code for Airtime is {####}. Whoever asks you for it is not us.',
      },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(1),
      },
      // Only where it is required do Cognito's pages ask for it. An authenticator costs nothing and works offline.
      mfa: stage.requiresMfa ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      ...(this.mail && stage.domain
        ? {
            email: UserPoolEmail.withSES({
              fromEmail: this.mail.from,
              fromName: SENDER,
              sesRegion: stage.region,
              sesVerifiedDomain: stage.domain.name,
            }),
          }
        : {}),
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removal,
    });
    const reasons = {
      ...(stage.requiresMfa ? {} : { COG2: 'No real money moves in this stage, and testers sign in often.' }),
      COG8: 'The tier above watches for stolen passwords at a price for each person; docs/decisions has what we do.',
    };
    for (const [rule, reason] of Object.entries(reasons)) {
      Validations.of(pool).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
    }
    return pool;
  }
}
