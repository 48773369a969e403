import type { StackProps } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { Budget } from './budget.ts';
import { Firewall } from './firewall.ts';
import type { Stage } from './stage.ts';

/** Where AWS has what belongs to no region: certificates and web ACLs of CloudFront, its logs, and budgets. */
export const GLOBAL_REGION = 'us-east-1';

interface GlobalStackProps extends StackProps {
  readonly stage: Stage;
}

/** What is in us-east-1 wherever the data is, and what the distribution needs of it. It has no data of anybody. */
export class GlobalStack extends Stack {
  readonly certificate: ICertificate | undefined;
  readonly webAclArn: string | undefined;

  constructor(scope: Construct, id: string, { stage, ...props }: GlobalStackProps) {
    super(scope, id, props);
    new Budget(this, 'Budget', stage);
    if (stage.firewall) this.webAclArn = new Firewall(this, 'Firewall', stage.firewall).arn;
    if (stage.domain) this.certificate = this.#certificate(stage.domain);
  }

  /** Without a zone the deployment waits for a record that its events name: docs/deploying.md, "A domain". */
  #certificate({ name, zoneId }: NonNullable<Stage['domain']>): ICertificate {
    const zone = zoneId
      ? HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: zoneId, zoneName: name })
      : undefined;
    return new Certificate(this, 'Certificate', {
      domainName: name,
      validation: CertificateValidation.fromDns(zone),
    });
  }
}
