import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/** The rules of AWS that are taken, and which of each only count. */
const MANAGED: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesAmazonIpReputationList: [],
  AWSManagedRulesKnownBadInputsRuleSet: [],
  AWSManagedRulesCommonRuleSet: [
    // The pipeline bounds bodies and checks every field. These would refuse a batch, a webhook's URL and a message.
    'SizeRestrictions_BODY',
    'GenericRFI_BODY',
    'GenericLFI_BODY',
    'CrossSiteScripting_BODY',
    'EC2MetaDataSSRF_BODY',
    // Upstreams and merchants' own clients may send none.
    'NoUserAgent_HEADER',
  ],
};

const WINDOW_SECONDS = 300;
/** As an answer of ours, as far as a fixed text can be one. */
const TOO_MANY = JSON.stringify({
  type: 'about:blank',
  title: 'Too many requests',
  status: 429,
  detail: 'More requests arrived from this address or with this key than are let through.',
  fix: 'Wait some minutes, and send the same requests at a lower rate.',
  retryable: true,
});

/**
 * The web ACL of the distribution: what comes in numbers that nobody needs is answered before it costs an invocation.
 * It samples no requests, because a sample has the headers, and so keys.
 */
export class Firewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { perAddress, perKey }: NonNullable<Stage['firewall']>) {
    super(scope, id);
    const counted = [
      rateRule('ByAddress', 0, { limit: perAddress, aggregateKeyType: 'IP', scopeDownStatement: notACallback() }),
      rateRule('ByKey', 1, {
        limit: perKey,
        aggregateKeyType: 'CUSTOM_KEYS',
        customKeys: [{ header: { name: 'authorization', textTransformations: [{ priority: 0, type: 'NONE' }] } }],
      }),
    ];
    const managed = Object.entries(MANAGED).map(([name, counting], index) =>
      managedRule(name, counted.length + index, counting),
    );
    const acl = new CfnWebACL(this, 'WebAcl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      customResponseBodies: { TooMany: { contentType: 'APPLICATION_JSON', content: TOO_MANY } },
      visibilityConfig: visibility('Airtime'),
      rules: [...counted, ...managed],
    });
    this.arn = acl.attrArn;
  }
}

/** All callbacks of an upstream come from few addresses. */
function notACallback(): CfnWebACL.StatementProperty {
  return {
    notStatement: {
      statement: {
        byteMatchStatement: {
          fieldToMatch: { uriPath: {} },
          positionalConstraint: 'STARTS_WITH',
          searchString: '/callbacks/',
          textTransformations: [{ priority: 0, type: 'NONE' }],
        },
      },
    },
  };
}

function rateRule(
  name: string,
  priority: number,
  statement: CfnWebACL.RateBasedStatementProperty,
): CfnWebACL.RuleProperty {
  const responseHeaders = [{ name: 'Retry-After', value: String(WINDOW_SECONDS) }];
  return {
    name,
    priority,
    statement: { rateBasedStatement: { ...statement, evaluationWindowSec: WINDOW_SECONDS } },
    action: { block: { customResponse: { responseCode: 429, customResponseBodyKey: 'TooMany', responseHeaders } } },
    visibilityConfig: visibility(name),
  };
}

function managedRule(name: string, priority: number, counting: readonly string[]): CfnWebACL.RuleProperty {
  const ruleActionOverrides = counting.map((each) => ({ name: each, actionToUse: { count: {} } }));
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } },
    visibilityConfig: visibility(name),
  };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
