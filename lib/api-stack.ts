import type { StackProps } from 'aws-cdk-lib';
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Access } from '../shared/manifest/access.ts';
import { environment } from '../shared/manifest/access.ts';
import type { OpenRoute, Route } from '../shared/manifest/route.ts';
import { AFTER_SLASH, methodsOf, REQUEST_SECONDS_MAX, readsKeys, readsPeople } from '../shared/manifest/route.ts';
import { routes as allRoutes, NOT_FOUND_ACCESS, NOT_FOUND_FUNCTION, openRoutes } from '../shared/manifest/routes.ts';
import { ALARM_PERIOD, Alarm } from './alarm.ts';
import { Canary } from './canary.ts';
import type { DataStack } from './data-stack.ts';
import { constructId, EntryFunction } from './entry-function.ts';
import { countInLog, logMetric } from './log-metric.ts';
import type { PeopleStack } from './people-stack.ts';
import type { SiteStack } from './site-stack.ts';
import type { Stage } from './stage.ts';
import type { WorkersStack } from './workers-stack.ts';

interface ApiStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly people: PeopleStack;
  readonly site: SiteStack;
  readonly workers: WorkersStack;
  readonly routes: readonly (Route | OpenRoute)[];
  /** The first stack also has the function for paths that are no route, and the alarm for the whole API. */
  readonly isFirst: boolean;
}

interface RouteFunction {
  readonly name: string;
  readonly access: Access;
  readonly memoryMb?: number;
  readonly notesKeyUse?: boolean;
  readonly takesPeople?: boolean;
}

/** One API route of a function, and the end of its construct id. */
interface RouteKey {
  readonly suffix: string;
  readonly key: HttpRouteKey;
}

/** The functions of one family of routes, each with its path with and without a trailing slash. */
export class ApiStack extends Stack {
  readonly #canary: Canary | undefined;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    if (props.data.canaryErrors) this.#canary = new Canary(this, 'Canary', props.data.canaryErrors);
    for (const route of props.routes) {
      const { path } = route;
      // API Gateway has no paths that end in a slash, but a greedy parameter also matches an empty trailing segment.
      // When it matches more than that, the function answers 404.
      const keys = methodsOf(route).flatMap((method): RouteKey[] => {
        const suffix = method === route.method ? '' : method === 'HEAD' ? 'Head' : 'Other';
        return [
          { suffix, key: HttpRouteKey.with(path, HttpMethod[method]) },
          { suffix: `${suffix}Slash`, key: HttpRouteKey.with(`${path}/{${AFTER_SLASH}+}`, HttpMethod[method]) },
        ];
      });
      this.#route(props, { ...route, notesKeyUse: readsKeys(route), takesPeople: readsPeople(route) }, keys);
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'Every function checks keys in the request pipeline they share, so that a revoked key is refused at once.',
    });
    if (!props.isFirst) return;
    this.#route(props, { name: NOT_FOUND_FUNCTION, access: NOT_FOUND_ACCESS, notesKeyUse: true }, [
      { suffix: '', key: HttpRouteKey.DEFAULT },
    ]);
    this.#answerAlarms(props.data);
  }

  #answerAlarms({ alarms: topic, api }: DataStack): void {
    const count = (metricName: string) =>
      new Metric({
        namespace: 'AWS/ApiGateway',
        metricName,
        statistic: metricName === 'Count' ? 'SampleCount' : 'Sum',
        period: ALARM_PERIOD,
        dimensionsMap: { ApiId: api.apiId },
      });
    new Alarm(this, 'ServerErrors', {
      topic,
      severity: 'high',
      runbook: 'API answers 5xx',
      metric: count('5xx'),
      threshold: 5,
    });
    new Alarm(this, 'ClientErrors', {
      topic,
      severity: 'medium',
      runbook: 'API answers 4xx',
      metric: new MathExpression({
        // Of too few requests the share says nothing.
        expression: 'IF(FILL(requests, 0) >= 200, 100 * FILL(refused, 0) / requests, 0)',
        usingMetrics: { requests: count('Count'), refused: count('4xx') },
        period: ALARM_PERIOD,
      }),
      threshold: 50,
      periods: 3,
    });
    new Alarm(this, 'KeysRefused', {
      topic,
      severity: 'medium',
      runbook: 'Many keys are refused',
      metric: logMetric('refusedKeys'),
      threshold: 300,
    });
  }

  #latencyAlarm(createOrder: LambdaFunction, { alarms: topic }: DataStack): void {
    new Alarm(this, 'OrdersSlow', {
      topic,
      severity: 'medium',
      runbook: 'Orders are slow',
      metric: createOrder.metricDuration({ statistic: 'p99', period: ALARM_PERIOD }),
      threshold: Duration.seconds(20).toMilliseconds(),
      periods: 3,
    });
  }

  #route(
    { stage, data, people: { mail }, site, workers }: ApiStackProps,
    { name, access, memoryMb, notesKeyUse = false, takesPeople = false }: RouteFunction,
    keys: readonly RouteKey[],
  ): void {
    const { key, tables, secrets, files, heads, headsKey, api } = data;
    const id = constructId(name);
    const { fn, log } = new EntryFunction(this, id, {
      stage,
      resources: { key, tables, secrets, queues: workers.queues, files, heads, headsKey, mail },
      name,
      file: name,
      access,
      timeout: Duration.seconds(REQUEST_SECONDS_MAX),
      memoryMb,
      notesKeyUse,
      environment: {
        PUBLIC_URL: site.publicUrl,
        // Whoever may read it here may read it in CloudFront's settings, too.
        ORIGIN_SECRET: site.originSecret,
        CLOSES_API: String(stage.closesApi),
        DEBUG: String(stage.isDebug),
        ...(takesPeople ? { [environment.people]: JSON.stringify(site.people) } : {}),
      },
    });
    if (name === allRoutes.createOrder.name) this.#latencyAlarm(fn, data);
    if (name === openRoutes.receiveCallback.name) {
      countInLog(this, `${id}Delivered`, log, 'delivered');
      countInLog(this, `${id}Refunded`, log, 'refunded');
    }
    const handler = this.#canary?.aliasOf(fn, id) ?? fn;
    const integration = new HttpLambdaIntegration(`${id}Integration`, handler);
    for (const { suffix, key: routeKey } of keys) {
      new HttpRoute(this, `${id}Route${suffix}`, { httpApi: api, routeKey, integration });
    }
  }
}
