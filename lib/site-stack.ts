import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Duration, Fn, Stack, Token, Validations } from 'aws-cdk-lib';
import type { AddBehaviorOptions, BehaviorOptions } from 'aws-cdk-lib/aws-cloudfront';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ORIGIN_HEADERS } from '../shared/manifest/origin.ts';
import type { PeopleSettings } from '../shared/manifest/people.ts';
import { GATEWAY_SECONDS_MAX } from '../shared/manifest/route.ts';
import {
  API_PATHS,
  APP,
  APP_ASSETS,
  APP_CONFIG,
  ASSETS,
  appHeaders,
  cacheControlOf,
  HSTS_SECONDS,
  PAGE_SECONDS,
  SITE_HEADERS,
} from '../shared/manifest/site.ts';
import type { DataStack } from './data-stack.ts';
import { apiRequestCode, siteRequestCode, siteResponseCode } from './edge-functions.ts';
import type { GlobalStack } from './global-stack.ts';
import { logOf } from './log.ts';
import { PeopleClient } from './people-client.ts';
import type { PeopleStack } from './people-stack.ts';
import { bucketRemoval } from './removal.ts';
import type { Stage } from './stage.ts';

interface SiteStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly global: GlobalStack;
  readonly people: PeopleStack;
  /** Where the built site is, and the names of its files. */
  readonly folder: string;
  readonly files: readonly string[];
  /** The same of the built dashboard. */
  readonly dashboard: { readonly folder: string; readonly files: readonly string[] };
}

/** Raised after a new secret was written: CloudFormation reads it again only where a text in the template changed. */
const SECRET_ROUND = 1;

/** What to type after the first deployment: it makes a merchant with a test key, which needs nothing else. */
const FIRST_KEY = 'npm run operator -- --outputs cdk-outputs.json merchant create "ACME" --mode test';

/** So long a status may be kept on the way. */
const STATUS_SECONDS = 5;
/** Those for which CloudFront has no setting of their own. */
const OTHER_HEADERS = ['cross-origin-opener-policy', 'permissions-policy'] as const;

/** CloudFront would keep these for ten seconds, for whoever asks next: one merchant's 404 is another's order. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * The one origin: the site from a private bucket, and the API behind the same address, by which merchants, payers and
 * upstreams reach us. Functions get that address, so this stack is deployed before theirs.
 */
export class SiteStack extends Stack {
  readonly publicUrl: string;
  readonly distributionArn: string;
  /** By which the API knows that a request came this way, and so believes the address that it names. */
  readonly originSecret: string;
  /** How people sign in to the dashboard, which is here. */
  readonly people: PeopleSettings;
  readonly #contents: IBucket;

  constructor(scope: Construct, id: string, props: SiteStackProps) {
    super(scope, id, {
      ...props,
      terminationProtection: props.stage.deletionProtection,
      crossRegionReferences: true,
    });
    const { stage, data } = props;
    // CloudFormation reads it at deployment: no template has it.
    this.originSecret = `${SECRET_ROUND}:${this.#secret(data, stage).secretValue.unsafeUnwrap()}`;
    this.#contents = this.#bucket(stage);
    const distribution = this.#distribution(props);
    this.distributionArn = distribution.distributionArn;
    this.publicUrl = `https://${stage.domain?.name ?? distribution.distributionDomainName}`;
    const { settings, config } = new PeopleClient(this, 'People', { people: props.people, publicUrl: this.publicUrl });
    this.people = settings;
    if (stage.domain) this.#name(stage.domain, distribution);
    this.#deploy(props, { ...config, stage: stage.name });
    new CfnOutput(this, 'PublicUrl', { value: this.publicUrl });
    new CfnOutput(this, 'FirstKey', { value: FIRST_KEY });
  }

  #secret({ key }: DataStack, stage: Stage): Secret {
    const secret = new Secret(this, 'OriginSecret', {
      encryptionKey: key,
      removalPolicy: stage.removal,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      description: 'By which functions know that CloudFront sent a request',
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'CloudFront and the functions get it when they are deployed, so a new one is a deployment.',
    });
    return secret;
  }

  #bucket(stage: Stage): IBucket {
    const bucket = new Bucket(this, 'Contents', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
      ...bucketRemoval(stage),
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'What is in it is published, CloudFront alone reads it, and CloudTrail has who changes the bucket.',
    });
    // The library's types are not exact about what may be undefined.
    return bucket as IBucket;
  }

  #distribution(props: SiteStackProps): Distribution {
    const { stage, data, global } = props;
    const pages = this.#pages(props);
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Airtime: the site, the dashboard and the API',
      defaultBehavior: pages.page,
      additionalBehaviors: {
        [`${ASSETS}*`]: pages.asset,
        [`${APP_ASSETS}*`]: pages.asset,
        [`${APP}/*`]: pages.app,
        [APP]: pages.app,
      },
      // The next cheaper one has no place in Africa.
      priceClass: PriceClass.PRICE_CLASS_200,
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(global.webAclArn ? { webAclId: global.webAclArn } : {}),
      ...(stage.domain && global.certificate
        ? {
            domainNames: [stage.domain.name],
            certificate: global.certificate,
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }
        : {}),
      errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    // The endpoint is https://<id>.execute-api.<region>.amazonaws.com.
    const origin = new HttpOrigin(Fn.select(2, Fn.split('/', data.api.apiEndpoint)), {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      // The API gives up first, so that its answer arrives, and not CloudFront's.
      readTimeout: Duration.seconds(GATEWAY_SECONDS_MAX + 5),
      keepaliveTimeout: Duration.seconds(60),
      customHeaders: { [ORIGIN_HEADERS.secret]: this.originSecret },
    });
    const behaviour = this.#apiBehaviour();
    const kept = this.#keptBehaviour(behaviour);
    for (const path of API_PATHS) distribution.addBehavior(path, origin, path.startsWith('/status') ? kept : behaviour);
    this.#acknowledge(distribution, stage);
    return distribution;
  }

  #pages({ files, dashboard, people, data }: SiteStackProps): Record<'page' | 'asset' | 'app', BehaviorOptions> {
    // The names of assets are known to pages only, and change with them. Settings are written by the deployment.
    const named = [...files, ...dashboard.files, APP_CONFIG.slice(1)].filter(
      (file) => !`/${file}`.startsWith(ASSETS) && !`/${file}`.startsWith(APP_ASSETS),
    );
    const origin = S3BucketOrigin.withOriginAccessControl(this.#contents, {
      originAccessControl: new S3OriginAccessControl(this, 'PagesAccess', {
        originAccessControlName: this.#accountWide('pages'),
      }),
    });
    const cached = { enableAcceptEncodingBrotli: true, enableAcceptEncodingGzip: true };
    const seconds = Duration.seconds(PAGE_SECONDS);
    const common = { origin, compress: true, viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS };
    const asked = {
      ...common,
      // Its function refuses the others with a sentence; CloudFront would with a page of its own.
      allowedMethods: AllowedMethods.ALLOW_ALL,
      functionAssociations: [
        { eventType: FunctionEventType.VIEWER_REQUEST, function: this.#edge('PageRequest', siteRequestCode(named)) },
        { eventType: FunctionEventType.VIEWER_RESPONSE, function: this.#edge('PageStatus', siteResponseCode(named)) },
      ],
    };
    return {
      page: {
        ...asked,
        cachePolicy: new CachePolicy(this, 'PageCache', { ...cached, defaultTtl: seconds, maxTtl: seconds }),
        responseHeadersPolicy: this.#headers('Page', '/docs'),
      },
      // It names the assets of a deployment, so nobody may be given one of before.
      app: {
        ...asked,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        responseHeadersPolicy: this.#headers('App', APP, appHeaders([...people.origins, data.filesOrigin])),
      },
      asset: {
        ...common,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.#headers('Asset', ASSETS),
      },
    };
  }

  /** Every method, header and parameter reaches the API, and no answer is kept. */
  #apiBehaviour(): AddBehaviorOptions {
    return {
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // A redirect would let a client go on sending its key unencrypted.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      functionAssociations: [
        { eventType: FunctionEventType.VIEWER_REQUEST, function: this.#edge('ApiRequest', apiRequestCode()) },
      ],
    };
  }

  /** What is the same for everybody is kept for some seconds, as far as it allows that. */
  #keptBehaviour({ originRequestPolicy: _, ...behaviour }: AddBehaviorOptions): AddBehaviorOptions {
    const none = Duration.seconds(0);
    const maxTtl = Duration.seconds(STATUS_SECONDS);
    return {
      ...behaviour,
      cachePolicy: new CachePolicy(this, 'StatusCache', { minTtl: none, defaultTtl: none, maxTtl }),
    };
  }

  #edge(id: string, code: string): EdgeFunction {
    return new EdgeFunction(this, id, { code: FunctionCode.fromInline(code), runtime: FunctionRuntime.JS_2_0 });
  }

  /** CloudFront has a name once in an account. CDK puts the region into those of its other kinds, and not of these. */
  #accountWide(name: string): string {
    return `${this.stackName}-${name}-${this.region}`;
  }

  #headers(id: string, path: string, headers = SITE_HEADERS): ResponseHeadersPolicy {
    const override = true;
    return new ResponseHeadersPolicy(this, `${id}Headers`, {
      responseHeadersPolicyName: this.#accountWide(id.toLowerCase()),
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: headers['content-security-policy'], override },
        contentTypeOptions: { override },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.seconds(HSTS_SECONDS),
          includeSubdomains: true,
          override,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'cache-control', value: cacheControlOf(path), override },
          ...OTHER_HEADERS.map((header) => ({ header, value: headers[header], override })),
        ],
      },
    });
  }

  /**
   * Copies the site and the dashboard into the bucket, and deletes nothing there: a page that somebody has open asks
   * for its own assets. What is no page of this deployment any more is not served: the list is in the function.
   */
  #deploy({ stage, data, folder, dashboard }: SiteStackProps, config: Readonly<Record<string, string>>): void {
    const logGroup = logOf(this, 'DeploymentLog', stage, data.key);
    const role = new Role(this, 'DeploymentRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    new BucketDeployment(this, 'Deployment', {
      sources: [Source.asset(folder), Source.asset(dashboard.folder), Source.jsonData(APP_CONFIG.slice(1), config)],
      destinationBucket: this.#contents,
      prune: false,
      role,
      logGroup,
      memoryLimit: 512,
    });
    const contents = this.getLogicalId(this.#contents.node.defaultChild as CfnBucket);
    const account = Token.isUnresolved(this.account) ? '<AWS::AccountId>' : this.account;
    const region = Token.isUnresolved(this.region) ? '<AWS::Region>' : this.region;
    const assets = `arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-${account}-${region}`;
    const actions = ['GetBucket*', 'GetObject*', 'List*', 'Abort*', 'DeleteObject*'].map(
      (each) => `Action::s3:${each}`,
    );
    for (const finding of [...actions, `Resource::${assets}/*`, `Resource::<${contents}.Arn>/*`]) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`,
        reason:
          "CDK's function that copies the site has what CDK gives it: the assets of deployments, and this bucket.",
      });
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-L1',
      reason: 'The runtime of the function that copies the site is chosen by CDK; it runs at deployments alone.',
    });
  }

  /** Records in the zone; without one, what to set where the name is kept is an output. */
  #name({ name, zoneId }: NonNullable<Stage['domain']>, distribution: Distribution): void {
    if (!zoneId) {
      new CfnOutput(this, 'DomainRecord', { value: `${name} CNAME ${distribution.distributionDomainName}` });
      return;
    }
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: zoneId, zoneName: name });
    const record = { zone, recordName: `${name}.`, target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)) };
    new ARecord(this, 'Address', record);
    new AaaaRecord(this, 'AddressV6', record);
  }

  #acknowledge(distribution: Distribution, { domain, firewall, logsEdge }: Stage): void {
    const reasons = {
      CFR1: 'Merchants and their upstreams may be anywhere.',
      ...(firewall ? {} : { CFR2: 'This stage has no web ACL: keys, limits and throttling hold without one.' }),
      CFR3: logsEdge
        ? 'The log that this rule knows has whole paths, and so callback tokens and phone numbers. The stack EdgeLog ' +
          'has CloudFront deliver chosen fields instead.'
        : 'The API logs each request by its route. This log would have whole paths, and so tokens and phone numbers.',
      ...(domain ? {} : { CFR4: 'The name *.cloudfront.net comes with its own TLS settings; a domain has ours.' }),
    };
    for (const [rule, reason] of Object.entries(reasons)) {
      Validations.of(distribution).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
    }
  }
}
