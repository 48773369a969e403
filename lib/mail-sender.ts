import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { AlarmTopics } from './alarm.ts';
import { Alarm } from './alarm.ts';
import type { Stage } from './stage.ts';

/** Who mail is from, as people read it. */
export const SENDER = 'Airtime';

/** Who may be given permission to send mail, and as whom. */
export interface MailSender {
  readonly from: string;
  readonly identityArn: string;
}

/**
 * A stage with a domain has an identity of SES for it. Nothing is sent in its name before the stage says as whom: SES
 * must first have verified it, and Cognito takes no other.
 */
export function mailSender(scope: Construct, stage: Stage, topic: AlarmTopics): MailSender | undefined {
  const { domain, mailFrom } = stage;
  if (!domain) return undefined;
  const zone = domain.zoneId
    ? PublicHostedZone.fromPublicHostedZoneAttributes(scope, 'Zone', {
        hostedZoneId: domain.zoneId,
        zoneName: domain.name,
      })
    : undefined;
  const identity = new EmailIdentity(scope, 'MailIdentity', {
    identity: zone ? Identity.publicHostedZone(zone) : Identity.domain(domain.name),
  });
  if (!zone) {
    for (const [index, { name, value }] of identity.dkimRecords.entries()) {
      new CfnOutput(scope, `MailRecord${index + 1}`, { value: `${name} CNAME ${value}` });
    }
  }
  if (mailFrom === undefined) return undefined;
  new Alarm(scope, 'MailBounces', {
    topic,
    severity: 'medium',
    runbook: 'Mail bounces',
    // Of the account in this region: AWS looks at it from 5 % on.
    metric: new Metric({
      namespace: 'AWS/SES',
      metricName: 'Reputation.BounceRate',
      statistic: 'Maximum',
      period: Duration.hours(1),
    }),
    threshold: 0.04,
  });
  return { from: mailFrom, identityArn: identity.emailIdentityArn };
}
