import type { StackProps } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { SiteStack } from './site-stack.ts';
import type { Stage } from './stage.ts';

/**
 * What CloudFront says of each request. Paths have tokens of callbacks and phone numbers, and so may referrers and
 * queries: instead there is the pattern that a path matched. The request id is also in an answer's `x-amz-cf-id`.
 */
export const EDGE_LOG_FIELDS = [
  'timestamp(ms)',
  'c-ip',
  'c-country',
  'asn',
  'cs-method',
  'cache-behavior-path-pattern',
  'sc-status',
  'x-edge-detailed-result-type',
  'x-edge-request-id',
  'cs-bytes',
  'sc-bytes',
  'time-taken',
  'origin-fbl',
  'cs-protocol-version',
  'ssl-protocol',
] as const;

interface EdgeLogStackProps extends StackProps {
  readonly stage: Stage;
  readonly site: SiteStack;
}

/** The log of the distribution, which CloudFront delivers from us-east-1 alone: so it is a stack after the site's. */
export class EdgeLogStack extends Stack {
  constructor(scope: Construct, id: string, { stage, site, ...props }: EdgeLogStackProps) {
    super(scope, id, props);
    const log = new LogGroup(this, 'Log', {
      retention: stage.accessLogRetention,
      removalPolicy: stage.removal,
    });
    log.grantWrite(new ServicePrincipal('delivery.logs.amazonaws.com'));
    const name = `airtime-${stage.name}-edge-${stage.region}`;
    const source = new CfnDeliverySource(this, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: site.distributionArn,
    });
    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name,
      destinationResourceArn: log.logGroupArn,
      outputFormat: 'json',
    });
    const delivery = new CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
      recordFields: [...EDGE_LOG_FIELDS],
    });
    // The names are texts, so CloudFormation would not know.
    delivery.addResourceDependency(source);
    delivery.node.addDependency(log);
  }
}
