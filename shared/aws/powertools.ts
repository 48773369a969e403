import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { defined } from '../domain/defined.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE } from '../manifest/metrics.ts';
import type { Log } from '../world.ts';

let isColdStart = true;
let made: { logger: Logger; metrics: Metrics } | undefined;

/** Made at the first call, because both read the environment and importing a handler must not. */
function tools() {
  made ??= {
    logger: new Logger({ serviceName: METRIC_SERVICE }),
    metrics: new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE }),
  };
  return made;
}

/**
 * Middleware that every function has: each log line says which invocation wrote it and whether that was a cold start,
 * and the metrics of an invocation are published in one line at its end, also when it failed.
 */
export function powertools(): MiddlewareObj<unknown, unknown, Error, Context> {
  const publish = () => {
    const { metrics } = tools();
    // Powertools warns when there is nothing to publish, which is the normal case.
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return {
    // Powertools' own context adds the function's ARN, name and size to each line, which its log group says already.
    before({ context }) {
      tools().logger.appendKeys({ cold_start: isColdStart, function_request_id: context.awsRequestId });
      isColdStart = false;
    },
    after: publish,
    onError: publish,
  };
}

/** The log of the production World. */
export function powertoolsLog(): Log {
  const { logger, metrics } = tools();
  return {
    info: (event, fields = {}) => logger.info(event, fields),
    warn: (event, fields = {}) => logger.warn(event, fields),
    error: (event, fields = {}, cause) =>
      logger.error(event, { ...fields, ...defined({ error: cause instanceof Error ? cause : undefined }) }),
    metric(name, value, dimensions = {}) {
      const dimensioned = Object.entries(dimensions);
      // Dimensions hold for a whole line, so a metric that has its own is published in a line of its own.
      const target = dimensioned.length > 0 ? metrics.singleMetric() : metrics;
      for (const [key, text] of dimensioned) target.addDimension(key, text);
      target.addMetric(name, name.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value);
    },
  };
}
