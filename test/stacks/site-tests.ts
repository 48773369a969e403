import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { apiRequestCode, siteRequestCode, siteResponseCode } from '../../lib/edge-functions.ts';
import { ORIGIN_HEADERS } from '../../shared/manifest/origin.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';
import {
  API_PATHS,
  APP,
  APP_ASSETS,
  ASSETS,
  appHeaders,
  cacheControlOf,
  fileOf,
  isApiPath,
  SITE_HEADERS,
} from '../../shared/manifest/site.ts';
import { DASHBOARD_FILES, SITE_FILES } from './cloud.ts';
import { live } from './sample-clouds.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

/** One origin in the cloud: which path goes where, what is kept, and what CloudFront's functions decide. */

/** What the functions of CloudFront know of. */
const NAMED = [...SITE_FILES, ...DASHBOARD_FILES, 'app/config.json'].filter((file) => !file.includes('/assets/'));

interface Behaviour {
  readonly PathPattern?: string;
  readonly AllowedMethods: readonly string[];
  readonly CachePolicyId: unknown;
  readonly OriginRequestPolicyId?: string;
  readonly ResponseHeadersPolicyId?: unknown;
  readonly TargetOriginId: string;
  readonly ViewerProtocolPolicy: string;
  readonly Compress: boolean;
  readonly FunctionAssociations?: readonly { EventType: string; FunctionARN: unknown }[];
}

interface Origin {
  readonly Id: string;
  readonly DomainName: unknown;
  readonly OriginAccessControlId?: unknown;
  readonly CustomOriginConfig?: Record<string, unknown>;
  readonly OriginCustomHeaders?: readonly { HeaderName: string; HeaderValue: unknown }[];
}

const config = live.one('AWS::CloudFront::Distribution', 'Distribution').properties.DistributionConfig as {
  DefaultCacheBehavior: Behaviour;
  CacheBehaviors: readonly Behaviour[];
  Origins: readonly Origin[];
  CustomErrorResponses: readonly Record<string, unknown>[];
};
const behaviours = config.CacheBehaviors;
const apiBehaviours = behaviours.filter(({ PathPattern = '' }) => API_PATHS.includes(PathPattern));
const originOf = ({ TargetOriginId }: Behaviour) => config.Origins.find(({ Id }) => Id === TargetOriginId);
const functionsOf = ({ FunctionAssociations = [] }: Behaviour) =>
  FunctionAssociations.map(({ EventType, FunctionARN }) => [EventType, live.text(FunctionARN).split('.')[0]]);

/** As CloudFront finds it: the first pattern that matches. */
function behaviourOf(path: string): Behaviour {
  const matches = (pattern: string) =>
    new RegExp(`^${pattern.replace(/[.?+^$()[\]{}|\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(path);
  return behaviours.find(({ PathPattern = '' }) => matches(PathPattern)) ?? config.DefaultCacheBehavior;
}

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];

describe('the API', () => {
  const endpoints = [...Object.values(routes), ...Object.values(openRoutes)];

  it.each(endpoints)('$method $path is reached at the one origin, with and without a trailing slash', ({ path }) => {
    for (const each of [path, `${path}/`]) {
      const behaviour = behaviourOf(each.replaceAll(/\{\w+\}/g, 'x'));
      expect(apiBehaviours).toContain(behaviour);
      expect(isApiPath(each)).toBe(true);
    }
  });

  it('gets every method, header and parameter, by TLS, and nothing of it is kept but the status', () => {
    expect(apiBehaviours).toHaveLength(API_PATHS.length);
    for (const behaviour of apiBehaviours) {
      const isStatus = behaviour.PathPattern?.startsWith('/status');
      expect(behaviour).toMatchObject({ AllowedMethods: ALL_METHODS, ViewerProtocolPolicy: 'https-only' });
      expect(behaviour.OriginRequestPolicyId).toBe(isStatus ? undefined : ALL_BUT_HOST);
      if (!isStatus) expect(behaviour.CachePolicyId).toBe(CACHING_DISABLED);
      expect(functionsOf(behaviour)).toEqual([['viewer-request', 'ApiRequest']]);
      const { DomainName, CustomOriginConfig } = originOf(behaviour) ?? {};
      expect(JSON.stringify(DomainName)).toContain('Fn::Select');
      expect(CustomOriginConfig).toMatchObject({
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
        OriginReadTimeout: 35,
      });
    }
    const { CachePolicyConfig } = live.one('AWS::CloudFront::CachePolicy', 'StatusCache').properties as {
      CachePolicyConfig: Record<string, unknown>;
    };
    expect(CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 5 });
  });

  it("keeps no error, so that no merchant gets another's, and puts no page of ours in its place", () => {
    const kept = config.CustomErrorResponses;
    const expected = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
    expect(kept).toEqual(expected.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })));
  });

  it('is sent a secret that no template has, and that its functions know', () => {
    const [sent, ...others] = config.Origins.flatMap(({ OriginCustomHeaders = [] }) => OriginCustomHeaders);
    expect(others).toEqual([]);
    expect(sent?.HeaderName).toBe(ORIGIN_HEADERS.secret);
    expect(live.text(sent?.HeaderValue)).toBe('1:{{resolve:secretsmanager:OriginSecret:SecretString:::}}');
  });
});

/** Where the dashboard signs people in and uploads files to, as its policy of content names them. */
const ORIGINS = [
  `https://cognito-idp.${SAMPLE_STAGES.live.region}.amazonaws.com`,
  `https://airtime-live-${SAMPLE_STAGES.live.account}.auth.${SAMPLE_STAGES.live.region}.amazoncognito.com`,
  'https://Files.RegionalDomainName',
];

describe('the site', () => {
  const { DefaultCacheBehavior: page } = config;
  const asset = behaviourOf(`${ASSETS}site.1a2b.css`);
  const app = behaviourOf('/app/orders/ord_1');

  it('has the dashboard below one path, whose page is kept by nobody and whose assets are kept for ever', () => {
    for (const path of ['/app', '/app/', '/app/config.json'])
      expect(behaviourOf(path).CachePolicyId).toBe(CACHING_DISABLED);
    expect(behaviourOf(`${APP_ASSETS}main.1a2b.js`).ResponseHeadersPolicyId).toEqual(asset.ResponseHeadersPolicyId);
    expect(functionsOf(app)).toEqual(functionsOf(page));
    for (const path of ['/apps', '/application']) expect(behaviourOf(path)).toBe(page);
  });

  it('is read by CloudFront alone, from a versioned bucket that is not public', () => {
    for (const behaviour of [page, asset, app]) {
      const origin = originOf(behaviour);
      expect(live.text(origin?.DomainName)).toBe('Contents.RegionalDomainName');
      expect(origin?.OriginAccessControlId).toBeDefined();
    }
    const { properties } = live.one('AWS::S3::Bucket', 'Contents');
    expect(properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    const policy = live.one('AWS::S3::BucketPolicy', 'Contents/Policy').properties.PolicyDocument;
    const statements = (policy as { Statement: Record<string, unknown>[] }).Statement;
    expect(statements.map(({ Effect, Action, Principal }) => [Effect, Action, Principal])).toEqual([
      ['Deny', 's3:*', { AWS: '*' }],
      ['Allow', 's3:GetObject', { Service: 'cloudfront.amazonaws.com' }],
    ]);
    expect(JSON.stringify(statements[1]?.Condition)).toContain('AWS:SourceArn');
  });

  it.each([
    ['Page', page, '/docs', SITE_HEADERS],
    ['Asset', asset, `${ASSETS}x`, SITE_HEADERS],
    ['App', app, APP, appHeaders(ORIGINS)],
  ])('%s: has the headers of the manifest', (name, behaviour, path, headers) => {
    expect(behaviour).toMatchObject({ ViewerProtocolPolicy: 'redirect-to-https', Compress: true });
    expect(live.text(behaviour.ResponseHeadersPolicyId)).toBe(`${name}Headers`);
    const { ResponseHeadersPolicyConfig } = live.one('AWS::CloudFront::ResponseHeadersPolicy', `${name}Headers`)
      .properties as { ResponseHeadersPolicyConfig: Record<string, Record<string, Record<string, unknown>>> };
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = ResponseHeadersPolicyConfig;
    const others = {
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': headers['permissions-policy'],
    };
    const { AccessControlMaxAgeSec, IncludeSubdomains } = security?.StrictTransportSecurity ?? {};
    expect({
      'content-security-policy': live.text(security?.ContentSecurityPolicy?.ContentSecurityPolicy),
      'referrer-policy': security?.ReferrerPolicy?.ReferrerPolicy,
      'strict-transport-security': `max-age=${AccessControlMaxAgeSec}${IncludeSubdomains ? '; includeSubDomains' : ''}`,
      'x-content-type-options': security?.ContentTypeOptions?.Override ? 'nosniff' : '',
      'x-frame-options': security?.FrameOptions?.FrameOption,
      ...others,
    }).toEqual(headers);
    expect(custom?.Items).toEqual([
      { Header: 'cache-control', Value: cacheControlOf(path), Override: true },
      ...Object.entries(others).map(([Header, Value]) => ({ Header, Value, Override: true })),
    ]);
  });

  it('its functions are those that are tested here, with the files that are deployed', () => {
    const files = [...SITE_FILES.toSorted(), ...DASHBOARD_FILES.toSorted(), 'app/config.json'].filter(
      (file) => !file.includes('/assets/'),
    );
    const codeOf = (id: string) => live.one('AWS::CloudFront::Function', id).properties.FunctionCode;
    expect(functionsOf(page)).toEqual([
      ['viewer-request', 'PageRequest'],
      ['viewer-response', 'PageStatus'],
    ]);
    expect(codeOf('PageRequest')).toBe(siteRequestCode(files));
    expect(codeOf('PageStatus')).toBe(siteResponseCode(files));
    expect(codeOf('ApiRequest')).toBe(apiRequestCode());
  });

  it('is copied by a function that may write to its bucket and to no other of ours', () => {
    const policy = live.copier.find(({ type }) => type === 'AWS::IAM::Policy');
    const written = live
      .statementsIn(policy?.properties.PolicyDocument)
      .filter(({ actions }) => actions.some((action) => /Put|Delete/.test(action) && action.startsWith('s3:')));
    expect(written.flatMap(({ resources }) => resources)).toEqual(['Contents.Arn', 'Contents.Arn/*']);
    const copied = live.copier.find(({ type }) => type === 'Custom::CDKBucketDeployment');
    expect(copied?.properties.Prune).toBe(false);
    // The site, the dashboard, and the settings of the dashboard, whose client and pool are known at deployment.
    expect(copied?.properties.SourceObjectKeys).toHaveLength(3);
    expect(Object.values(JSON.parse(JSON.stringify(copied?.properties.SourceMarkers))).at(-1)).not.toEqual({});
  });
});

it('is deployed after the API that it reaches, and before the functions that name its address', () => {
  expect(live.dependencies.get('Data')).toEqual(['Boundary']);
  expect(live.dependencies.get('Site')).toEqual(['Boundary', 'Data', 'Global', 'People']);
  for (const name of ['Workers', 'Orders', 'Wallet', 'Pesaway', 'Status']) {
    expect(live.dependencies.get(name)).toEqual(expect.arrayContaining(['Data', 'Site']));
  }
});

describe('in us-east-1', () => {
  const acl = live.one('AWS::WAFv2::WebACL', 'Firewall').properties as {
    Scope: string;
    VisibilityConfig: Record<string, unknown>;
    Rules: { Name: string; Statement: Record<string, unknown>; VisibilityConfig: Record<string, unknown> }[];
  };
  const statementOf = (name: string) => acl.Rules.find(({ Name }) => Name === name)?.Statement;

  it('a web ACL limits addresses and keys, and lets the callbacks of upstreams pass', () => {
    expect(acl.Scope).toBe('CLOUDFRONT');
    const { perAddress, perKey } = SAMPLE_STAGES.live.firewall ?? {};
    expect(statementOf('ByAddress')).toMatchObject({
      RateBasedStatement: {
        Limit: perAddress,
        AggregateKeyType: 'IP',
        ScopeDownStatement: { NotStatement: { Statement: { ByteMatchStatement: { SearchString: '/callbacks/' } } } },
      },
    });
    expect(statementOf('ByKey')).toMatchObject({
      RateBasedStatement: { Limit: perKey, CustomKeys: [{ Header: { Name: 'authorization' } }] },
    });
    expect(config).toMatchObject({
      WebACLId: { 'Fn::GetAtt': [expect.stringMatching('^ExportsReader'), expect.anything()] },
    });
  });

  it('a web ACL takes the rules of AWS, but of bodies only what a batch or a message cannot be', () => {
    const managed = acl.Rules.filter(({ Name }) => Name.startsWith('AWSManagedRules'));
    expect(managed).toHaveLength(3);
    const { ManagedRuleGroupStatement: common } = statementOf('AWSManagedRulesCommonRuleSet') as {
      ManagedRuleGroupStatement: { RuleActionOverrides: { Name: string; ActionToUse: unknown }[] };
    };
    const counting = common.RuleActionOverrides.map(({ Name }) => Name);
    expect(counting).toEqual(expect.arrayContaining(['SizeRestrictions_BODY', 'CrossSiteScripting_BODY']));
    for (const { ActionToUse } of common.RuleActionOverrides) expect(ActionToUse).toEqual({ Count: {} });
  });

  it('a web ACL keeps no sample of a request, which would have a key', () => {
    const all = [acl, ...acl.Rules].map(({ VisibilityConfig }) => VisibilityConfig.SampledRequestsEnabled);
    expect(new Set(all)).toEqual(new Set([false]));
  });

  it('a certificate is for the domain, by records in its zone, and nothing older than TLS 1.2 is spoken', () => {
    const { name, zoneId } = SAMPLE_STAGES.live.domain ?? {};
    expect(live.one('AWS::CertificateManager::Certificate', 'Certificate').properties).toMatchObject({
      DomainName: name,
      DomainValidationOptions: [{ DomainName: name, HostedZoneId: zoneId }],
    });
    expect(config).toMatchObject({ Aliases: [name], ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' } });
    const ofSite = live.all('AWS::Route53::RecordSet').filter(({ stack }) => stack === 'Site');
    const records = ofSite.map(({ properties: { Name, Type } }) => [Name, Type]);
    expect(records).toEqual([
      [`${name}.`, 'A'],
      [`${name}.`, 'AAAA'],
    ]);
    const environments = live.all('AWS::Lambda::Function').map(({ properties }) => JSON.stringify(properties));
    for (const each of environments.filter((text) => text.includes('PUBLIC_URL'))) {
      expect(each).toContain(`"PUBLIC_URL":"https://${name}"`);
    }
  });

  it('a log of chosen fields has no path, no query and no header, in which tokens and numbers are', () => {
    const [delivery] = live.all('AWS::Logs::Delivery');
    const fields = delivery?.properties.RecordFields as string[];
    expect(fields).toContain('cache-behavior-path-pattern');
    expect(fields.filter((each) => /uri|query|referer|cookie|user-agent|header|\(/i.test(each))).toEqual([
      'timestamp(ms)',
    ]);
    const [log] = live.all('AWS::Logs::LogGroup').filter(({ stack }) => stack === 'EdgeLog');
    expect(log?.properties.RetentionInDays).toBe(SAMPLE_STAGES.live.accessLogRetention);
    expect([live.dependencies.get('Global'), live.dependencies.get('EdgeLog')]).toEqual([
      ['Boundary'],
      ['Boundary', 'Site'],
    ]);
  });
});

describe('the functions of CloudFront', () => {
  type Answer = { uri?: string; statusCode?: number; headers?: Record<string, { value: string }> };
  const run = (code: string, event: object): Answer =>
    JSON.parse(runInNewContext(`${code}; JSON.stringify(handler(event))`, { event: structuredClone(event) }));
  const ask = (uri: string, method = 'GET') => run(siteRequestCode(NAMED), { request: { uri, method, headers: {} } });
  const respond = (uri: string, statusCode = 200) =>
    run(siteResponseCode(NAMED), { request: { uri }, response: { statusCode, headers: {} } });

  it.each(['/docs', '/docs/errors', '/docs/errors.md', '/docs/api', '/llms.txt'])(
    '%s is asked for by the name of its file, and is there',
    (path) => {
      expect(ask(path).uri).toBe(`/${fileOf(path)}`);
      // The answer is the same whichever of the two paths the second function sees.
      for (const seen of [path, `/${fileOf(path)}`]) {
        const { statusCode, headers } = respond(seen);
        expect([seen, statusCode]).toEqual([seen, 200]);
        expect(headers?.['content-type']?.value).toMatch(/\.(md|txt)$/.test(seen) ? /^text\/plain/ : /^text\/html/);
      }
    },
  );

  it.each([
    '/nothing',
    '/docs/api.md',
    '/404.html',
    '/404',
    '/docs/../secret',
    '/docs/%2e%2e/secret',
    '/docs//errors',
    '//evil.example',
    '/docs/errors%00',
    '/.env',
    '/constructor',
    '/docs/errors\n',
    '/ ',
  ])('%j is the page for what is not there, with its status', (path) => {
    expect(ask(path).uri).toBe('/404.html');
    for (const seen of [path, '/404.html']) {
      expect(respond(seen)).toMatchObject({
        statusCode: 404,
        headers: { 'content-type': { value: 'text/html; charset=utf-8' } },
      });
    }
  });

  it.each(['/app', '/app/', '/app/orders', '/app/orders/a.b%2Fc', '/app//evil.example', '/app/../docs'])(
    '%s is the page of the dashboard, which reads the rest of the path itself',
    (path) => {
      expect(ask(path).uri).toBe('/app/index.html');
      for (const seen of [path, '/app/index.html']) {
        expect(respond(seen)).toMatchObject({
          statusCode: 200,
          headers: { 'content-type': { value: expect.stringMatching('^text/html') } },
        });
      }
    },
  );

  it('the settings of the dashboard are a file', () => {
    expect(ask('/app/config.json').uri).toBe('/app/config.json');
    expect(respond('/app/config.json').headers?.['content-type']?.value).toBe('application/json');
  });

  it('an answer that is not modified, or failed, keeps its status', () => {
    for (const status of [304, 403, 503]) {
      for (const uri of ['/docs', '/404.html']) expect(respond(uri, status).statusCode).toBe(status);
    }
  });

  it('slashes lead on, and a method that writes is refused, with the headers of the site', () => {
    const headers = Object.fromEntries(Object.entries(SITE_HEADERS).map(([name, value]) => [name, { value }]));
    for (const [path, location] of [
      ['/docs/', '/docs'],
      ['/docs/errors/', '/docs/errors'],
    ] as const) {
      expect(ask(path)).toMatchObject({ statusCode: 302, headers: { ...headers, location: { value: location } } });
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect(ask('/v1/orders', method)).toMatchObject({ statusCode: 405, headers: { allow: { value: 'GET, HEAD' } } });
    }
    expect(ask('/docs', 'HEAD').uri).toBe('/docs/index.html');
    expect(ask('/').uri).toBe('/index.html');
  });

  it("the API is given the sender's address, over whatever the sender claims", () => {
    const claimed = { [ORIGIN_HEADERS.viewer]: { value: '198.51.100.1' } };
    const event = { viewer: { ip: '203.0.113.9' }, request: { uri: '/api/v1/orders', headers: claimed } };
    expect(run(apiRequestCode(), event).headers).toEqual({ [ORIGIN_HEADERS.viewer]: { value: '203.0.113.9' } });
  });

  it('a list of pages that CloudFront has no room for is no deployment', () => {
    const many = Array.from({ length: 400 }, (_each, index) => `docs/a-page-with-a-long-name-${index}.html`);
    expect(() => siteRequestCode(many)).toThrow('a function of CloudFront has');
  });
});
